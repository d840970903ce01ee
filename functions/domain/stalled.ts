/**
 * Finds rollouts that have not moved for longer than the policy explains.
 *
 * A wait with a time of its own (window, freeze, soak, approval, retry) explains itself, and so does a
 * person's stop. Anything else should move within the hour, or some: EKS itself, a limit, a group that is busy.
 * Whoever could not move while the window was open is not explained by its being shut again.
 *
 * Pure.
 */
import type { GroupState, Rollout, Waiting } from './rollout.ts';
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

/** Waits that say when they end, and those that others end. */
const explainsItself = ({ why, until }: Waiting): boolean =>
  until !== undefined || why === 'stopped' || why === 'limitReached';

const hasMissedItsTurn = (rollout: Rollout): boolean => (rollout.unexplainedSince ?? '') > movedAt(rollout);

/** The rollout with a note of since when it waits without an explanation, kept until it moves. */
export const noteWait = (rollout: Rollout, now: Instant): Rollout => {
  const { state, waiting } = rollout;
  if (state.is !== 'rolling' || !waiting || explainsItself(waiting) || hasMissedItsTurn(rollout))
    return rollout;
  return { ...rollout, unexplainedSince: now };
};

export const stalledRollouts = (rollouts: readonly Rollout[], now: Instant): readonly Rollout[] =>
  rollouts.filter((rollout) => {
    const { state, waiting } = rollout;
    const isDated = waiting?.until !== undefined && waiting.until > now;
    const isShutAgain = waiting?.why === 'windowShut' && hasMissedItsTurn(rollout);
    const isExplained = waiting?.why === 'stopped' || (isDated && !isShutAgain);
    if (state.is !== 'rolling' || isExplained) return false;
    // What waits for room waits for the others.
    const movers = waiting?.why === 'limitReached' ? rollouts : [rollout];
    return movers.every((one) => minutesAfter(movedAt(one), mostStillHours * 60) < now);
  });
