import { describe, expect, it } from 'vitest';
import { previousGeneration } from '../../../functions/domain/rules/previous-generation.ts';
import { judge, node, planeOf } from '../survey-factories.ts';

const m4 = node({ instanceId: 'i-4', instanceType: 'm4.large' });

describe('finds types of previous generations', () => {
  it.each([
    ['none', planeOf({}), []],
    ['that run', planeOf({ instanceTypes: ['m4.large'] }, [m4, m4]), [2]],
    ['that may be launched', planeOf({ instanceTypes: ['m4.large'] }, []), [1]],
    ['that others launched', planeOf({}, [node({ ...m4, launcher: { is: 'unknown' } })]), [1]],
    ['not those that EC2 does not describe', planeOf({ instanceTypes: ['m0.large'] }, []), []],
  ])('%s', (_case, seen, weights) => {
    expect(judge(previousGeneration, seen).map(({ weight }) => weight)).toEqual(weights);
  });
});

it('names them, and what is current', () => {
  expect(judge(previousGeneration, planeOf({ instanceTypes: ['m4.large', 'c4.large'] }, [m4]))).toMatchObject(
    [
      {
        severity: 'low',
        sentence:
          '1 node of 1 in node group workers of blue is of a previous generation (m4.large and c4.large).',
        evidence: { types: ['m4.large', 'c4.large'], nodes: 1 },
        suggestion: expect.stringMatching(/^Create a node group of m8i\.large/),
      },
    ],
  );
});

it('says which may be launched', () => {
  expect(judge(previousGeneration, planeOf({ instanceTypes: ['m4.large'] }, []))[0]?.sentence).toBe(
    'Types of a previous generation (m4.large) may be launched by node group workers of blue.',
  );
});

it('says so where nothing of the size is offered', () => {
  expect(judge(previousGeneration, planeOf({ instanceTypes: ['t1.micro'] }, []))[0]?.suggestion).toMatch(
    /^Choose a current type/,
  );
});
