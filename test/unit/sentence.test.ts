import { expect, it } from 'vitest';
import { count, percent, series } from '../../functions/domain/sentence.ts';

it.each([
  ['nothing', [], ''],
  ['one', ['a'], 'a'],
  ['two', ['a', 'b'], 'a and b'],
  ['three', ['a', 'b', 'c'], 'a, b and c'],
])('names %s in a row', (_case, things, text) => {
  expect(series(things)).toBe(text);
});

it('names a choice', () => {
  expect(series(['a', 'b', 'c'], 'or')).toBe('a, b or c');
});

it.each([
  [0, '0 nodes'],
  [1, '1 node'],
  [2, '2 nodes'],
])('counts %i', (number, text) => {
  expect(count(number, 'node')).toBe(text);
});

it.each([
  [1, 3, 33],
  [2, 3, 67],
  [3, 3, 100],
])('rounds %i of %i to a whole per cent', (part, whole, share) => {
  expect(percent(part, whole)).toBe(share);
});
