/**
 * Says with how few reads a fleet can be surveyed, and how long they take one after the other at least.
 *
 * The reads are the design's: 1 for 100 clusters, 2 for each cluster, 1 for each node group, and the pages
 * of what else is read. Pages are as long as each operation of AWS lets them be (`facts` in the adapters'
 * header comments), counted from the fleet and not from what was called.
 *
 * Pure, but for the tables of instance types.
 */
import { instanceTypeRows, offeringsIn } from '../../cloud/services/instance-type-rows.ts';
import { home } from '../../stories/open-story.ts';
import { groupsIn, nodesIn, type Shape } from '../fleets.ts';

export type Surveyor = 'plan-rollouts' | 'audit-nodes';

const pages = (items: number, size: number): number => Math.ceil(items / size);

const eksReads = (shape: Shape): Record<string, number> => ({
  'eks:ListClusters': pages(shape.clusters, 100),
  'eks:DescribeCluster': shape.clusters,
  'eks:ListNodegroups': shape.clusters * pages(shape.groupsPerCluster, 100),
  'eks:DescribeNodegroup': groupsIn(shape),
});

const offers = (): { readonly types: number; readonly offerings: number } => {
  const zones = [...offeringsIn(home.region).values()];
  const offered = zones.reduce<ReadonlySet<string>>((all, zone) => all.union(zone), new Set());
  const types = [...instanceTypeRows().keys()].filter((type) => offered.has(type)).length;
  return { types, offerings: zones.reduce((sum, { size }) => sum + size, 0) };
};

/** Of fleets as `fleetOf` makes them: one image, no launch template, three subnets a cluster. */
export const leastReads = (surveyor: Surveyor, shape: Shape): Readonly<Record<string, number>> => {
  // The table's partitions; each is far below the megabyte of a page.
  if (surveyor === 'plan-rollouts') return { ...eksReads(shape), 'dynamodb:GetItem': 1, 'dynamodb:Query': 4 };
  const { types, offerings } = offers();
  return {
    ...eksReads(shape),
    'eks:DescribeClusterVersions': 1,
    'ec2:DescribeInstances': pages(nodesIn(shape), 1000),
    'ec2:DescribeVolumes': pages(nodesIn(shape), 200),
    'ec2:DescribeImages': 1,
    'ec2:DescribeSubnets': pages(3 * shape.clusters, 200),
    'ec2:DescribeInstanceTypes': pages(types, 100),
    'ec2:DescribeInstanceTypeOfferings': pages(offerings, 1000),
    'dynamodb:Query': 2,
  };
};

/** As the adapters set them: `eks-clusters.ts` and `attempt.ts`. */
const eksAtOnce = 10;
const ec2AtOnce = 5;

/**
 * Calls that must follow one another, when as many go at once as the adapters let: what the survey takes in
 * units of the time of a call if nothing else takes any. Pages of one list follow one another.
 */
export const criticalPath = (surveyor: Surveyor, shape: Shape): number => {
  const reads = leastReads(surveyor, shape);
  const of = (name: string): number => reads[name] ?? 0;
  const eks =
    of('eks:ListClusters') +
    (of('eks:DescribeCluster') + of('eks:ListNodegroups') + of('eks:DescribeNodegroup')) / eksAtOnce;
  if (surveyor === 'plan-rollouts') return eks + of('dynamodb:GetItem') + 1;
  return (
    Math.max(eks, of('ec2:DescribeInstanceTypes')) +
    Math.max(of('ec2:DescribeInstances'), of('ec2:DescribeSubnets') / ec2AtOnce) +
    of('ec2:DescribeImages') +
    of('ec2:DescribeVolumes') / ec2AtOnce
  );
};

/** How many of the reads are of EKS, whose pace is the slowest. */
export const eksReadsOf = (surveyor: Surveyor, shape: Shape): number =>
  Object.entries(leastReads(surveyor, shape))
    .filter(([name]) => name.startsWith('eks:'))
    .reduce((sum, [, count]) => sum + count, 0);
