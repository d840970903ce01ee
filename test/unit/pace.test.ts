import { describe, expect, it } from 'vitest';
import { bucket } from '../../functions/aws/pace.ts';

describe('a bucket of 3 at once and 5 a second', () => {
  const waits = (...times: readonly number[]) => times.map(bucket({ burst: 3, perSecond: 5 }));

  it.each<[string, readonly number[], readonly number[]]>([
    ['lets the first three go at once, also right after the start', [0, 0, 0], [0, 0, 0]],
    ['lets the next wait a fifth of a second each', [0, 0, 0, 0, 0], [0, 0, 0, 200, 400]],
    ['lets one go that comes when its turn is', [0, 0, 0, 200], [0, 0, 0, 0]],
    [
      'is full again after a rest, and no fuller',
      [0, 0, 0, 60_000, 60_000, 60_000, 60_000],
      [0, 0, 0, 0, 0, 0, 200],
    ],
    ['keeps the turns that were given', [0, 0, 0, 0, 100], [0, 0, 0, 200, 300]],
  ])('%s', (_case, times, expected) => {
    expect(waits(...times)).toEqual(expected);
  });
});
