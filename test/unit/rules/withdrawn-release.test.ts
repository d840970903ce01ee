import { describe, expect, it } from 'vitest';
import type { GroupSurvey, NodeSurvey } from '../../../functions/domain/data-plane.ts';
import type { Release, ReleaseSource } from '../../../functions/domain/release.ts';
import { withdrawnRelease } from '../../../functions/domain/rules/withdrawn-release.ts';
import { ownImage, ownRelease, policy, release } from '../factories.ts';
import { judge, node, nodes, planeOf, scene } from '../survey-factories.ts';

const older = release('1.34.9-20260625');
const bad: Release = { ...release('1.34.9-20260701'), withdrawnAt: '2026-07-03T00:00:00.000Z' };
const newer = release('1.34.9-20260714');
const nodeOf = ({ imageId }: Release, other: Partial<NodeSurvey> = {}) => node({ imageId, ...other });
const group = (releaseVersion: string): Partial<GroupSurvey> => ({
  image: { is: 'eks', amiType: 'AL2023_x86_64_STANDARD', releaseVersion },
});
const at = (releases: readonly Release[], deny: readonly string[] = []) =>
  scene({
    policy: policy({ releases: { minimumAgeDays: 3, atMostEveryDays: 0, deny } }),
    known: (source: ReleaseSource) =>
      source.is === 'aws' && source.amiType === 'AL2023_x86_64_STANDARD' ? { releases } : undefined,
  });
const book = at([older, bad, newer]);

describe('finds a withdrawn release', () => {
  it.each<[string, Partial<GroupSurvey>, readonly NodeSurvey[], readonly [string, number][]]>([
    ['not where nothing runs it', group(newer.version?.text ?? ''), nodes(3), []],
    ['where the group runs it', group('1.34.9-20260701'), nodes(3, { imageId: bad.imageId }), [['yes', 3]]],
    ['where the group runs it without nodes', group('1.34.9-20260701'), [], [['yes', 3]]],
    [
      'where some nodes run it, although the group does not',
      group('1.34.9-20260714'),
      [nodeOf(bad), nodeOf(newer), nodeOf(bad)],
      [['no', 2]],
    ],
    [
      'where nodes of others run it',
      group('1.34.9-20260714'),
      [nodeOf(bad, { launcher: { is: 'karpenter', nodePool: 'a' } })],
      [['no', 1]],
    ],
    [
      'where the group has it as an image of its own',
      {
        image: ownImage(bad.imageId, {
          name: 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260701',
          ownedByAws: true,
        }),
      },
      [],
      [['yes', 3]],
    ],
    [
      "not in nodes of an image whose name is none of AWS's",
      { image: ownImage('ami-1') },
      [node({ imageId: bad.imageId, imageName: 'golden' })],
      [],
    ],
  ])('%s', (_case, changes, running, found) => {
    expect(
      judge(withdrawnRelease, planeOf(changes, running), {}, book).map(({ evidence }) => [
        evidence.groupRunsIt,
        evidence.nodes,
      ]),
    ).toEqual(found);
  });
});

describe('finds a release that the policy denies', () => {
  const running = planeOf(group('1.34.9-20260625'), nodes(3, { imageId: older.imageId }));
  it.each([
    ['not another', ['1.34.9-20260624'], []],
    ['by its version', ['1.34.9-20260625'], ['high']],
    ['by its train', ['al2023 v20260625'], ['high']],
    ['by its image', [older.imageId], ['high']],
  ])('%s', (_case, deny, severities) => {
    expect(
      judge(withdrawnRelease, running, {}, at([older, newer], deny)).map(({ severity }) => severity),
    ).toEqual(severities);
  });

  it('that the book has never seen', () => {
    expect(judge(withdrawnRelease, running, {}, at([newer], ['al2023 v20260625']))).toMatchObject([
      {
        sentence: '3 nodes of node group workers of blue run 1.34.9-20260625, which the policy denies.',
        evidence: { groupRunsIt: 'yes' },
      },
    ]);
    expect(
      judge(
        withdrawnRelease,
        running,
        {},
        scene({ ...at([], ['al2023 v20260625']), known: () => undefined }),
      ),
    ).toHaveLength(1);
  });

  it('that is an own image', () => {
    const ownPolicy = policy({
      releases: { minimumAgeDays: 3, atMostEveryDays: 0, deny: ['ami-b'] },
      ownImages: [{ parameter: '/golden/node', select: [{ clusters: ['*'] }] }],
    });
    const known = () => ({
      releases: [
        ownRelease('ami-a', '2026-05-01T00:00:00.000Z'),
        ownRelease('ami-b', '2026-06-01T00:00:00.000Z'),
      ],
    });
    const own = (imageId: string) =>
      planeOf({ image: ownImage(imageId, { name: 'golden' }) }, nodes(2, { imageId, imageName: 'golden' }));
    expect(judge(withdrawnRelease, own('ami-a'), {}, scene({ policy: ownPolicy, known }))).toEqual([]);
    expect(judge(withdrawnRelease, own('ami-b'), {}, scene({ policy: ownPolicy, known }))).toMatchObject([
      {
        sentence: '2 nodes of node group workers of blue run /golden/node ami-b, which the policy denies.',
        suggestion: 'Go back to /golden/node ami-a: the command roll-back of the rollout that brought it.',
      },
    ]);
    expect(
      judge(withdrawnRelease, own('ami-b'), {}, scene({ policy: ownPolicy, known: () => undefined })),
    ).toHaveLength(1);
  });
});

it('says what was withdrawn, where, and is graver than anything else', () => {
  expect(judge(withdrawnRelease, planeOf({}, [nodeOf(bad)]), {}, book)).toMatchObject([
    {
      about: { cluster: 'blue', nodeGroup: 'workers', detail: '1.34.9-20260701' },
      severity: 'critical',
      sentence: '1 node of node group workers of blue runs 1.34.9-20260701, which was withdrawn.',
      evidence: {
        release: '1.34.9-20260701',
        imageId: bad.imageId,
        why: 'withdrawn',
        withdrawnAt: '2026-07-03T00:00:00.000Z',
        nodes: 1,
        groupRunsIt: 'no',
      },
      weight: 1,
    },
  ]);
});

describe('says where to go', () => {
  const gone = { ...newer, withdrawnAt: '2026-07-15T00:00:00.000Z' };
  it.each<[string, readonly Release[], readonly string[], RegExp]>([
    ['on, to the newest that may be rolled', [older, bad, newer], [], /^Roll to 1\.34\.9-20260714/],
    ['on, in whatever order they are known', [newer, bad, older], [], /^Roll to 1\.34\.9-20260714/],
    ['back, where the newer ones are withdrawn too', [older, bad, gone], [], /^Go back to 1\.34\.9-20260625/],
    [
      'back, where the newer ones are denied',
      [older, bad, newer],
      ['al2023 v20260714'],
      /^Go back to 1\.34\.9-20260625/,
    ],
    ['nowhere', [bad], [], /^No release is known/],
  ])('%s', (_case, releases, deny, suggestion) => {
    const [found] = judge(withdrawnRelease, planeOf({}, [nodeOf(bad)]), {}, at(releases, deny));
    expect(found?.suggestion).toMatch(suggestion);
  });
});
