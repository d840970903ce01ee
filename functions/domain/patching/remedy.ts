/**
 * Says what would patch a group's nodes: a release that is already there, and when its rollout comes to
 * the group; or patching in place.
 *
 * Whether a release has the patches that are missing nobody can read: the first scan after it shows.
 *
 * Pure.
 */
import { judgeGroup, type Memory } from '../node-group.ts';
import type { Policy } from '../policy.ts';
import { holdReasons, trainName } from '../release.ts';
import { type Rollout, waitReasons } from '../rollout.ts';
import { groupKey } from '../target.ts';
import { type Instant, shownAt } from '../time.ts';
import type { CompliancePage } from './page.ts';

export type Scene = Memory & {
  readonly policy: Policy;
  readonly rollouts: readonly Rollout[];
  readonly now: Instant;
};

/** How far the open rollout that has the group is from it; `undefined` when none has. */
const rolloutOf = (key: string, rollouts: readonly Rollout[]): string | undefined => {
  for (const { id, train, groups, state, waiting } of rollouts) {
    const group = groups.find((one) => groupKey(one) === key);
    if (!group || state.is === 'closed') continue;
    const release = trainName(train);
    if (group.state.is === 'updating' || group.state.is === 'verifying')
      return `${release} is being rolled to it now (${id}).`;
    if (group.state.is !== 'waiting') continue;
    if (state.is === 'halted') return `${release} is there, but its rollout ${id} is halted.`;
    const wait = waiting ? ` ${waitReasons[waiting.why]}` : '';
    const until = waiting?.until ? ` Until ${shownAt(waiting.until)}.` : '';
    return `${release} is there; its rollout ${id} takes this group in wave ${group.wave}.${wait}${until}`;
  }
  return undefined;
};

/** What a release will do for the group, in a sentence or two. */
const byRelease = (group: NonNullable<CompliancePage['group']>, scene: Scene): string => {
  const { policy, rollouts, now } = scene;
  const rolling = rolloutOf(groupKey(group), rollouts);
  if (rolling) return rolling;
  const verdict = judgeGroup(group, scene, policy, now);
  if (verdict.is === 'behind')
    return `${trainName(verdict.target.train)} is there and old enough; the next plan takes the group in.`;
  if (verdict.is === 'current') return 'No newer release is there.';
  return verdict.until
    ? `${holdReasons[verdict.why]} The first is old enough ${shownAt(verdict.until)}.`
    : holdReasons[verdict.why];
};

const elsewhere = {
  karpenter: 'Karpenter replaces its nodes when the image of their class changes: let it select a newer one.',
  'auto mode': 'EKS Auto Mode replaces it by itself.',
  'auto scaling group':
    'Give the launch template of its Auto Scaling group a newer image and replace the nodes.',
  unknown: 'Replace the nodes with ones from a newer image.',
} as const;

/** A release or another owner first; patching in place where Drydock may. */
export const remedyOf = (page: CompliancePage, scene: Scene): string => {
  const { launcher, group, cluster } = page;
  if (launcher.is !== 'node group') return elsewhere[launcher.is];
  const inPlace = `Or patch in place: command patch-now for node group ${launcher.nodeGroup} of cluster ${cluster}.`;
  return group ? `${byRelease(group, scene)} ${inPlace}` : inPlace;
};
