/**
 * Finds instance types that could stand in for another: same architecture, GPUs, accelerators and their makers,
 * at least as large and at most a fifth larger.
 *
 * amazon-ec2-instance-selector takes 0.9 to 1.2 times the vCPUs and the memory for similar (v3.1.3); what is
 * smaller is left out here, since pods that filled a node would not fit. Only what is of the current generation, no
 * older than the type within its class, offered in every zone asked for, and what EKS has images for: see the table.
 *
 * Pure.
 */
import type { DataPlane, InstanceType } from './data-plane.ts';
import { ebsLimitOf } from './ebs-limit.ts';

export type Wish = {
  readonly like: InstanceType;
  /** Availability zone names; a zone of which no offers are known has nothing. */
  readonly zones: readonly string[];
  readonly accept?: (type: InstanceType) => boolean;
  readonly atMost?: number;
};

/**
 * Families that are never named, and why. EKS user guide "choosing-instance-type" (2024-12); the devices of the
 * others are in none of the members that are compared here. Checked 2026-11-23.
 */
const neverNamed: readonly (readonly [RegExp, string])[] = [
  [/^mac/, 'EKS has no image for macOS hardware'],
  [/^g5g$/, 'EKS has no image for it'],
  [/^a1$/, 'first Graviton: AL2023 needs the second'],
  [/^(f1|f2|vt1)$/, 'FPGA or video hardware that nothing else would use'],
  [/^hpc/, 'an EBS bandwidth of 87 Mbit/s (DescribeInstanceTypes)'],
];

const largest = 1.2;

const instanceFamilyOf = ({ name }: InstanceType): string => name.split('.')[0] ?? '';
/** `m` of `m7i-flex`. */
const classOf = (type: InstanceType): string => /^[a-z]+/.exec(instanceFamilyOf(type))?.[0] ?? '';
const generationOf = (type: InstanceType): number => Number(/\d+/.exec(instanceFamilyOf(type))?.[0] ?? 0);

/** An older generation of the same class, which EC2 may still call current. */
const isOlder = (type: InstanceType, like: InstanceType): boolean =>
  classOf(type) === classOf(like) && generationOf(type) < generationOf(like);

const fits = (have: number, wanted: number): boolean => have >= wanted && have <= wanted * largest;

const alike = (type: InstanceType, like: InstanceType): boolean =>
  type.name !== like.name &&
  !isOlder(type, like) &&
  type.bareMetal === like.bareMetal &&
  (like.burstable || !type.burstable) &&
  type.gpus === like.gpus &&
  type.accelerators === like.accelerators &&
  [...type.acceleratorMakers].sort().join() === [...like.acceleratorMakers].sort().join() &&
  type.architectures.some((architecture) => like.architectures.includes(architecture)) &&
  fits(type.vcpus, like.vcpus) &&
  fits(type.memoryMiB, like.memoryMiB);

const namable = (type: InstanceType): boolean =>
  type.currentGeneration &&
  type.interfaces !== undefined &&
  !neverNamed.some(([family]) => family.test(instanceFamilyOf(type)));

/** Compared member by member; what is smaller comes first. */
const rank = (type: InstanceType, like: InstanceType): readonly (number | string)[] => [
  // Whoever uses disks of the instance needs them; whoever does not should not pay for them.
  type.instanceStorage !== undefined && type.instanceStorage === !like.instanceStorage ? 1 : 0,
  ebsLimitOf(type)?.kind === 'dedicated' ? 0 : 1,
  classOf(type) === classOf(like) ? 0 : 1,
  type.vcpus / like.vcpus + type.memoryMiB / like.memoryMiB,
  instanceFamilyOf(type).length,
  -generationOf(type),
  type.name,
];

const byRank = (a: readonly (number | string)[], b: readonly (number | string)[]): number => {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1;
};

/** Names, the best first. */
export const similarTypes = (
  { types, offers }: Pick<DataPlane, 'types' | 'offers'>,
  { like, zones, accept = () => true, atMost = 4 }: Wish,
): readonly string[] => {
  const offered = zones.length > 0 ? zones : [...offers.keys()];
  return [...types.values()]
    .filter((type) => alike(type, like) && namable(type) && accept(type))
    .filter(({ name }) => offered.length > 0 && offered.every((zone) => offers.get(zone)?.has(name)))
    .map((type) => ({ name: type.name, rank: rank(type, like) }))
    .sort((a, b) => byRank(a.rank, b.rank))
    .slice(0, atMost)
    .map(({ name }) => name);
};
