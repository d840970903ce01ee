import { describe, expect, it } from 'vitest';
import { instanceDiversity } from '../../../functions/domain/rules/instance-diversity.ts';
import { judge, node, planeOf } from '../survey-factories.ts';

const issue = (message: string, code = 'AsgInstanceLaunchFailures') => ({
  healthIssues: [{ code, message }],
});
const shortage = issue(
  'Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient m7i.large capacity in the Availability Zone you requested (eu-central-1a). Launching EC2 instance failed.',
);
const spot = (count: number) => ({
  capacity: 'spot' as const,
  instanceTypes: Array.from({ length: count }, (_, i) => `x${i}.large`),
});

describe('counts the types of a group', () => {
  it.each([
    ['two', {}, []],
    ['one', { instanceTypes: ['m7i.large'] }, ['low']],
    ['two, of which EC2 was out', shortage, ['high']],
    ['two, with another failure to launch', issue('You have reached your quota of vCPUs'), []],
    ['two, in the words of Spot', issue('UnfulfillableCapacity: no Spot capacity available'), ['high']],
    ['ten for Spot', spot(10), []],
    ['nine for Spot', spot(9), ['medium']],
    ['nine for Spot, of which EC2 was out', { ...spot(9), ...shortage }, ['high']],
    ['one of a capacity block', { instanceTypes: ['p5.48xlarge'], capacity: 'capacity block' as const }, []],
    ['one, bought in an unknown way', { instanceTypes: ['m7i.large'], capacity: undefined }, ['low']],
    ['those that run where the group names none', { instanceTypes: [] }, ['low']],
  ])('%s', (_case, changes, severities) => {
    expect(judge(instanceDiversity, planeOf(changes)).map(({ severity }) => severity)).toEqual(severities);
  });

  it('none where nothing is named and nothing runs', () => {
    expect(judge(instanceDiversity, planeOf({ instanceTypes: [] }, []))).toEqual([]);
  });

  it('not those of others', () => {
    expect(
      judge(instanceDiversity, planeOf({}, [node({ launcher: { is: 'karpenter', nodePool: 'a' } })])),
    ).toEqual([]);
  });
});

it('tunes how many there should be', () => {
  expect(judge(instanceDiversity, planeOf({}), { fewestTypes: 3 })).toMatchObject([{ weight: 1 }]);
  expect(judge(instanceDiversity, planeOf({ instanceTypes: ['m7i.large'] }), { fewestTypes: 1 })).toEqual([]);
  expect(judge(instanceDiversity, planeOf(spot(9)), { fewestSpotTypes: 9 })).toEqual([]);
});

it('suggests the types that would make it enough', () => {
  expect(judge(instanceDiversity, planeOf({ capacity: 'spot' }), { fewestSpotTypes: 4 })).toMatchObject([
    {
      sentence:
        'The Spot node group workers of blue launches 2 instance types only (m7i.large and m7a.large).',
      evidence: { types: ['m7i.large', 'm7a.large'], fewest: 4, capacity: 'spot', nodes: 3 },
      weight: 2,
      suggestion:
        'Create a node group of m7i.large, m7a.large, m8i.large or m8i-flex.large and move the pods there. Name the types in the group and not in its launch template, which takes one.',
    },
  ]);
});

it('says that EC2 was out of capacity, and names one more', () => {
  expect(judge(instanceDiversity, planeOf(shortage))).toMatchObject([
    {
      sentence:
        'The node group workers of blue launches 2 instance types only (m7i.large and m7a.large); EC2 was out of capacity.',
      suggestion: expect.stringContaining('m7i.large, m7a.large or m8i.large'),
    },
  ]);
});

it('suggests another way where no type is similar', () => {
  expect(judge(instanceDiversity, planeOf({ instanceTypes: ['mac2.metal'] }))[0]?.suggestion).toMatch(
    /^No similar type/,
  );
});
