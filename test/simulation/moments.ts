/**
 * Says which single thing goes wrong in a run: one call that fails, or one start of a function that comes twice.
 *
 * Every moment of a plot has its place in one list, from which a share is taken: every Nth, from the Kth on.
 * The kinds change from each moment to the next, so that a share has all unless N is a multiple of their number.
 *
 * Pure.
 */
import type { Outcome, Wrong } from './play.ts';
import { callTroubles, startTroubles } from './scenario.ts';

export type Moment =
  | { readonly of: 'call'; readonly at: number; readonly as: (typeof callTroubles)[number] }
  | { readonly of: 'start'; readonly at: number; readonly as: (typeof startTroubles)[number] };

/** The `k`th of `n`, from 1. */
export type Share = { readonly k: number; readonly n: number };

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

/** Every call and start of the untroubled run, with each kind of trouble. */
const momentsOf = ({ calls, starts }: Outcome): readonly Moment[] => [
  ...range(calls).flatMap((at) => callTroubles.map((as) => ({ of: 'call', at, as }) as const)),
  ...range(starts).flatMap((at) => startTroubles.map((as) => ({ of: 'start', at, as }) as const)),
];

export const shareOf = (calm: Outcome, { k, n }: Share): readonly Moment[] =>
  momentsOf(calm).filter((_, i) => i % n === k - 1);

export const wrongAt = ({ of, at, as }: Moment): Wrong => ({
  calls: new Map(of === 'call' ? [[at, as]] : []),
  starts: new Map(of === 'start' ? [[at, as]] : []),
});

/** `undefined` when there is no such kind. */
export const momentFrom = (of: Moment['of'], at: number, kind: string): Moment | undefined => {
  if (of === 'call') {
    const as = callTroubles.find((one) => one === kind);
    return as && { of, at, as };
  }
  const as = startTroubles.find((one) => one === kind);
  return as && { of, at, as };
};

/** Shows the run again. */
export const commandFor = (story: string, { of, at, as }: Moment): string =>
  `npm run simulate -- --exhaustive --story ${story} --${of} ${at} --as ${as}`;
