import { describe, expect, it } from 'vitest';
import type { Judged } from '../../functions/domain/plan.ts';
import { emergencyPolicy, type RollNow, rollNow } from '../../functions/domain/roll-now.ts';
import {
  nodeGroup,
  monday as now,
  policy,
  release,
  rollout,
  rolloutGroup,
  updating,
  wave,
} from './factories.ts';

const asked = (other: Partial<RollNow> = {}): RollNow => ({
  command: 'roll-now',
  by: 'anna',
  why: 'CVE',
  dryRun: false,
  select: [{ clusters: ['*'] }],
  skip: [],
  canaryFirst: true,
  force: false,
  ...other,
});
const behind = (name: string, tags = {}): Judged => ({
  group: nodeGroup({ nodeGroup: name, tags }),
  verdict: { is: 'behind', target: release(), days: 19, runningImageId: undefined },
});
const rules = policy({
  waves: [
    wave({ name: 'canary', window: 'early', select: [{ nodeGroups: ['a'] }] }),
    wave({ name: 'rest', window: 'late' }),
  ],
});
const roll = (rollouts: Parameters<typeof rollNow>[1], other: Partial<RollNow> = {}) =>
  rollNow(
    [behind('a'), behind('b', { 'drydock:window': 'own' })],
    rollouts,
    asked(other),
    'c0ffee',
    rules,
    now,
  );
const id = rollout().id;

it('opens a rollout of its own, in the waves of the policy', () => {
  const { opened } = roll([]);
  expect(
    opened.map(({ id, groups }) => [id, groups.map((one) => [one.nodeGroup, one.wave, one.window])]),
  ).toEqual([
    [
      `${id}-now-c0ffee`,
      [
        ['a', 'canary', undefined],
        ['b', 'rest', 'own'],
      ],
    ],
  ]);
});

describe('beside the routine rollout', () => {
  const routine = (state: ReturnType<typeof rolloutGroup>['state']) =>
    rollout({ groups: [rolloutGroup({ nodeGroup: 'a', state })] });

  it('takes over groups that wait there', () => {
    const { opened, overtaken, busy } = roll([routine({ is: 'waiting', attempt: 1 })]);
    expect(opened[0]?.groups.map(({ nodeGroup }) => nodeGroup)).toEqual(['a', 'b']);
    expect(overtaken.map(({ id, groups }) => [id, groups])).toEqual([[id, []]]);
    expect(busy).toEqual([]);
  });

  it('leaves groups that are under way there, and names them', () => {
    const { opened, overtaken, busy } = roll([routine(updating())]);
    expect(opened[0]?.groups.map(({ nodeGroup }) => nodeGroup)).toEqual(['b']);
    expect([overtaken, busy]).toEqual([[], ['111122223333/eu-central-1/blue/a']]);
  });

  it('is opened once, however often it is asked', () => {
    const { opened } = roll([]);
    expect(roll(opened).opened).toEqual([]);
  });
});

it.each<[string, RollNow['skip'], number, number]>([
  ['keeps age and cadence', [], 7, 30],
  ['skips the age alone', ['age'], 0, 30],
  ['skips the cadence alone', ['cadence'], 7, 0],
  ['skips neither for a window', ['window'], 7, 30],
])('%s', (_case, skip, minimumAgeDays, atMostEveryDays) => {
  const releases = { ...policy().releases, minimumAgeDays: 7, atMostEveryDays: 30 };
  expect(emergencyPolicy(policy({ releases }), asked({ skip })).releases).toMatchObject({
    minimumAgeDays,
    atMostEveryDays,
  });
});
