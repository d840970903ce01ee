import { describe, expect, it } from 'vitest';
import { mixedSizes } from '../../../functions/domain/rules/mixed-sizes.ts';
import { judge, node, planeOf, typesWith } from '../survey-factories.ts';

const types = typesWith(
  { name: 'x.120', like: 'm7i.2xlarge', memoryMiB: 39321 },
  { name: 'x.121', like: 'm7i.2xlarge', memoryMiB: 39650 },
  { name: 'x.9vcpus', like: 'm7i.2xlarge', vcpus: 9 },
  { name: 'x.10vcpus', like: 'm7i.2xlarge', vcpus: 10 },
  { name: 'x.gpu', like: 'm7i.2xlarge', gpus: 1 },
  { name: 'x.neuron', like: 'm7i.2xlarge', accelerators: 1 },
);
const group = (...others: readonly string[]) =>
  planeOf({ instanceTypes: ['m7i.2xlarge', ...others] }, [], { types });
const asg = (tags: Record<string, string>) =>
  planeOf(
    {},
    ['m7i.large', 'm7i.xlarge'].map((instanceType, i) =>
      node({
        launcher: { is: 'auto scaling group', name: 'a' },
        instanceType,
        instanceId: `i-${i}`,
        ...(i === 0 && { tags }),
      }),
    ),
  );

describe('compares the sizes of types', () => {
  it.each([
    ['one type', group(), []],
    ['the same size', group('m7a.2xlarge'), []],
    ['a fifth more memory', group('x.120'), []],
    ['more than that', group('x.121'), ['medium']],
    ['an eighth more vCPUs', group('x.9vcpus'), []],
    ['a quarter more vCPUs', group('x.10vcpus'), ['medium']],
    ['a GPU', group('x.gpu'), ['high']],
    ['an accelerator', group('x.neuron'), ['high']],
    ['a type that EC2 does not describe', group('x.unheard'), []],
    [
      'types of which some run and the group names others',
      planeOf({}, [node({ instanceType: 'm7i.xlarge' })]),
      ['medium'],
    ],
  ])('%s', (_case, seen, severities) => {
    expect(judge(mixedSizes, seen).map(({ severity }) => severity)).toEqual(severities);
  });
});

describe('looks only at what Cluster Autoscaler may scale', () => {
  it.each([
    [
      'a group that may grow',
      planeOf({ instanceTypes: ['m7i.large', 'm7i.xlarge'], scaling: { min: 3, max: 4, desired: 3 } }),
      1,
    ],
    [
      'not one of fixed size',
      planeOf({ instanceTypes: ['m7i.large', 'm7i.xlarge'], scaling: { min: 3, max: 3, desired: 3 } }),
      0,
    ],
    ['a self-managed group with the tag', asg({ 'k8s.io/cluster-autoscaler/enabled': 'true' }), 1],
    ['not one whose tag says no', asg({ 'k8s.io/cluster-autoscaler/enabled': 'false' }), 0],
    ['not one without it', asg({}), 0],
    [
      'not the nodes of Karpenter, whatever tag they carry',
      planeOf(
        {},
        ['m7i.large', 'm7i.xlarge'].map((instanceType) =>
          node({
            launcher: { is: 'karpenter', nodePool: 'a' },
            instanceType,
            tags: { 'k8s.io/cluster-autoscaler/enabled': 'true' },
          }),
        ),
      ),
      0,
    ],
  ])('%s', (_case, seen, findings) => {
    expect(judge(mixedSizes, seen)).toHaveLength(findings);
  });
});

it('says by how much they differ', () => {
  expect(judge(mixedSizes, group('m7i.4xlarge', 'x.gpu'))).toMatchObject([
    {
      about: { nodeGroup: 'workers' },
      sentence:
        'The instance types of node group workers of blue differ by 100 per cent in vCPUs and 100 per cent in memory, and in GPUs or accelerators; Cluster Autoscaler takes the first one for all.',
      evidence: {
        types: ['m7i.2xlarge 8 vCPU 32 GiB', 'm7i.4xlarge 16 vCPU 64 GiB', 'x.gpu 8 vCPU 32 GiB'],
        vcpusPercent: 100,
        memoryPercent: 100,
        acceleratorCounts: 2,
      },
      weight: 100,
    },
  ]);
});

it('tunes how far apart they may be', () => {
  expect(judge(mixedSizes, group('m7i.4xlarge'), { apartPercent: 100 })).toEqual([]);
  expect(judge(mixedSizes, group('m7i.4xlarge'), { apartPercent: 99 })).toHaveLength(1);
});
