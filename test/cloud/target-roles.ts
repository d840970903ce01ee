/**
 * Makes the roles of infra/target-roles.yml in an account of the simulated cloud, as its owner would by a stack.
 *
 * Knows of CloudFormation what that template needs, parameters included; and that Drydock's own roles are
 * called after its stack, the role and letters by chance, which the trust is about.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, type ScalarTag } from 'yaml';
import type { Cloud } from './cloud.ts';
import { homeAccount } from './identities.ts';
import type { Properties } from './template.ts';

const template = join(import.meta.dirname, '../../infra/target-roles.yml');

export type TargetRoles = {
  readonly account: string;
  readonly regions: readonly string[];
  readonly externalId: string;
  readonly stage?: string;
};

/** Properties of the template's roles, as CloudFormation would make them. */
export const readTargetRoles = ({
  account,
  regions,
  externalId,
  stage = 'prod',
}: TargetRoles): readonly Properties[] => {
  const values: Record<string, string | readonly string[]> = {
    'AWS::Partition': 'aws',
    'AWS::AccountId': account,
    DrydockAccount: homeAccount,
    ExternalId: externalId,
    Regions: regions,
    Stage: stage,
  };
  const given = (name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`infra/target-roles.yml refers to ${name}, which nobody gave`);
    return value;
  };
  const customTags: ScalarTag[] = [
    { tag: '!Ref', resolve: given },
    {
      tag: '!Sub',
      resolve: (text) => text.replace(/\$\{([^}]+)\}/g, (_, name: string) => String(given(name))),
    },
  ];
  const { Resources } = parseDocument(readFileSync(template, 'utf8'), { customTags }).toJS() as {
    Resources: Record<string, { readonly Properties: Properties }>;
  };
  return Object.values(Resources).map(({ Properties }) => Properties);
};

/** `PlanRolloutsRole` here is `drydock-prod-PlanRolloutsRole-1A2B3C` in AWS. */
export const asInAws = (arn: string, stage: string): string =>
  arn.replace(/role\/(.*)$/, `role/drydock-${stage}-$1-1A2B3C`);

/** Until it is called the account refuses everybody. Answers the ARNs of the roles. */
export const addTargetRoles = (cloud: Cloud, spec: TargetRoles): readonly string[] =>
  readTargetRoles(spec).map(({ RoleName, AssumeRolePolicyDocument, Policies }) => {
    const arn = `arn:aws:iam::${spec.account}:role/${RoleName}`;
    cloud.permissions.attachTrust(arn, AssumeRolePolicyDocument.Statement);
    cloud.identities.addRole(arn, (role, externalId) =>
      cloud.permissions.trusts(arn, asInAws(role, spec.stage ?? 'prod'), externalId),
    );
    cloud.permissions.attach(
      arn,
      Policies.flatMap(({ PolicyDocument }: Properties) => PolicyDocument.Statement),
    );
    return arn;
  });
