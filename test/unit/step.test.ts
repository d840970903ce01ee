import { describe, expect, it } from 'vitest';
import type { Seen, Sight, StartAnswer } from '../../functions/domain/follow.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { Load, Rollout, RolloutGroup } from '../../functions/domain/rollout.ts';
import type { Situation } from '../../functions/domain/situation.ts';
import { groupsToSee, nextStep, withAnswers } from '../../functions/domain/step.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import {
  done,
  failed,
  goal,
  gone,
  held,
  nodeGroup,
  monday as now,
  policy,
  rollout,
  rolloutGroup,
  seenAfter,
  seenBefore,
  sightOf,
  situation,
  updating,
  verifying,
  wave,
  workingHours,
} from './factories.ts';

const canary = wave({ name: 'canary', soakHours: 24 });
const rest = wave({ name: 'rest', concurrency: 2, failureBudget: 1 });
const waves = { waves: [canary, rest] };
const inCanary = (nodeGroup: string, state: RolloutGroup['state'] = { is: 'waiting', attempt: 1 }) =>
  rolloutGroup({ nodeGroup, wave: 'canary', state });
const inRest = (nodeGroup: string, state: RolloutGroup['state'] = { is: 'waiting', attempt: 1 }) =>
  rolloutGroup({ nodeGroup, wave: 'rest', state });
const sick = seenAfter({ healthIssues: [{ code: 'NodeCreationFailure', message: 'no join' }] });

type Options = {
  seen?: (group: RolloutGroup) => Seen;
  sight?: Sight;
  rules?: Partial<Policy>;
  load?: Load;
  at?: string;
  more?: Partial<Situation>;
};
/** One tick as it is taken: only what the step asks for is seen. */
const step = (
  before: Rollout,
  { seen = () => seenBefore(), sight, rules = waves, load = {}, at = now, more = {} }: Options = {},
) => {
  const rule = policy(rules);
  return nextStep(
    before,
    situation({
      sight: sight ?? sightOf(groupsToSee(before, rule, load, at), seen),
      load,
      now: at,
      ...more,
    }),
    rule,
  );
};
const statesOf = ({ groups }: Rollout) => groups.map(({ nodeGroup, state }) => `${nodeGroup} ${state.is}`);
const namesOf = (groups: readonly RolloutGroup[]) => groups.map(({ nodeGroup }) => nodeGroup);
const newsOf = ({ outbox }: Rollout) =>
  outbox.map(({ type, detail }) => [
    type,
    ...('changes' in detail ? detail.changes.items.map(({ is, nodeGroup }) => `${nodeGroup} ${is}`) : []),
  ]);

describe('works through the waves in order', () => {
  it('starts the first wave, and tells it', () => {
    const { rollout: after, starts } = step(rollout({ groups: [inRest('b'), inCanary('a')] }));
    expect(statesOf(after)).toEqual(['b waiting', 'a updating']);
    expect(namesOf(starts)).toEqual(['a']);
    expect(after.waiting).toEqual({ why: 'updating', wave: 'canary' });
    expect(newsOf(after)).toEqual([['Rollout Progressed', 'a started']]);
  });

  it('starts as many as the wave allows', () => {
    const { starts } = step(rollout({ groups: ['a', 'b', 'c'].map((name) => inRest(name)) }));
    expect(namesOf(starts)).toEqual(['a', 'b']);
  });

  it('counts what other rollouts have under way', () => {
    const { rollout: after, starts } = step(rollout({ groups: [inRest('b')] }), {
      rules: { ...waves, limits: { perCluster: 2, perRegion: 9 } },
      load: { '111122223333/eu-central-1/blue': 2 },
    });
    expect(starts).toEqual([]);
    expect(after.waiting?.why).toBe('limitReached');
  });

  it('counts what the rollout itself has under way', () => {
    const before = rollout({ groups: [inRest('a', updating()), inRest('b')] });
    const seen = (): Seen => ({ ...seenBefore(), update: { status: 'InProgress', errors: [] } }) as Seen;
    expect(
      namesOf(step(before, { seen, rules: { ...waves, limits: { perCluster: 1, perRegion: 9 } } }).starts),
    ).toEqual([]);
    expect(
      namesOf(step(before, { seen, rules: { ...waves, limits: { perCluster: 2, perRegion: 9 } } }).starts),
    ).toEqual(['b']);
  });

  it('marks a wave as done, once, and soaks', () => {
    const before = rollout({ groups: [inCanary('a', updating()), inRest('b')] });
    const { rollout: after, starts } = step(before, { seen: () => seenAfter() });
    expect(after.waveDoneAt).toEqual({ canary: now });
    expect(starts).toEqual([]);
    expect(after.waiting).toEqual({ why: 'soaking', wave: 'canary', until: minutesAfter(now, 24 * 60) });
    expect(after.outbox).toMatchObject([
      {
        type: 'Rollout Progressed',
        detail: { waveDone: 'canary', changes: { items: [{ nodeGroup: 'a', is: 'done' }] } },
      },
    ]);
  });

  it('is not done with a wave while a group of it is on its way', () => {
    const before = rollout({ groups: [inCanary('a', updating()), inCanary('c', verifying()), inRest('b')] });
    const { rollout: after } = step(before, {
      seen: ({ nodeGroup }) => (nodeGroup === 'a' ? seenAfter() : seenAfter({ status: 'UPDATING' })),
    });
    expect(after.waveDoneAt).toEqual({});
    expect(statesOf(after)).toEqual(['a done', 'c verifying', 'b waiting']);
  });

  it('looks at a wave that follows without a soak at the next tick, and does not call it unknown', () => {
    const quick = { waves: [wave({ name: 'canary' }), rest] };
    const { rollout: after, starts } = step(rollout({ groups: [inCanary('a', updating()), inRest('b')] }), {
      rules: quick,
      seen: () => seenAfter(),
    });
    expect(starts).toEqual([]);
    expect(after.waiting).toBeUndefined();
    expect(namesOf(step({ ...after, outbox: [] }, { rules: quick }).starts)).toEqual(['b']);
  });

  it('starts a group in the place of one that is done', () => {
    const before = rollout({ groups: [inRest('a', updating()), inRest('b', updating()), inRest('c')] });
    const { starts } = step(before, {
      seen: ({ nodeGroup }) =>
        nodeGroup === 'a'
          ? seenAfter()
          : nodeGroup === 'c'
            ? seenBefore()
            : { is: 'seen', update: { status: 'InProgress', errors: [] } },
    });
    expect(namesOf(starts)).toEqual(['c']);
  });

  it('puts groups of a wave that the policy forgot into the last', () => {
    const { starts } = step(
      rollout({ groups: [rolloutGroup({ nodeGroup: 'a', wave: 'beta' }), inCanary('b')] }),
    );
    expect(namesOf(starts)).toEqual(['b']);
  });
});

describe('soaks to the minute', () => {
  const doneAt = '2026-07-19T08:00:00.000Z';
  const before = rollout({ groups: [inCanary('a', done), inRest('b')], waveDoneAt: { canary: doneAt } });
  it.each([
    ['a minute before its end', minutesAfter(now, -1), [], { why: 'soaking', wave: 'canary', until: now }],
    ['at its end', now, ['b'], { why: 'updating', wave: 'rest' }],
    ['after its end', minutesAfter(now, 1), ['b'], { why: 'updating', wave: 'rest' }],
  ])('%s', (_case, at, starts, waiting) => {
    const stepped = step(before, { at });
    expect(namesOf(stepped.starts)).toEqual(starts);
    expect(stepped.rollout.waiting).toEqual(waiting);
  });

  const sickA = ({ nodeGroup }: RolloutGroup) => (nodeGroup === 'a' ? sick : seenBefore());
  const rested = inRest('c', done);
  it.each<[string, Rollout, string, string]>([
    ['a minute before its end halts', before, minutesAfter(now, -1), 'halted'],
    ['at its end halts, as the next wave has not begun', before, now, 'halted'],
    [
      'once the next wave has begun is no longer its business',
      { ...before, groups: [...before.groups, rested] },
      now,
      'rolling',
    ],
  ])('a group that falls sick %s', (_case, rollout, at, is) => {
    expect(step(rollout, { at, seen: sickA }).rollout.state.is).toBe(is);
  });

  it.each<[string, Rollout, Partial<Policy>, string[], string]>([
    ['keeps the next wave from beginning', before, waves, [], 'earlierUnknown'],
    [
      'keeps nothing once that has begun',
      { ...before, groups: [...before.groups, rested] },
      waves,
      ['b'],
      'updating',
    ],
    [
      'keeps nothing when that is tried again',
      {
        ...before,
        groups: [inCanary('a', done), inRest('b', { is: 'waiting', attempt: 2, notBefore: now })],
      },
      waves,
      ['b'],
      'updating',
    ],
    [
      'keeps nothing where the wave did not soak',
      before,
      { waves: [wave({ name: 'canary' }), rest] },
      ['b'],
      'updating',
    ],
  ])('a group that cannot be read at its end %s', (_case, rollout, rules, starts, why) => {
    const sight = sightOf([inRest('b')], () => seenBefore());
    const stepped = step(rollout, { sight, rules });
    expect(namesOf(stepped.starts)).toEqual(starts);
    expect(stepped.rollout.waiting?.why).toBe(why);
  });

  it('asks for the groups of the wave before that soaked, not of those before', () => {
    const beta = wave({ name: 'beta', soakHours: 1 });
    const inBeta = rolloutGroup({ nodeGroup: 'x', wave: 'beta', state: done });
    const both = {
      ...before,
      groups: [...before.groups, inBeta],
      waveDoneAt: { canary: doneAt, beta: doneAt },
    };
    const rule = policy({ waves: [canary, beta, rest] });
    expect(namesOf(groupsToSee(both, rule, {}, now))).toEqual(['b', 'x']);
  });
});

describe('halts before anything else', () => {
  const budget = (failures: string[], failureBudget: number) =>
    step(rollout({ groups: [...failures.map((name) => inRest(name, failed())), inRest('z')] }), {
      rules: { waves: [canary, wave({ name: 'rest', failureBudget })] },
    });
  it.each<[string, string[], number, string]>([
    ['no failure without a budget', [], 0, 'rolling'],
    ['one failure without a budget', ['a'], 0, 'halted'],
    ['as many failures as the budget', ['a', 'b'], 2, 'rolling'],
    ['one failure more than the budget', ['a', 'b', 'c'], 2, 'halted'],
  ])('%s', (_case, failures, failureBudget, is) => {
    const { rollout: after, starts } = budget(failures, failureBudget);
    expect(after.state.is).toBe(is);
    expect(namesOf(starts)).toEqual(is === 'rolling' ? ['z'] : []);
    if (after.state.is === 'halted')
      expect(after.state).toEqual({ is: 'halted', why: 'failureBudgetSpent', at: now });
  });

  it('counts the failures of each wave apart', () => {
    const two = [wave({ name: 'canary', failureBudget: 1 }), wave({ name: 'rest', failureBudget: 1 })];
    const groups = [inCanary('a', failed()), inCanary('b', done), inRest('c', failed()), inRest('d')];
    expect(
      step(rollout({ groups, waveDoneAt: { canary: '2026-07-01T00:00:00.000Z' } }), { rules: { waves: two } })
        .rollout.state.is,
    ).toBe('rolling');
  });

  it.each(['NodeCreationFailure', 'Unhealthy'])('at the first %s, whatever the budget', (code) => {
    const { rollout: after } = step(rollout({ groups: [inRest('a', failed(code)), inRest('b')] }), {
      rules: { waves: [canary, wave({ name: 'rest', failureBudget: 9 })] },
    });
    expect(after.state).toEqual({ is: 'halted', why: 'releaseBreaksNodes', at: now });
  });

  it('in the tick that sees the failure, naming it, and starts nothing beside it', () => {
    const before = rollout({
      groups: [inRest('a', updating()), inRest('b')],
      waiting: { why: 'updating', wave: 'rest' },
    });
    const failing: Seen = {
      is: 'seen',
      update: {
        status: 'Failed',
        errors: [{ code: 'NodeCreationFailure', message: 'not joining', resources: ['i-1'] }],
      },
    };
    const { rollout: after, starts } = step(before, {
      seen: ({ nodeGroup }) => (nodeGroup === 'a' ? failing : seenBefore()),
    });
    expect(starts).toEqual([]);
    expect(statesOf(after)).toEqual(['a failed', 'b waiting']);
    expect('waiting' in after).toBe(false);
    expect(after.outbox).toMatchObject([
      {
        type: 'Rollout Halted',
        detail: {
          state: { is: 'halted', why: 'releaseBreaksNodes' },
          sentence: 'New nodes do not come up healthy on this release.',
          changes: {
            items: [{ nodeGroup: 'a', is: 'failed', code: 'NodeCreationFailure', message: 'not joining' }],
          },
        },
      },
    ]);
  });

  it('when a group falls sick while its wave soaks, naming it', () => {
    const before = rollout({ groups: [inCanary('a', done), inRest('b')], waveDoneAt: { canary: now } });
    const { rollout: after } = step(before, { seen: () => sick });
    expect(after.state).toMatchObject({ is: 'halted', why: 'degradedInSoak' });
    expect(after.outbox).toMatchObject([
      {
        detail: {
          changes: {
            items: [
              { nodeGroup: 'a', is: 'failed', code: 'Unhealthy', message: 'NodeCreationFailure: no join' },
            ],
          },
        },
      },
    ]);
  });

  it('not when it lacks machines while its wave soaks', () => {
    const before = rollout({ groups: [inCanary('a', done), inRest('b')], waveDoneAt: { canary: now } });
    const healthIssues = [{ code: 'AsgInstanceLaunchFailures', message: 'no capacity' }];
    const seen = () => seenAfter({ status: 'DEGRADED', healthIssues });
    expect(step(before, { seen }).rollout.state.is).toBe('rolling');
  });

  it('not when a group of a wave that is under way falls sick after it was done', () => {
    const before = rollout({ groups: [inCanary('a', done), inCanary('b', updating())] });
    expect(
      step(before, {
        sight: sightOf(before.groups, ({ nodeGroup }) => (nodeGroup === 'a' ? sick : { is: 'seen' })),
      }).rollout.state.is,
    ).toBe('rolling');
  });

  it('although its window is shut', () => {
    const shut = { windows: { hours: workingHours }, waves: [wave({ name: 'rest', window: 'hours' })] };
    expect(
      step(rollout({ groups: [inRest('a', failed()), inRest('b')] }), {
        rules: shut,
        at: '2026-07-25T08:00:00.000Z',
      }).rollout.state.is,
    ).toBe('halted');
  });
});

describe('when it is halted', () => {
  const state = { is: 'halted', why: 'releaseBreaksNodes', at: '2026-07-19T08:00:00.000Z' } as const;
  const groups = [inRest('a', updating()), inRest('b'), inRest('c', failed('NodeCreationFailure'))];

  it('starts nothing, and follows what is under way', () => {
    const before = rollout({ state, groups });
    expect(namesOf(groupsToSee(before, policy(waves), {}, now))).toEqual(['a']);
    const { rollout: after, starts } = step(before, { seen: () => seenAfter() });
    expect(starts).toEqual([]);
    expect(after.state).toEqual(state);
    expect(statesOf(after)).toEqual(['a done', 'b waiting', 'c failed']);
    expect(newsOf(after)).toEqual([['Rollout Progressed', 'a done']]);
  });

  it('does not halt a second time', () => {
    const { rollout: after } = step(
      rollout({ state, groups: [inRest('b'), inRest('c', failed('NodeCreationFailure'))] }),
    );
    expect(after.outbox).toEqual([]);
    expect(after.state).toEqual(state);
  });

  const { updateId: _, ...unasked } = updating() as { updateId: string } & ReturnType<typeof updating>;
  it.each<[string, Seen, object]>([
    ['waits again when EKS never heard of it', seenBefore(), { is: 'waiting', attempt: 1 }],
    ['stays as it is while EKS is busy with it', seenBefore({ status: 'UPDATING' }), unasked],
    ['stays as it is when it cannot be read', { is: 'seen' }, unasked],
    [
      'is followed when EKS was asked after all',
      {
        is: 'seen',
        nodeGroup: nodeGroup({
          image: { is: 'eks', amiType: 'AL2023_x86_64_STANDARD', releaseVersion: goal.releaseVersion },
        }),
      },
      { is: 'verifying', attempt: 1, since: now, startedAt: unasked.since },
    ],
  ])('an update that was decided on is not asked for: the group %s', (_case, seen, after) => {
    const { rollout: stepped, starts } = step(rollout({ state, groups: [inRest('a', unasked)] }), {
      seen: () => seen,
    });
    expect(starts).toEqual([]);
    expect(stepped.groups[0]?.state).toEqual(after);
  });

  it('stays open while its groups are still to go back', () => {
    const settled = [inRest('c', done)];
    const back = { by: 'anna', why: 'bad' };
    const before = rollout({ state, groups: settled, rollBack: back, overtakenBy: 'al2023 v20260801' });
    expect(step(before).rollout.state).toEqual(state);
    expect(step({ ...before, rollBack: { ...back, to: 'x' } }).rollout.state.is).toBe('closed');
  });

  it('stays open while it is not overtaken, and closes when it is', () => {
    const settled = [inRest('c', failed('NodeCreationFailure'))];
    expect(step(rollout({ state, groups: settled })).rollout.state).toEqual(state);
    expect(step(rollout({ state, groups: settled, overtakenBy: 'al2023 v20260801' })).rollout.state).toEqual({
      is: 'closed',
      at: now,
      halted: state,
    });
  });
});

describe('closes when every group is settled', () => {
  it('telling who is left behind', () => {
    const before = rollout({
      groups: [inRest('a', updating()), inRest('b', failed()), inRest('c', held), inRest('d', gone)],
      waiting: { why: 'updating', wave: 'rest' },
    });
    const { rollout: after, starts } = step(before, { seen: () => seenAfter() });
    expect(starts).toEqual([]);
    expect(after.state).toEqual({ is: 'closed', at: now });
    expect('waiting' in after).toBe(false);
    expect(after.outbox).toMatchObject([
      {
        type: 'Rollout Completed',
        detail: {
          state: { is: 'closed' },
          changes: { items: [{ nodeGroup: 'a', is: 'done' }] },
          leftBehind: {
            items: [
              { nodeGroup: 'b', is: 'failed' },
              { nodeGroup: 'c', is: 'held' },
            ],
          },
        },
      },
    ]);
  });

  it('after the last wave without watching it longer', () => {
    const before = rollout({ groups: [inCanary('a', updating())] });
    expect(step(before, { seen: () => seenAfter() }).rollout.state.is).toBe('closed');
  });

  it('although a group of it falls sick then: nothing is left that could be spared', () => {
    const before = rollout({ groups: [inCanary('a', done)], waveDoneAt: { canary: now } });
    expect(step(before, { sight: sightOf(before.groups, () => sick) }).rollout.state.is).toBe('closed');
  });

  it('when all of its groups moved over', () => {
    expect(step(rollout({ groups: [], overtakenBy: 'al2023 v20260801' })).rollout.state.is).toBe('closed');
  });

  it('once', () => {
    const closed = rollout({ state: { is: 'closed', at: now }, groups: [inRest('a', done)] });
    const { rollout: after, starts } = step(closed);
    expect(after).toEqual(closed);
    expect(starts).toEqual([]);
  });
});

describe('tells what changed, once', () => {
  it.each<[string, Rollout, Options, (string | undefined)[]]>([
    [
      'a group that is tried again later',
      rollout({ groups: [inRest('a', updating())] }),
      { seen: () => ({ is: 'seen', update: { status: 'Failed', errors: [] } }) },
      ['Rollout Progressed', 'a retrying'],
    ],
    [
      'a second attempt',
      rollout({ groups: [inRest('a', { is: 'waiting', attempt: 2, notBefore: now })] }),
      {},
      ['Rollout Progressed', 'a started'],
    ],
    [
      'a group that is gone',
      rollout({ groups: [inRest('a', updating()), inRest('b', updating())] }),
      { seen: ({ nodeGroup }) => (nodeGroup === 'a' ? { is: 'gone' } : { is: 'seen' }) },
      ['Rollout Progressed', 'a gone'],
    ],
    [
      'a group that runs the release already',
      rollout({ groups: [inRest('a')] }),
      { seen: () => seenAfter() },
      ['Rollout Progressed', 'a alreadyDone'],
    ],
    [
      'a group that is left alone',
      rollout({ groups: [inRest('a'), inRest('b')] }),
      { seen: ({ nodeGroup }) => seenBefore(nodeGroup === 'a' ? { tags: { 'drydock:hold': '' } } : {}) },
      ['Rollout Progressed', 'a held', 'b started'],
    ],
    [
      'a group that failed within the budget',
      rollout({ groups: [inRest('a', updating()), inRest('b', updating())] }),
      {
        seen: ({ nodeGroup }) => ({
          is: 'seen',
          update:
            nodeGroup === 'a'
              ? { status: 'Failed', errors: [{ code: 'AccessDenied', message: '', resources: [] }] }
              : { status: 'InProgress', errors: [] },
        }),
      },
      ['Rollout Progressed', 'a failed'],
    ],
    [
      'another reason to wait',
      rollout({ groups: [inRest('a')], waiting: { why: 'windowShut', wave: 'rest', until: now } }),
      { seen: () => seenBefore({ status: 'UPDATING' }) },
      ['Rollout Progressed'],
    ],
    [
      'another time to wait for',
      rollout({
        groups: [inRest('a', { is: 'waiting', attempt: 2, notBefore: minutesAfter(now, 9) })],
        waiting: { why: 'retryLater', wave: 'rest', until: minutesAfter(now, 8) },
      }),
      {},
      ['Rollout Progressed'],
    ],
    [
      'another wave to wait for',
      rollout({ groups: [inRest('a', updating())], waiting: { why: 'updating', wave: 'canary' } }),
      { seen: () => ({ is: 'seen' }) },
      ['Rollout Progressed'],
    ],
  ])('%s', (_case, before, options, news) => {
    const { rollout: after } = step(before, options);
    expect(newsOf(after)).toEqual([news]);
    expect(after.sequence).toBe(before.sequence + 1);
  });

  it('nothing of a group that EKS updates, or that settles', () => {
    const before = rollout({ groups: [inRest('a', updating())], waiting: { why: 'updating', wave: 'rest' } });
    expect(
      step(before, { seen: () => ({ is: 'seen', update: { status: 'Successful', errors: [] } }) }).rollout,
    ).toMatchObject({ outbox: [], groups: [{ state: { is: 'verifying' } }] });
  });

  it.each<[string, Rollout, Options]>([
    [
      'while an update is in progress',
      rollout({ groups: [inRest('a', updating())] }),
      { seen: () => ({ is: 'seen', update: { status: 'InProgress', errors: [] } }) },
    ],
    [
      'while it soaks',
      rollout({ groups: [inCanary('a', done), inRest('b')], waveDoneAt: { canary: now } }),
      { seen: () => seenAfter() },
    ],
    [
      'while the window is shut',
      rollout({ groups: [inRest('a')] }),
      {
        rules: { windows: { hours: workingHours }, waves: [wave({ name: 'rest', window: 'hours' })] },
        at: '2026-07-25T08:00:00.000Z',
      },
    ],
    [
      'while EKS is busy',
      rollout({ groups: [inRest('a')] }),
      { seen: () => seenBefore({ status: 'UPDATING' }) },
    ],
  ])('nothing new %s, and stores nothing new', (_case, before, options) => {
    const first = step(before, options).rollout;
    const told = { ...first, outbox: [] };
    const again = step(told, { ...options, at: minutesAfter(options.at ?? now, 5) });
    expect(JSON.stringify(again.rollout)).toBe(JSON.stringify(told));
    expect(again.starts).toEqual([]);
  });

  it('the same to the same question, and leaves the question as it was', () => {
    const before = rollout({ groups: [inCanary('a', updating()), inRest('b')] });
    const copy = structuredClone(before);
    const [one, two] = [step(before, { seen: () => seenAfter() }), step(before, { seen: () => seenAfter() })];
    expect(one).toEqual(two);
    expect(before).toEqual(copy);
  });
});

describe('asks again for an update that EKS may not have heard of', () => {
  const unasked = { is: 'updating', attempt: 1, since: now } as const;
  const before = rollout({ groups: [inRest('a', unasked)], waiting: { why: 'updating', wave: 'rest' } });
  const hours = { windows: { hours: workingHours }, waves: [wave({ name: 'rest', window: 'hours' })] };
  const [lastMinute, shut] = ['2026-07-20T12:59:00.000Z', '2026-07-20T13:00:00.000Z'];

  it.each<[string, Seen, Parameters<typeof step>[1]]>([
    ['that shows no sign of it', seenBefore(), {}],
    ['that EKS is busy with, perhaps for this', seenBefore({ status: 'UPDATING' }), {}],
    ['until the window shuts', seenBefore(), { rules: hours, at: lastMinute }],
  ])('for a group %s: the same once more, without telling it twice', (_case, seen, options) => {
    const { rollout: after, starts } = step(before, { ...options, seen: () => seen });
    expect(starts).toEqual([inRest('a', unasked)]);
    expect(after.groups[0]?.state).toEqual(unasked);
    expect(after.outbox).toEqual([]);
  });

  it.each<[string, Seen, Parameters<typeof step>[1], string]>([
    ['that could not be read, and leaves it as it is', { is: 'seen' }, {}, 'updating'],
    ['whose window has shut', seenBefore(), { rules: hours, at: shut }, 'waiting'],
    [
      'that EKS is busy with in a shut window',
      seenBefore({ status: 'UPDATING' }),
      { rules: hours, at: shut },
      'updating',
    ],
    [
      'whose alarm nobody knows',
      seenBefore({ status: 'UPDATING' }),
      { rules: { waves: [wave({ name: 'rest', alarms: ['checkout'] })] } },
      'updating',
    ],
    [
      'of a wave that must wait',
      seenBefore(),
      { more: { stop: { by: 'anna', why: 'x', at: now } } },
      'waiting',
    ],
    ['that somebody holds now', seenBefore({ tags: { 'drydock:hold': 'true' } }), {}, 'held'],
    [
      'that another release was put on',
      seenBefore({
        image: { is: 'eks', amiType: 'AL2023_x86_64_STANDARD', releaseVersion: '1.34.9-20260701' },
      }),
      {},
      'held',
    ],
    [
      'that runs the release already',
      seenBefore({
        image: { is: 'eks', amiType: 'AL2023_x86_64_STANDARD', releaseVersion: goal.releaseVersion },
      }),
      {},
      'verifying',
    ],
  ])('but not for one %s', (_case, seen, options, state) => {
    const { rollout: after, starts } = step(before, { ...options, seen: () => seen });
    expect(starts).toEqual([]);
    expect(after.groups[0]?.state.is).toBe(state);
  });
});

describe('asks again for an own image', () => {
  const unasked = {
    is: 'updating',
    attempt: 1,
    since: now,
    launchTemplate: { id: 'lt-1', version: '7' },
  } as const;
  const own = rolloutGroup({
    nodeGroup: 'a',
    wave: 'rest',
    state: unasked,
    before: 'ami-1',
    goal: { by: 'launch template', launchTemplateId: 'lt-1', imageId: 'ami-2' },
  });
  const startsWith = (version: string) =>
    step(rollout({ groups: [own] }), {
      seen: () =>
        seenBefore({
          image: { is: 'own', imageId: 'ami-1', launchTemplate: { id: 'lt-1', version } },
        } as never),
    });

  it('while the template is the one it was decided with', () => {
    expect(startsWith('7').starts).toEqual([own]);
  });

  it('but not once somebody has put another version there: it is made anew from that', () => {
    const { starts } = startsWith('8');
    expect(starts.map(({ state }) => state)).toEqual([
      { ...unasked, launchTemplate: { id: 'lt-1', version: '8' } },
    ]);
  });
});

describe('takes down what EKS answers', () => {
  const unasked = { is: 'updating', attempt: 1, since: now } as const;
  const before = rollout({ groups: [inRest('a', unasked), inRest('b', unasked)] });
  const after = (answer: StartAnswer) =>
    withAnswers(before, new Map([['111122223333/eu-central-1/blue/a', answer]]), policy(waves), now);

  it.each<[string, StartAnswer, string, object[]]>([
    ['a refusal', { is: 'refused', message: 'no' }, 'failed', [['Rollout Progressed', 'a failed']]],
    ['a group that is gone', { is: 'gone' }, 'gone', [['Rollout Progressed', 'a gone']]],
    ['an update, which was told when it was decided', { is: 'started', updateId: 'u-1' }, 'updating', []],
    ['that it is busy, which the next tick looks at', { is: 'busy' }, 'updating', []],
  ])('%s', (_case, answer, is, news) => {
    const { groups, ...told } = after(answer);
    expect(groups.map(({ state }) => state.is)).toEqual([is, 'updating']);
    expect(newsOf({ groups, ...told })).toEqual(news);
  });
});

describe('when it is given up', () => {
  const state = { is: 'halted', why: 'abandoned', at: now } as const;
  const failedOnce: Seen = {
    ...seenBefore(),
    update: {
      status: 'Failed',
      errors: [{ code: 'PodEvictionFailure', message: 'budget', resources: [] }],
    },
  } as Seen;

  it('tries nothing again, and ends', () => {
    const before = rollout({ state, groups: [inRest('a', updating())] });
    const { rollout: after, starts } = step(before, { seen: () => failedOnce });
    expect(starts).toEqual([]);
    expect(after.groups[0]?.state).toEqual({ is: 'held', why: 'abandoned' });
    expect(after.state).toMatchObject({ is: 'closed', abandoned: true });
    expect(newsOf(after)).toEqual([['Rollout Completed', 'a held']]);
  });

  it('but waits with a way back for what is under way', () => {
    const rollBack = { by: 'anna', why: 'x' };
    const before = rollout({
      state: { ...state, why: 'stopped' },
      rollBack,
      groups: [inRest('a', updating())],
    });
    expect(step(before, { seen: () => failedOnce }).rollout.groups[0]?.state.is).toBe('waiting');
  });
});

describe('asks EKS for no more than it needs', () => {
  const see = (before: Rollout, { rules = waves as Partial<Policy>, at = now } = {}) =>
    namesOf(groupsToSee(before, policy(rules), {}, at));
  it.each<[string, Rollout, string[], { rules?: Partial<Policy>; at?: string }?]>([
    [
      'what is under way and what could start, of the current wave',
      rollout({ groups: [inCanary('a', updating()), inCanary('b'), inCanary('c', done), inRest('d')] }),
      ['a', 'b'],
    ],
    [
      'what soaks, and not what waits for the soak',
      rollout({ groups: [inCanary('a', done), inRest('b')], waveDoneAt: { canary: now } }),
      ['a'],
    ],
    [
      'not what soaked long ago once the next wave has begun',
      rollout({
        groups: [inCanary('a', done), inRest('b'), inRest('c', done)],
        waveDoneAt: { canary: '2026-07-01T00:00:00.000Z' },
      }),
      ['b'],
    ],
    [
      'not what is tried again later',
      rollout({
        groups: [
          inRest('a', { is: 'waiting', attempt: 2, notBefore: minutesAfter(now, 1) }),
          inRest('b', { is: 'waiting', attempt: 2, notBefore: now }),
        ],
      }),
      ['b'],
    ],
    [
      'not what waits for its window',
      rollout({ groups: [inRest('a'), rolloutGroup({ nodeGroup: 'b', wave: 'rest', window: 'nights' })] }),
      ['b'],
      {
        rules: {
          windows: { hours: workingHours, nights: { ...workingHours, from: '22:00', to: '04:00' } },
          waves: [wave({ name: 'rest', window: 'hours' })],
        },
        at: '2026-07-20T21:00:00.000Z',
      },
    ],
    [
      'nothing of a closed rollout',
      rollout({ state: { is: 'closed', at: now }, groups: [inRest('a', done)] }),
      [],
    ],
    [
      'nothing of a rollout that is over',
      rollout({ groups: [inCanary('a', done)], waveDoneAt: { canary: now } }),
      [],
    ],
  ])('%s', (_case, before, names, options = {}) => {
    expect(see(before, options)).toEqual(names);
  });
});

it('takes a rollout of two waves from its opening to its end', () => {
  const kinds: string[] = [];
  let at = now;
  let current = rollout({ groups: [inCanary('a'), inRest('b'), inRest('c')] });
  const updated = new Set<string>();
  for (let tick = 0; tick < 600 && current.state.is === 'rolling'; tick++, at = minutesAfter(at, 5)) {
    const stepped = step(current, {
      at,
      seen: ({ nodeGroup, state }) =>
        state.is === 'waiting' ? seenBefore() : updated.has(nodeGroup) ? seenAfter() : { is: 'seen' },
    });
    kinds.push(...stepped.rollout.outbox.map(({ type }) => type));
    for (const { nodeGroup } of stepped.starts) {
      expect(updated.has(nodeGroup)).toBe(false);
      updated.add(nodeGroup);
    }
    const groups = stepped.rollout.groups.map((group) =>
      group.state.is === 'updating' ? { ...group, state: { ...group.state, updateId: 'u' } } : group,
    );
    current = { ...stepped.rollout, groups, outbox: [] };
  }
  expect(statesOf(current)).toEqual(['a done', 'b done', 'c done']);
  // Started, wave done and soaking, started again, and the end.
  expect(kinds).toEqual([
    'Rollout Progressed',
    'Rollout Progressed',
    'Rollout Progressed',
    'Rollout Completed',
  ]);
  expect(current.groups.every((group) => group.goal === goal)).toBe(true);
});

describe('halts at once', () => {
  const waiting = rollout({
    groups: [inCanary('a', done), inRest('b')],
    waveDoneAt: { canary: minutesAfter(now, -9999) },
  });
  const after = (before: Rollout, deny: readonly string[], withdrawn: readonly string[]) => {
    const rule = policy({ ...waves, releases: { minimumAgeDays: 7, atMostEveryDays: 0, deny } });
    const sight = sightOf(groupsToSee(before, rule, {}, now), () => seenBefore());
    return nextStep(before, situation({ sight, withdrawn: new Set(withdrawn) }), rule);
  };
  it.each<[string, readonly string[], readonly string[], object]>([
    ['a release that was withdrawn', [], ['al2023 v20260714'], { is: 'halted', why: 'withdrawn', at: now }],
    ['not for another train', [], ['al2023 v20260707'], { is: 'rolling' }],
    ['a train that the policy denies', ['al2023 v20260714'], [], { is: 'halted', why: 'denied', at: now }],
    [
      'a release version that the policy denies',
      ['1.34.9-20260714'],
      [],
      { is: 'halted', why: 'denied', at: now },
    ],
    ['not for another version', ['1.34.9-20260707'], [], { is: 'rolling' }],
  ])('%s', (_case, deny, withdrawn, state) => {
    const { rollout: stepped, starts } = after(waiting, deny, withdrawn);
    expect(stepped.state).toEqual(state);
    expect(starts.length).toBe(state && 'why' in state ? 0 : 1);
  });

  it('not when a wave failed within its budget: it soaks like any other', () => {
    const lost = { is: 'failed', at: now, code: 'AccessDenied', message: '', resources: [] } as const;
    const before = rollout({ groups: [inCanary('a', done), inCanary('c', lost), inRest('b')] });
    const budget = { waves: [{ ...canary, failureBudget: 1 }, rest] };
    const { rollout: stepped, starts } = step(before, { rules: budget });
    expect(stepped.waiting).toMatchObject({ why: 'soaking', wave: 'canary' });
    expect(starts).toEqual([]);
  });

  it('when no group of an earlier wave got the release', () => {
    const held = { is: 'held', why: 'heldByTag' } as const;
    const { rollout: stepped, starts } = after(
      rollout({ groups: [inCanary('a', held), inRest('b')] }),
      [],
      [],
    );
    expect(stepped.state).toMatchObject({ is: 'halted', why: 'nothingProved' });
    expect(starts).toEqual([]);
  });

  it('when none of an earlier wave got it, also after a person resumed it for something else', () => {
    const before = rollout({ groups: [inCanary('a', held), inRest('b')], resumedAt: now });
    expect(after(before, [], []).rollout.state).toMatchObject({ why: 'nothingProved' });
    expect(after({ ...before, goesUnproved: true }, [], []).starts).toHaveLength(1);
  });

  it('when only groups without nodes got it', () => {
    const empty = { ...done, at: minutesAfter(now, -9999), empty: true as const };
    const before = (state: RolloutGroup['state']) =>
      rollout({ groups: [inCanary('a', state), inRest('b')], waveDoneAt: { canary: empty.at } });
    expect(after(before(empty), [], []).rollout.state).toMatchObject({ why: 'nothingProved' });
    expect(after(before({ ...done, at: empty.at }), [], []).rollout.state.is).toBe('rolling');
  });

  it.each<[string, readonly RolloutGroup[], string]>([
    ['before a group got it', [rolloutGroup({ nodeGroup: 'a', wave: 'beta' }), inRest('b')], 'halted'],
    ['which nobody misses', [inCanary('a'), rolloutGroup({ nodeGroup: 'b', wave: 'beta' })], 'rolling'],
    [
      'after a group got it',
      [rolloutGroup({ nodeGroup: 'a', wave: 'beta', state: done }), inRest('b')],
      'rolling',
    ],
  ])('when its first wave was renamed %s', (_case, groups, is) => {
    expect(after(rollout({ groups }), [], []).rollout.state.is).toBe(is);
  });

  it('when it was opened without those that should go first, until a person lets it go on', () => {
    const opened = rollout({ groups: [inRest('b')], unproved: true });
    const { rollout: stepped, starts } = after(opened, [], []);
    expect(stepped.state).toMatchObject({ is: 'halted', why: 'nothingProved' });
    expect(starts).toEqual([]);
    expect(after({ ...opened, goesUnproved: true, resumedAt: now }, [], []).starts).toHaveLength(1);
    const canaryCame = after({ ...opened, groups: [inCanary('a'), inRest('b')] }, [], []);
    expect(canaryCame.rollout.state.is).toBe('rolling');
    const proves = after({ ...opened, groups: [inRest('a', done), inRest('b')] }, [], []);
    expect(proves.rollout.state.is).toBe('rolling');
    const over = after({ ...opened, groups: [inRest('b', done)] }, [], []);
    expect(over.rollout.state).not.toMatchObject({ is: 'halted' });
  });
});

describe('keeps a group to the window that its tag names now', () => {
  const windows = { hours: workingHours, nights: { ...workingHours, from: '22:00', to: '04:00' } };
  const rules = { windows, waves: [wave({ name: 'rest', window: 'hours' })] };
  const tagged = (window: string) => () => seenBefore({ tags: { 'drydock:window': window } });
  it('which is shut: it waits for that', () => {
    const { rollout: stepped, starts } = step(rollout({ groups: [inRest('a')] }), {
      rules,
      seen: tagged('nights'),
    });
    expect(starts).toEqual([]);
    expect(stepped.groups[0]).toMatchObject({ window: 'nights', state: { is: 'waiting' } });
    expect(stepped.waiting).toMatchObject({ why: 'windowShut', until: '2026-07-20T20:00:00.000Z' });
  });

  const misspelt = rollout({ groups: [{ ...inRest('a'), window: 'nigths' }] });
  it('also where it named none of the policy, and was mended', () => {
    expect(step(misspelt, { rules, seen: tagged('hours') }).starts).toHaveLength(1);
    expect(step(misspelt, { rules, seen: () => seenBefore() }).starts).toHaveLength(1);
    expect(step(misspelt, { rules, seen: tagged('nigths') }).rollout.waiting?.why).toBe('neverOpens');
  });

  it('and leaves a held group alone that names none of the policy', () => {
    const seen = () => seenBefore({ tags: { 'drydock:window': 'nigths', 'drydock:hold': '' } });
    expect(step(misspelt, { rules, seen }).rollout.groups[0]?.state).toEqual({
      is: 'held',
      why: 'heldByTag',
    });
  });

  it('looking at no more of these than the wave has at once, and never for a window of the policy', () => {
    const many = ['a', 'b', 'c'].map((name) => ({ ...inRest(name), window: 'nigths' }));
    const seen = groupsToSee(rollout({ groups: [...many, inRest('d')] }), policy(rules), {}, now);
    expect(seen.map(({ nodeGroup }) => nodeGroup)).toEqual(['a', 'd']);
    const never = {
      ...rules,
      freezes: [{ name: 'ever', timeZone: 'UTC', from: '2000-01-01', to: '2999-01-01' }],
    };
    expect(groupsToSee(rollout({ groups: [inRest('d')] }), policy(never), {}, now)).toEqual([]);
  });
});
