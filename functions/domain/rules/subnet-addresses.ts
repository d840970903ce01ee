/**
 * Finds node groups whose subnets have too few free addresses for their next roll, which starts new nodes before
 * it takes old ones away.
 *
 * The VPC CNI takes all addresses of an interface at once and keeps a spare interface (WARM_ENI_TARGET 1, its
 * default): hence two interfaces for a new node. With prefix delegation or WARM_IP_TARGET it is other: tune
 * `interfacesPerNode`. New nodes are shared out evenly among the zones.
 *
 * Pure.
 */
import type { DataPlane, GroupSurvey } from '../data-plane.ts';
import { aboutSet, type NodeSet, nodeSetsOf, typesOf } from '../node-set.ts';
import { newNodesFirst } from '../roll-pace.ts';
import { count } from '../sentence.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly interfacesPerNode: number };
type Zone = { readonly zone: string; readonly free: number };

/** Free addresses of each zone; `undefined` when a subnet could not be read. */
const freeByZone = ({ subnetIds }: GroupSurvey, { subnets }: DataPlane): readonly Zone[] | undefined => {
  const free = new Map<string, number>();
  for (const id of subnetIds) {
    const subnet = subnets.get(id);
    if (subnet?.freeAddresses === undefined) return undefined;
    free.set(subnet.zone, (free.get(subnet.zone) ?? 0) + subnet.freeAddresses);
  }
  return [...free].map(([zone, addresses]) => ({ zone, free: addresses }));
};

/** The most that any type of the group takes; at least the node's own address. */
const addressesPerNode = (set: NodeSet, { types }: DataPlane, { interfacesPerNode }: Settings): number =>
  Math.max(
    1,
    ...typesOf(set).map((name) => interfacesPerNode * (types.get(name)?.addressesPerInterface ?? 0)),
  );

const judgeSet = (
  plane: DataPlane,
  set: NodeSet,
  group: GroupSurvey,
  settings: Settings,
): readonly Found[] => {
  const zones = freeByZone(group, plane);
  const scarcest = zones?.toSorted((a, b) => a.free - b.free)[0];
  const surge = zones && newNodesFirst(group, zones.length);
  if (!zones || !scarcest || !surge || group.scaling.desired === 0) return [];
  const perZone = Math.ceil(surge / zones.length);
  const perNode = addressesPerNode(set, plane, settings);
  const needed = perZone * perNode;
  if (scarcest.free >= needed) return [];
  return [
    {
      about: aboutSet(set),
      severity: scarcest.free < perZone ? 'high' : 'medium',
      sentence: `The next roll of ${set.name} starts ${count(surge, 'node')} first, which takes ${needed} addresses in ${scarcest.zone}; ${scarcest.free} are free.`,
      evidence: {
        free: zones.map(({ zone, free }) => `${zone} ${free}`),
        needed,
        newNodes: surge,
        addressesPerNode: perNode,
      },
      weight: needed - scarcest.free,
      suggestion: `Add a subnet in ${scarcest.zone}, free addresses there, or let the VPC CNI keep fewer in reserve (WARM_IP_TARGET, prefix delegation).`,
    },
  ];
};

export const subnetAddresses: Rule<Settings> = {
  name: 'subnet-addresses',
  about: 'The subnets of a node group have too few free addresses for its next roll.',
  severity: 'high where the new nodes themselves would not get one each, medium else',
  link: 'https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html',
  settings: { interfacesPerNode: 2 },
  judge: (plane, settings) =>
    nodeSetsOf(plane).flatMap((set) => (set.group ? judgeSet(plane, set, set.group, settings) : [])),
};
