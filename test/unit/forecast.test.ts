import { describe, expect, it } from 'vitest';
import { forecast } from '../../functions/domain/forecast.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { Rollout } from '../../functions/domain/rollout.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { done, monday as now, policy, rollout, rolloutGroup, wave, workingHours } from './factories.ts';

const group = (nodeGroup: string, other: object = {}) => rolloutGroup({ nodeGroup, ...other });
const foretell = (before: Partial<Rollout>, rules: Partial<Policy> = {}, history: readonly Rollout[] = []) =>
  forecast(rollout(before), history, policy(rules), now);
const at = (minutes: number) => minutesAfter(now, minutes);
const windows = { hours: workingHours };

describe('foretells when a wave ends', () => {
  it.each<[string, Partial<Rollout>, Partial<Policy>, object[]]>([
    [
      'one group: 45 minutes, and ten until a tick has seen it',
      {},
      {},
      [{ startsAt: now, endsAt: at(55), insideWindow: true, afterApproval: false }],
    ],
    [
      'two groups, one at a time',
      { groups: [group('a'), group('b')] },
      {},
      [{ startsAt: now, endsAt: at(110) }],
    ],
    [
      'two groups, two at a time',
      { groups: [group('a'), group('b')] },
      { waves: [wave({ concurrency: 2 })] },
      [{ startsAt: now, endsAt: at(55) }],
    ],
    [
      'two groups of a cluster that may have one under way',
      { groups: [group('a'), group('b')] },
      { waves: [wave({ concurrency: 2 })], limits: { perCluster: 1, perRegion: 20 } },
      [{ startsAt: now, endsAt: at(110) }],
    ],
    [
      'two groups of a region that may have one under way',
      { groups: [group('a'), group('b', { cluster: 'green' })] },
      { waves: [wave({ concurrency: 2 })], limits: { perCluster: 2, perRegion: 1 } },
      [{ startsAt: now, endsAt: at(110) }],
    ],
    [
      'the next wave after the soak, once somebody has approved it',
      { groups: [group('a', { wave: 'first' }), group('b', { wave: 'second' })] },
      {
        waves: [
          wave({ name: 'first', soakHours: 2 }),
          wave({ name: 'second', approval: { timeoutHours: 1 } }),
        ],
      },
      [
        { wave: 'first', endsAt: at(55), afterApproval: false },
        { wave: 'second', startsAt: at(175), endsAt: at(230), afterApproval: true },
      ],
    ],
    [
      'a group that waits for tomorrow’s window, and one that ends outside it',
      { groups: Array.from({ length: 7 }, (_, i) => group(`g${i}`)) },
      { waves: [wave({ window: 'hours' })], windows },
      [{ startsAt: now, endsAt: '2026-07-21T06:55:00.000Z', insideWindow: true }],
    ],
    [
      'groups of which the last still runs when the window has shut',
      { groups: Array.from({ length: 6 }, (_, i) => group(`g${i}`)) },
      { waves: [wave({ window: 'hours' })], windows },
      [{ startsAt: now, endsAt: at(330), insideWindow: false }],
    ],
    ['nothing for a wave whose window never opens', {}, { waves: [wave({ window: 'gone' })] }, []],
    ['nothing for groups that are settled', { groups: [group('a', { state: done })] }, {}, []],
  ])('%s', (_case, before, rules, waves) => {
    expect(foretell(before, rules).waves).toMatchObject(waves);
    expect(foretell(before, rules).waves).toHaveLength(waves.length);
  });
});

describe('learns from earlier updates', () => {
  const took = (nodeGroup: string, minutes: number, day = 1) =>
    group(nodeGroup, { state: { is: 'done', at: `2026-07-0${day}T00:00:00.000Z`, minutes } });
  it.each<[string, readonly Rollout[], number, number]>([
    ['of the group itself', [rollout({ groups: [took('a', 20), took('b', 90), took('c', 91)] })], 1, 30],
    [
      'the last of the group',
      [rollout({ groups: [took('a', 20, 1)] }), rollout({ groups: [took('a', 30, 2)] })],
      1,
      40,
    ],
    [
      'of others: what lies in the middle',
      [rollout({ groups: [took('b', 10), took('c', 20), took('d', 300)] })],
      0,
      30,
    ],
    ['of none: 45 minutes', [], 0, 55],
  ])('%s', (_case, history, timed, minutes) => {
    const { timed: known, waves } = foretell({ groups: [group('a')] }, {}, history);
    expect([known, waves[0]?.endsAt]).toEqual([timed, at(minutes)]);
  });
});

it('plays 2,000 groups through', () => {
  const groups = Array.from({ length: 2_000 }, (_, i) => group(`g${i}`, { cluster: `c${i % 100}` }));
  const rules = { waves: [wave({ concurrency: 20, window: 'hours' })], windows };
  const [only] = foretell({ groups }, rules).waves;
  expect(only?.endsAt.slice(0, 7)).toBe('2026-08');
});
