/**
 * Tells how an update of a node group goes through its nodes: how many at once, how many new ones come first.
 *
 * EKS starts the larger of twice the zones and the maximum unavailable before it drains anything, unless
 * the group's strategy is MINIMAL, which takes old nodes away first. A share is rounded up, and 100 nodes
 * at once are the most (EKS user guide "managed-node-update-behavior", API UpdateConfig, checked 2026-11-23).
 *
 * Pure.
 */
import type { GroupSurvey } from './data-plane.ts';

const mostAtOnce = 100;

/** `undefined`: unknown. */
export const atOnce = ({
  maxUnavailable,
  scaling,
}: Pick<GroupSurvey, 'maxUnavailable' | 'scaling'>): number | undefined => {
  if (!maxUnavailable) return undefined;
  const nodes =
    'nodes' in maxUnavailable
      ? maxUnavailable.nodes
      : Math.ceil((maxUnavailable.percent * scaling.desired) / 100);
  return Math.min(Math.max(1, nodes), mostAtOnce);
};

/** Nodes that come before an old one goes; `undefined`: unknown. */
export const newNodesFirst = (group: GroupSurvey, zones: number): number | undefined => {
  if (group.updateStrategy === 'MINIMAL') return 0;
  const drained = atOnce(group);
  return drained === undefined ? undefined : Math.max(2 * zones, drained);
};
