/**
 * Finds node groups and clusters that come near EKS's quotas for them.
 *
 * 450 nodes in a managed node group (L-BD136A63), 30 managed node groups in a cluster (L-6D54EA21); both can be
 * raised (EKS user guide "service-quotas", checked 2026-11-23). What an account was granted is not in the
 * survey: write it into the policy.
 *
 * Pure.
 */
import type { ClusterSurvey, DataPlane, GroupSurvey } from '../data-plane.ts';
import { percent } from '../sentence.ts';
import type { Found, Rule } from './rule.ts';

type Settings = {
  readonly nodesPerGroup: number;
  readonly groupsPerCluster: number;
  readonly nearPercent: number;
};

/** From here on there is no room left for a roll, which adds nodes. */
const atTheEnd = 95;

const found = (
  about: Found['about'],
  sentence: string,
  used: number,
  quota: number,
  code: string,
): Found => ({
  about,
  severity: 100 * used >= atTheEnd * quota ? 'high' : 'medium',
  sentence,
  evidence: { used, quota, percent: percent(used, quota), code },
  weight: used,
  suggestion: `Ask Service Quotas for more (${code}), or spread the nodes; Karpenter's nodes count towards neither quota.`,
});

const judgeGroup = (
  { target, cluster, nodeGroup, scaling }: GroupSurvey,
  { nodesPerGroup: quota }: Settings,
) =>
  found(
    { target, cluster, nodeGroup },
    `Node group ${nodeGroup} of ${cluster} has ${scaling.desired} of at most ${quota} nodes.`,
    scaling.desired,
    quota,
    'L-BD136A63',
  );

const judgeCluster = (
  { target }: DataPlane,
  { name, groups }: ClusterSurvey,
  { groupsPerCluster: quota }: Settings,
) =>
  found(
    { target, cluster: name },
    `Cluster ${name} has ${groups.length} of at most ${quota} managed node groups.`,
    groups.length,
    quota,
    'L-6D54EA21',
  );

export const groupQuota: Rule<Settings> = {
  name: 'group-quota',
  about: 'A node group comes near its quota of nodes, or a cluster near its quota of node groups.',
  severity: `high from ${atTheEnd} per cent on, medium below`,
  link: 'https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html',
  settings: { nodesPerGroup: 450, groupsPerCluster: 30, nearPercent: 80 },
  judge: (plane, settings) =>
    plane.clusters.flatMap((cluster) =>
      [
        judgeCluster(plane, cluster, settings),
        ...cluster.groups.map((group) => judgeGroup(group, settings)),
      ].filter(
        ({ evidence }) => 100 * Number(evidence.used) >= settings.nearPercent * Number(evidence.quota),
      ),
    ),
};
