/**
 * Remembers for some minutes what costs a call to learn, as long as the function stays warm.
 *
 * What could not be read is not remembered. Time is given by the caller.
 */
import { type Instant, minutesAfter } from '../domain/time.ts';

type Remembered<T> = { readonly until: Instant; readonly value: Promise<T> };

export const remember = <T>(minutes: number, read: (name: string) => Promise<T>) => {
  const known = new Map<string, Remembered<T>>();
  return async (name: string, now: Instant): Promise<T> => {
    const before = known.get(name);
    if (before && before.until > now) return before.value;
    const value = read(name);
    known.set(name, { until: minutesAfter(now, minutes), value });
    value.catch(() => known.delete(name));
    return value;
  };
};
