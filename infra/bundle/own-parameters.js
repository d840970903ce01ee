/**
 * Gives the IAM statement for the policy's own image parameters: exactly those it names, or none.
 */
import { readPolicy } from './read-policy.ts';

export const statement = () => {
  const { ownImages } = readPolicy(process.env.DRYDOCK_POLICY ?? 'infra/policy.yml');
  if (ownImages.length === 0) return { Ref: 'AWS::NoValue' };
  const arn = (/** @type {string} */ parameter) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter${parameter.replaceAll('{minor}', '*')}`,
  });
  return {
    Effect: 'Allow',
    Action: ['ssm:GetParameters', 'ssm:GetParameterHistory'],
    Resource: ownImages.map(({ parameter }) => arn(parameter)),
  };
};
