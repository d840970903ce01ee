/**
 * Decides whether a node group is meant by a selector of the policy.
 *
 * A selector names accounts, regions, clusters, node groups and tags; all that it names must hold. `*` in a name
 * stands for any run of characters. Tags are the node group's, then its cluster's.
 *
 * Pure.
 */
import type { NodeGroup } from './node-group.ts';
import type { Target } from './target.ts';

export type Selector = {
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly clusters?: readonly string[];
  readonly nodeGroups?: readonly string[];
  /** Tag names with the wanted value; `*` as value means any. */
  readonly tags?: Readonly<Record<string, string>>;
};

/** Each part at the first place after the one before it: no other choice can do better, so none is tried again. */
const like = (pattern: string, text: string): boolean => {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= text.length - last.length;
};

const isLike = (patterns: readonly string[] | undefined, text: string): boolean =>
  patterns?.some((pattern) => like(pattern, text)) ?? true;

/** Whether it may mean a group of this cluster: what needs not be read of the others. */
export const mayMean = ({ clusters }: Selector, cluster: string): boolean => isLike(clusters, cluster);

/** Whether it may mean a group at this place. */
export const mayMeanAt = ({ accounts, regions }: Selector, { account, region }: Target): boolean =>
  isLike(accounts, account) && isLike(regions, region);

export const matches = (
  { accounts, regions, clusters, nodeGroups, tags }: Selector,
  group: Pick<NodeGroup, 'target' | 'cluster' | 'nodeGroup' | 'tags' | 'clusterTags'>,
): boolean =>
  isLike(accounts, group.target.account) &&
  isLike(regions, group.target.region) &&
  isLike(clusters, group.cluster) &&
  isLike(nodeGroups, group.nodeGroup) &&
  Object.entries(tags ?? {}).every(([name, wanted]) => {
    const value = [group.tags, group.clusterTags].find((tags) => Object.hasOwn(tags, name))?.[name];
    return value !== undefined && like(wanted, value);
  });
