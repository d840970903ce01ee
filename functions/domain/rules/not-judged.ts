/**
 * Tells what could not be read, and which rules pass over a group or cluster for that reason: their silence
 * there does not mean that all is well.
 *
 * Instance types that EC2 does not describe, and images of unknown age, are findings of `ebs-unknown` and
 * `old-images`.
 *
 * Pure.
 */
import type { DataPlane, GroupSurvey } from '../data-plane.ts';
import { familyOfSet, templateOf } from '../group-volumes.ts';
import { aboutSet, areVolumesRead, type NodeSet, nodeSetsOf, typesOf } from '../node-set.ts';
import { series } from '../sentence.ts';
import type { Found, Rule } from './rule.ts';

type Gap = {
  readonly what: string;
  readonly rules: readonly string[];
  readonly is: (set: NodeSet, group: GroupSurvey, plane: DataPlane) => boolean;
};

const gaps: readonly Gap[] = [
  {
    what: 'its instance types',
    rules: ['ebs-slots', 'instance-diversity', 'burstable-types', 'mixed-sizes', 'previous-generation'],
    is: (set) => typesOf(set).length === 0,
  },
  {
    what: 'how its capacity is bought',
    rules: ['instance-diversity'],
    is: (_set, { capacity }) => capacity === undefined,
  },
  {
    what: 'its launch template',
    rules: ['state-volume', 'root-volume', 'syslog'],
    is: (_set, group) => templateOf(group) === 'unknown',
  },
  {
    what: 'how many nodes an update takes at once',
    rules: ['update-settings', 'subnet-addresses'],
    is: (_set, { maxUnavailable }) => maxUnavailable === undefined,
  },
  {
    what: 'the free addresses of its subnets',
    rules: ['subnet-addresses'],
    is: (_set, { subnetIds }, { subnets }) =>
      subnetIds.some((id) => subnets.get(id)?.freeAddresses === undefined),
  },
  {
    what: 'the AMI family of its image',
    rules: ['ami-family-end', 'syslog'],
    is: (set) => familyOfSet(set) === undefined,
  },
];

const volumes = {
  what: 'the volumes of its nodes',
  rules: [
    'ebs-full',
    'ebs-mixed',
    'ebs-slots',
    'ebs-unknown',
    'ebs-worst-case',
    'root-volume',
    'state-volume',
  ],
};

const found = (
  about: Found['about'],
  name: string,
  missing: readonly Omit<Gap, 'is'>[],
): readonly Found[] => {
  if (missing.length === 0) return [];
  const what = missing.map((gap) => gap.what);
  const rules = [...new Set(missing.flatMap((gap) => gap.rules))].sort();
  return [
    {
      about,
      severity: 'low',
      sentence: `Of ${name}, Drydock could not read ${series(what)}: not all of ${series(rules)} could be judged.`,
      evidence: { missing: what, rules },
      weight: what.length,
      suggestion:
        'Look into the log of audit-nodes for refusals; what an own image is, its name or the policy (ownImages) can tell.',
    },
  ];
};

export const notJudged: Rule<Record<never, number>> = {
  name: 'not-judged',
  about: 'Facts could not be read, so that other rules say nothing about a group or cluster.',
  severity: 'low',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html',
  settings: {},
  judge: (plane) => [
    ...plane.clusters.flatMap(({ name, standardSupportEndsAt }) =>
      found(
        { target: plane.target, cluster: name },
        `cluster ${name}`,
        standardSupportEndsAt === undefined
          ? [{ what: 'when standard support of its minor ends', rules: ['minor-support'] }]
          : [],
      ),
    ),
    ...nodeSetsOf(plane).flatMap((set) => {
      const { group } = set;
      const missing = [
        ...(group ? gaps.filter(({ is }) => is(set, group, plane)) : []),
        ...(areVolumesRead(set) ? [] : [volumes]),
      ];
      return found(aboutSet(set), set.name, missing);
    }),
  ],
};
