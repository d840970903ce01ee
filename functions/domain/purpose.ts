/**
 * Decides which rules of the policy hold for a rollout: all of them in routine, fewer where a person
 * named what to skip, fewest on the way back.
 *
 * A roll back skips what guards a release that is new: it goes to one that ran before. The limits on
 * how many groups are under way at once hold always.
 *
 * Pure.
 */
import type { Skip } from './command.ts';
import type { Policy, WavePolicy } from './policy.ts';
import type { Purpose, Rollout } from './rollout.ts';

/** The policy as it holds for one rollout. `anyTime`: no window and no freeze keeps it. */
export type RolloutPolicy = Policy & {
  readonly anyTime: boolean;
  /** Whose windows the groups keep, also where all waves are one. */
  readonly ownWaves: readonly WavePolicy[];
};

const onTheWayBack: readonly Skip[] = ['window', 'soak', 'approval', 'alarms'];

const skipsOf = (purpose: Purpose): readonly Skip[] => {
  if (purpose.is === 'routine') return [];
  return purpose.is === 'rollNow' ? purpose.skip : onTheWayBack;
};

const relaxed = (wave: WavePolicy, skip: readonly Skip[]): WavePolicy => {
  const { approval, ...rest } = wave;
  return {
    ...rest,
    ...(approval && !skip.includes('approval') && { approval }),
    ...(skip.includes('soak') && { soakHours: 0 }),
    ...(skip.includes('alarms') && { alarms: [] }),
  };
};

/**
 * All waves in one: as wide and as patient as all of them together, as careful as the most careful of them.
 * It has no window: each group keeps that of its own wave.
 */
const merged = (waves: readonly WavePolicy[]): readonly WavePolicy[] => {
  const last = waves.at(-1);
  if (!last) return [];
  const { window: _, approval: __, ...rest } = last;
  const approval = waves.find((wave) => wave.approval)?.approval;
  const sum = (number: (wave: WavePolicy) => number) =>
    waves.reduce((total, wave) => total + number(wave), 0);
  return [
    {
      ...rest,
      ...(approval && { approval }),
      forceWhenBlocked: waves.every((wave) => wave.forceWhenBlocked),
      name: 'all at once',
      concurrency: sum(({ concurrency }) => concurrency),
      failureBudget: sum(({ failureBudget }) => failureBudget),
      alarms: [...new Set(waves.flatMap(({ alarms }) => alarms))],
    },
  ];
};

export const policyFor = ({ purpose }: Pick<Rollout, 'purpose'>, policy: Policy): RolloutPolicy => {
  const skip = skipsOf(purpose);
  const waves = policy.waves.map((wave) => relaxed(wave, skip));
  const anyTime = skip.includes('window');
  const rules = { ...policy, anyTime, ownWaves: policy.waves };
  if (purpose.is === 'rollBack')
    // A group that EKS refuses to take back says nothing about the next one.
    return { ...rules, waves: waves.map((wave) => ({ ...wave, failureBudget: Infinity })) };
  const atOnce = purpose.is === 'rollNow' && !purpose.canaryFirst;
  return { ...rules, waves: atOnce ? merged(waves) : waves };
};
