import { describe, expect, it } from 'vitest';
import type { GroupVerdict, NodeGroup } from '../../functions/domain/node-group.ts';
import { type Judged, mostBehindFirst, planRollouts, type Scene } from '../../functions/domain/plan.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { GroupState, Rollout } from '../../functions/domain/rollout.ts';
import {
  done,
  failed,
  goal,
  gone,
  held,
  nodeGroup,
  monday as now,
  ownImage,
  ownRelease,
  policy,
  release,
  rollout,
  rolloutGroup,
  target,
  updating,
  verifying,
  wave,
} from './factories.ts';

const july = release('1.34.9-20260714');
const august = release('1.34.9-20260801');
const source = { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' } as const;
const behind = (target = july): GroupVerdict => ({
  is: 'behind',
  target,
  days: 19,
  runningImageId: 'ami-old',
  source,
});
const judged = (other: Partial<NodeGroup> = {}, verdict: GroupVerdict = behind()): Judged => ({
  group: nodeGroup(other),
  verdict,
});
const plan = (all: readonly Judged[], rollouts: readonly Rollout[] = [], rules: Partial<Policy> = {}) =>
  planRollouts({ judged: all, unread: [], rollouts, policy: policy(rules), now }).changed;

const namesOf = ({ groups }: Rollout) => groups.map(({ nodeGroup, state }) => `${nodeGroup} ${state.is}`);
const newsOf = ({ outbox }: Rollout) =>
  outbox.map(({ type, detail }) => [
    type,
    ...('groups' in detail ? detail.groups.items : 'changes' in detail ? detail.changes.items : []).map(
      ({ is, nodeGroup }) => `${nodeGroup} ${is}`,
    ),
  ]);

describe('opens a rollout', () => {
  it('for the train that a group is behind of, and tells it', () => {
    const [opened, ...others] = plan([judged()]);
    expect(others).toEqual([]);
    expect(opened).toMatchObject({
      id: 'al2023-v20260714',
      revision: 0,
      train: july.train,
      openedAt: now,
      state: { is: 'rolling' },
      waveDoneAt: {},
      sequence: 1,
      groups: [
        {
          cluster: 'blue',
          nodeGroup: 'workers',
          wave: 'all',
          before: '1.34.9-20260625',
          goal,
          state: { is: 'waiting', attempt: 1 },
        },
      ],
    });
    expect(opened && newsOf(opened)).toEqual([['Rollout Opened', 'workers joined']]);
    expect(opened?.groups[0] && 'window' in opened.groups[0]).toBe(false);
  });

  it('for each train, with all groups of it', () => {
    const all = [judged(), judged({ nodeGroup: 'b' }, behind(august)), judged({ nodeGroup: 'c' })];
    const rollouts = plan(all);
    expect(rollouts.map(({ id }) => id)).toEqual(['al2023-v20260714', 'al2023-v20260801']);
    expect(rollouts.map(namesOf)).toEqual([['workers waiting', 'c waiting'], ['b waiting']]);
  });

  it('for one train of several minors, each group with its own release', () => {
    const other = release('1.33.13-20260714');
    const [opened] = plan([judged(), judged({ nodeGroup: 'b', minor: '1.33' }, behind(other))]);
    expect(
      opened?.groups.map(
        ({ goal }) => goal.by === 'release version' && `${goal.minor} ${goal.releaseVersion}`,
      ),
    ).toEqual(['1.34 1.34.9-20260714', '1.33 1.33.13-20260714']);
  });

  it('for an own image, by the launch template in use', () => {
    const image = ownRelease('ami-2', '2026-07-10T00:00:00.000Z');
    const [opened] = plan([
      judged(
        { image: ownImage('ami-1') },
        { ...behind(image), source: { is: 'own', parameter: '/golden/node' } },
      ),
    ]);
    expect(opened?.id).toBe('golden-node-ami-2');
    expect(opened?.groups[0]).toMatchObject({
      before: 'ami-1',
      goal: { by: 'launch template', launchTemplateId: 'lt-1', imageId: 'ami-2' },
    });
  });

  it("by the launch template also where the own image is AWS's", () => {
    const [opened] = plan([judged({ image: ownImage('ami-1') })]);
    expect(opened?.groups[0]?.goal).toEqual({
      by: 'launch template',
      launchTemplateId: 'lt-1',
      imageId: july.imageId,
    });
  });

  it('with the waves of the policy, and the window of its tag', () => {
    const waves = [wave({ name: 'canary', select: [{ nodeGroups: ['c'] }] }), wave({ name: 'rest' })];
    const [opened] = plan(
      [judged({ tags: { 'drydock:window': 'nights' } }), judged({ nodeGroup: 'c' })],
      [],
      { waves },
    );
    expect(opened?.groups.map(({ wave, window }) => [wave, window])).toEqual([
      ['rest', 'nights'],
      ['canary', undefined],
    ]);
  });

  it.each<[string, GroupVerdict]>([
    ['current', { is: 'current', source }],
    ['held', { is: 'held', why: 'tooFresh', source }],
  ])('not when every group is %s', (_case, verdict) => {
    expect(plan([judged({}, verdict)])).toEqual([]);
  });
});

describe('a new rollout whose first wave nobody can join', () => {
  const waves = [
    wave({ name: 'canary', select: [{ clusters: ['dev'] }], atLeast: 0 }),
    wave({ name: 'next', select: [{ accounts: ['777788889999'] }], atLeast: 0 }),
    wave({ name: 'rest' }),
  ];
  const prod = judged({ cluster: 'prod' });
  const devIs = (verdict: GroupVerdict) => judged({ cluster: 'dev' }, verdict);
  const dev = { ...target, cluster: 'dev' };
  const train = july.train;
  const planned = (others: readonly Judged[], more: Partial<Scene> = {}) => {
    const { changed, postponed } = planRollouts({
      judged: [prod, ...others],
      unread: [],
      rollouts: [],
      policy: policy({ waves }),
      now,
      ...more,
    });
    const [opened] = changed;
    if (postponed.length > 0) return changed.length === 0 ? 'postponed' : 'both';
    return opened?.unproved ? 'unproved' : 'opened';
  };
  const older = (state: GroupState) =>
    rollout({
      id: 'older',
      groups: [rolloutGroup({ ...dev, state })],
      train: { family: 'al2023', build: 'v1' },
    });

  it.each<[string, readonly Judged[], Partial<Scene>, string]>([
    ['as no group is of it', [], {}, 'opened'],
    ['and somebody can, after all', [devIs(behind())], {}, 'opened'],
    ['as its groups have the release', [devIs({ is: 'current', source })], {}, 'opened'],
    ['as its groups are ignored', [devIs({ is: 'held', why: 'ignoredByTag', source })], {}, 'opened'],
    [
      'as it is held by a person',
      [devIs({ is: 'held', why: 'heldByPerson', until: now, train })],
      {},
      'unproved',
    ],
    ['as it is ill', [devIs({ is: 'held', why: 'unhealthy', train })], {}, 'unproved'],
    [
      'as it is ill, and waits for another train',
      [devIs({ is: 'held', why: 'unhealthy', train: august.train })],
      {},
      'opened',
    ],
    [
      'as it was rolled lately',
      [devIs({ is: 'held', why: 'rolledRecently', until: now, train })],
      {},
      'postponed',
    ],
    [
      'as its region has the release later',
      [devIs({ is: 'held', why: 'tooFresh', until: now, train })],
      {},
      'postponed',
    ],
    [
      'as one is ill and one was rolled lately',
      [
        devIs({ is: 'held', why: 'unhealthy', train }),
        judged({ cluster: 'dev', nodeGroup: 'b' }, { is: 'held', why: 'rolledRecently', until: now, train }),
      ],
      {},
      'postponed',
    ],
    ['as it is under way in an older one', [devIs(behind())], { rollouts: [older(updating())] }, 'postponed'],
    [
      'as it only waits in an older one',
      [devIs(behind())],
      { rollouts: [older({ is: 'waiting', attempt: 1 })] },
      'opened',
    ],
    [
      'as a target that a wave may mean was not read this time',
      [],
      { unread: [{ target: { ...target, account: '777788889999' }, refused: false }] },
      'postponed',
    ],
    [
      'as a target that a wave may mean refuses',
      [],
      { unread: [{ target: { ...target, account: '777788889999' }, refused: true }] },
      'unproved',
    ],
    [
      'as it failed in a person’s rollout of the train',
      [devIs(behind())],
      { rollouts: [{ ...older(failed()), train }] },
      'unproved',
    ],
    [
      'as its wave takes the smallest of all',
      [devIs({ is: 'held', why: 'unhealthy', train })],
      { policy: policy({ waves: waves.map((one) => ({ ...one, atLeast: 1 })) }) },
      'opened',
    ],
  ])('%s', (_case, others, more, is) => {
    expect(planned(others, more)).toBe(is);
  });

  it('is not asked again of a rollout that is there', () => {
    const open = rollout({ groups: [rolloutGroup({ ...dev, state: done })] });
    expect(
      planned([devIs({ is: 'held', why: 'rolledRecently', until: now, train })], { rollouts: [open] }),
    ).toBe('opened');
  });
});

it('the groups that are most behind come first, the others in their order', () => {
  const group = (nodeGroup: string, verdict: GroupVerdict) => judged({ nodeGroup }, verdict);
  const all = [
    group('a', { ...behind(), days: 8 } as GroupVerdict),
    group('b', { is: 'current', source }),
    group('c', { ...behind(), days: 19 } as GroupVerdict),
    group('d', { ...behind(), days: 8 } as GroupVerdict),
  ];
  expect(mostBehindFirst(all).map(({ group }) => group.nodeGroup)).toEqual(['c', 'a', 'd', 'b']);
});

describe('says which groups are left alone', () => {
  const leftAlone = (...others: Judged[]) => {
    const [news] = plan([judged(), ...others])[0]?.outbox ?? [];
    return news?.type === 'Rollout Opened' ? news.detail.leftAlone.items : undefined;
  };
  it.each<[string, GroupVerdict, object[]]>([
    [
      'held, of the same family',
      { is: 'held', why: 'heldByTag', source },
      [{ nodeGroup: 'x', why: 'heldByTag', sentence: 'It carries the tag drydock:hold.' }],
    ],
    [
      'held for a while, with its end',
      { is: 'held', why: 'tooFresh', until: now, source },
      [{ nodeGroup: 'x', why: 'tooFresh', until: now }],
    ],
    [
      'held, of a family nobody knows',
      { is: 'held', why: 'unknownAmiType' },
      [{ nodeGroup: 'x', why: 'unknownAmiType' }],
    ],
    [
      'held, of another family: not its news',
      { is: 'held', why: 'tooFresh', source: { ...source, amiType: 'BOTTLEROCKET_x86_64' } },
      [],
    ],
    [
      'held, of an own image: not its news',
      { is: 'held', why: 'tooFresh', source: { is: 'own', parameter: '/golden/node' } },
      [],
    ],
    [
      'held because of what no rollout of its own family would ever tell',
      { is: 'held', why: 'publishingEnded', source: { is: 'aws', amiType: 'AL2_x86_64', minor: '1.32' } },
      [{ why: 'publishingEnded' }],
    ],
    ['current: nothing to say', { is: 'current', source }, []],
  ])('%s', (_case, verdict, items) => {
    expect(leftAlone(judged({ nodeGroup: 'x' }, verdict))).toMatchObject(items);
  });
});

describe('extends a rollout', () => {
  const open = (...states: GroupState[]) =>
    rollout({ groups: states.map((state, i) => rolloutGroup({ nodeGroup: `g${i}`, state })) });

  it('with a group that fell behind later, and tells it', () => {
    const [extended, ...others] = plan([judged({ nodeGroup: 'new' })], [open(done)]);
    expect(others).toEqual([]);
    expect(extended).toMatchObject({ revision: 1, sequence: 2, openedAt: '2026-07-20T05:00:00.000Z' });
    expect(extended && namesOf(extended)).toEqual(['g0 done', 'new waiting']);
    expect(extended && newsOf(extended)).toEqual([['Rollout Progressed', 'new joined']]);
  });

  it.each<[string, GroupState, boolean]>([
    ['waits there', { is: 'waiting', attempt: 1 }, false],
    ['is updating there', updating(), false],
    ['is verified there', verifying(), false],
    ['is done there: somebody changed it back', done, false],
    ['has failed there', failed(), false],
    ['was held there', held, true],
    ['was gone there', gone, true],
  ])('takes up a group that %s: only when there is reason to', (_case, state, again) => {
    const changed = plan([judged({ nodeGroup: 'g0' })], [open(state)]);
    expect(changed.map(namesOf)).toEqual(again ? [['g0 waiting']] : []);
  });

  it('reopens a closed one, with what was done', () => {
    const closed = { ...open(done), state: { is: 'closed', at: now } } as const;
    const [reopened] = plan([judged({ nodeGroup: 'new' })], [closed]);
    expect(reopened?.state).toEqual({ is: 'rolling' });
    expect(reopened && namesOf(reopened)).toEqual(['g0 done', 'new waiting']);
  });

  it.each<[string, GroupState, Partial<Rollout>, boolean]>([
    ['waits, since it is halted', { is: 'waiting', attempt: 1 }, {}, false],
    ['is done, and was changed back', done, {}, false],
    ['has failed', failed(), {}, false],
    ['was left as it was given up', { is: 'held', why: 'abandoned' }, {}, false],
    ['was left as it was taken back', { is: 'held', why: 'rolledBack' }, {}, false],
    ['was held', held, {}, true],
    ['was gone', gone, {}, true],
    ['failed on another train', failed(), { train: august.train }, true],
    ['went back', done, { purpose: { is: 'rollBack', by: 'anna', why: 'bad', of: 'x' } }, true],
  ])(
    'takes up a group that in a person’s rollout of the train %s: only when there is reason to',
    (_case, state, other, again) => {
      const purpose = {
        is: 'rollNow',
        by: 'anna',
        why: '',
        skip: [],
        canaryFirst: true,
        force: false,
      } as const;
      const theirs = rollout({
        id: 'al2023-v20260714-now-abc',
        purpose,
        state: { is: 'halted', why: 'stopped', at: now },
        groups: [rolloutGroup({ nodeGroup: 'g0', state })],
        ...other,
      });
      for (const routine of [[], [open()]])
        expect(
          plan([judged({ nodeGroup: 'g0' })], [theirs, ...routine])
            .slice(-1)
            .map(namesOf),
        ).toEqual(again ? [['g0 waiting']] : []);
    },
  );

  it('keeps a closed one halted that was when a newer train took over', () => {
    const halted = { is: 'halted', why: 'stopped', at: now } as const;
    const closed = { ...open(done), state: { is: 'closed', at: now, halted }, overtakenBy: 'x' } as const;
    const [reopened] = plan([judged({ nodeGroup: 'new' })], [closed]);
    expect(reopened?.state).toEqual(halted);
    expect(reopened && 'overtakenBy' in reopened).toBe(false);
  });

  it('asks anew what nobody answered about groups that are no longer there', () => {
    const asked = { askedAt: now, until: now };
    const answered = { ...asked, approved: { by: 'bob', why: '', at: now } };
    const inWave = (name: string) =>
      rolloutGroup({ nodeGroup: name, wave: name, state: { is: 'waiting', attempt: 1 } });
    const before = rollout({
      groups: [inWave('waits')],
      approvals: { waits: asked, left: asked, done: answered },
    });
    const waves = ['waits', 'left', 'done', 'rest'].map((name) => wave({ name }));
    const [extended] = plan([judged({ nodeGroup: 'new' })], [before], { waves });
    expect(extended?.approvals).toEqual({ waits: asked, done: answered });
  });

  it.each<[string, object, string | undefined]>([
    ['names another window', { tags: { 'drydock:window': 'nights' } }, 'nights'],
    ['names none any more', {}, undefined],
    ['is empty', { tags: { 'drydock:window': '' }, clusterTags: { 'drydock:window': 'hours' } }, undefined],
    ['names the same', { tags: { 'drydock:window': 'hours' } }, 'hours'],
  ])('keeps a waiting group to the window of its tag, which %s', (_case, other, window) => {
    const state = { is: 'waiting', attempt: 1 } as const;
    const before = rollout({ groups: [rolloutGroup({ nodeGroup: 'g0', window: 'hours', state })] });
    const [after] = plan([judged({ nodeGroup: 'g0', ...other })], [before]);
    expect((after ?? before).groups.map((group) => group.window)).toEqual([window]);
    expect(after === undefined).toBe(window === 'hours');
  });

  it('leaves a halted one halted', () => {
    const halted = { ...open(done), state: { is: 'halted', why: 'failureBudgetSpent', at: now } } as const;
    expect(plan([judged({ nodeGroup: 'new' })], [halted])[0]?.state).toEqual(halted.state);
  });

  const waves = [wave({ name: 'canary', atLeast: 1 }), wave({ name: 'rest' })];
  it('counts the groups that a wave has already', () => {
    const groups = [rolloutGroup({ nodeGroup: 'g0', wave: 'canary', state: done })];
    expect(
      plan([judged({ nodeGroup: 'new' })], [rollout({ groups })], { waves })[0]?.groups.at(-1),
    ).toMatchObject({ nodeGroup: 'new', wave: 'rest' });
  });

  it('does not count a group twice that comes again', () => {
    const groups = [rolloutGroup({ nodeGroup: 'g0', wave: 'canary', state: held })];
    expect(plan([judged({ nodeGroup: 'g0' })], [rollout({ groups })], { waves })[0]?.groups).toMatchObject([
      { nodeGroup: 'g0', wave: 'canary' },
    ]);
  });
});

describe('lets a newer train take over', () => {
  const names = ['waits', 'updates', 'verifies', 'done', 'failed', 'held'];
  const states: GroupState[] = [{ is: 'waiting', attempt: 1 }, updating(), verifying(), done, failed(), held];
  const older = rollout({
    groups: names.map((name, i) => rolloutGroup({ nodeGroup: name, state: states[i] ?? done })),
  });

  it('the groups that wait, and not those that update; the older is saved before the newer', () => {
    const all = names.map((name) => judged({ nodeGroup: name }, behind(august)));
    const [left, opened, ...others] = plan(all, [older]);
    expect(others).toEqual([]);
    expect(left).toMatchObject({
      id: 'al2023-v20260714',
      revision: 1,
      overtakenBy: 'al2023 v20260801',
      state: { is: 'rolling' },
    });
    expect(left && namesOf(left)).toEqual([
      'updates updating',
      'verifies verifying',
      'done done',
      'failed failed',
      'held held',
    ]);
    expect(left && newsOf(left)).toEqual([['Rollout Progressed', 'waits movedOver']]);
    expect(opened).toMatchObject({ id: 'al2023-v20260801', revision: 0 });
    expect(opened && namesOf(opened)).toEqual([
      'waits waiting',
      'done waiting',
      'failed waiting',
      'held waiting',
    ]);
  });

  it('nothing, when the groups that wait are not behind of it', () => {
    const changed = plan([judged({ nodeGroup: 'other' }, behind(august))], [older]);
    expect(changed.map(({ id }) => id)).toEqual(['al2023-v20260801']);
  });

  it('nothing of a closed rollout', () => {
    const closed: Rollout = { ...older, state: { is: 'closed', at: now } };
    expect(plan([judged({ nodeGroup: 'waits' }, behind(august))], [closed]).map(({ id }) => id)).toEqual([
      'al2023-v20260801',
    ]);
  });

  it('of a halted rollout what waits there', () => {
    const halted: Rollout = { ...older, state: { is: 'halted', why: 'releaseBreaksNodes', at: now } };
    expect(plan([judged({ nodeGroup: 'waits' }, behind(august))], [halted])).toMatchObject([
      { state: halted.state, overtakenBy: 'al2023 v20260801' },
      { id: 'al2023-v20260801' },
    ]);
  });

  it.each<[string, string, string, boolean]>([
    ['which should have gone first', 'canary', 'rest', true],
    ['of the same wave', 'rest', 'rest', false],
    ['of a later wave', 'rest', 'canary', false],
    ['of a wave that the policy forgot, which is the last', 'gone', 'rest', false],
  ])('waiting groups %s: whether the rest is unproved', (_case, moved, left, unproved) => {
    const before = rollout({
      groups: [rolloutGroup({ nodeGroup: 'm', wave: moved }), rolloutGroup({ nodeGroup: 'l', wave: left })],
    });
    const waves = [wave({ name: 'canary' }), wave({ name: 'rest' })];
    const [after] = plan([judged({ nodeGroup: 'm' }, behind(august))], [before], { waves });
    expect([after?.id, after?.unproved]).toEqual([before.id, unproved ? true : undefined]);
  });

  it('what failed there, so that a halted one that has nothing else can close', () => {
    const groups = [rolloutGroup({ nodeGroup: 'f', state: failed() })];
    const august2 = [judged({ nodeGroup: 'f' }, behind(august))];
    const halted = rollout({ groups, state: { is: 'halted', why: 'failureBudgetSpent', at: now } });
    const [after] = plan(august2, [halted]);
    expect(after).toMatchObject({ id: halted.id, overtakenBy: 'al2023 v20260801', groups });
    expect(plan(august2, [rollout({ groups })]).map(({ id }) => id)).toEqual(['al2023-v20260801']);
    const two = [...groups, rolloutGroup({ nodeGroup: 'f2', state: failed() })];
    const stays = { ...halted, groups: two };
    expect(plan(august2, [stays]).map(({ id }) => id)).toEqual(['al2023-v20260801']);
    const later = rollout({
      id: 'later',
      train: { family: 'al2023', build: 'v20260725' },
      openedAt: now,
      groups: [rolloutGroup({ nodeGroup: 'f2', state: done })],
    });
    expect(plan(august2, [stays, later])[0]?.id).toBe(halted.id);
  });

  it('of several older ones', () => {
    const oldest = rollout({
      train: { family: 'al2023', build: 'v20260625' },
      groups: [rolloutGroup({ nodeGroup: 'o' })],
    });
    const changed = plan(
      [judged({ nodeGroup: 'waits' }, behind(august)), judged({ nodeGroup: 'o' }, behind(august))],
      [older, oldest],
    );
    expect(changed.map(({ id }) => id)).toEqual(['al2023-v20260714', 'al2023-v20260625', 'al2023-v20260801']);
  });

  it('while the older one is extended by others, as one change of it', () => {
    const all = [judged({ nodeGroup: 'waits' }, behind(august)), judged({ nodeGroup: 'late' })];
    for (const order of [all, all.toReversed()]) {
      const changed = plan(order, [older]);
      expect(changed.map(({ id }) => id)).toEqual(['al2023-v20260714', 'al2023-v20260801']);
      expect(changed[0] && namesOf(changed[0])).toEqual([
        'updates updating',
        'verifies verifying',
        'done done',
        'failed failed',
        'held held',
        'late waiting',
      ]);
      expect(changed[0]).toMatchObject({ sequence: 3, overtakenBy: 'al2023 v20260801' });
      expect(changed[0]?.outbox).toHaveLength(2);
    }
  });
});

it('changes nothing when it is asked again', () => {
  const all = [judged(), judged({ nodeGroup: 'b' }, behind(august))];
  expect(plan(all, plan(all))).toEqual([]);
});
