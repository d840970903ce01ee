import { describe, expect, it } from 'vitest';
import type { Seen } from '../../functions/domain/follow.ts';
import type { Hold } from '../../functions/domain/hold.ts';
import type { NodeGroup } from '../../functions/domain/node-group.ts';
import type { Booking } from '../../functions/domain/patching/booking.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import { policyFor } from '../../functions/domain/purpose.ts';
import type { GroupState, Load, Rollout, RolloutGroup } from '../../functions/domain/rollout.ts';
import { nextInLine, startWave, windowWait } from '../../functions/domain/start.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import {
  done,
  goal,
  monday as now,
  ownImage,
  policy,
  rollout,
  rolloutGroup,
  seenBefore,
  sightOf,
  situation,
  target,
  updating,
  verifying,
  wave,
  workingHours,
} from './factories.ts';

const start = (
  groups: readonly RolloutGroup[],
  {
    seen = (_: RolloutGroup): Seen => seenBefore(),
    rules = {} as Partial<Policy>,
    load = {} as Load,
    at = now,
    holds = [] as readonly Hold[],
    bookings = [] as readonly Booking[],
    other = {} as Partial<Rollout>,
  } = {},
) => {
  const rule = policyFor(rollout(), policy(rules));
  const [first] = rule.waves;
  if (!first) throw new Error('no wave');
  return startWave(
    rollout({ groups, ...other }),
    first,
    rule,
    situation({ sight: sightOf(groups, seen), load, now: at, holds, bookings }),
  );
};
const startOne = (other: Partial<RolloutGroup> = {}, options: Parameters<typeof start>[1] = {}) => {
  const { groups, waiting } = start([rolloutGroup(other)], options);
  return { state: groups[0]?.state, waiting };
};
const shows = (other: Partial<NodeGroup>) => ({ seen: () => seenBefore(other) });
const name = 'all';
const freezes = [{ name: 'fair', timeZone: 'Europe/Berlin', from: '2026-07-20', to: '2026-07-20' }];
const windows = { hours: workingHours, nights: { ...workingHours, from: '22:00', to: '04:00' } };
const inHours = { windows, waves: [wave({ window: 'hours' })] };

it('starts a group that EKS shows as it was planned', () => {
  expect(startOne()).toEqual({
    state: { is: 'updating', attempt: 1, since: now },
    waiting: { why: 'updating', wave: name },
  });
});

it('starts a later attempt under its number', () => {
  expect(startOne({ state: { is: 'waiting', attempt: 3, notBefore: now } }).state).toEqual({
    is: 'updating',
    attempt: 3,
    since: now,
  });
});

it('notes the launch template in use for a group with an own image', () => {
  const own = {
    before: 'ami-1',
    goal: { by: 'launch template', launchTemplateId: 'lt-1', imageId: 'ami-2' },
  } as const;
  expect(startOne(own, shows({ image: ownImage('ami-1') })).state).toEqual({
    is: 'updating',
    attempt: 1,
    since: now,
    launchTemplate: { id: 'lt-1', version: '7' },
  });
  expect(startOne(own, shows({ image: ownImage('ami-3') })).state).toEqual({
    is: 'held',
    why: 'changedMeanwhile',
  });
});

describe('waits', () => {
  const night = '2026-07-20T04:00:00.000Z';
  it.each<[string, Partial<RolloutGroup>, Parameters<typeof start>[1], object]>([
    [
      'for the time of its next attempt',
      { state: { is: 'waiting', attempt: 2, notBefore: minutesAfter(now, 1) } },
      {},
      { why: 'retryLater', until: minutesAfter(now, 1) },
    ],
    [
      'for its window',
      {},
      { rules: inHours, at: night },
      { why: 'windowShut', until: '2026-07-20T06:00:00.000Z' },
    ],
    [
      'for the window that its tag names',
      { window: 'nights' },
      { rules: inHours },
      { why: 'windowShut', until: '2026-07-20T20:00:00.000Z' },
    ],
    [
      'for the end of a freeze, and the window after it',
      {},
      { rules: { ...inHours, freezes } },
      { why: 'frozen', freeze: 'fair', until: '2026-07-21T06:00:00.000Z' },
    ],
    [
      'for the end of a freeze without a window',
      {},
      { rules: { freezes } },
      { why: 'frozen', freeze: 'fair', until: '2026-07-20T22:00:00.000Z' },
    ],
    [
      'for ever for a window that its tag names and nobody knows',
      { window: 'lunch' },
      {},
      { why: 'neverOpens' },
    ],
    [
      'for ever for a window named like what every object has',
      { window: 'constructor' },
      {},
      { why: 'neverOpens' },
    ],
    [
      'for ever for a window without a day',
      {},
      { rules: { windows: { hours: { ...workingHours, days: [] } }, waves: [wave({ window: 'hours' })] } },
      { why: 'neverOpens' },
    ],
    ['for EKS to show the group', {}, { seen: () => ({ is: 'seen' }) }, { why: 'unknown' }],
    [
      'while EKS is busy with the group, as it was a moment ago',
      { state: { is: 'waiting', attempt: 1, busyAt: minutesAfter(now, -29) } },
      shows({ status: 'UPDATING' }),
      { why: 'groupBusy' },
    ],
    [
      'for room in its cluster',
      {},
      { rules: { limits: { perCluster: 2, perRegion: 9 } }, load: { '111122223333/eu-central-1/blue': 2 } },
      { why: 'limitReached' },
    ],
    [
      'for room in its region',
      {},
      { rules: { limits: { perCluster: 9, perRegion: 2 } }, load: { '111122223333/eu-central-1': 2 } },
      { why: 'limitReached' },
    ],
  ])('%s', (_case, other, options, waiting) => {
    const before = rolloutGroup(other).state;
    expect(startOne(other, options)).toEqual({ state: before, waiting: { wave: name, ...waiting } });
  });

  it('for a group that could not be read', () => {
    const groups = [rolloutGroup()];
    const rule = policyFor(rollout(), policy());
    expect(startWave(rollout({ groups }), rule.waves[0] ?? wave(), rule, situation())).toEqual({
      groups,
      waiting: { why: 'unknown', wave: name },
    });
  });
});

describe('starts', () => {
  it.each<[string, Partial<RolloutGroup>, Parameters<typeof start>[1]]>([
    ['as its window opens', {}, { rules: inHours, at: '2026-07-20T06:00:00.000Z' }],
    [
      'in the window that its tag names, while that of its wave is shut',
      { window: 'nights' },
      { rules: inHours, at: '2026-07-20T21:00:00.000Z' },
    ],
    [
      'with room for one in its cluster',
      {},
      { rules: { limits: { perCluster: 2, perRegion: 9 } }, load: { '111122223333/eu-central-1/blue': 1 } },
    ],
    [
      'with room for one in its region',
      {},
      { rules: { limits: { perCluster: 9, perRegion: 2 } }, load: { '111122223333/eu-central-1': 1 } },
    ],
    [
      'although another region is full',
      {},
      {
        rules: { limits: { perCluster: 1, perRegion: 1 } },
        load: { '111122223333/us-east-1': 1, '111122223333/eu-central-1/green': 1 },
      },
    ],
    [
      'with a health issue that EKS tolerates',
      {},
      shows({ status: 'DEGRADED', healthIssues: [{ code: 'ClusterUnreachable', message: '' }] }),
    ],
  ])('%s', (_case, other, options) => {
    expect(startOne(other, options).state?.is).toBe('updating');
  });
});

describe('leaves a group alone', () => {
  it.each<[string, Partial<NodeGroup>, object]>([
    ['that somebody holds by a tag', { tags: { 'drydock:hold': '' } }, { is: 'held', why: 'heldByTag' }],
    [
      'that somebody wants ignored',
      { clusterTags: { 'drydock:ignore': '' } },
      { is: 'held', why: 'ignoredByTag' },
    ],
    [
      'that somebody changed meanwhile',
      { image: { is: 'eks', amiType: 'AL2023_x86_64_STANDARD', releaseVersion: '1.34.9-20260801' } },
      { is: 'held', why: 'changedMeanwhile' },
    ],
    [
      'that EKS would refuse for its health',
      { healthIssues: [{ code: 'Ec2SecurityGroupNotFound', message: '' }] },
      { is: 'held', why: 'unhealthy' },
    ],
  ])('%s', (_case, other, state) => {
    expect(startOne({}, shows(other))).toEqual({ state, waiting: undefined });
  });

  it('that is gone', () => {
    expect(startOne({}, { seen: () => ({ is: 'gone' }) })).toEqual({
      state: { is: 'gone', at: now },
      waiting: undefined,
    });
  });

  it.each<[string, string, string | undefined, string]>([
    ['which may lack what it was patched with', now, minutesAfter(now, -1), 'held'],
    ['which was made after it was patched', minutesAfter(now, -2), minutesAfter(now, -1), 'updating'],
    ['on the way back, whatever it was patched with', now, undefined, 'updating'],
  ])('that would get a release %s', (_case, patchedAt, madeAt, is) => {
    const group = { ...rolloutGroup(), ...(madeAt && { madeAt }) };
    const bookings = [{ target, cluster: group.cluster, nodeGroup: group.nodeGroup, patchedAt, job: 'j' }];
    expect(startOne(group, { bookings }).state?.is).toBe(is);
  });

  it('before its window too, where it was looked at', () => {
    const at = '2026-07-20T04:00:00.000Z';
    const tagged = shows({ tags: { 'drydock:hold': '' } });
    expect(startOne({}, { ...tagged, rules: inHours, at }).state?.is).toBe('held');
  });
});

it('goes to look at the nodes of a group that runs the wanted release already', () => {
  const image = {
    is: 'eks',
    amiType: 'AL2023_x86_64_STANDARD',
    releaseVersion: goal.releaseVersion,
  } as const;
  expect(startOne({ state: { is: 'waiting', attempt: 2 } }, shows({ image })).state).toEqual({
    is: 'verifying',
    attempt: 2,
    since: now,
  });
  expect(startOne({}, shows({ image, tags: { 'drydock:hold': '' } })).state).toEqual({
    is: 'held',
    why: 'heldByTag',
  });
});

describe('starts no more at once than the limits allow', () => {
  const three = ['a', 'b', 'c'].map((nodeGroup) => rolloutGroup({ nodeGroup }));
  const statesOf = (groups: readonly RolloutGroup[], rules: Partial<Policy>) =>
    start(groups, { rules }).groups.map(({ state }) => state.is);
  const many = { waves: [wave({ concurrency: 9 })] };
  it.each<[string, readonly RolloutGroup[], Partial<Policy>, string[]]>([
    ['one of the wave', three, {}, ['updating', 'waiting', 'waiting']],
    ['two of the wave', three, { waves: [wave({ concurrency: 2 })] }, ['updating', 'updating', 'waiting']],
    ['all of the wave', three, many, ['updating', 'updating', 'updating']],
    [
      'none beside one that updates',
      [rolloutGroup({ nodeGroup: 'x', state: updating() }), ...three],
      {},
      ['updating', 'waiting', 'waiting', 'waiting'],
    ],
    [
      'none beside one that is verified',
      [rolloutGroup({ nodeGroup: 'x', state: verifying() }), ...three],
      {},
      ['verifying', 'waiting', 'waiting', 'waiting'],
    ],
    [
      'one beside one that is done',
      [rolloutGroup({ nodeGroup: 'x', state: done }), ...three],
      {},
      ['done', 'updating', 'waiting', 'waiting'],
    ],
    [
      'two of the cluster',
      three,
      { ...many, limits: { perCluster: 2, perRegion: 9 } },
      ['updating', 'updating', 'waiting'],
    ],
    [
      'one of the region',
      three,
      { ...many, limits: { perCluster: 9, perRegion: 1 } },
      ['updating', 'waiting', 'waiting'],
    ],
    [
      'one of each cluster',
      [...three, rolloutGroup({ cluster: 'green' })],
      { ...many, limits: { perCluster: 1, perRegion: 9 } },
      ['updating', 'waiting', 'waiting', 'updating'],
    ],
    [
      'one of each region',
      [...three, rolloutGroup({ target: { ...target, region: 'us-east-1' } })],
      { ...many, limits: { perCluster: 9, perRegion: 1 } },
      ['updating', 'waiting', 'waiting', 'updating'],
    ],
  ])('%s', (_case, groups, rules, states) => {
    expect(statesOf(groups, rules)).toEqual(states);
  });

  it('gives the place of a group that is left alone to the next', () => {
    const { groups } = start(three, {
      seen: ({ nodeGroup }) => seenBefore(nodeGroup === 'a' ? { tags: { 'drydock:hold': '' } } : {}),
    });
    expect(groups.map(({ state }) => state.is)).toEqual(['held', 'updating', 'waiting']);
  });

  it('starts none of another wave', () => {
    const groups = [rolloutGroup({ nodeGroup: 'x', wave: 'rest' }), rolloutGroup({ wave: 'canary' })];
    expect(
      statesOf(groups, { waves: [wave({ name: 'canary', concurrency: 9 }), wave({ name: 'rest' })] }),
    ).toEqual(['waiting', 'updating']);
  });
});

describe('says of several waits', () => {
  const waitsOf = (...states: { minutes?: number; status?: string }[]) =>
    start(
      states.map(({ minutes }, i) =>
        rolloutGroup({
          nodeGroup: `g${i}`,
          state: {
            is: 'waiting',
            attempt: 2,
            ...(minutes !== undefined && { notBefore: minutesAfter(now, minutes) }),
          },
        }),
      ),
      {
        seen: ({ nodeGroup }) =>
          seenBefore({ status: states[Number(nodeGroup.slice(1))]?.status ?? 'ACTIVE' }),
        rules: {
          limits: states.some(({ status }) => status)
            ? { perCluster: 9, perRegion: 9 }
            : { perCluster: 0, perRegion: 0 },
        },
      },
    ).waiting;
  it.each([
    [
      'the one that ends first',
      [{ minutes: 90 }, { minutes: 30 }],
      { why: 'retryLater', wave: name, until: minutesAfter(now, 30) },
    ],
    [
      'the one whose end nobody knows',
      [{ minutes: 90 }, { status: 'UPDATING' }],
      { why: 'groupBusy', wave: name },
    ],
    [
      'the one that ends before a limit',
      [{}, { minutes: 30 }],
      { why: 'retryLater', wave: name, until: minutesAfter(now, 30) },
    ],
    ['the limit alone', [{}, {}], { why: 'limitReached', wave: name }],
  ])('%s', (_case, states, waiting) => {
    expect(waitsOf(...states)).toEqual(waiting);
  });

  it('nothing when no group of the wave is left', () => {
    expect(start([rolloutGroup({ state: done })]).waiting).toBeUndefined();
  });
});

it('knows without asking EKS whether a window lets a group start', () => {
  const rule = policyFor(rollout(), policy(inHours));
  const [first = wave()] = rule.waves;
  expect(windowWait(rolloutGroup(), first, rule, now)).toBeUndefined();
  expect(windowWait(rolloutGroup(), first, rule, '2026-07-20T13:00:00.000Z')).toEqual({
    why: 'windowShut',
    wave: name,
    until: '2026-07-21T06:00:00.000Z',
  });
});

describe('looks at the groups next in line', () => {
  const line = (groups: RolloutGroup[], rules: Partial<Policy> = {}, load: Load = {}) => {
    const rule = policyFor(
      rollout(),
      policy({ waves: [wave({ concurrency: 2 })], limits: { perCluster: 1, perRegion: 9 }, ...rules }),
    );
    const first = rule.waves[0];
    if (!first) throw new Error('no wave');
    return nextInLine(rollout({ groups }), first, rule, load, now).map(({ nodeGroup }) => nodeGroup);
  };
  const inCluster = (cluster: string, nodeGroup: string, state: Partial<RolloutGroup['state']> = {}) =>
    rolloutGroup({
      cluster,
      nodeGroup,
      wave: wave().name,
      state: { is: 'waiting', attempt: 1, ...state } as GroupState,
    });

  it.each<[string, RolloutGroup[], Partial<Policy>, Load, string[]]>([
    [
      'no more than the wave may have',
      ['a', 'b', 'c'].map((name) => inCluster(name, name)),
      {},
      {},
      ['a', 'b'],
    ],
    [
      'one of each cluster that has room for one',
      [inCluster('x', 'a'), inCluster('x', 'b'), inCluster('y', 'c')],
      {},
      {},
      ['a', 'c'],
    ],
    [
      'none of a cluster that others fill',
      [inCluster('x', 'a'), inCluster('y', 'c')],
      {},
      { '111122223333/eu-central-1/x': 1 },
      ['c'],
    ],
    ['none when the region is full', [inCluster('x', 'a')], {}, { '111122223333/eu-central-1': 9 }, []],
    [
      'one that EKS was busy with after the others',
      [inCluster('x', 'a', { busyAt: minutesAfter(now, -5) }), inCluster('x', 'b')],
      {},
      {},
      ['b'],
    ],
    [
      'of two that EKS was busy with the one looked at longest ago',
      [
        inCluster('x', 'a', { busyAt: minutesAfter(now, -5) }),
        inCluster('x', 'b', { busyAt: minutesAfter(now, -40) }),
      ],
      {},
      {},
      ['b'],
    ],
    [
      'none that is tried again later',
      [inCluster('x', 'a', { notBefore: minutesAfter(now, 1) })],
      {},
      {},
      [],
    ],
  ])('%s', (_case, groups, rules, load, names) => {
    expect(line(groups, rules, load)).toEqual(names);
  });

  it('remembers when EKS was busy with one, and looks at the others for half an hour', () => {
    const busy = (busyAt?: string) =>
      startOne(
        { state: { is: 'waiting', attempt: 1, ...(busyAt && { busyAt }) } },
        shows({ status: 'UPDATING' }),
      ).state;
    expect(busy()).toMatchObject({ busyAt: now });
    expect(busy(minutesAfter(now, -30))).toMatchObject({ busyAt: now });
  });
});

it.each<[string, Partial<RolloutGroup>, string | undefined]>([
  ['its wave', { wave: 'canary' }, undefined],
  ['another wave', { wave: 'rest' }, 'windowShut'],
  ['its tag', { wave: 'rest', window: 'hours' }, undefined],
])('an emergency of all waves at once keeps each group to the window of %s', (_case, other, why) => {
  const purpose = { is: 'rollNow', by: 'anna', why: '', skip: [], canaryFirst: false, force: false } as const;
  const waves = [wave({ name: 'canary', window: 'hours' }), wave({ name: 'rest', window: 'nights' })];
  const rules = policyFor({ purpose }, policy({ windows, waves }));
  const [all] = rules.waves;
  expect(all && windowWait(rolloutGroup(other), all, rules, now)?.why).toBe(why);
});
