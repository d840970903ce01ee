import { describe, expect, it } from 'vitest';
import type { Launcher, NodeSurvey } from '../../../functions/domain/data-plane.ts';
import type { Release, ReleaseSource } from '../../../functions/domain/release.ts';
import { oldImages } from '../../../functions/domain/rules/old-images.ts';
import { ownImage, ownRelease, policy, release } from '../factories.ts';
import { judge, node, nodes, planeOf, scene } from '../survey-factories.ts';

const named = (build: string) => `amazon-eks-node-al2023-x86_64-standard-1.34-v${build}`;
const may = release('1.34.7-20260515', { publishedAt: '2026-05-15T20:00:00.000Z' });
const june = release('1.34.9-20260614', { publishedAt: '2026-06-14T20:00:00.000Z' });
const july = release('1.34.9-20260714', { publishedAt: '2026-07-14T20:00:00.000Z' });
const knowing = (releases: readonly Release[], problem?: 'missing') =>
  scene({ known: () => ({ releases, ...(problem && { problem }) }) });
const book = knowing([may, june, july]);
const runs = ({ imageId }: Release, build: string, other: Partial<NodeSurvey> = {}) =>
  node({ imageId, imageName: named(build), imageCreatedAt: '2026-01-01T00:00:00.000Z', ...other });

const findings = (running: readonly NodeSurvey[], at = book, settings = {}) =>
  judge(oldImages, planeOf({}, running), settings, at);

describe('measures an image against the newest release', () => {
  it.each<[string, NodeSurvey, typeof book, [string, number] | undefined]>([
    ['the newest', runs(july, '20260714'), book, undefined],
    [
      'one 29 days behind',
      runs(june, '20260614'),
      knowing([{ ...june, publishedAt: '2026-06-14T20:00:01.000Z' }, july]),
      undefined,
    ],
    ['one 30 days behind', runs(june, '20260614'), book, ['medium', 30]],
    ['one 60 days behind', runs(may, '20260515'), book, ['medium', 60]],
    [
      'one 90 days behind',
      runs(may, '20260515'),
      knowing([{ ...may, publishedAt: '2026-04-15T20:00:00.000Z' }, july]),
      ['high', 90],
    ],
    [
      'one 89 days behind',
      runs(may, '20260515'),
      knowing([{ ...may, publishedAt: '2026-04-15T20:00:01.000Z' }, july]),
      ['medium', 89],
    ],
    [
      'none against a withdrawn release',
      runs(june, '20260614'),
      knowing([june, { ...july, withdrawnAt: '2026-07-16T00:00:00.000Z' }]),
      undefined,
    ],
    [
      'one that the book does not have, by the day it was made',
      node({ imageId: 'ami-x', imageName: named('20260611'), imageCreatedAt: '2026-06-10T20:00:00.000Z' }),
      book,
      ['medium', 34],
    ],
    [
      'one that is newer than the newest',
      node({ imageId: 'ami-x', imageName: named('20260720'), imageCreatedAt: '2026-07-20T00:00:00.000Z' }),
      book,
      undefined,
    ],
    [
      'by its age where no release is known',
      node({ imageCreatedAt: '2026-06-20T08:00:00.000Z' }),
      scene({ known: () => undefined }),
      ['medium', 30],
    ],
    [
      'by its age where the parameter is lost',
      node({ imageCreatedAt: '2026-04-21T08:00:00.000Z' }),
      knowing([july], 'missing'),
      ['high', 90],
    ],
    [
      'by its age where nobody knows the name',
      node({
        imageName: 'golden-1',
        imageId: 'ami-x',
        imageCreatedAt: '2026-06-20T08:00:01.000Z',
        launcher: { is: 'unknown' },
      }),
      scene({ known: () => undefined }),
      undefined,
    ],
  ])('%s', (_case, running, at, expected) => {
    expect(findings([running], at).map(({ severity, evidence }) => [severity, evidence.oldestDays])).toEqual(
      expected ? [expected] : [],
    );
  });

  it("one of a group's own, against what its parameter names", () => {
    const own = policy({ ownImages: [{ parameter: '/golden/node', select: [{ clusters: ['*'] }] }] });
    const known = (source: ReleaseSource) =>
      source.is === 'own'
        ? {
            releases: [
              ownRelease('ami-a', '2026-05-01T00:00:00.000Z'),
              ownRelease('ami-b', '2026-07-01T00:00:00.000Z'),
            ],
          }
        : undefined;
    const seen = (imageId: string) =>
      planeOf({ image: ownImage(imageId) }, [
        node({ imageId, imageName: 'golden', imageCreatedAt: '2026-05-02T00:00:00.000Z' }),
      ]);
    const at = scene({ policy: own, known });
    expect(judge(oldImages, seen('ami-b'), {}, at)).toEqual([]);
    expect(judge(oldImages, seen('ami-a'), {}, at)).toMatchObject([{ evidence: { oldestDays: 61 } }]);
    expect(judge(oldImages, seen('ami-x'), {}, at)).toMatchObject([{ evidence: { oldestDays: 60 } }]);
  });

  it('of the AMI type and minor in its name', () => {
    const asked: ReleaseSource[] = [];
    const known = (source: ReleaseSource) => {
      asked.push(source);
      return undefined;
    };
    findings([node({ imageName: 'bottlerocket-aws-k8s-1.33-aarch64-v1.55.0-d93bb1b1' })], scene({ known }));
    findings([node({ imageName: undefined })], scene({ known }));
    expect(asked).toEqual([
      { is: 'aws', amiType: 'BOTTLEROCKET_ARM_64', minor: '1.33' },
      { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' },
    ]);
  });
});

describe('counts by launcher, and says who touches the nodes', () => {
  const launchers: readonly (readonly [Launcher, string, RegExp])[] = [
    [{ is: 'node group', nodeGroup: 'workers' }, 'managed node groups', /^Drydock rolls them/],
    [{ is: 'karpenter', nodePool: 'a' }, 'Karpenter', /^Drydock never touches them\..*EC2NodeClass/],
    [{ is: 'auto mode' }, 'EKS Auto Mode', /^Drydock never touches them\. Auto Mode/],
    [
      { is: 'auto scaling group', name: 'a' },
      'self-managed Auto Scaling groups',
      /^Drydock never touches them\..*instance refresh/,
    ],
    [{ is: 'unknown' }, 'nobody known', /^Drydock never touches them\. Find out/],
  ];

  it.each(launchers.map(([launcher, by, remedy]) => [by, launcher, remedy] as const))(
    '%s',
    (by, launcher, remedy) => {
      expect(findings([runs(may, '20260515', { launcher })])).toMatchObject([
        { about: { cluster: 'blue', detail: by }, suggestion: expect.stringMatching(remedy) },
      ]);
    },
  );

  it('all apart', () => {
    const all = launchers.map(([launcher]) => runs(may, '20260515', { launcher }));
    expect(findings(all).map(({ about }) => about.detail)).toEqual(launchers.map(([, by]) => by));
  });
});

it('says how many of how many, the oldest, and where they are', () => {
  const pool = (nodePool: string) => ({ launcher: { is: 'karpenter', nodePool } }) as const;
  expect(
    findings([
      runs(july, '20260714', pool('a')),
      runs(june, '20260614', pool('a')),
      runs(may, '20260515', { ...pool('a'), instanceId: 'i-old' }),
      runs(june, '20260614', pool('b')),
    ]),
  ).toMatchObject([
    {
      severity: 'medium',
      sentence:
        'Of 4 nodes that Karpenter launched in blue, 3 run images 30 days behind or more, the oldest 60 days.',
      evidence: {
        nodes: 4,
        old: 3,
        unknown: 0,
        oldestDays: 60,
        oldest: 'i-old',
        launchers: ['Karpenter node pool a of blue: 2', 'Karpenter node pool b of blue: 1'],
      },
      weight: 3,
    },
  ]);
});

describe('does not take an unknown age for a young one', () => {
  const gone = { imageName: undefined, imageCreatedAt: undefined, imageId: 'ami-gone' };
  it.each([
    ['all unknown', nodes(3, gone), 'low', 'of 3 the age of the image is not known'],
    ['some unknown', [...nodes(2), node(gone)], 'low', 'of 1 the age of the image is not known'],
    [
      'some old, some unknown',
      [runs(june, '20260614'), node(gone)],
      'medium',
      '1 runs an image 30 days behind or more, the oldest 30 days; of 1 the age',
    ],
  ])('%s', (_case, running, severity, part) => {
    expect(findings(running)).toMatchObject([{ severity, sentence: expect.stringContaining(part) }]);
  });
});

it('tunes what is old and very old', () => {
  expect(findings([runs(june, '20260614')], book, { oldDays: 31 })).toEqual([]);
  expect(findings([runs(june, '20260614')], book, { veryOldDays: 30 })).toMatchObject([{ severity: 'high' }]);
});
