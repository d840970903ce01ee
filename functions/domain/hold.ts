/**
 * Says whether a person holds a cluster or node group back, and until when.
 *
 * Unlike the tag `drydock:hold`, which the group's owner sets, a hold has an end, a name and a reason.
 *
 * Pure.
 */
import type { Instant } from './time.ts';

export type Hold = {
  readonly cluster: string;
  /** Absent: the whole cluster. */
  readonly nodeGroup?: string;
  readonly until: Instant;
  readonly by: string;
  readonly why: string;
};

/** `blue` or `blue/workers`. */
export const holdKey = ({ cluster, nodeGroup }: Pick<Hold, 'cluster' | 'nodeGroup'>): string =>
  nodeGroup === undefined ? cluster : `${cluster}/${nodeGroup}`;

/** The hold on a group that lasts longest; an end that has come holds nobody. */
export const holdOn = (
  { cluster, nodeGroup }: { readonly cluster: string; readonly nodeGroup: string },
  holds: readonly Hold[],
  now: Instant,
): Hold | undefined =>
  holds
    .filter((hold) => hold.until > now && hold.cluster === cluster)
    .filter((hold) => hold.nodeGroup === undefined || hold.nodeGroup === nodeGroup)
    .sort((a, b) => (a.until < b.until ? 1 : -1))[0];
