import { describe, expect, it } from 'vitest';
import { burstableTypes } from '../../../functions/domain/rules/burstable-types.ts';
import { judge, node, nodes, planeOf } from '../survey-factories.ts';

const t3 = node({ instanceId: 'i-t', instanceType: 't3.large' });

describe('finds burstable types', () => {
  it.each([
    ['none', planeOf({}), []],
    ['that run', planeOf({ instanceTypes: ['t3.large'] }, [t3]), [['medium', 1]]],
    ['that run beside others', planeOf({}, [...nodes(2), t3, t3]), [['medium', 2]]],
    ['that may be launched', planeOf({ instanceTypes: ['m7i.large', 't3.large'] }), [['low', 1]]],
    [
      'that Karpenter launched',
      planeOf({}, [node({ ...t3, launcher: { is: 'karpenter', nodePool: 'a' } })]),
      [['medium', 1]],
    ],
    ['not those that EC2 does not describe', planeOf({ instanceTypes: ['t9.large'] }, []), []],
  ])('%s', (_case, seen, found) => {
    expect(judge(burstableTypes, seen).map(({ severity, weight }) => [severity, weight])).toEqual(found);
  });
});

it('says how many run, and what else there is of the size', () => {
  expect(judge(burstableTypes, planeOf({ instanceTypes: ['t3.large'] }, [node(), t3]))).toMatchObject([
    {
      about: { nodeGroup: 'workers' },
      sentence: '1 node of 2 in node group workers of blue is burstable (t3.large).',
      evidence: { types: ['t3.large'], nodes: 1 },
      suggestion:
        'Create a node group of m8i.large, m7a.large, m7i.large or m8i-flex.large and move the pods there.',
    },
  ]);
});

it('says which may be launched', () => {
  expect(judge(burstableTypes, planeOf({ instanceTypes: ['t3.large', 't3a.large'] }, []))[0]?.sentence).toBe(
    'Burstable types (t3.large and t3a.large) may be launched by node group workers of blue.',
  );
});

it('suggests families where nothing of the size is offered', () => {
  expect(judge(burstableTypes, planeOf({ instanceTypes: ['t3.nano'] }, []))[0]?.suggestion).toMatch(
    /^Choose types of the C, M or R/,
  );
});
