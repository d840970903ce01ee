/**
 * Puts clusters, node groups, images and nodes into the simulated EKS and EC2, and finds them.
 *
 * Knows which account and region each belongs to. `revision` grows with every change, whether
 * somebody called for it or time brought it.
 *
 * Effect: changes its own state only.
 */
import type { Clock } from '../clock.ts';
import type { ReleaseShelf } from '../release-shelf.ts';
import { ByPlace, type Caller } from '../service.ts';
import { addCluster, type Cluster, type ClusterSpec } from './cluster.ts';
import { Identifiers } from './identifiers.ts';
import { addImage, type OwnImage, type OwnImageSpec } from './image.ts';
import { forgetTerminated, type Instance, terminate } from './instance.ts';
import { addLaunchTemplate, type LaunchTemplate, type LaunchTemplateSpec } from './launch-template.ts';
import { type NodeGroup, settleSize } from './node-group.ts';
import { addNodeGroup, type NodeGroupSpec } from './node-group-spec.ts';
import {
  type ClusterName,
  clusterIn,
  emptyPlace,
  type NodeGroupName,
  nodeGroupIn,
  type Place,
} from './place.ts';
import { addInstance, type InstanceSpec } from './single-instance.ts';
import { addSubnet, type Subnet, type SubnetSpec } from './subnet.ts';
import type { Claim } from './volume.ts';
import { type Durations, usualDurations, type World } from './world.ts';

export class Fleet {
  readonly world: World;
  protected readonly places = new ByPlace<Place>(emptyPlace);
  #revision = 0;

  constructor(clock: Clock, shelf: ReleaseShelf, durations: Partial<Durations> = {}) {
    this.world = {
      clock,
      shelf,
      identifiers: new Identifiers(),
      durations: { ...usualDurations, ...durations },
      changed: () => {
        this.#revision += 1;
      },
    };
  }

  get revision(): number {
    return this.#revision;
  }

  place(caller: Caller): Place {
    const place = this.places.in(caller);
    forgetTerminated(this.world, place);
    return place;
  }

  cluster(name: ClusterName): Cluster {
    return clusterIn(this.places.all(), name);
  }

  nodeGroup(name: NodeGroupName): NodeGroup {
    return nodeGroupIn(this.places.all(), name);
  }

  addCluster(spec: ClusterSpec): Cluster {
    return this.change(() => addCluster(this.world, this.place(spec), spec));
  }

  addNodeGroup(spec: NodeGroupSpec): NodeGroup {
    const cluster = this.cluster(spec);
    return this.change(() => addNodeGroup(this.world, this.place(cluster), cluster, spec));
  }

  /** A node outside every managed node group: Karpenter's, or self-managed. */
  addInstance(spec: InstanceSpec): Instance {
    return this.change(() => addInstance(this.world, this.place(spec), spec));
  }

  /** An image of the same id takes the place of the one before. */
  addImage(spec: OwnImageSpec): OwnImage {
    const { clock } = this.world;
    // The day on which it is deprecated is a change that no call makes.
    if (spec.deprecatedAt && spec.deprecatedAt > clock.now())
      clock.at(spec.deprecatedAt, () => this.change(() => {}));
    return this.change(() => addImage(this.world, this.place(spec), spec));
  }

  addLaunchTemplate(spec: Caller & LaunchTemplateSpec): LaunchTemplate {
    return this.change(() => addLaunchTemplate(this.world, this.place(spec), spec));
  }

  addSubnet(spec: Caller & SubnetSpec): Subnet {
    return this.change(() => addSubnet(this.world, this.place(spec), spec));
  }

  /** Deregisters an own image; nodes that run it go on running. */
  removeImage(spec: Caller & { readonly imageId: string }): void {
    this.change(() => this.place(spec).images.delete(spec.imageId));
  }

  deleteNodeGroup(name: NodeGroupName): void {
    const group = this.nodeGroup(name);
    this.change(() => {
      const place = this.place(group.cluster);
      group.cluster.nodeGroups.delete(group.name);
      for (const instance of [...group.instances]) terminate(this.world, place, instance);
    });
  }

  deleteCluster(name: ClusterName): void {
    const cluster = this.cluster(name);
    for (const nodeGroup of [...cluster.nodeGroups.keys()]) this.deleteNodeGroup({ ...name, nodeGroup });
    this.change(() => this.place(cluster).clusters.delete(cluster.name));
  }

  /** Auto Scaling replaces a node of a group at once, or when the update that runs is over. */
  terminateInstance(spec: Caller & { readonly instanceId: string }): void {
    const place = this.place(spec);
    const instance = place.instances.get(spec.instanceId);
    if (!instance) throw new Error(`there is no instance ${spec.instanceId}`);
    this.change(() => {
      terminate(this.world, place, instance);
      if (instance.group && instance.group.status !== 'UPDATING')
        settleSize(this.world, place, instance.group);
    });
  }

  /** The CSI driver attaches volumes to a node, each for a pod's claim; `dynamic` when not given. */
  attachVolumes(
    spec: Caller & { readonly instanceId: string; readonly count: number; readonly claim?: Claim },
  ): void {
    const instance = this.place(spec).instances.get(spec.instanceId);
    if (!instance) throw new Error(`there is no instance ${spec.instanceId}`);
    const attached = Array.from({ length: spec.count }, () => spec.claim ?? 'dynamic');
    this.change(() => {
      instance.claims = [...instance.claims, ...attached];
    });
  }

  protected change<T>(happen: () => T): T {
    const result = happen();
    this.world.changed();
    return result;
  }
}
