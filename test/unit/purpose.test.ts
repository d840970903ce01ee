import { describe, expect, it } from 'vitest';
import { type Skip, skippable } from '../../functions/domain/command.ts';
import { policyFor } from '../../functions/domain/purpose.ts';
import type { Purpose } from '../../functions/domain/rollout.ts';
import { policy, wave } from './factories.ts';

const canary = wave({
  name: 'canary',
  soakHours: 24,
  window: 'hours',
  concurrency: 2,
  failureBudget: 1,
  alarms: ['errors', 'latency'],
  approval: { timeoutHours: 8 },
});
const rest = wave({ name: 'rest', soakHours: 4, concurrency: 5, failureBudget: 3, alarms: ['errors'] });
const rules = policy({ waves: [canary, rest] });

const rollNow = (skip: readonly Skip[] = [], canaryFirst = true): Purpose => ({
  is: 'rollNow',
  by: 'anna',
  why: 'CVE',
  skip,
  canaryFirst,
  force: false,
});
const rollBack = { is: 'rollBack', by: 'anna', why: 'it leaks', of: 'al2023-v20260714' } as const;
const of = (purpose: Purpose, waves = rules.waves) => policyFor({ purpose }, { ...rules, waves });

it.each<[string, Purpose]>([
  ['in routine', { is: 'routine' }],
  ['for an emergency that skips nothing', rollNow()],
  ['for an emergency that skips only what no wave knows', rollNow(['age', 'cadence'])],
])('keeps every rule %s', (_case, purpose) => {
  expect(of(purpose)).toEqual({ ...rules, ownWaves: rules.waves, anyTime: false });
});

describe('leaves out what an emergency skips, and nothing else:', () => {
  const { approval: _, ...unasked } = canary;
  it.each<[Skip, object]>([
    ['window', { ...rules, ownWaves: rules.waves, anyTime: true }],
    [
      'soak',
      {
        waves: [
          { ...canary, soakHours: 0 },
          { ...rest, soakHours: 0 },
        ],
      },
    ],
    ['approval', { waves: [unasked, rest] }],
    [
      'alarms',
      {
        waves: [
          { ...canary, alarms: [] },
          { ...rest, alarms: [] },
        ],
      },
    ],
  ])('%s', (skip, other) => {
    expect(of(rollNow([skip]))).toEqual({ ...rules, ownWaves: rules.waves, anyTime: false, ...other });
  });

  it('all of it', () => {
    const bare = { soakHours: 0, alarms: [] };
    expect(of(rollNow(Object.keys(skippable) as Skip[]))).toEqual({
      ...rules,
      ownWaves: rules.waves,
      anyTime: true,
      waves: [
        { ...unasked, ...bare },
        { ...rest, ...bare },
      ],
    });
  });
});

describe('makes one wave of all when an emergency rolls at once', () => {
  const atOnce = (waves = rules.waves, skip: readonly Skip[] = []) => of(rollNow(skip, false), waves).waves;

  it('as wide and as patient as all of them together, watched by every alarm once', () => {
    expect(atOnce()).toMatchObject([
      { name: 'all at once', concurrency: 7, failureBudget: 4, alarms: ['errors', 'latency'] },
    ]);
  });

  it.each<[string, typeof rules.waves, object | undefined]>([
    ['the first wave wants one', [canary, rest], { timeoutHours: 8 }],
    ['the last wave wants one', [rest, canary], { timeoutHours: 8 }],
    ['no wave wants one', [rest, wave()], undefined],
    [
      'two do: the first patience holds',
      [canary, wave({ approval: { timeoutHours: 2 } })],
      { timeoutHours: 8 },
    ],
  ])('that asks for approval when any of them would: %s', (_case, waves, approval) => {
    expect(atOnce(waves)[0]?.approval).toEqual(approval);
  });

  it('that asks nobody when that is skipped', () => {
    expect(atOnce(rules.waves, ['approval'])[0]?.approval).toBeUndefined();
  });

  it.each([
    ['every wave does', [true, true], true],
    ['only the first does', [true, false], false],
    ['only the last does', [false, true], false],
  ])('that forces by itself only where %s', (_case, [first = false, last = false], forces) => {
    const waves = [wave({ forceWhenBlocked: first }), wave({ forceWhenBlocked: last })];
    expect(atOnce(waves)[0]?.forceWhenBlocked).toBe(forces);
  });

  it('without a window of its own: each group brings that of its wave', () => {
    expect(atOnce([canary])[0]).not.toHaveProperty('window');
  });

  it('and none of none', () => {
    expect(atOnce([])).toEqual([]);
  });
});

it('goes back at any time, without soak, approval, alarms or an end of failures, wave by wave', () => {
  const { approval: _, ...unasked } = canary;
  const back = { soakHours: 0, alarms: [], failureBudget: Infinity };
  expect(of(rollBack)).toEqual({
    ...rules,
    ownWaves: rules.waves,
    anyTime: true,
    waves: [
      { ...unasked, ...back },
      { ...rest, ...back },
    ],
  });
});
