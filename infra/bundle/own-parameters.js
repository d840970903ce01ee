/**
 * Gives what the stack needs for the policy's own image parameters: an IAM statement to read exactly those
 * it names, and a rule that looks for releases when one of them changes. Nothing when it names none.
 */
import { readPolicy } from './read-policy.ts';
import { regionsOf } from './target-statements.js';

/**
 * `*` stands for the Kubernetes minor; EventBridge refuses two of them in a row.
 *
 * @param {string} policyFile
 */
const namePatterns = (policyFile) =>
  readPolicy(policyFile).ownImages.map(({ parameter }) =>
    parameter.replaceAll('{minor}', '*').replaceAll(/\*+/g, '*'),
  );

const deployedPolicy = () => process.env.DRYDOCK_POLICY ?? 'infra/policy.yml';

/** @param {string} policyFile */
export const statementFor = (policyFile) => {
  const names = namePatterns(policyFile);
  if (names.length === 0) return { Ref: 'AWS::NoValue' };
  return {
    Effect: 'Allow',
    Action: ['ssm:GetParameters', 'ssm:GetParameterHistory'],
    Resource: regionsOf(policyFile).flatMap((region) =>
      names.map((name) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:ssm:${region}:\${AWS::AccountId}:parameter${name}`,
      })),
    ),
  };
};

export const statement = () => statementFor(deployedPolicy());

/** Parameter Store tells the default bus of the account's own parameters; of AWS's public ones nobody is told. */
export const resources = () => {
  const names = namePatterns(deployedPolicy());
  if (names.length === 0) return {};
  const detector = { 'Fn::GetAtt': ['DetectDashreleasesLambdaFunction', 'Arn'] };
  return {
    Resources: {
      OwnParametersRule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Description: 'Look for releases when an image parameter of the policy changes',
          EventPattern: {
            source: ['aws.ssm'],
            'detail-type': ['Parameter Store Change'],
            detail: { name: names.map((name) => (name.includes('*') ? { wildcard: name } : name)) },
          },
          Targets: [
            {
              Id: 'detect-releases',
              Arn: detector,
              DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } },
            },
          ],
        },
      },
      OwnParametersPermission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: detector,
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['OwnParametersRule', 'Arn'] },
        },
      },
    },
  };
};
