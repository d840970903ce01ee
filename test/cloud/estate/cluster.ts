/**
 * Makes a cluster, and takes its control plane to another Kubernetes version.
 *
 * Effect: changes the place it is given.
 */
import type { Caller } from '../service.ts';
import type { NodeGroup } from './node-group.ts';
import type { Place } from './place.ts';
import { afterMinutes, type World } from './world.ts';

export type Cluster = Caller & {
  readonly name: string;
  readonly arn: string;
  readonly vpcId: string;
  readonly securityGroupId: string;
  readonly createdAt: Date;
  /** EKS Auto Mode runs nodes of its own here. */
  readonly autoMode: boolean;
  readonly nodeGroups: Map<string, NodeGroup>;
  tags: Readonly<Record<string, string>>;
  /** Kubernetes minor of the control plane. */
  version: string;
  status: 'ACTIVE' | 'UPDATING';
};

export type ClusterSpec = Caller & {
  readonly name: string;
  readonly version: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly createdAt?: Date;
  readonly autoMode?: boolean;
};

export const addCluster = (world: World, place: Place, spec: ClusterSpec): Cluster => {
  if (place.clusters.has(spec.name)) throw new Error(`there is already a cluster ${spec.name}`);
  const { account, region } = place;
  const cluster: Cluster = {
    account,
    region,
    name: spec.name,
    arn: `arn:aws:eks:${region}:${account}:cluster/${spec.name}`,
    vpcId: world.identifiers.next('vpc'),
    securityGroupId: world.identifiers.next('sg'),
    createdAt: spec.createdAt ?? world.clock.now(),
    autoMode: spec.autoMode ?? false,
    nodeGroups: new Map(),
    tags: { ...spec.tags },
    version: spec.version,
    status: 'ACTIVE',
  };
  place.clusters.set(spec.name, cluster);
  return cluster;
};

/** Real control planes take about ten minutes; node groups keep their version. */
export const upgradeCluster = (world: World, cluster: Cluster, version: string, minutes: number): void => {
  if (minutes === 0) {
    cluster.version = version;
    return;
  }
  cluster.status = 'UPDATING';
  afterMinutes(world, minutes, () => {
    cluster.version = version;
    cluster.status = 'ACTIVE';
  });
};
