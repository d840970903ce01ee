/**
 * Reads every node of every cluster, whoever launched it, and tells by its tags whose it is.
 *
 * Knows the tags: EKS puts `aws:eks:cluster-name` on nodes that join a cluster and `eks:cluster-name` on
 * those of its node groups, Karpenter and EKS Auto Mode put `eks:eks-cluster-name`, and whoever launches
 * nodes by hand `kubernetes.io/cluster/NAME`. Auto Mode's have a node pool of EKS's own tag, and an
 * account may hide them unless they are asked for (EC2 API reference, ManagedResourceVisibilitySettings).
 * Checked 2026-11-24.
 *
 * Reads EC2: DescribeInstances.
 */
import { type EC2Client, type Filter, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { Launcher, NodeSurvey } from '../domain/data-plane.ts';
import type { Tags } from '../domain/node-group.ts';
import { batchesOf } from './batches.ts';
import type { Attached } from './ec2-volumes.ts';
import { during, told } from './errors.ts';

/** A node before its volumes and its image are known. */
export type FoundNode = Omit<NodeSurvey, 'volumes' | 'imageName' | 'imageCreatedAt'> & {
  readonly cluster: string;
  readonly attached: readonly Attached[];
};

const byHand = 'kubernetes.io/cluster/';
const byService = ['aws:eks:cluster-name', 'eks:cluster-name', 'eks:eks-cluster-name'] as const;

/** The services' own tags decide; only without them do those that anybody may set. */
const clustersOf = (tags: Tags): readonly string[] => {
  const named = byService.flatMap((tag) => tags[tag] ?? []);
  if (named.length > 0) return named;
  return Object.keys(tags).flatMap((tag) => (tag.startsWith(byHand) ? [tag.slice(byHand.length)] : []));
};

const launcherOf = (tags: Tags): Launcher => {
  const nodeGroup = tags['eks:nodegroup-name'];
  if (nodeGroup !== undefined) return { is: 'node group', nodeGroup };
  if (tags['eks:kubernetes-node-pool-name'] !== undefined) return { is: 'auto mode' };
  const nodePool = tags['karpenter.sh/nodepool'] ?? tags['karpenter.sh/provisioner-name'];
  if (nodePool !== undefined) return { is: 'karpenter', nodePool };
  const name = tags['aws:autoscaling:groupName'];
  return name === undefined ? { is: 'unknown' } : { is: 'auto scaling group', name };
};

const attachedOf = ({ BlockDeviceMappings, RootDeviceName }: Instance): readonly Attached[] =>
  (BlockDeviceMappings ?? []).flatMap(({ DeviceName = '', Ebs }) =>
    Ebs?.VolumeId
      ? [{ volumeId: Ebs.VolumeId, device: DeviceName, root: DeviceName === RootDeviceName }]
      : [],
  );

const toNode = (instance: Instance, cluster: string, tags: Tags): FoundNode => ({
  cluster,
  instanceId: told(instance.InstanceId, 'id of an instance'),
  launcher: launcherOf(tags),
  instanceType: instance.InstanceType ?? '',
  zone: instance.Placement?.AvailabilityZone ?? '',
  imageId: instance.ImageId ?? '',
  launchedAt: instance.LaunchTime?.toISOString(),
  spot: instance.InstanceLifecycle === 'spot',
  // Every instance has a first interface, also while EC2 does not tell it yet.
  interfaces: Math.max(instance.NetworkInterfaces?.length ?? 1, 1),
  attached: attachedOf(instance),
  tags,
});

/** What becomes of each pending or running instance, page by page: 40,000 of them at once would not fit. */
const read = async <T>(
  client: EC2Client,
  filter: Filter,
  toEach: (instance: Instance) => readonly T[],
): Promise<readonly T[]> => {
  const Filters = [filter, { Name: 'instance-state-name', Values: ['pending', 'running'] }];
  const all: T[] = [];
  const pages = paginateDescribeInstances(
    { client, pageSize: 1000 },
    { Filters, IncludeManagedResources: true },
  );
  for await (const { Reservations } of pages)
    for (const { Instances } of told(Reservations, 'reservations'))
      for (const instance of told(Instances, 'instances of a reservation')) all.push(...toEach(instance));
  return all;
};

const readById = async <T>(
  client: EC2Client,
  ids: readonly string[],
  toEach: (instance: Instance) => readonly T[],
): Promise<readonly T[]> => {
  const found = batchesOf(ids).map((Values) =>
    read(client, { Name: 'instance-id', Values: [...Values] }, toEach),
  );
  return (await Promise.all(found)).flat();
};

const nodeOf =
  (isMeant: (cluster: string) => boolean) =>
  (instance: Instance): readonly FoundNode[] => {
    const tags = Object.fromEntries((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
    const cluster = clustersOf(tags).find(isMeant);
    return cluster === undefined ? [] : [toNode(instance, cluster, tags)];
  };

/** What has a tag of any cluster: one list. */
const ofAll: readonly Filter[] = [{ Name: 'tag-key', Values: [...byService, `${byHand}*`] }];

/** What has a tag of these clusters: a list for each tag, as filters of one list must all hold. */
const ofThese = (clusters: ReadonlySet<string>): readonly Filter[] => [
  ...byService.map((tag) => ({ Name: `tag:${tag}`, Values: [...clusters] })),
  { Name: 'tag-key', Values: [...clusters].map((name) => byHand + name) },
];

/** Every pending or running node of these clusters; `share`: of at most 200 of the many of the region. */
export const readNodes = (
  client: EC2Client,
  clusters: ReadonlySet<string>,
  share: boolean,
): Promise<readonly FoundNode[]> =>
  during('reading instances', async () => {
    const lists = (share ? ofThese(clusters) : ofAll).map((filter) =>
      read(
        client,
        filter,
        nodeOf((name) => clusters.has(name)),
      ),
    );
    const found = (await Promise.all(lists)).flat();
    // A node mostly is on several of the lists.
    return [...new Map(found.map((node) => [node.instanceId, node])).values()];
  });

/** Those of the instances that are pending or running nodes of any cluster. */
export const readTheseNodes = (client: EC2Client, ids: readonly string[]): Promise<readonly FoundNode[]> =>
  during('reading instances by id', () =>
    readById(
      client,
      ids,
      nodeOf(() => true),
    ),
  );

/** Those of the instances that are pending or running, whatever their tags. */
export const readAlive = (client: EC2Client, ids: readonly string[]): Promise<ReadonlySet<string>> =>
  during(
    'reading instances by id',
    async () =>
      new Set(await readById(client, ids, ({ InstanceId }) => [told(InstanceId, 'id of an instance')])),
  );
