/**
 * Says what exists in one account and region, and finds a cluster or node group by its name.
 *
 * Knows that tests mostly name a cluster without its place: that is answered as long as only
 * one place has such a cluster.
 *
 * Pure.
 */
import type { Caller } from '../service.ts';
import type { Cluster } from './cluster.ts';
import type { OwnImage } from './image.ts';
import type { Instance } from './instance.ts';
import type { LaunchTemplate } from './launch-template.ts';
import type { NodeGroup } from './node-group.ts';
import type { Subnet } from './subnet.ts';

export type Place = Caller & {
  readonly clusters: Map<string, Cluster>;
  /** Oldest first, with those terminated a short while ago. */
  readonly instances: Map<string, Instance>;
  /** Terminated and still shown, oldest first. */
  readonly terminated: Instance[];
  /** How many instances were ever launched here. */
  launched: number;
  readonly launchTemplates: Map<string, LaunchTemplate>;
  readonly images: Map<string, OwnImage>;
  readonly subnets: Map<string, Subnet>;
};

export const emptyPlace = ({ account, region }: Caller): Place => ({
  account,
  region,
  clusters: new Map(),
  instances: new Map(),
  terminated: [],
  launched: 0,
  launchTemplates: new Map(),
  images: new Map(),
  subnets: new Map(),
});

/** A cluster by name; account and region are needed only where several have one of that name. */
export type ClusterName = Partial<Caller> & { readonly cluster: string };
export type NodeGroupName = ClusterName & { readonly nodeGroup: string };

export const isIn = (place: Caller, wanted: Partial<Caller>): boolean =>
  (wanted.account ?? place.account) === place.account && (wanted.region ?? place.region) === place.region;

export const clusterIn = (places: readonly Place[], wanted: ClusterName): Cluster => {
  const found = places.flatMap((place) => (isIn(place, wanted) && place.clusters.get(wanted.cluster)) || []);
  const [cluster] = found;
  if (!cluster) throw new Error(`there is no cluster ${wanted.cluster}`);
  if (found.length > 1) throw new Error(`there are ${found.length} clusters ${wanted.cluster}: say which`);
  return cluster;
};

export const nodeGroupIn = (places: readonly Place[], wanted: NodeGroupName): NodeGroup => {
  const group = clusterIn(places, wanted).nodeGroups.get(wanted.nodeGroup);
  if (!group) throw new Error(`there is no node group ${wanted.nodeGroup} in ${wanted.cluster}`);
  return group;
};
