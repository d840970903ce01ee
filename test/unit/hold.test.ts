import { expect, it } from 'vitest';
import { type Hold, holdKey, holdOn } from '../../functions/domain/hold.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { monday as now } from './factories.ts';

const hold = (other: Partial<Hold> = {}): Hold => ({
  cluster: 'blue',
  until: minutesAfter(now, 60),
  by: 'anna',
  why: 'trade fair',
  ...other,
});

it.each<[string, Pick<Hold, 'cluster' | 'nodeGroup'>, string]>([
  ['a cluster', { cluster: 'blue' }, 'blue'],
  ['a group of a cluster', { cluster: 'blue', nodeGroup: 'workers' }, 'blue/workers'],
])('names the hold on %s', (_case, place, key) => {
  expect(holdKey(place)).toBe(key);
});

it.each<[string, readonly Hold[], string | undefined]>([
  ['nobody without a hold', [], undefined],
  ['a group of a cluster that is held', [hold()], 'trade fair'],
  ['the group that is held', [hold({ nodeGroup: 'workers' })], 'trade fair'],
  ['nobody for another group', [hold({ nodeGroup: 'gpu' })], undefined],
  ['nobody for another cluster', [hold({ cluster: 'green' })], undefined],
  [
    'nobody for a group of that name in another cluster',
    [hold({ cluster: 'green', nodeGroup: 'workers' })],
    undefined,
  ],
  ['a group a minute before the end', [hold({ until: minutesAfter(now, 1) })], 'trade fair'],
  ['nobody at the end', [hold({ until: now })], undefined],
  ['nobody after the end', [hold({ until: minutesAfter(now, -1) })], undefined],
  [
    'a group by the hold that lasts longest, named last',
    [hold({ why: 'short' }), hold({ why: 'long', nodeGroup: 'workers', until: minutesAfter(now, 61) })],
    'long',
  ],
  [
    'a group by the hold that lasts longest, named first',
    [hold({ why: 'long', nodeGroup: 'workers', until: minutesAfter(now, 61) }), hold({ why: 'short' })],
    'long',
  ],
  [
    'a group by a hold that lasts although another has ended',
    [hold({ why: 'ended', until: now }), hold({ why: 'lasts' })],
    'lasts',
  ],
])('holds %s', (_case, holds, why) => {
  expect(holdOn({ cluster: 'blue', nodeGroup: 'workers' }, holds, now)?.why).toBe(why);
});
