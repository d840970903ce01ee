/**
 * Says what a node group is, and launches its nodes.
 *
 * Knows that the image a group says it runs and the images its instances run are two things:
 * after a failed update they differ.
 *
 * Effect: changes the node group it is given and its place.
 */
import type {
  AMITypes,
  CapacityTypes,
  NodegroupIssueCode,
  NodegroupStatus,
  NodegroupUpdateConfig,
  Taint,
} from '@aws-sdk/client-eks';
import type { Cluster } from './cluster.ts';
import { type Instance, launch, terminate } from './instance.ts';
import type { LaunchTemplate } from './launch-template.ts';
import type { Place } from './place.ts';
import type { Subnet } from './subnet.ts';
import type { Update } from './update.ts';
import type { World } from './world.ts';

/** What the nodes of a group are made from. */
export type NodeImage = {
  /** Kubernetes minor. */
  readonly version: string;
  /** As EKS tells it; the image id where the launch template names the image. */
  readonly releaseVersion: string;
  readonly imageId: string;
  readonly templateVersion: number | undefined;
};

export type HealthIssue = {
  readonly code: NodegroupIssueCode;
  readonly message: string;
  readonly resourceIds: readonly string[];
};

export type NodeGroup = {
  readonly cluster: Cluster;
  readonly name: string;
  readonly arn: string;
  readonly autoScalingGroup: string;
  readonly amiType: AMITypes;
  readonly capacityType: CapacityTypes;
  readonly instanceTypes: readonly string[];
  readonly subnets: readonly Subnet[];
  readonly launchTemplate: LaunchTemplate | undefined;
  readonly createdAt: Date;
  /** Network interfaces attached to each node; EBS volumes of each besides the root volume. */
  readonly interfacesPerNode: number;
  readonly volumesPerNode: number;
  /** Alive, oldest first. */
  readonly instances: Set<Instance>;
  readonly updates: Map<string, Update>;
  modifiedAt: Date;
  status: NodegroupStatus;
  issues: readonly HealthIssue[];
  image: NodeImage;
  scaling: { readonly minSize: number; readonly maxSize: number; readonly desiredSize: number };
  updateConfig: NodegroupUpdateConfig;
  labels: Readonly<Record<string, string>>;
  taints: readonly Taint[];
  tags: Readonly<Record<string, string>>;
};

export const isOwnImage = (group: NodeGroup): boolean => group.amiType === 'CUSTOM';

type NewNodes = {
  readonly image: NodeImage;
  readonly count: number;
  /** One for each node; round robin over the group's subnets, so over its zones, when not given. */
  readonly subnets?: readonly Subnet[];
  /** Nodes that were there before a test began; they take no address that a test counts. */
  readonly launchedAt?: Date;
};

export const launchNodes = (
  world: World,
  place: Place,
  group: NodeGroup,
  nodes: NewNodes,
): readonly Instance[] => {
  const subnets = nodes.subnets ?? group.subnets;
  const first = nodes.subnets ? 0 : place.launched;
  return Array.from({ length: nodes.count }, (_, index) => {
    const subnet = subnets[(first + index) % subnets.length] as Subnet;
    if (!nodes.launchedAt) subnet.freeAddresses -= 1;
    return launch(world, place, {
      imageId: nodes.image.imageId,
      type: instanceTypeOf(group, nodes.image, place.launched),
      subnet,
      launchedAt: nodes.launchedAt ?? world.clock.now(),
      interfaces: group.interfacesPerNode,
      volumes: group.volumesPerNode,
      rootDisk: undefined,
      spot: group.capacityType === 'SPOT',
      managed: false,
      templateVersion: nodes.image.templateVersion,
      group,
      ownTags: undefined,
    });
  });
};

/** Spot capacity comes in every type a group allows, On-Demand capacity in the first. */
const instanceTypeOf = (group: NodeGroup, image: NodeImage, turn: number): string => {
  const template = group.launchTemplate?.versions.get(image.templateVersion ?? 0);
  const types = group.instanceTypes;
  const own = group.capacityType === 'SPOT' ? types[turn % types.length] : types[0];
  return template?.data.InstanceType ?? own ?? 't3.medium';
};

/** Brings the number of nodes to what is desired: the youngest go, new ones are of the group's image. */
export const settleSize = (world: World, place: Place, group: NodeGroup): void => {
  const surplus = group.instances.size - group.scaling.desiredSize;
  if (surplus < 0) launchNodes(world, place, group, { image: group.image, count: -surplus });
  if (surplus > 0) {
    for (const instance of [...group.instances].slice(-surplus)) terminate(world, place, instance);
  }
};

/** How many nodes an update may take away at once. */
export const maxUnavailableOf = ({ updateConfig, scaling }: NodeGroup): number => {
  const share = updateConfig.maxUnavailablePercentage;
  if (share === undefined) return Math.min(updateConfig.maxUnavailable ?? 1, 100);
  return Math.min(Math.max(Math.floor((scaling.desiredSize * share) / 100), 1), 100);
};
