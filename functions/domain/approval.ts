/**
 * Asks for a person's approval where a wave wants one, and says whether it is still missing.
 *
 * Asked when it is the wave's turn, after the soak before it, so that whoever answers knows how the
 * earlier waves went. Groups that join the wave later are covered by it.
 *
 * Pure.
 */
import { groupsOf } from './course.ts';
import { changeOf, listedChanges, type Risk, tell } from './news.ts';
import type { Policy, WavePolicy } from './policy.ts';
import type { RolloutPolicy } from './purpose.ts';
import { notesOf } from './release.ts';
import type { Rollout, Waiting } from './rollout.ts';
import { type Instant, minutesAfter } from './time.ts';

export const approvalWait = ({ approvals }: Rollout, wave: WavePolicy): Waiting | undefined => {
  if (!wave.approval || approvals[wave.name]?.approved) return undefined;
  const until = approvals[wave.name]?.until;
  return { why: 'approvalMissing', wave: wave.name, ...(until && { until }) };
};

const riskOf = ({ train, publishedAt }: Rollout, days: readonly number[]): Risk => {
  const notes = notesOf(train);
  return {
    daysBehind: { most: Math.max(0, ...days), fewest: days.length > 0 ? Math.min(...days) : 0 },
    publishedAt,
    ...(notes && { notes }),
  };
};

/** The rollout with the question asked, unless it was asked before. */
export const askApproval = (
  rollout: Rollout,
  wave: WavePolicy,
  rules: RolloutPolicy,
  policy: Policy,
  now: Instant,
): Rollout => {
  if (!wave.approval || rollout.approvals[wave.name]) return rollout;
  const until = minutesAfter(now, wave.approval.timeoutHours * 60);
  const approvals = { ...rollout.approvals, [wave.name]: { askedAt: now, until } };
  const waiting = { why: 'approvalMissing', wave: wave.name, until } as const;
  const groups = groupsOf(rollout, wave, rules.waves).filter(({ state }) => state.is === 'waiting');
  const risk = riskOf(
    rollout,
    groups.map(({ days }) => days),
  );
  const more = {
    wave: wave.name,
    until,
    groups: listedChanges(groups.map((group) => changeOf(group, 'joined'))),
    risk,
  };
  return tell({ ...rollout, approvals, waiting }, { type: 'Approval Requested', more }, policy, now);
};
