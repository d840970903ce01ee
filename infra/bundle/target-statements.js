/**
 * Gives the IAM statements that depend on the policy's targets: to assume the roles of exactly the accounts that
 * it names, for each duty, and to read AWS's public parameters in exactly its regions.
 */
import { readPolicy } from './read-policy.ts';

/** @param {string} policyFile */
const targetsIn = (policyFile) => readPolicy(policyFile).targets;
const deployedPolicy = () => process.env.DRYDOCK_POLICY ?? 'infra/policy.yml';

/** Where it is deployed, CloudFormation knows. */
const here = { account: `\${AWS::AccountId}`, region: `\${AWS::Region}` };

/** @param {string} text */
const sub = (text) => ({ 'Fn::Sub': text });

/** @param {string} policyFile */
export const regionsOf = (policyFile) => [
  ...new Set(targetsIn(policyFile).flatMap(({ regions = [here.region] }) => regions)),
];

/**
 * The target that Drydock is deployed in needs no role.
 *
 * @param {string} policyFile
 * @param {'look' | 'roll' | 'patch'} duty
 * @param {string} stack
 */
export const assumeFor = (policyFile, duty, stack) => {
  const accounts = targetsIn(policyFile)
    .filter(({ account, regions }) => account !== undefined || regions !== undefined)
    .map(({ account = here.account }) => account);
  if (accounts.length === 0) return { Ref: 'AWS::NoValue' };
  return {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Resource: accounts.map((account) => sub(`arn:\${AWS::Partition}:iam::${account}:role/${stack}-${duty}`)),
  };
};

/** @param {string} policyFile */
export const publicParametersFor = (policyFile) => ({
  Effect: 'Allow',
  Action: ['ssm:GetParameters', 'ssm:GetParametersByPath'],
  Resource: regionsOf(policyFile).map((region) =>
    sub(`arn:\${AWS::Partition}:ssm:${region}::parameter/aws/service/*`),
  ),
});

/**
 * Accounts in which infra/target-roles.yml has made roles; the one it is deployed in goes by its words.
 *
 * @param {string} policyFile
 */
export const accountsWithRoles = (policyFile = deployedPolicy()) => [
  ...new Set(
    targetsIn(policyFile)
      .filter(({ account, regions }) => account !== undefined || regions !== undefined)
      .map(({ account = 'this account' }) => account),
  ),
];

/** The framework fills in what it knows. */
const stack = `\${self:service}-\${sls:stage}`;

export const look = () => assumeFor(deployedPolicy(), 'look', stack);
export const roll = () => assumeFor(deployedPolicy(), 'roll', stack);
export const patch = () => assumeFor(deployedPolicy(), 'patch', stack);
export const publicParameters = () => publicParametersFor(deployedPolicy());
