import { expect, it } from 'vitest';
import { daysBetween, earliest, minutesAfter, minutesBetween } from '../../functions/domain/time.ts';

it.each([
  ['forward over midnight', '2026-07-20T23:59:00.000Z', 2, '2026-07-21T00:01:00.000Z'],
  ['backward', '2026-07-20T00:00:00.000Z', -1, '2026-07-19T23:59:00.000Z'],
  ['by half a minute', '2026-07-20T00:00:00.000Z', 0.5, '2026-07-20T00:00:30.000Z'],
  ['over a leap day', '2028-02-28T12:00:00.000Z', 1440, '2028-02-29T12:00:00.000Z'],
  ['into the form that sorts as text', '2026-07-20T00:00:00Z', 0, '2026-07-20T00:00:00.000Z'],
])('moves a time %s', (_case, at, minutes, moved) => {
  expect(minutesAfter(at, minutes)).toBe(moved);
});

it('counts minutes, negative when the end lies before', () => {
  expect(minutesBetween('2026-07-20T08:00:00.000Z', '2026-07-20T09:30:00.000Z')).toBe(90);
  expect(minutesBetween('2026-07-20T09:30:00.000Z', '2026-07-20T08:00:00.000Z')).toBe(-90);
});

it.each([
  ['a minute short of a day', '2026-07-21T07:59:00.000Z', 0],
  ['exactly a day', '2026-07-21T08:00:00.000Z', 1],
  ['nearly two days', '2026-07-22T07:59:59.999Z', 1],
])('counts whole days: %s', (_case, to, days) => {
  expect(daysBetween('2026-07-20T08:00:00.000Z', to)).toBe(days);
});

it.each([
  [
    'the first of several',
    ['2026-07-21T00:00:00.000Z', '2026-07-20T00:00:00.000Z'],
    '2026-07-20T00:00:00.000Z',
  ],
  [
    'the only one beside unknown ones',
    [undefined, '2026-07-20T00:00:00.000Z', undefined],
    '2026-07-20T00:00:00.000Z',
  ],
  ['none of unknown ones', [undefined], undefined],
  ['none of none', [], undefined],
])('gives %s', (_case, times, first) => {
  expect(earliest(times)).toBe(first);
});
