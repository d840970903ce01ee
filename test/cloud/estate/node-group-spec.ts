/**
 * Makes a node group from what a test says of it, and fills in what the test leaves out.
 *
 * Knows what EKS does when something is left out: the cluster's Kubernetes version, the
 * recommended release, a launch template of EKS's own that nobody sees.
 *
 * Effect: changes the place and the cluster it is given.
 */
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import type {
  AMITypes,
  CapacityTypes,
  NodegroupScalingConfig,
  NodegroupUpdateConfig,
  Taint,
} from '@aws-sdk/client-eks';
import type { Cluster } from './cluster.ts';
import { findImage } from './image.ts';
import { addLaunchTemplate, type LaunchTemplate, templateNamed } from './launch-template.ts';
import { launchNodes, type NodeGroup, type NodeImage } from './node-group.ts';
import type { ClusterName, Place } from './place.ts';
import { publishedRelease } from './published-release.ts';
import { subnetInZone } from './subnet.ts';
import type { World } from './world.ts';

export type NodeGroupSpec = ClusterName & {
  readonly name: string;
  /** `AL2023_x86_64_STANDARD`, and `CUSTOM` when an own image is named. */
  readonly amiType?: AMITypes;
  /** Kubernetes minor; the cluster's when not given. */
  readonly version?: string;
  /** The recommended one when not given. */
  readonly releaseVersion?: string;
  /** 2 when not given. */
  readonly desiredSize?: number;
  readonly scaling?: NodegroupScalingConfig;
  readonly instanceTypes?: readonly string[];
  readonly capacityType?: CapacityTypes;
  /** Of the estate; one in each of `zones`, or of the zones a, b and c, when not given. */
  readonly subnets?: readonly string[];
  readonly zones?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly updateConfig?: NodegroupUpdateConfig;
  /** One that exists, by id or name; or a new one, by name and data. */
  readonly launchTemplate?: {
    readonly id?: string;
    readonly name?: string;
    /** Its default version when not given. */
    readonly version?: number;
    readonly data?: RequestLaunchTemplateData;
  };
  readonly ownImage?: { readonly imageId: string };
  readonly createdAt?: Date;
  /** 2 when not given, as the VPC CNI keeps a spare one. */
  readonly interfacesPerNode?: number;
  /** 0 when not given, 1 for Bottlerocket, which has a data volume. */
  readonly volumesPerNode?: number;
  /** How many of the nodes are still on an older image, as a failed update leaves them. */
  readonly stragglers?: {
    readonly count: number;
    readonly releaseVersion?: string;
    readonly imageId?: string;
  };
};

export const addNodeGroup = (
  world: World,
  place: Place,
  cluster: Cluster,
  spec: NodeGroupSpec,
): NodeGroup => {
  if (cluster.nodeGroups.has(spec.name)) throw new Error(`there is already a node group ${spec.name}`);
  const template = launchTemplateOf(world, place, spec);
  const version = template?.versions.get(spec.launchTemplate?.version ?? template.defaultVersion);
  const ownImageId = version?.data.ImageId;
  const amiType = ownImageId ? 'CUSTOM' : (spec.amiType ?? 'AL2023_x86_64_STANDARD');
  const desiredSize = spec.desiredSize ?? spec.scaling?.desiredSize ?? 2;
  const id = world.identifiers.uuid();
  const createdAt = spec.createdAt ?? world.clock.now();
  const group: NodeGroup = {
    cluster,
    name: spec.name,
    arn: `arn:aws:eks:${place.region}:${place.account}:nodegroup/${cluster.name}/${spec.name}/${id}`,
    autoScalingGroup: `eks-${spec.name}-${id}`,
    amiType,
    capacityType: spec.capacityType ?? 'ON_DEMAND',
    instanceTypes: spec.instanceTypes ?? ['m6i.large'],
    subnets: subnetsOf(world, place, cluster, spec),
    launchTemplate: template,
    createdAt,
    interfacesPerNode: spec.interfacesPerNode ?? 2,
    volumesPerNode: spec.volumesPerNode ?? (amiType.startsWith('BOTTLEROCKET') ? 1 : 0),
    instances: new Set(),
    updates: new Map(),
    modifiedAt: createdAt,
    status: 'ACTIVE',
    issues: [],
    image: imageOf(world, place, cluster, { ...spec, amiType, ownImageId, templateVersion: version?.number }),
    scaling: {
      minSize: spec.scaling?.minSize ?? Math.min(1, desiredSize),
      maxSize: spec.scaling?.maxSize ?? Math.max(desiredSize * 2, 1),
      desiredSize,
    },
    updateConfig: spec.updateConfig ?? { maxUnavailable: 1 },
    labels: { ...spec.labels },
    taints: [...(spec.taints ?? [])],
    tags: { ...spec.tags },
  };
  cluster.nodeGroups.set(group.name, group);
  launchFirstNodes(world, place, group, spec.stragglers);
  return group;
};

const launchTemplateOf = (world: World, place: Place, spec: NodeGroupSpec): LaunchTemplate | undefined => {
  if (!spec.launchTemplate && !spec.ownImage) return undefined;
  const { id, name = `${spec.cluster}-${spec.name}`, data } = spec.launchTemplate ?? {};
  const known = id ? place.launchTemplates.get(id) : templateNamed(place, name);
  if (known) return known;
  return addLaunchTemplate(world, place, {
    name,
    ...(id && { id }),
    data: { ...data, ...(spec.ownImage && { ImageId: spec.ownImage.imageId }) },
  });
};

const subnetsOf = (world: World, place: Place, cluster: Cluster, spec: NodeGroupSpec) => {
  if (!spec.subnets) {
    const zones = spec.zones ?? ['a', 'b', 'c'].map((letter) => `${place.region}${letter}`);
    return zones.map((zone) => subnetInZone(world, place, cluster.vpcId, zone));
  }
  return spec.subnets.map((id) => {
    const subnet = place.subnets.get(id);
    if (!subnet) throw new Error(`there is no subnet ${id}`);
    return subnet;
  });
};

type ImageSpec = Pick<NodeGroupSpec, 'version' | 'releaseVersion'> & {
  readonly amiType: AMITypes;
  readonly ownImageId: string | undefined;
  readonly templateVersion: number | undefined;
};

const imageOf = (world: World, place: Place, cluster: Cluster, spec: ImageSpec): NodeImage => {
  const { amiType, ownImageId, templateVersion } = spec;
  const version = spec.version ?? cluster.version;
  if (ownImageId) {
    if (!findImage(world.shelf, place, ownImageId)) throw new Error(`there is no image ${ownImageId}`);
    return { version, releaseVersion: ownImageId, imageId: ownImageId, templateVersion };
  }
  const published = publishedRelease(
    world.shelf,
    { region: place.region, amiType, minor: version },
    spec.releaseVersion,
  );
  if (!published) {
    throw new Error(
      `no release ${spec.releaseVersion ?? 'recommended'} of ${amiType} ${version} in ${place.region}`,
    );
  }
  return { version, releaseVersion: published.releaseVersion, imageId: published.imageId, templateVersion };
};

const launchFirstNodes = (
  world: World,
  place: Place,
  group: NodeGroup,
  stragglers: NodeGroupSpec['stragglers'],
): void => {
  const { image, createdAt: launchedAt } = group;
  const count = stragglers?.count ?? 0;
  if (stragglers)
    launchNodes(world, place, group, {
      image: olderImage(world, place, group, stragglers),
      count,
      launchedAt,
    });
  launchNodes(world, place, group, { image, count: group.scaling.desiredSize - count, launchedAt });
};

const olderImage = (
  world: World,
  place: Place,
  { amiType, image }: NodeGroup,
  { imageId, releaseVersion }: NonNullable<NodeGroupSpec['stragglers']>,
): NodeImage => {
  if (imageId) return { ...image, imageId };
  const published = publishedRelease(
    world.shelf,
    { region: place.region, amiType, minor: image.version },
    releaseVersion,
  );
  if (!published) throw new Error(`no release ${releaseVersion} of ${amiType} in ${place.region}`);
  return { ...image, imageId: published.imageId };
};
