/**
 * Gives the IAM statement with which user groups can be looked up in Slack: none where the policy names none.
 */
import { groupsNamed } from '../../functions/domain/permission.ts';
import { readPolicy } from './read-policy.ts';

export const statement = () => {
  const { slack } = readPolicy(process.env.DRYDOCK_POLICY ?? 'infra/policy.yml');
  if (groupsNamed(slack.allow).length === 0) return { Ref: 'AWS::NoValue' };
  return {
    Effect: 'Allow',
    Action: 'ssm:GetParameter',
    Resource: {
      'Fn::Sub':
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation and the framework fill it in
        'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${self:custom.slackTokenParameter}',
    },
  };
};
