import { describe, expect, it } from 'vitest';
import { alarmsToSee, alarmWait, ringing } from '../../functions/domain/alarm-gate.ts';
import { policyFor } from '../../functions/domain/purpose.ts';
import type { Rollout } from '../../functions/domain/rollout.ts';
import type { AlarmState } from '../../functions/domain/situation.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import {
  done,
  monday as now,
  policy,
  rollout,
  rolloutGroup,
  situation,
  updating,
  wave,
  workingHours,
} from './factories.ts';

const canary = wave({ name: 'canary', soakHours: 24, alarms: ['errors', 'latency'] });
const rest = wave({ name: 'rest', window: 'hours', alarms: ['errors', 'saturation'] });
const rules = policy({ waves: [canary, rest], windows: { hours: workingHours } });
const inWave = (name: string, state: ReturnType<typeof rolloutGroup>['state']) =>
  rolloutGroup({ nodeGroup: name, wave: name, state });
const waiting = { is: 'waiting', attempt: 1 } as const;
const soaked = (hours: number) => ({ waveDoneAt: { canary: minutesAfter(now, -60 * hours) } });
const isOpen = '2026-07-20T10:00:00.000Z';
const isShut = '2026-07-20T23:00:00.000Z';

it.each<[string, Partial<Rollout>, string, string[]]>([
  ['those of the wave that could start', { groups: [inWave('canary', waiting)] }, now, ['errors', 'latency']],
  ['those of a wave under way', { groups: [inWave('canary', updating())] }, now, ['errors', 'latency']],
  [
    'those of the wave that soaks, not of the next one',
    { groups: [inWave('canary', done), inWave('rest', waiting)], ...soaked(1) },
    now,
    ['errors', 'latency'],
  ],
  [
    'those of the next wave once the soak is over',
    { groups: [inWave('canary', done), inWave('rest', waiting)], ...soaked(48) },
    isOpen,
    ['errors', 'saturation'],
  ],
  [
    'none while the window is shut and nothing is under way',
    { groups: [inWave('canary', done), inWave('rest', waiting)], ...soaked(48) },
    isShut,
    [],
  ],
  [
    'those of a wave under way though its window has shut',
    { groups: [inWave('canary', done), inWave('rest', updating())], ...soaked(48) },
    isShut,
    ['errors', 'saturation'],
  ],
  [
    'none of a rollout that is halted',
    { groups: [inWave('canary', updating())], state: { is: 'halted', why: 'stopped', at: now } },
    now,
    [],
  ],
  ['none when all is done', { groups: [inWave('canary', done)], ...soaked(1) }, now, []],
])('asks for %s', (_case, other, at, names) => {
  const one = rollout(other);
  expect(alarmsToSee(one, policyFor(one, rules), at)).toEqual(names);
});

describe('of the alarms that count', () => {
  const one = rollout({ groups: [inWave('canary', waiting)] });
  const relaxed = policyFor(one, rules);
  const at = (states: readonly (readonly [string, AlarmState])[]) => situation({ alarms: new Map(states) });
  it.each<[string, readonly (readonly [string, AlarmState])[], string[], string[] | undefined]>([
    [
      'all that are OK let the wave start',
      [
        ['errors', 'OK'],
        ['latency', 'OK'],
      ],
      [],
      undefined,
    ],
    [
      'one in ALARM rings, and keeps it',
      [
        ['errors', 'ALARM'],
        ['latency', 'OK'],
      ],
      ['errors'],
      ['errors'],
    ],
    [
      'one without data keeps it, and does not ring',
      [
        ['errors', 'OK'],
        ['latency', 'INSUFFICIENT_DATA'],
      ],
      [],
      ['latency'],
    ],
    ['one that does not exist keeps it', [['errors', 'OK']], [], ['latency']],
  ])('%s', (_case, states, rings, keeps) => {
    expect(ringing(one, relaxed, at(states))).toEqual(rings);
    expect(alarmWait(one, canary, relaxed, at(states))?.alarms).toEqual(keeps);
  });
});
