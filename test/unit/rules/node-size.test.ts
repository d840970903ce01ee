import { describe, expect, it } from 'vitest';
import { nodeSize } from '../../../functions/domain/rules/node-size.ts';
import { judge, nodes, planeOf } from '../survey-factories.ts';

/** m7i.large 2 vCPUs, xlarge 4, 2xlarge 8, 4xlarge 16, 8xlarge 32. */
const of = (...sizes: readonly (readonly [count: number, size: string])[]) =>
  planeOf(
    {},
    sizes.flatMap(([count, size]) => nodes(count, { instanceType: `m7i.${size}` })),
  );

describe('finds many small nodes', () => {
  it.each([
    ['99 of 4 vCPUs', of([99, 'xlarge']), []],
    ['100 of 4 vCPUs', of([100, 'xlarge']), ['low']],
    ['100 of 8 vCPUs', of([100, '2xlarge']), []],
    ['99 among larger ones', of([99, 'large'], [200, '2xlarge']), []],
    ['100 among larger ones', of([100, 'large'], [200, '2xlarge']), ['low']],
    ['499', of([499, 'large']), ['low']],
    ['500', of([500, 'large']), ['medium']],
    ['none that EC2 does not describe', of([99, 'xlarge'], [9, 'tiny']), []],
  ])('%s', (_case, seen, severities) => {
    expect(judge(nodeSize, seen).map(({ severity }) => severity)).toEqual(severities);
  });
});

describe('finds few large nodes', () => {
  it.each([
    ['three of 16 vCPUs: a third each', of([3, '4xlarge']), ['medium']],
    ['four: a quarter each', of([4, '4xlarge']), ['medium']],
    ['five: a fifth each', of([5, '4xlarge']), []],
    ['two: half each', of([2, '4xlarge']), ['high']],
    ['three of 8 vCPUs: nobody misses them', of([3, '2xlarge']), []],
    ['a large one among small ones that weigh more', of([1, '8xlarge'], [49, 'large']), []],
    [
      'a large one among small ones that weigh three times as much',
      of([1, '8xlarge'], [48, 'large']),
      ['medium'],
    ],
    ['no node at all', of(), []],
  ])('%s', (_case, seen, severities) => {
    expect(judge(nodeSize, seen).map(({ severity }) => severity)).toEqual(severities);
  });
});

it('says what would carry as much', () => {
  expect(judge(nodeSize, of([120, 'large'], [2, 'unheard']))).toMatchObject([
    {
      about: { cluster: 'blue', detail: 'many small' },
      sentence: 'Cluster blue has 120 nodes of 4 vCPUs or fewer; 15 of 16 vCPUs would carry as much.',
      evidence: { small: 120, nodes: 122, unknown: 2, vcpus: 240, instead: 15 },
      weight: 120,
    },
  ]);
});

it('says what the loss of one takes', () => {
  expect(judge(nodeSize, of([1, '4xlarge'], [2, '8xlarge'], [1, 'unheard']))).toMatchObject([
    {
      about: { cluster: 'blue', detail: 'few large' },
      severity: 'medium',
      sentence: 'The loss of one node (m7i.8xlarge) takes 40 per cent of the vCPUs of cluster blue.',
      evidence: { share: 40, type: 'm7i.8xlarge', vcpus: 32, ofVcpus: 80, nodes: 4, unknown: 1 },
      weight: 40,
      suggestion: 'Use smaller types: 5 nodes of one size or more keep each below 25 per cent.',
    },
  ]);
});

it('tunes what is many, small, large and too large a share', () => {
  expect(judge(nodeSize, of([10, 'large']), { manyNodes: 10 })).toHaveLength(1);
  expect(judge(nodeSize, of([100, 'large']), { smallVcpus: 1 })).toEqual([]);
  expect(judge(nodeSize, of([3, '4xlarge']), { largeVcpus: 17 })).toEqual([]);
  expect(judge(nodeSize, of([3, '4xlarge']), { sharePercent: 34 })).toEqual([]);
});
