/**
 * Adds an instance that no managed node group has launched.
 *
 * Knows that such a node belongs to a cluster by its tags alone, and the tags that Karpenter 1.x (which
 * also writes `eks:eks-cluster-name`), EKS Auto Mode (AWS managed policy AmazonEKSComputePolicy) and
 * Auto Scaling put on theirs. Checked 2026-11.
 *
 * Effect: changes the place it is given.
 */
import type { Caller } from '../service.ts';
import { type Instance, launch } from './instance.ts';
import type { Place } from './place.ts';
import { subnetInZone } from './subnet.ts';
import type { Disk } from './volume.ts';
import type { World } from './world.ts';

export type LaunchedBy =
  | { readonly is: 'karpenter' | 'auto mode'; readonly nodePool: string }
  | { readonly is: 'auto scaling group'; readonly name: string };

export type InstanceSpec = Caller & {
  readonly imageId: string;
  readonly instanceType: string;
  /** Adds the tag `kubernetes.io/cluster/NAME=owned`, and takes the cluster's network. */
  readonly cluster?: string;
  /** Adds its tags; needs the cluster. */
  readonly launchedBy?: LaunchedBy;
  readonly tags?: Readonly<Record<string, string>>;
  readonly instanceId?: string;
  readonly subnetId?: string;
  /** The zone a when neither it nor a subnet is given. */
  readonly zone?: string;
  readonly launchedAt?: Date;
  /** 2 when not given. */
  readonly interfaces?: number;
  /** EBS volumes besides the root volume; 0 when not given. */
  readonly volumes?: number;
  readonly rootDisk?: Disk;
  readonly spot?: boolean;
};

const launcherTags = (by: LaunchedBy, cluster: string): Readonly<Record<string, string>> => {
  switch (by.is) {
    case 'karpenter':
      return {
        'eks:eks-cluster-name': cluster,
        'karpenter.k8s.aws/ec2nodeclass': 'default',
        'karpenter.sh/nodepool': by.nodePool,
      };
    case 'auto mode':
      return {
        'aws:eks:cluster-name': cluster,
        'eks:eks-cluster-name': cluster,
        'eks:kubernetes-node-class-name': 'default',
        'eks:kubernetes-node-pool-name': by.nodePool,
      };
    case 'auto scaling group':
      return { 'aws:autoscaling:groupName': by.name };
  }
};

const tagsOf = ({ cluster, launchedBy, tags }: InstanceSpec): Readonly<Record<string, string>> => ({
  ...(cluster !== undefined && { [`kubernetes.io/cluster/${cluster}`]: 'owned' }),
  ...(cluster !== undefined && launchedBy && launcherTags(launchedBy, cluster)),
  ...tags,
});

export const addInstance = (world: World, place: Place, spec: InstanceSpec): Instance => {
  const vpcId = place.clusters.get(spec.cluster ?? '')?.vpcId ?? 'vpc-00000000000000000';
  const zone = spec.zone ?? `${place.region}a`;
  const subnet = spec.subnetId ? place.subnets.get(spec.subnetId) : subnetInZone(world, place, vpcId, zone);
  if (!subnet) throw new Error(`there is no subnet ${spec.subnetId}`);
  return launch(world, place, {
    ...(spec.instanceId !== undefined && { id: spec.instanceId }),
    imageId: spec.imageId,
    type: spec.instanceType,
    subnet,
    launchedAt: spec.launchedAt ?? world.clock.now(),
    interfaces: spec.interfaces ?? 2,
    volumes: spec.volumes ?? 0,
    rootDisk: spec.rootDisk,
    spot: spec.spot ?? false,
    managed: spec.launchedBy?.is === 'auto mode',
    templateVersion: undefined,
    group: undefined,
    ownTags: tagsOf(spec),
  });
};
