/**
 * Finds nodes whose instance type EC2 calls previous generation: dearer for what they do, scarcer, and
 * slower to get new features.
 *
 * Pure.
 */
import { aboutSet, howToGetTypes, nodeSetsOf, typesOf, zonesOf } from '../node-set.ts';
import { count, series } from '../sentence.ts';
import { similarTypes } from '../similar-types.ts';
import type { Found, Rule } from './rule.ts';

export const previousGeneration: Rule<Record<never, number>> = {
  name: 'previous-generation',
  about: 'Nodes are, or would be, of instance types that EC2 calls previous generation.',
  severity: 'low',
  link: 'https://aws.amazon.com/ec2/previous-generation/',
  settings: {},
  judge: (plane) =>
    nodeSetsOf(plane).flatMap((set): Found[] => {
      const old = typesOf(set)
        .flatMap((name) => plane.types.get(name) ?? [])
        .filter(({ currentGeneration }) => !currentGeneration);
      const [first] = old;
      if (!first) return [];
      const names = old.map(({ name }) => name);
      const running = set.nodes.filter(({ instanceType }) => names.includes(instanceType)).length;
      const instead = similarTypes(plane, { like: first, zones: zonesOf(set, plane) });
      return [
        {
          about: aboutSet(set),
          severity: 'low',
          sentence:
            running > 0
              ? `${count(running, 'node')} of ${set.nodes.length} in ${set.name} ${running === 1 ? 'is' : 'are'} of a previous generation (${series(names)}).`
              : `Types of a previous generation (${series(names)}) may be launched by ${set.name}.`,
          evidence: { types: names, nodes: running },
          weight: Math.max(1, running),
          suggestion:
            instead.length > 0
              ? `${howToGetTypes(set, instead)}.`
              : 'Choose a current type; none of the same size is offered in all its zones.',
        },
      ];
    }),
};
