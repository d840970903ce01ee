/**
 * Launches and terminates instances, and says what tags and names they have.
 *
 * Knows what EKS and Auto Scaling put on the instances of a node group. A record holds only
 * what differs between instances, and derives the rest: fleets have tens of thousands.
 *
 * Effect: changes the place and the node group it is given.
 */
import type { NodeGroup } from './node-group.ts';
import type { Place } from './place.ts';
import type { Subnet } from './subnet.ts';
import type { Claim, Disk } from './volume.ts';
import type { World } from './world.ts';

type Tags = Readonly<Record<string, string>>;

export type Instance = {
  readonly id: string;
  /** Grows with every launch in its place. */
  readonly order: number;
  readonly imageId: string;
  readonly type: string;
  readonly subnet: Subnet;
  readonly launchedAt: Date;
  readonly interfaces: number;
  /** EBS volumes besides the root volume that it was launched with. */
  readonly volumes: number;
  /** The image's own when `undefined`; a launch template's mapping goes before it. */
  readonly rootDisk: Disk | undefined;
  readonly spot: boolean;
  /** EKS runs it (Auto Mode): EC2 hides such instances unless they are asked for. */
  readonly managed: boolean;
  /** The version of the launch template that the node group names; `undefined` without one. */
  readonly templateVersion: number | undefined;
  /** `undefined` for self-managed nodes and Karpenter's. */
  readonly group: NodeGroup | undefined;
  readonly ownTags: Tags | undefined;
  /** Volumes that the EBS CSI driver has attached for pods. */
  claims: readonly Claim[];
  terminatedAt: Date | undefined;
};

export type Launch = Omit<Instance, 'id' | 'order' | 'claims' | 'terminatedAt'> & { readonly id?: string };

const noClaims: readonly Claim[] = [];

export const launch = (world: World, place: Place, what: Launch): Instance => {
  const id = what.id ?? world.identifiers.next('i');
  if (place.instances.has(id)) throw new Error(`there is already an instance ${id}`);
  place.launched += 1;
  const instance: Instance = {
    ...what,
    id,
    order: place.launched,
    claims: noClaims,
    terminatedAt: undefined,
  };
  place.instances.set(id, instance);
  what.group?.instances.add(instance);
  return instance;
};

export const terminate = (world: World, place: Place, instance: Instance): void => {
  if (instance.terminatedAt) return;
  instance.terminatedAt = world.clock.now();
  instance.group?.instances.delete(instance);
  instance.subnet.freeAddresses += 1;
  place.terminated.push(instance);
  forgetTerminated(world, place);
};

/** EC2 shows terminated instances for about an hour. */
export const forgetTerminated = (world: World, place: Place): void => {
  const before = world.clock.now().getTime() - world.durations.terminatedShownMinutes * 60_000;
  const kept = place.terminated.findIndex(
    ({ terminatedAt }) => terminatedAt && terminatedAt.getTime() > before,
  );
  for (const { id } of place.terminated.splice(0, kept < 0 ? place.terminated.length : kept)) {
    place.instances.delete(id);
  }
};

export const addressOf = ({ subnet, order }: Instance): string =>
  `10.${subnet.network}.${(order >> 8) & 255}.${order & 255}`;

export const dnsNameOf = (instance: Instance, region: string): string => {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${addressOf(instance).replaceAll('.', '-')}.${domain}`;
};

/** One tag, without the cost of all: fleets are searched by tag. */
export const tagOf = (instance: Instance, key: string): string | undefined => {
  if (instance.group && key === 'eks:cluster-name') return instance.group.cluster.name;
  if (instance.group && key === 'eks:nodegroup-name') return instance.group.name;
  return tagsOf(instance)[key];
};

export const tagsOf = ({ group, ownTags }: Instance): Tags => {
  if (!group) return ownTags ?? {};
  return {
    ...ownTags,
    'aws:autoscaling:groupName': group.autoScalingGroup,
    'eks:cluster-name': group.cluster.name,
    'eks:nodegroup-name': group.name,
    'k8s.io/cluster-autoscaler/enabled': 'true',
    [`k8s.io/cluster-autoscaler/${group.cluster.name}`]: 'owned',
    [`kubernetes.io/cluster/${group.cluster.name}`]: 'owned',
  };
};
