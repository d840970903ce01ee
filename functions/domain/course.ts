/**
 * Says where a rollout stands in its waves: which one it is at, what is still watched, what its soak
 * waits for.
 *
 * Pure.
 */
import type { WavePolicy } from './policy.ts';
import { isSettled, isUnderWay, type Rollout, type RolloutGroup, type Waiting, waveOf } from './rollout.ts';
import { type Instant, minutesAfter } from './time.ts';

type Waves = readonly WavePolicy[];

/** The first wave that has groups to move or to follow. */
export const currentWave = (rollout: Rollout, waves: Waves): WavePolicy | undefined =>
  waves.find((wave) => rollout.groups.some((group) => waveOf(group, waves) === wave && !isSettled(group)));

export const groupsOf = (rollout: Rollout, wave: WavePolicy, waves: Waves): readonly RolloutGroup[] =>
  rollout.groups.filter((group) => waveOf(group, waves) === wave);

export const soakOver = ({ waveDoneAt }: Rollout, { name, soakHours }: WavePolicy): Instant | undefined => {
  const doneAt = waveDoneAt[name];
  return doneAt && minutesAfter(doneAt, soakHours * 60);
};

/** Groups that are done and still watched, as their wave soaks. */
export const watched = (rollout: Rollout, waves: Waves, now: Instant): readonly RolloutGroup[] => {
  if (rollout.state.is !== 'rolling' || rollout.groups.every(isSettled)) return [];
  return rollout.groups.filter((group) => {
    const wave = waveOf(group, waves);
    return group.state.is === 'done' && wave && (soakOver(rollout, wave) ?? now) > now;
  });
};

const hasBegun = (group: RolloutGroup): boolean =>
  isUnderWay(group) ||
  group.state.is === 'done' ||
  group.state.is === 'failed' ||
  (group.state.is === 'waiting' && group.state.attempt > 1);

/**
 * Whose health must be known when a wave begins: the groups that are done in the last wave before it, if that
 * soaked. Without this a group that cannot be read at the end of its soak would count as healthy.
 */
export const witnesses = (rollout: Rollout, wave: WavePolicy, waves: Waves): readonly RolloutGroup[] => {
  if (groupsOf(rollout, wave, waves).some(hasBegun)) return [];
  const before = waves.slice(0, waves.indexOf(wave)).filter(({ soakHours }) => soakHours > 0);
  const done = before.map((earlier) =>
    groupsOf(rollout, earlier, waves).filter(({ state }) => state.is === 'done'),
  );
  return done.findLast((groups) => groups.length > 0) ?? [];
};

/** The soak that holds a wave back. */
export const soakWait = (
  rollout: Rollout,
  wave: WavePolicy,
  waves: Waves,
  now: Instant,
): Waiting | undefined => {
  for (const earlier of waves.slice(0, waves.indexOf(wave))) {
    const until = soakOver(rollout, earlier);
    if (until && until > now) return { why: 'soaking', wave: earlier.name, until };
  }
  return undefined;
};

/** Takes down which waves are complete now; `done`: the last that became so. */
export const withWavesDone = (
  rollout: Rollout,
  waves: Waves,
  now: Instant,
): { readonly rollout: Rollout; readonly done: string | undefined } => {
  const done = waves.filter((wave) => {
    const groups = groupsOf(rollout, wave, waves);
    return (
      !rollout.waveDoneAt[wave.name] &&
      groups.some(({ state }) => state.is === 'done' || state.is === 'failed') &&
      groups.every(isSettled)
    );
  });
  const waveDoneAt = { ...rollout.waveDoneAt, ...Object.fromEntries(done.map(({ name }) => [name, now])) };
  return { rollout: { ...rollout, waveDoneAt }, done: done.at(-1)?.name };
};
