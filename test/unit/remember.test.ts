import { expect, it } from 'vitest';
import { minutesAfter } from '../../functions/domain/time.ts';
import { remember } from '../../functions/edge/remember.ts';
import { monday as now } from './factories.ts';

const counted = (minutes: number, fails = 0) => {
  let reads = 0;
  return remember(minutes, async (name) => {
    reads++;
    if (reads <= fails) throw new Error('no');
    return `${name} ${reads}`;
  });
};

it.each([
  ['the same minute', 0, 'a 1'],
  ['just before the minutes are over', 4.99, 'a 1'],
  ['when they are over', 5, 'a 2'],
])('reads once: %s', async (_case, later, value) => {
  const read = counted(5);
  await read('a', now);
  expect(await read('a', minutesAfter(now, later))).toBe(value);
});

it('keeps names apart', async () => {
  const read = counted(5);
  await read('a', now);
  expect(await read('b', now)).toBe('b 2');
});

it('does not remember that it failed', async () => {
  const read = counted(5, 1);
  await expect(read('a', now)).rejects.toThrow('no');
  expect(await read('a', now)).toBe('a 2');
});
