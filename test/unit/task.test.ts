import { expect, it } from 'vitest';
import { sharesOf } from '../../functions/domain/task.ts';
import { target } from './factories.ts';

const clusters = (number: number) => Array.from({ length: number }, (_, i) => `c${100 + i}`);

it.each<[string, number, number[]]>([
  ['no cluster is one task, so that what was there before is seen to be gone', 0, [0]],
  ['forty clusters are one task', 40, [40]],
  ['one more are two of much the same size', 41, [21, 20]],
  ['a hundred are three', 100, [34, 33, 33]],
])('%s', (_case, number, sizes) => {
  const shares = sharesOf({ target }, clusters(number));
  expect(shares.map((share) => share.clusters?.length)).toEqual(sizes);
  expect(shares.flatMap((share) => share.clusters).toSorted()).toEqual(clusters(number));
});

it('divides the same clusters in the same way, in whatever order they are listed', () => {
  expect(sharesOf({ target }, clusters(90).toReversed())).toEqual(sharesOf({ target }, clusters(90)));
});

it('counts shares from one, keeps the round, and divides no share again', () => {
  const [first, second] = sharesOf({ target, round: '2026-07-20T05:00:00.000Z' }, clusters(80));
  expect([first?.share, second?.share, second?.round]).toEqual([1, 2, '2026-07-20T05:00:00.000Z']);
  expect(sharesOf({ target, share: 2, clusters: clusters(50) }, clusters(50)).length).toBe(1);
});
