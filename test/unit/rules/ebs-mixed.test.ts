import { describe, expect, it } from 'vitest';
import { ebsMixed } from '../../../functions/domain/rules/ebs-mixed.ts';
import { judge, node, planeOf, podVolumes, rootVolume, typesWith } from '../survey-factories.ts';

const bare = { volumes: [rootVolume()] };
const mixed = (...attachments: readonly number[]) => {
  const names = attachments.map((_, i) => `x${i}.large`);
  return planeOf({ instanceTypes: names, templateVolumes: [] }, [node(bare)], {
    types: typesWith(
      ...attachments.map((count, i) => ({
        name: `x${i}.large`,
        like: 'm7i.large',
        ebsAttachments: count,
      })),
      { name: 'm7i.large', like: 'm7i.large', ebsAttachments: undefined },
    ),
  });
};

describe('compares the slots of all types', () => {
  it.each([
    ['19 and 10: less than twice as many', mixed(20, 11), 0],
    ['20 and 10: twice as many', mixed(21, 11), 1],
    ['the least and the most of many', mixed(15, 30, 11), 1],
    ['one type', mixed(11), 0],
    ['one type whose limit is known', planeOf({ instanceTypes: ['m7i.large', 'unheard.of'] }), 0],
    ['nothing that is known', planeOf({ instanceTypes: ['unheard.of'] }, []), 0],
  ])('%s', (_case, seen, findings) => {
    expect(judge(ebsMixed, seen)).toHaveLength(findings);
  });
});

it('says which type has how many', () => {
  expect(judge(ebsMixed, mixed(15, 31, 11))).toMatchObject([
    {
      severity: 'low',
      sentence: 'In node group workers of blue, x1.large has 30 slots for EBS volumes and x2.large 10.',
      evidence: { slots: ['x2.large 10', 'x0.large 14', 'x1.large 30'], least: 10, most: 30 },
      weight: 3,
      suggestion: 'Take x2.large out of the group, or give it a group of its own for pods without volumes.',
    },
  ]);
});

it('tunes how far apart they may be', () => {
  expect(judge(ebsMixed, mixed(31, 11), { timesApart: 4 })).toEqual([]);
  expect(judge(ebsMixed, mixed(31, 11), { timesApart: 3 })).toHaveLength(1);
});

it('is graver where pods use volumes', () => {
  const seen = planeOf({ instanceTypes: ['d3.8xlarge', 'm7i.large'] }, [
    node({ volumes: [rootVolume(), ...podVolumes(1)] }),
  ]);
  expect(judge(ebsMixed, seen)).toMatchObject([{ severity: 'medium' }]);
});

it('leaves alone what chooses by the limit itself', () => {
  const two = (launcher: Parameters<typeof node>[0]) => [
    node({ ...launcher, instanceType: 'd3.8xlarge' }),
    node({ ...launcher, instanceType: 'm7i.large' }),
  ];
  expect(judge(ebsMixed, planeOf({}, two({ launcher: { is: 'karpenter', nodePool: 'a' } })))).toEqual([]);
  expect(judge(ebsMixed, planeOf({}, two({ launcher: { is: 'auto mode' } })))).toEqual([]);
  expect(
    judge(ebsMixed, planeOf({}, two({ launcher: { is: 'auto scaling group', name: 'a' } }))),
  ).toHaveLength(1);
});
