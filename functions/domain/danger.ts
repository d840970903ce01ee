/**
 * Decides whether a rollout must halt: the release was taken back, nobody approved it, groups failed
 * or fell ill on it, an alarm rings, or nothing has proved it.
 *
 * Failures from before a person resumed the rollout were seen by that person and count no more.
 *
 * Pure.
 */
import { ringing } from './alarm-gate.ts';
import { currentWave, watched, witnesses } from './course.ts';
import { failureFacts } from './failure.ts';
import { faultsOf } from './follow.ts';
import { type Change, changeOf } from './news.ts';
import type { WavePolicy } from './policy.ts';
import type { RolloutPolicy } from './purpose.ts';
import { trainName } from './release.ts';
import { type HaltReason, hasProved, type Rollout, type RolloutGroup, waveOf } from './rollout.ts';
import type { Situation } from './situation.ts';
import { groupKey } from './target.ts';
import type { Instant } from './time.ts';

/** `words` add what the reason's sentence cannot know; `sick`: groups to name beside those that changed. */
export type Danger = {
  readonly why: HaltReason;
  readonly words?: string;
  readonly sick: readonly Change[];
};

/** Names and ids that the policy denies are those of trains, of release versions and of images. */
export const isDenied = (
  { train, groups, purpose }: Pick<Rollout, 'train' | 'groups' | 'purpose'>,
  deny: readonly string[],
): boolean =>
  (purpose.is !== 'rollBack' && deny.includes(trainName(train))) ||
  groups.some(
    ({ goal }) =>
      deny.includes(goal.imageId ?? '') ||
      (goal.by === 'release version' && deny.includes(goal.releaseVersion)),
  );

/** Whether a wave was renamed, or taken away: its groups have become the last. */
const hasLostWave = ({ groups }: Rollout, waves: readonly WavePolicy[]): boolean =>
  groups.some(({ wave }) => waves.every(({ name }) => name !== wave));

/** Whether the next groups would get a release that no group before them has proved. */
export const isUnproved = (rollout: Rollout, { waves }: RolloutPolicy): boolean => {
  if (rollout.purpose.is === 'rollBack' || rollout.goesUnproved) return false;
  const wave = currentWave(rollout, waves);
  const earlier = wave ? waves.slice(0, waves.indexOf(wave)) : [];
  const before = rollout.groups.filter((group) => earlier.some((one) => one === waveOf(group, waves)));
  if (before.length > 0) return !before.some(hasProved);
  const lacksFirst = rollout.unproved === true || hasLostWave(rollout, waves);
  return earlier.length > 0 && lacksFirst && !rollout.groups.some(hasProved);
};

const isUnapproved = (rollout: Rollout, { waves }: RolloutPolicy, { now }: Situation): boolean => {
  const wave = currentWave(rollout, waves);
  const approval = wave?.approval && rollout.approvals[wave.name];
  return approval !== undefined && !approval.approved && approval.until <= now;
};

const failureDanger = (rollout: Rollout, { waves }: RolloutPolicy): HaltReason | undefined => {
  const failures = rollout.groups.flatMap((group) =>
    group.state.is === 'failed' && group.state.at > (rollout.resumedAt ?? '')
      ? [{ wave: waveOf(group, waves), code: group.state.code }]
      : [],
  );
  if (failures.some(({ code }) => failureFacts(code).reaction.is === 'halt')) return 'releaseBreaksNodes';
  const spent = waves.some(
    (wave) => failures.filter((failure) => failure.wave === wave).length > wave.failureBudget,
  );
  return spent ? 'failureBudgetSpent' : undefined;
};

const toWatch = (rollout: Rollout, waves: readonly WavePolicy[], now: Instant): readonly RolloutGroup[] => {
  const wave = currentWave(rollout, waves);
  return [...new Set([...watched(rollout, waves, now), ...(wave ? witnesses(rollout, wave, waves) : [])])];
};

/** Groups that were done and became unhealthy while they are watched, told like failures. */
const sickOf = (rollout: Rollout, { waves }: RolloutPolicy, { sight, now }: Situation): Change[] =>
  toWatch(rollout, waves, now).flatMap((group) => {
    const seen = sight.get(groupKey(group));
    const issues = seen?.is === 'seen' && seen.nodeGroup ? faultsOf(seen.nodeGroup) : [];
    if (issues.length === 0) return [];
    const message = issues.map((issue) => `${issue.code}: ${issue.message}`).join('; ');
    const state = { is: 'failed', at: now, code: 'Unhealthy', message, resources: [] } as const;
    return [changeOf({ ...group, state }, 'failed')];
  });

export const dangerOf = (
  rollout: Rollout,
  policy: RolloutPolicy,
  situation: Situation,
): Danger | undefined => {
  const just = (why: HaltReason): Danger => ({ why, sick: [] });
  const { purpose, train } = rollout;
  if (purpose.is !== 'rollBack' && situation.withdrawn.has(trainName(train))) return just('withdrawn');
  if (isDenied(rollout, policy.releases.deny)) return just('denied');
  if (isUnapproved(rollout, policy, situation)) return just('notApproved');
  const failure = failureDanger(rollout, policy);
  if (failure) return just(failure);
  const sick = sickOf(rollout, policy, situation);
  if (sick.length > 0) return { why: 'degradedInSoak', sick };
  const rings = ringing(rollout, policy, situation);
  if (rings.length > 0) return { why: 'alarmRinging', words: `${rings.join(', ')}.`, sick: [] };
  return isUnproved(rollout, policy) ? just('nothingProved') : undefined;
};
