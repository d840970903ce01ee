import { describe, expect, it } from 'vitest';
import { amiFamilyEnd } from '../../../functions/domain/rules/ami-family-end.ts';
import { ownImage } from '../factories.ts';
import { judge, node, nodes, planeOf, scene } from '../survey-factories.ts';

const al2 = { image: { is: 'eks', amiType: 'AL2_x86_64', releaseVersion: '1.32.9-20251209' } } as const;
const al2Name = 'amazon-eks-node-1.32-v20251209';
const on = (day: string) => scene({ now: `${day}T00:00:00.000Z` });

describe('finds families that AWS publishes no more', () => {
  it.each([
    ['none', planeOf({}), []],
    ['of a group', planeOf(al2), ['workers al2']],
    [
      'of a group with an image of its own',
      planeOf({ image: ownImage('ami-1', { name: al2Name }) }, []),
      ['workers al2'],
    ],
    ['not of an image of unknown name', planeOf({ image: ownImage('ami-1') }), []],
    [
      'not of an AMI type that is not known',
      planeOf({ image: { is: 'eks', amiType: 'AL3_x86_64', releaseVersion: '1' } }),
      [],
    ],
    [
      'of nodes of a group that starts others by now',
      planeOf({}, [node({ imageName: al2Name })]),
      ['workers al2'],
    ],
    [
      "of Karpenter's nodes",
      planeOf({}, nodes(2, { imageName: al2Name, launcher: { is: 'karpenter', nodePool: 'a' } })),
      ['undefined Karpenter node pool a al2'],
    ],
    ['not of nodes whose image is gone', planeOf({}, nodes(2, { imageName: undefined })), []],
  ])('%s', (_case, seen, found) => {
    expect(judge(amiFamilyEnd, seen).map(({ about }) => `${about.nodeGroup} ${about.detail}`)).toEqual(found);
  });
});

describe('tells it in time', () => {
  it.each([
    ['181 days before', '2025-05-29', []],
    ['180 days before', '2025-05-30', ['medium']],
    ['the day before', '2025-11-25', ['medium']],
    ['on the day', '2025-11-26', ['high']],
    ['long after', '2026-11-26', ['high']],
  ])('%s', (_case, day, severities) => {
    expect(judge(amiFamilyEnd, planeOf(al2), {}, on(day)).map(({ severity }) => severity)).toEqual(
      severities,
    );
  });

  it('as early as the policy says', () => {
    expect(judge(amiFamilyEnd, planeOf(al2), { warnDays: 181 }, on('2025-05-29'))).toHaveLength(1);
  });
});

it('says what ends, when, and for how many nodes', () => {
  expect([
    ...judge(amiFamilyEnd, planeOf(al2), {}, on('2025-10-01')),
    ...judge(amiFamilyEnd, planeOf({}, [...nodes(3), node({ imageName: al2Name })]), {}, on('2026-10-01')),
    ...judge(
      amiFamilyEnd,
      planeOf({}, [node({ imageName: al2Name, launcher: { is: 'unknown' } })]),
      {},
      on('2026-10-01'),
    ),
  ]).toMatchObject([
    {
      sentence:
        'AWS stops publishing al2 images on 2025-11-26; 3 nodes of node group workers of blue will get no fixes then.',
      evidence: { family: 'al2', ended: '2025-11-26', nodes: 3 },
      weight: 3,
    },
    {
      sentence:
        'AWS stopped publishing al2 images on 2025-11-26; 1 node of node group workers of blue gets no fixes any more.',
    },
    {
      sentence: expect.stringContaining('1 node of unknown launcher of blue gets no fixes'),
      evidence: { nodes: 1 },
    },
  ]);
});
