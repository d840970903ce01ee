import { describe, expect, it } from 'vitest';
import type { NodeSurvey } from '../../../functions/domain/data-plane.ts';
import { zoneBalance } from '../../../functions/domain/rules/zone-balance.ts';
import { cluster, group, judge, node, plane, planeOf } from '../survey-factories.ts';

const spread = (a: number, b: number, c: number, other: Partial<NodeSurvey> = {}): readonly NodeSurvey[] =>
  [a, b, c].flatMap((count, i) =>
    Array.from({ length: count }, (_, n) =>
      node({ instanceId: `i-${i}-${n}`, zone: `eu-central-1${'abc'[i]}`, ...other }),
    ),
  );
const karpenter = { launcher: { is: 'karpenter', nodePool: 'general' } } as const;

describe('compares the zones of a group', () => {
  it.each([
    ['as many in each', [3, 3, 3], []],
    ['one more, as any odd number is spread', [1, 1, 0], []],
    ['two more, which is half of the average', [5, 4, 3], []],
    ['two more, which is more than half', [4, 2, 2], ['low']],
    ['none in one', [2, 2, 0], ['medium']],
    ['all in one', [4, 0, 0], ['medium']],
    ['a few more of many', [40, 50, 45], []],
    ['no node', [0, 0, 0], []],
  ])('%s', (_case, [a = 0, b = 0, c = 0], severities) => {
    expect(judge(zoneBalance, planeOf({}, spread(a, b, c))).map(({ severity }) => severity)).toEqual(
      severities,
    );
  });

  it('not one in one zone', () => {
    expect(judge(zoneBalance, planeOf({ subnetIds: ['subnet-a'] }, spread(9, 0, 0)))).toEqual([]);
  });

  it('not those that Karpenter fills, but their cluster', () => {
    expect(
      judge(zoneBalance, planeOf({}, spread(9, 0, 0, karpenter))).map(({ about }) => about),
    ).toMatchObject([{ cluster: 'blue' }]);
    expect(judge(zoneBalance, planeOf({}, spread(9, 0, 0, karpenter)))[0]?.about.nodeGroup).toBeUndefined();
  });

  it('those that Auto Scaling fills', () => {
    const asg = { launcher: { is: 'auto scaling group', name: 'a' } } as const;
    expect(judge(zoneBalance, planeOf({}, [...spread(4, 1, 0, asg), ...spread(1, 2, 5)]))).toMatchObject([
      { about: { nodeGroup: 'workers' } },
      { about: { detail: 'Auto Scaling group a' } },
    ]);
  });
});

describe('compares the zones of a cluster', () => {
  const inOneZoneEach = (a: number, b: number) =>
    plane({
      clusters: [
        cluster({
          groups: [
            group({ nodeGroup: 'a', subnetIds: ['subnet-a'] }),
            group({ nodeGroup: 'b', subnetIds: ['subnet-b'] }),
          ],
          nodes: [
            ...spread(a, 0, 0, { launcher: { is: 'node group', nodeGroup: 'a' } }),
            ...spread(0, b, 0, { launcher: { is: 'node group', nodeGroup: 'b' } }),
          ],
        }),
      ],
    });

  it.each([
    ['groups of a zone each that make up for one another', inOneZoneEach(4, 4), 0],
    ['groups of a zone each that do not', inOneZoneEach(6, 2), 1],
  ])('%s', (_case, seen, findings) => {
    expect(judge(zoneBalance, seen)).toHaveLength(findings);
  });

  it('not when its one group tells already', () => {
    expect(judge(zoneBalance, planeOf({}, spread(4, 0, 0)))).toHaveLength(1);
  });
});

it('says how they are spread', () => {
  expect(judge(zoneBalance, planeOf({}, spread(1, 6, 1)))).toMatchObject([
    {
      sentence: '6 of 8 nodes of node group workers of blue are in eu-central-1b, 1 in eu-central-1c.',
      evidence: { spread: ['eu-central-1b 6', 'eu-central-1a 1', 'eu-central-1c 1'], nodes: 8 },
      weight: 75,
    },
  ]);
});

it('tunes how far apart they may be', () => {
  expect(judge(zoneBalance, planeOf({}, spread(4, 2, 2)), { apartPercent: 75 })).toEqual([]);
  expect(judge(zoneBalance, planeOf({}, spread(4, 2, 2)), { apartPercent: 74 })).toHaveLength(1);
});
