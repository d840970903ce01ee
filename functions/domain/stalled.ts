/**
 * Finds rollouts that have not moved for longer than the policy explains.
 *
 * A wait with a time of its own (window, freeze, soak, approval, retry) explains itself, and so does a
 * person's stop. Anything else should move within the hour, or some: EKS itself, a limit, a group that is busy.
 *
 * Pure.
 */
import type { GroupState, Rollout } from './rollout.ts';
import { type Instant, minutesAfter } from './time.ts';

/** The alarm waits some hours longer (infra/alarms.yml). */
const mostStillHours = 1;

const timesOf = (state: GroupState): readonly Instant[] => [
  ...('since' in state ? [state.since] : []),
  ...('at' in state ? [state.at] : []),
];

const movedAt = ({ openedAt, resumedAt, waveDoneAt, approvals, groups }: Rollout): Instant => {
  const times = [
    ...(resumedAt ? [resumedAt] : []),
    ...Object.values(waveDoneAt),
    ...Object.values(approvals).flatMap(({ approved }) => approved?.at ?? []),
    ...groups.flatMap(({ state }) => timesOf(state)),
  ];
  return times.toSorted().at(-1) ?? openedAt;
};

export const stalledRollouts = (rollouts: readonly Rollout[], now: Instant): readonly Rollout[] =>
  rollouts.filter((rollout) => {
    const { state, waiting } = rollout;
    const isExplained = waiting?.why === 'stopped' || (waiting?.until !== undefined && waiting.until > now);
    if (state.is !== 'rolling' || isExplained) return false;
    // What waits for room waits for the others.
    const movers = waiting?.why === 'limitReached' ? rollouts : [rollout];
    return movers.every((one) => minutesAfter(movedAt(one), mostStillHours * 60) < now);
  });
