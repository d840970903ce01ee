/**
 * Finds burstable instance types: what a pod gets of their CPU depends on credits.
 *
 * Pure.
 */
import type { DataPlane, InstanceType } from '../data-plane.ts';
import { aboutSet, howToGetTypes, type NodeSet, nodeSetsOf, typesOf, zonesOf } from '../node-set.ts';
import { count, series } from '../sentence.ts';
import { similarTypes } from '../similar-types.ts';
import type { Found, Rule } from './rule.ts';

const steady = (plane: DataPlane, set: NodeSet, like: InstanceType): string => {
  const instead = similarTypes(plane, {
    like,
    zones: zonesOf(set, plane),
    accept: ({ burstable }) => !burstable,
  });
  return instead.length > 0
    ? `${howToGetTypes(set, instead)}.`
    : 'Choose types of the C, M or R families; none of the same size is offered in all its zones.';
};

export const burstableTypes: Rule<Record<never, number>> = {
  name: 'burstable-types',
  about: 'Nodes are of burstable instance types, whose CPU depends on credits.',
  severity: 'medium where such nodes run, low where they may be launched',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html#_use_similar_node_sizes_for_consistent_workload_performance',
  settings: {},
  judge: (plane) =>
    nodeSetsOf(plane).flatMap((set): Found[] => {
      const burstable = typesOf(set)
        .flatMap((name) => plane.types.get(name) ?? [])
        .filter((type) => type.burstable);
      const [first] = burstable;
      if (!first) return [];
      const names = burstable.map(({ name }) => name);
      const running = set.nodes.filter(({ instanceType }) => names.includes(instanceType)).length;
      return [
        {
          about: aboutSet(set),
          severity: running > 0 ? 'medium' : 'low',
          sentence:
            running > 0
              ? `${count(running, 'node')} of ${set.nodes.length} in ${set.name} ${running === 1 ? 'is' : 'are'} burstable (${series(names)}).`
              : `Burstable types (${series(names)}) may be launched by ${set.name}.`,
          evidence: { types: names, nodes: running },
          weight: Math.max(1, running),
          suggestion: steady(plane, set, first),
        },
      ];
    }),
};
