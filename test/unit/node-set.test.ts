import { describe, expect, it } from 'vitest';
import type { Launcher } from '../../functions/domain/data-plane.ts';
import { fingerprint } from '../../functions/domain/finding.ts';
import { aboutSet, howToGetTypes, nodeSetsOf, typesOf, zonesOf } from '../../functions/domain/node-set.ts';
import { cluster, group, node, nodes, plane, planeOf, subnets } from './survey-factories.ts';

const launchers: readonly Launcher[] = [
  { is: 'node group', nodeGroup: 'gone' },
  { is: 'karpenter', nodePool: 'general' },
  { is: 'karpenter', nodePool: 'gpu' },
  { is: 'auto mode' },
  { is: 'auto scaling group', name: 'old-asg' },
  { is: 'unknown' },
];
const everybody = plane({
  clusters: [
    cluster({
      groups: [group(), group({ nodeGroup: 'empty' })],
      nodes: [...nodes(2), ...launchers.map((launcher, i) => node({ launcher, instanceId: `i-1${i}` }))],
    }),
    cluster({ name: 'green', groups: [], nodes: nodes(1, { launcher: { is: 'unknown' } }) }),
  ],
});

it('puts the nodes of each launcher and cluster together, groups without nodes among them, and leaves out those of groups that it knows nothing of', () => {
  expect(
    nodeSetsOf(everybody).map(({ name, nodes, group }) => [name, nodes.length, group !== undefined]),
  ).toEqual([
    ['node group workers of blue', 2, true],
    ['node group empty of blue', 0, true],
    ['Karpenter node pool general of blue', 1, false],
    ['Karpenter node pool gpu of blue', 1, false],
    ['EKS Auto Mode of blue', 1, false],
    ['Auto Scaling group old-asg of blue', 1, false],
    ['unknown launcher of blue', 1, false],
    ['unknown launcher of green', 1, false],
  ]);
});

it('tells findings about each apart', () => {
  const prints = nodeSetsOf(everybody).flatMap((set) =>
    [aboutSet(set), aboutSet(set, 'm5.large')].map((about) => fingerprint({ rule: 'r', about })),
  );
  expect(prints.slice(0, 2)).toEqual([
    'r 111122223333/eu-central-1/blue/workers',
    'r 111122223333/eu-central-1/blue/workers/m5.large',
  ]);
  expect(prints[5]).toBe('r 111122223333/eu-central-1/blue/Karpenter node pool general m5.large');
  expect(new Set(prints).size).toBe(prints.length);
});

const [first] = nodeSetsOf(
  planeOf({ instanceTypes: ['a', 'b'], subnetIds: ['subnet-b', 'subnet-x'] }, [
    node({ instanceType: 'b', zone: 'eu-central-1b' }),
    node({ instanceType: 'c', zone: 'eu-central-1c' }),
  ]),
);
if (!first) throw new Error('no set');

it('knows the types that a group names and those that run', () => {
  expect(typesOf(first)).toEqual(['a', 'b', 'c']);
});

it('knows the zones of its subnets, as far as they were read, and those that nodes run in', () => {
  expect(zonesOf(first, { ...everybody, subnets: subnets() })).toEqual(['eu-central-1b', 'eu-central-1c']);
});

describe('says how nodes come to be of other types', () => {
  it.each<[string, Launcher, string]>([
    [
      'in a node group, whose types are fixed',
      { is: 'node group', nodeGroup: 'a' },
      'Create a node group of x or y and move the pods there',
    ],
    ['with Karpenter', { is: 'karpenter', nodePool: 'gpu' }, 'Let node pool gpu choose from x or y'],
    ['in Auto Mode', { is: 'auto mode' }, 'Let a node pool of Auto Mode choose from x or y'],
    ['anywhere else', { is: 'unknown' }, 'Launch x or y instead'],
  ])('%s', (_case, launcher, sentence) => {
    expect(howToGetTypes({ ...first, launcher }, ['x', 'y'])).toBe(sentence);
  });
});
