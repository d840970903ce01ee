import { describe, expect, it } from 'vitest';
import {
  changeOf,
  haltSentence,
  listed,
  listedChanges,
  progressOf,
  releaseNewsOf,
  tell,
} from '../../functions/domain/news.ts';
import type { WithdrawalReason } from '../../functions/domain/release.ts';
import type { BookPage } from '../../functions/domain/release-book.ts';
import type { GroupState } from '../../functions/domain/rollout.ts';
import {
  done,
  failed,
  goal,
  held,
  monday as now,
  ownRelease,
  policy,
  release,
  rollout,
  rolloutGroup,
  target,
  updating,
  wave,
} from './factories.ts';

describe('cuts a list at a hundred and counts the rest', () => {
  it.each([
    [0, 0, 0],
    [99, 99, 0],
    [100, 100, 0],
    [101, 100, 1],
    [500, 100, 400],
  ])('%i entries', (all, kept, more) => {
    const list = listed(Array.from({ length: all }, (_, i) => i));
    expect([list.items.length, list.more]).toEqual([kept, more]);
    expect(list.items[0] ?? 0).toBe(0);
  });
});

it('lists what a person must know first, and counts each kind, listed or not', () => {
  const kinds = ['done', 'started', 'joined', 'movedOver', 'gone', 'held', 'retrying', 'failed'] as const;
  const many = Array.from({ length: 160 }, (_, i) =>
    changeOf(rolloutGroup({ nodeGroup: `g${i}` }), kinds[i % 8] ?? 'done'),
  );
  const { items, more, counts } = listedChanges(many);
  expect([items.length, more]).toEqual([100, 60]);
  expect(counts).toEqual(Object.fromEntries(kinds.map((kind) => [kind, 20])));
  expect([...new Set(items.map(({ is }) => is))]).toEqual([
    'failed',
    'retrying',
    'held',
    'gone',
    'movedOver',
  ]);
});

describe('says how far a rollout is', () => {
  const rules = policy({
    waves: [wave({ name: 'canary' }), wave({ name: 'empty' }), wave({ name: 'rest' })],
  });
  const groups = [
    rolloutGroup({ nodeGroup: 'a', wave: 'canary', state: done }),
    rolloutGroup({ nodeGroup: 'b', wave: 'canary', state: done }),
    rolloutGroup({ nodeGroup: 'c', wave: 'rest', state: updating() }),
    rolloutGroup({ nodeGroup: 'd', wave: 'forgotten' }),
  ];

  it('by wave, in the order of the policy, without empty ones', () => {
    expect(progressOf(rollout({ groups }), rules)).toEqual({
      rollout: 'al2023-v20260714',
      sequence: 1,
      train: 'al2023 v20260714',
      purpose: { is: 'routine' },
      openedAt: '2026-07-20T05:00:00.000Z',
      state: { is: 'rolling' },
      waves: [
        { name: 'canary', groups: { done: 2 } },
        { name: 'rest', groups: { updating: 1, waiting: 1 } },
      ],
    });
  });

  it('with the sentence of what it waits for, and who overtook it', () => {
    const progress = progressOf(
      rollout({ waiting: { why: 'soaking', wave: 'canary', until: now }, overtakenBy: 'al2023 v20260801' }),
      rules,
    );
    expect(progress.waiting).toEqual({
      why: 'soaking',
      wave: 'canary',
      until: now,
      sentence: 'The wave before is being watched.',
    });
    expect(progress.overtakenBy).toBe('al2023 v20260801');
  });
});

describe('tells what became of a group', () => {
  const from = { target, cluster: 'blue', nodeGroup: 'workers', wave: 'all', before: '1.34.9-20260625' };
  it.each<[string, GroupState, object]>([
    ['from which release to which', done, { ...from, is: 'done', after: '1.34.9-20260714' }],
    [
      'why it failed, and what to do',
      failed('PodEvictionFailure', 'Reached max retries'),
      {
        code: 'PodEvictionFailure',
        message: 'Reached max retries',
        sentence: expect.stringMatching(/evicted.*kubectl get pdb/),
      },
    ],
    ['why it is held', held, { code: 'heldByTag', sentence: 'It carries the tag drydock:hold.' }],
    [
      'that somebody changed it',
      { is: 'held', why: 'changedMeanwhile' },
      { code: 'changedMeanwhile', sentence: expect.stringContaining('Somebody changed') },
    ],
  ])('%s', (_case, state, change) => {
    expect(changeOf(rolloutGroup({ state }), 'done')).toMatchObject(change);
  });

  it('from which image to which, for an own image', () => {
    const own = rolloutGroup({
      before: 'ami-1',
      goal: { by: 'launch template', launchTemplateId: 'lt-1', imageId: 'ami-2' },
    });
    expect(changeOf(own, 'joined')).toMatchObject({ before: 'ami-1', after: 'ami-2' });
  });

  it('naming five of many nodes', () => {
    const state = { ...failed(), resources: Array.from({ length: 11 }, (_, i) => `i-${i}`) };
    expect(changeOf(rolloutGroup({ state }), 'failed').resources).toHaveLength(5);
  });
});

describe('puts news into the outbox', () => {
  const rules = policy();
  const once = tell(
    rollout(),
    { type: 'Rollout Progressed', more: { changes: listedChanges([]) } },
    rules,
    now,
  );

  it('under the next number, which is in its id', () => {
    expect(once.sequence).toBe(2);
    expect(once.outbox).toMatchObject([
      {
        type: 'Rollout Progressed',
        detail: {
          schema: 1,
          id: 'al2023-v20260714#2',
          sequence: 2,
          at: now,
          changes: { items: [], more: 0 },
        },
      },
    ]);
  });

  it('behind what is there', () => {
    const twice = tell(
      once,
      { type: 'Rollout Halted', more: { sentence: 'Why.', changes: listedChanges([]) } },
      rules,
      now,
    );
    expect(twice.outbox.map(({ detail }) => detail.id)).toEqual(['al2023-v20260714#2', 'al2023-v20260714#3']);
    expect(once.outbox).toHaveLength(1);
  });

  it('within 256 KB, whatever EKS says of 500 groups', () => {
    const nodes = Array.from({ length: 50 }, (_, i) => `ip-10-233-150-${i}.eu-central-1.compute.internal`);
    const groups = Array.from({ length: 500 }, (_, i) =>
      rolloutGroup({
        cluster: 'c'.repeat(100),
        nodeGroup: `${i}`.padStart(63, 'n'),
        state: { ...failed('PodEvictionFailure', 'w'.repeat(4_000)), resources: nodes },
      }),
    );
    const changes = listedChanges(groups.map((group) => changeOf(group, 'failed')));
    const told = tell(
      rollout({ groups }),
      { type: 'Rollout Completed', more: { changes, leftBehind: changes } },
      rules,
      now,
    );
    expect(Buffer.byteLength(JSON.stringify(told.outbox[0]?.detail))).toBeLessThan(250 * 1024);
  });
});

it('has a sentence for a halt, and for a halt only', () => {
  expect(haltSentence({ is: 'halted', why: 'failureBudgetSpent', at: now })).toMatch(/budget/);
  expect(haltSentence({ is: 'rolling' })).toBe('');
});

describe('tells of releases', () => {
  type Note =
    | { readonly is: 'detected'; readonly again?: string }
    | { readonly is: 'withdrawn'; readonly why: WithdrawalReason };
  const page = (
    amiType: 'AL2023_x86_64_STANDARD' | 'AL2023_ARM_64_STANDARD',
    is: 'detected' | 'withdrawn',
    other = {},
    note: Note = is === 'detected' ? { is } : { is, why: 'imageDeprecated' },
  ): BookPage => {
    const one = release('1.34.9-20260714', { imageId: `ami-${amiType}`, ...other });
    return {
      source: { is: 'aws', amiType, minor: '1.34' },
      revision: 1,
      releases: [release('1.34.9-20260625'), one],
      untold: [{ ...note, train: one.train, imageId: one.imageId }],
    };
  };
  const news = (...pages: BookPage[]) => releaseNewsOf(pages, 'eu-central-1', 7, now);
  const detected = [
    page('AL2023_x86_64_STANDARD', 'detected', { publishedAt: '2026-07-14T20:05:00.000Z' }),
    page('AL2023_ARM_64_STANDARD', 'detected'),
  ];

  it('once for a train, with every source, from the first publication', () => {
    expect(news(...detected)).toEqual([
      {
        type: 'AMI Release Detected',
        detail: {
          schema: 1,
          id: 'eu-central-1 al2023 v20260714 detected',
          at: now,
          region: 'eu-central-1',
          train: 'al2023 v20260714',
          publishedAt: '2026-07-14T20:00:00.000Z',
          eligibleAt: '2026-07-21T20:00:00.000Z',
          releases: {
            items: [
              {
                source: 'AL2023_x86_64_STANDARD 1.34',
                imageId: 'ami-AL2023_x86_64_STANDARD',
                releaseVersion: '1.34.9-20260714',
              },
              {
                source: 'AL2023_ARM_64_STANDARD 1.34',
                imageId: 'ami-AL2023_ARM_64_STANDARD',
                releaseVersion: '1.34.9-20260714',
              },
            ],
            more: 0,
          },
        },
      },
    ]);
  });

  it('under the right source, also when a page has lost one', () => {
    const [first, second] = detected;
    const lost = { ...first, releases: [] } as BookPage;
    expect(second && news(lost, second)).toMatchObject([
      { detail: { releases: { items: [{ source: 'AL2023_ARM_64_STANDARD 1.34' }] } } },
    ]);
  });

  it('an own image without a version', () => {
    const one = ownRelease('ami-2', '2026-07-10T00:00:00.000Z');
    const [told] = news({
      source: { is: 'own', parameter: '/golden/node' },
      revision: 1,
      releases: [one],
      untold: [{ is: 'detected', train: one.train, imageId: 'ami-2' }],
    });
    expect(told).toMatchObject({
      detail: {
        train: '/golden/node ami-2',
        releases: { items: [{ source: '/golden/node', imageId: 'ami-2' }] },
      },
    });
  });

  it('a withdrawal apart from a release, by train', () => {
    const both = news(
      page('AL2023_x86_64_STANDARD', 'withdrawn', { withdrawnAt: now }),
      page('AL2023_ARM_64_STANDARD', 'detected'),
    );
    expect(both.map(({ type }) => type)).toEqual(['AMI Release Withdrawn', 'AMI Release Detected']);
    expect(both[0]?.detail).toMatchObject({
      region: 'eu-central-1',
      train: 'al2023 v20260714',
      sources: ['AL2023_x86_64_STANDARD 1.34'],
      why: 'imageDeprecated',
      sentence: 'EC2 calls its image deprecated.',
    });
  });

  it('withdrawals for different reasons apart, under ids of their own', () => {
    const told = news(
      page('AL2023_x86_64_STANDARD', 'withdrawn', { withdrawnAt: now }),
      page(
        'AL2023_ARM_64_STANDARD',
        'withdrawn',
        { withdrawnAt: now },
        { is: 'withdrawn', why: 'imageGone' },
      ),
    );
    expect(told.map(({ detail }) => 'why' in detail && detail.why)).toEqual(['imageDeprecated', 'imageGone']);
    expect(new Set(told.map(({ detail }) => detail.id)).size).toBe(2);
  });

  it('a release that is back as such, under an id of its own that stays', () => {
    const again = (at: string) =>
      page('AL2023_x86_64_STANDARD', 'detected', { publishedAt: at }, { is: 'detected', again: at });
    const [first] = news(page('AL2023_x86_64_STANDARD', 'detected'));
    const [back] = news(again('2026-07-18T08:00:00.000Z'));
    const [sameBack] = releaseNewsOf(
      [again('2026-07-18T08:00:00.000Z')],
      'eu-central-1',
      7,
      '2026-07-21T08:00:00.000Z',
    );
    const [backTwice] = news(again('2026-07-19T08:00:00.000Z'));
    expect(back?.detail).toMatchObject({
      again: true,
      publishedAt: '2026-07-18T08:00:00.000Z',
      eligibleAt: '2026-07-25T08:00:00.000Z',
    });
    expect(first?.detail).not.toHaveProperty('again');
    expect(sameBack?.detail.id).toBe(back?.detail.id);
    expect(new Set([first, back, backTwice].map((one) => one?.detail.id)).size).toBe(3);
  });

  it('a withdrawal under the same id when it is told again after a crash, and another when it happens again', () => {
    const withdrawn = (withdrawnAt: string) => [page('AL2023_x86_64_STANDARD', 'withdrawn', { withdrawnAt })];
    const idOf = (pages: BookPage[], at: string) => releaseNewsOf(pages, 'eu-central-1', 7, at)[0]?.detail.id;
    const first = idOf(withdrawn('2026-07-16T08:00:00.000Z'), '2026-07-16T08:00:00.000Z');
    expect(idOf(withdrawn('2026-07-16T08:00:00.000Z'), '2026-07-16T08:15:00.000Z')).toBe(first);
    expect(idOf(withdrawn('2026-07-18T08:00:00.000Z'), '2026-07-18T08:00:00.000Z')).not.toBe(first);
  });

  it('nothing when all is told', () => {
    expect(news({ ...page('AL2023_x86_64_STANDARD', 'detected'), untold: [] })).toEqual([]);
  });
});

it('pins what a group shall run in the change', () => {
  expect(changeOf(rolloutGroup(), 'joined').after).toBe(goal.releaseVersion);
});
