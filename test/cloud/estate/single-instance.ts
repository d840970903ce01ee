/**
 * Adds an instance that no managed node group has launched.
 *
 * Knows that such a node belongs to a cluster by its tags alone.
 *
 * Effect: changes the place it is given.
 */
import type { Caller } from '../service.ts';
import { type Instance, launch } from './instance.ts';
import type { Place } from './place.ts';
import { subnetInZone } from './subnet.ts';
import type { World } from './world.ts';

export type InstanceSpec = Caller & {
  readonly imageId: string;
  readonly instanceType: string;
  /** Adds the tag `kubernetes.io/cluster/NAME=owned`, and takes the cluster's network. */
  readonly cluster?: string;
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
  readonly spot?: boolean;
};

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
    spot: spec.spot ?? false,
    templateVersion: undefined,
    group: undefined,
    ownTags: { ...(spec.cluster && { [`kubernetes.io/cluster/${spec.cluster}`]: 'owned' }), ...spec.tags },
  });
};
