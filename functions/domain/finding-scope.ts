/**
 * Decides which findings count: those about clusters and groups that the policy looks after, whether it mutes
 * them, and in which channel it has them told.
 *
 * A finding about a node group is meant as that group is anywhere in the policy. One about a whole cluster, or
 * nodes that no managed group has, is meant by what names or tags the cluster alone; it is left out only when the
 * policy looks after nothing of the cluster.
 *
 * Pure.
 */
import type { Finding } from './finding.ts';
import { isIgnored, type NodeGroup } from './node-group.ts';
import type { Mute, Policy } from './policy.ts';
import { matches, type Selector } from './selector.ts';
import type { Instant } from './time.ts';

/** As much of a cluster as selectors look at. */
type Place = {
  readonly name: string;
  readonly tags: NodeGroup['clusterTags'];
  readonly groups: readonly NodeGroup[];
};
type Scene = { readonly policy: Policy; readonly now: Instant };
type Subject = Parameters<typeof matches>[1];

/** How a selector that asks for node groups sees a finding that is about none. */
const noGroup = '';

const subjectOf = (
  { name, tags, groups }: Place,
  { target, nodeGroup }: Pick<Finding['about'], 'target' | 'nodeGroup'>,
): Subject =>
  groups.find((group) => group.nodeGroup === nodeGroup) ?? {
    target,
    cluster: name,
    nodeGroup: nodeGroup ?? noGroup,
    tags: {},
    clusterTags: tags,
  };

const meant = (select: readonly Selector[], subject: Subject): boolean =>
  select.some((selector) => matches(selector, subject));

const lastsUntil = ({ until }: Mute) => until && `${until}T00:00:00.000Z`;

const findingScope = (clusters: readonly Place[], { policy, now }: Scene) => {
  const byName = new Map(clusters.map((cluster) => [cluster.name, cluster]));

  const isLookedAfter = ({ about }: Finding): boolean => {
    const cluster = byName.get(about.cluster ?? '');
    if (!cluster) return true;
    const group = cluster.groups.find(({ nodeGroup }) => nodeGroup === about.nodeGroup);
    if (group) return meant(policy.clusters, group) && !isIgnored(group);
    if (isIgnored({ tags: {}, clusterTags: cluster.tags })) return false;
    return [subjectOf(cluster, about), ...cluster.groups].some((subject) => meant(policy.clusters, subject));
  };

  /** The mute that lasts longest. */
  const muteOf = ({ rule, about }: Finding): Finding['muted'] => {
    const cluster = byName.get(about.cluster ?? '');
    if (!cluster) return undefined;
    const subject = subjectOf(cluster, about);
    const until = policy.findings.mute
      .filter(({ rules, select }) => (rules?.includes(rule) ?? true) && meant(select, subject))
      .map(lastsUntil)
      .filter((end) => end === undefined || end > now);
    if (until.length === 0) return undefined;
    return { until: until.includes(undefined) ? undefined : until.toSorted().at(-1) };
  };

  const channelOf = ({ severity, about }: Finding): Finding['channel'] => {
    const cluster = byName.get(about.cluster ?? '');
    const subject = cluster && subjectOf(cluster, about);
    return policy.slack.findings.channels.find(
      ({ severities, select }) =>
        (severities?.includes(severity) ?? true) &&
        (select === undefined || (subject !== undefined && meant(select, subject))),
    )?.channel;
  };

  return { isLookedAfter, muteOf, channelOf };
};

/** Those that count, with the policy's mutes and channels. */
export const scoped = (
  findings: readonly Finding[],
  clusters: readonly Place[],
  scene: Scene,
): readonly Finding[] => {
  const { isLookedAfter, muteOf, channelOf } = findingScope(clusters, scene);
  return findings.filter(isLookedAfter).map((finding) => {
    const muted = muteOf(finding);
    const channel = channelOf(finding);
    return { ...finding, ...(muted && { muted }), ...(channel !== undefined && { channel }) };
  });
};
