/**
 * Finds node groups that depend on the stock of too few instance types.
 *
 * Two are the least where EC2 may be out of one. For Spot, EC2's user guide ("spot-best-practices") advises ten
 * or more. Groups on capacity blocks are left out: their instances are reserved. Karpenter and Auto Mode choose
 * among many by themselves, and what an Auto Scaling group may launch is not in the survey.
 *
 * Pure.
 */
import type { DataPlane, GroupSurvey } from '../data-plane.ts';
import { aboutSet, howToGetTypes, type NodeSet, nodeSetsOf, typesOf, zonesOf } from '../node-set.ts';
import { count, series } from '../sentence.ts';
import { similarTypes } from '../similar-types.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly fewestTypes: number; readonly fewestSpotTypes: number };

/** What EC2 and Auto Scaling write when a zone is out of a type. */
const shortage =
  /InsufficientInstanceCapacity|sufficient \S+ capacity|no Spot capacity|capacity-not-available/i;

const hasShortage = ({ healthIssues }: GroupSurvey): boolean =>
  healthIssues.some(({ code, message }) => shortage.test(`${code} ${message}`));

const suggestionFor = (plane: DataPlane, set: NodeSet, types: readonly string[], fewest: number): string => {
  const like = types.map((name) => plane.types.get(name)).find((type) => type !== undefined);
  const others = like
    ? similarTypes(plane, {
        like,
        zones: zonesOf(set, plane),
        accept: ({ name }) => !types.includes(name),
        atMost: Math.max(1, fewest - types.length),
      })
    : [];
  if (others.length === 0)
    return 'No similar type is offered in all its zones: add zones, or reserve capacity (On-Demand Capacity Reservations).';
  return `${howToGetTypes(set, [...types, ...others])}. Name the types in the group and not in its launch template, which takes one.`;
};

const judgeSet = (
  plane: DataPlane,
  set: NodeSet,
  group: GroupSurvey,
  settings: Settings,
): readonly Found[] => {
  const types = group.instanceTypes.length > 0 ? group.instanceTypes : typesOf(set);
  const spot = group.capacity === 'spot';
  const fewest = spot ? settings.fewestSpotTypes : settings.fewestTypes;
  const short = hasShortage(group);
  if (types.length === 0 || (types.length >= fewest && !short)) return [];
  const told = short ? '; EC2 was out of capacity' : '';
  return [
    {
      about: aboutSet(set),
      severity: short ? 'high' : spot ? 'medium' : 'low',
      sentence: `The ${spot ? 'Spot ' : ''}${set.name} launches ${count(types.length, 'instance type')} only (${series(types)})${told}.`,
      evidence: { types, fewest, capacity: group.capacity ?? 'unknown', nodes: group.scaling.desired },
      weight: Math.max(1, fewest - types.length),
      suggestion: suggestionFor(plane, set, types, fewest),
    },
  ];
};

export const instanceDiversity: Rule<Settings> = {
  name: 'instance-diversity',
  about: 'A node group depends on too few instance types, or EC2 was out of those it has.',
  severity: 'high where EC2 was out of capacity, medium for Spot, low else',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html#_use_many_different_ec2_instance_types',
  settings: { fewestTypes: 2, fewestSpotTypes: 10 },
  judge: (plane, settings) =>
    nodeSetsOf(plane).flatMap((set) =>
      set.group && set.group.capacity !== 'capacity block' ? judgeSet(plane, set, set.group, settings) : [],
    ),
};
