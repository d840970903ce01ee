/**
 * Names where things are: an account and region, and a node group within them; and lists the targets that
 * a policy names.
 *
 * Pure.
 */
export type Target = { readonly account: string; readonly region: string };

export type GroupId = { readonly target: Target; readonly cluster: string; readonly nodeGroup: string };

/** `111122223333/eu-central-1/blue/workers`: unique in the world, and sorts by place. */
export const groupKey = ({ target, cluster, nodeGroup }: GroupId): string =>
  `${regionKey(target)}/${cluster}/${nodeGroup}`;

export const clusterKey = ({ target, cluster }: Pick<GroupId, 'target' | 'cluster'>): string =>
  `${regionKey(target)}/${cluster}`;

export const regionKey = ({ account, region }: Target): string => `${account}/${region}`;

export const isSameTarget = (a: Target, b: Target): boolean => regionKey(a) === regionKey(b);

/** What the policy says of an account; what is left out is that of where Drydock is deployed. */
export type TargetPolicy = {
  readonly account?: string;
  readonly regions?: readonly string[];
  /** What the account's roles ask of whoever assumes them. */
  readonly externalId?: string;
};

/** Every target once, in the order of the policy. `home`: where Drydock is deployed. */
export const targetsOf = (named: readonly TargetPolicy[], home: Target): readonly Target[] => {
  const all = named.flatMap(({ account = home.account, regions = [home.region] }) =>
    regions.map((region): Target => ({ account, region })),
  );
  return [...new Map(all.map((target) => [regionKey(target), target])).values()];
};

/** Drydock's own target goes by its region, as it did before there were others. */
export const placeName = (target: Target, home: Target): string =>
  isSameTarget(target, home) ? home.region : regionKey(target);

export const regionsOf = (targets: readonly Target[]): readonly string[] => [
  ...new Set(targets.map(({ region }) => region)),
];
