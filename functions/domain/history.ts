/**
 * Reads from the rollouts that are kept when each group was last rolled, and how long that took.
 *
 * Rollouts are kept for 150 days at least; what somebody else did to a group is not known here.
 *
 * Pure.
 */
import type { Rollout } from './rollout.ts';
import { groupKey } from './target.ts';
import type { Instant } from './time.ts';

/** When Drydock last brought each group to a release, by group key. */
export const rolledAt = (rollouts: readonly Rollout[]): ReadonlyMap<string, Instant> => {
  const last = new Map<string, Instant>();
  for (const group of rollouts.flatMap(({ groups }) => groups)) {
    const key = groupKey(group);
    if (group.state.is === 'done' && group.state.at > (last.get(key) ?? '')) last.set(key, group.state.at);
  }
  return last;
};

/** Minutes that updates took, by group key; the latest of each group. */
export const minutesTaken = (rollouts: readonly Rollout[]): ReadonlyMap<string, number> => {
  const taken = new Map<string, { readonly at: Instant; readonly minutes: number }>();
  for (const group of rollouts.flatMap(({ groups }) => groups)) {
    const { state } = group;
    if (state.is !== 'done' || state.minutes === undefined) continue;
    const key = groupKey(group);
    if (state.at > (taken.get(key)?.at ?? '')) taken.set(key, { at: state.at, minutes: state.minutes });
  }
  return new Map([...taken].map(([key, { minutes }]) => [key, minutes]));
};
