/**
 * Decides what the alarms of a rollout's waves mean for it: one that rings halts it, one of which
 * nothing is known lets nothing new start.
 *
 * An alarm counts from the moment that its wave could start until the wave's soak is over; a shut
 * window or an earlier wave's soak spares the night's alarms.
 *
 * Pure.
 */
import { currentWave, groupsOf, soakWait, watched } from './course.ts';
import type { WavePolicy } from './policy.ts';
import type { RolloutPolicy } from './purpose.ts';
import { isUnderWay, type Rollout, type Waiting, waveOf } from './rollout.ts';
import type { Situation } from './situation.ts';
import { windowWait } from './start.ts';
import type { Instant } from './time.ts';

const couldStart = (rollout: Rollout, wave: WavePolicy, policy: RolloutPolicy, now: Instant): boolean =>
  !soakWait(rollout, wave, policy.waves, now) &&
  groupsOf(rollout, wave, policy.waves).some((group) => !windowWait(group, wave, policy, now));

/** Names of the alarms that count now, each once. */
export const alarmsToSee = (rollout: Rollout, policy: RolloutPolicy, now: Instant): readonly string[] => {
  if (rollout.state.is !== 'rolling') return [];
  const { waves } = policy;
  const soaking = watched(rollout, waves, now).flatMap((group) => waveOf(group, waves) ?? []);
  const wave = currentWave(rollout, waves);
  const counts =
    wave && (groupsOf(rollout, wave, waves).some(isUnderWay) || couldStart(rollout, wave, policy, now));
  return [...new Set([...soaking, ...(counts ? [wave] : [])].flatMap(({ alarms }) => alarms))];
};

export const ringing = (rollout: Rollout, policy: RolloutPolicy, { alarms, now }: Situation) =>
  alarmsToSee(rollout, policy, now).filter((name) => alarms.get(name) === 'ALARM');

export const alarmWait = (
  rollout: Rollout,
  wave: WavePolicy,
  policy: RolloutPolicy,
  { alarms, now }: Situation,
): Waiting | undefined => {
  const unknown = alarmsToSee(rollout, policy, now).filter((name) => alarms.get(name) !== 'OK');
  return unknown.length > 0 ? { why: 'alarmUnknown', wave: wave.name, alarms: unknown } : undefined;
};
