/**
 * Says how a client gets to a target: the one that Drydock is deployed in directly, any other by assuming the
 * role that infra/target-roles.yml has there for the duty at hand.
 *
 * Knows that there are three duties, so that what only looks can change nothing; that the external id is the
 * policy's; and that the session is called after the function, so that CloudTrail there names it.
 *
 * Changes STS: AssumeRole, when a client makes its first call and before its credentials run out.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { isSameTarget, regionKey, type Target, type TargetPolicy } from '../domain/target.ts';
import { patience } from './patience.ts';

export type Duty = 'look' | 'roll' | 'patch';

export type ClientConfig = typeof patience & {
  readonly region?: string;
  readonly credentials?: AwsCredentialIdentityProvider;
};

export type Reach = {
  readonly home: Target;
  /** ARN of a role, with `{account}` and `{duty}` to fill in. */
  readonly role: string;
  /** What sessions are called. */
  readonly session: string;
  readonly named: readonly TargetPolicy[];
};

/** The same target has the same configuration, and so one session. */
export const reachFor = ({ home, role, session, named }: Reach, duty: Duty) =>
  perTarget((target): ClientConfig => {
    const { account, region } = target;
    if (isSameTarget(target, home)) return patience;
    const externalId = named.find((one) => (one.account ?? home.account) === account)?.externalId;
    const params = {
      RoleArn: role.replace('{account}', account).replace('{duty}', duty),
      RoleSessionName: session,
      ...(externalId !== undefined && { ExternalId: externalId }),
    };
    // Loaded only where a role is assumed.
    const credentials = async () => (await import('./assumed-role.ts')).assumedRole(params, home.region)();
    return { ...patience, region, credentials };
  });

/** Makes each target's once. */
export const perTarget = <Made>(make: (target: Target) => Made): ((target: Target) => Made) => {
  const made = new Map<string, Made>();
  return (target) => {
    const key = regionKey(target);
    const one = made.get(key) ?? make(target);
    made.set(key, one);
    return one;
  };
};
