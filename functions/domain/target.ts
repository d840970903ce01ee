/**
 * Names where things are: an account and region, and a node group within them.
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
