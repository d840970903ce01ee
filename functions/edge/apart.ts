/**
 * Keeps what one run asks of a target apart from what it asks of the others: so much at once of each, and
 * nothing more of one that does not answer in time.
 *
 * Knows that the SDK tries for some 50 seconds before it gives a call up, or for ten where it has tried in vain
 * before: a target of many node groups that hangs would use up the run. What is in line behind an answer that came too late fails with it, at once.
 *
 * Effect: that of the work; see within.ts for what goes on behind the back of whoever gave up on it.
 */
import pLimit, { type LimitFunction } from 'p-limit';
import { regionKey, type Target } from '../domain/target.ts';
import { Late, type Work, within } from './within.ts';

export type Apart = <T>(target: Target, work: Work<T>) => Promise<T>;

type Line = { readonly limit: LimitFunction; late?: Error };

type Patience = {
  readonly atOnce: number;
  /** For each piece of work, once its turn has come. */
  readonly seconds: number;
  /** Whether a failure says that no answer came. */
  readonly isLate: (failure: unknown) => boolean;
};

/** For one run: the next one tries again. */
export const apart = ({ atOnce, seconds, isLate }: Patience): Apart => {
  const lines = new Map<string, Line>();
  const lineOf = (key: string): Line => {
    const line = lines.get(key) ?? { limit: pLimit(atOnce) };
    lines.set(key, line);
    return line;
  };
  return (target, work) => {
    const key = regionKey(target);
    const line = lineOf(key);
    return line.limit(async () => {
      if (line.late) throw line.late;
      try {
        return await within(seconds, `an answer of ${key}`, work);
      } catch (failure) {
        if (failure instanceof Late || isLate(failure)) line.late = failure as Error;
        throw failure;
      }
    });
  };
};
