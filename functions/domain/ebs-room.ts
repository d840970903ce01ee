/**
 * Tells how much room for EBS volumes a set of nodes has, type by type: slots today, and in the worst case,
 * when every interface of the default network card is attached.
 *
 * Today is what the running nodes have; of a type that none runs, what a node has with its first interface only
 * and the volumes that the others start with, or the launch template names. A volume that EC2 does not
 * tell of counts as a pod's: it takes a slot either way.
 *
 * Pure.
 */
import type { DataPlane, InstanceType } from './data-plane.ts';
import { attachableSlots, type EbsDriver, type EbsLimit, ebsLimitOf, scheduledSlots } from './ebs-limit.ts';
import { extraVolumes } from './group-volumes.ts';
import { type NodeSet, type ReadNode, typesOf } from './node-set.ts';

export type NodeRoom = {
  readonly node: ReadNode;
  readonly slots: number;
  /** Volumes of pods that are attached. */
  readonly used: number;
  /** `undefined`: unknown. */
  readonly worstSlots: number | undefined;
};

export type TypeRoom = {
  readonly type: InstanceType;
  readonly limit: EbsLimit;
  /** The running nodes of the type. */
  readonly nodes: readonly NodeRoom[];
  /** The fewest of any node today. */
  readonly slots: number;
  /** Volumes that nodes of the set start with, the root volume among them. */
  readonly otherVolumes: number;
  /** Interfaces of the node with the fewest. */
  readonly interfaces: number;
  /** What a node has before it attaches a second interface. */
  readonly firstSlots: number;
  /** `undefined`: unknown. */
  readonly worstSlots: number | undefined;
};

/** Whether pods use EBS volumes here; `unknown` where nothing runs. */
export const useOfVolumes = ({ nodes }: NodeSet<ReadNode>): 'used' | 'unused' | 'unknown' => {
  if (nodes.length === 0) return 'unknown';
  return nodes.some((node) => podVolumes(node) > 0) ? 'used' : 'unused';
};

const podVolumes = ({ volumes }: ReadNode): number =>
  volumes.filter(({ root, csi }) => !root && csi !== false).length;

const otherVolumesOf = (node: ReadNode): number => Math.max(1, node.volumes.length - podVolumes(node));

const otherVolumesIn = ({ group, nodes }: NodeSet<ReadNode>): number =>
  nodes.length > 0 ? Math.max(...nodes.map(otherVolumesOf)) : 1 + (group ? extraVolumes(group) : 0);

/** With fewer than one interface no instance runs; more than now would not be worse. */
const mostInterfaces = ({ interfaces }: InstanceType, now: number): number | undefined =>
  interfaces === undefined ? undefined : Math.max(1, interfaces, now);

const worstOf = (
  type: InstanceType,
  limit: EbsLimit,
  otherVolumes: number,
  now: number,
  driver: EbsDriver,
): number | undefined => {
  if (limit.kind === 'dedicated') return attachableSlots(limit, { otherVolumes, interfaces: 1 }, driver);
  const interfaces = mostInterfaces(type, now);
  return interfaces && attachableSlots(limit, { otherVolumes, interfaces }, driver);
};

const roomOfNode = (node: ReadNode, type: InstanceType, limit: EbsLimit, driver: EbsDriver): NodeRoom => {
  const otherVolumes = otherVolumesOf(node);
  const occupied = { otherVolumes, interfaces: Math.max(1, node.interfaces) };
  return {
    node,
    slots: scheduledSlots(limit, occupied, driver),
    used: podVolumes(node),
    worstSlots: worstOf(type, limit, otherVolumes, node.interfaces, driver),
  };
};

const roomOfType = (
  set: NodeSet<ReadNode>,
  type: InstanceType,
  limit: EbsLimit,
  driver: EbsDriver,
): TypeRoom => {
  const nodes = set.nodes
    .filter(({ instanceType }) => instanceType === type.name)
    .map((node) => roomOfNode(node, type, limit, driver))
    .sort((a, b) => a.slots - b.slots);
  const fewest = nodes[0];
  const otherVolumes = otherVolumesIn(set);
  const firstSlots = scheduledSlots(limit, { otherVolumes, interfaces: 1 }, driver);
  const worst = nodes.flatMap(({ worstSlots }) => worstSlots ?? []);
  return {
    type,
    limit,
    nodes,
    slots: fewest?.slots ?? firstSlots,
    otherVolumes,
    interfaces: fewest?.node.interfaces ?? 1,
    firstSlots,
    worstSlots: worst.length > 0 ? Math.min(...worst) : worstOf(type, limit, otherVolumes, 1, driver),
  };
};

/** One for each type whose limit is known. */
export const roomsOf = (
  set: NodeSet<ReadNode>,
  { types }: DataPlane,
  driver: EbsDriver,
): readonly TypeRoom[] =>
  typesOf(set).flatMap((name) => {
    const type = types.get(name);
    const limit = type && ebsLimitOf(type);
    return limit ? [roomOfType(set, type, limit, driver)] : [];
  });

/** What another type would have in the worst case with the same volumes: a suggestion is measured by it. */
export const worstSlotsOf = (type: InstanceType, otherVolumes: number, driver: EbsDriver): number => {
  const limit = ebsLimitOf(type);
  return (limit && worstOf(type, limit, otherVolumes, 1, driver)) ?? 0;
};
