/**
 * Reads the clusters of a target, and what EKS knows of their managed node groups.
 *
 * Knows that EKS lists a hundred names a page and describes one thing a call.
 * Ten things are read at once: EKS publishes no rates, and 5 to 10 reads a second pass.
 *
 * Reads EKS: ListClusters, DescribeCluster, ListNodegroups, DescribeNodegroup.
 */
import {
  type Cluster,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  type EKSClient,
  type Nodegroup,
  paginateListClusters,
  paginateListNodegroups,
} from '@aws-sdk/client-eks';
import pLimit from 'p-limit';
import type { ClusterSurvey } from '../domain/data-plane.ts';
import type { NodeGroup } from '../domain/node-group.ts';
import type { Target } from '../domain/target.ts';
import type { Unread } from './attempt.ts';
import { type EksGroup, toEksGroup, toNodeGroup, toTarget } from './eks-node-group.ts';
import { during, isNotFound } from './errors.ts';

const atOnce = 10;

export type EksCluster = Pick<ClusterSurvey, 'name' | 'minor' | 'tags' | 'autoMode'> & {
  readonly target: Target;
  readonly groups: readonly EksGroup[];
};

/** `clusters` holds what could be read, also of a cluster that could not be read in full. */
export type EksReading = { readonly clusters: readonly EksCluster[]; readonly unread: readonly Unread[] };

/** What an answer is for must be in it: a list that is left out is no empty one. */
const given = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('EKS left out of its answer what was asked for');
  return value;
};

const toCluster = (name: string, cluster: Cluster): Omit<EksCluster, 'groups'> => ({
  name,
  target: toTarget(cluster.arn),
  minor: cluster.version ?? '',
  tags: cluster.tags ?? {},
  autoMode: cluster.computeConfig?.enabled ?? false,
});

export const eksClusters = (eks: EKSClient) => {
  const limit = pLimit(atOnce);

  const describe = (name: string) =>
    during(`reading cluster ${name}`, async () => {
      const answer = await eks.send(new DescribeClusterCommand({ name }));
      return toCluster(name, given(answer.cluster));
    });

  const looks = new WeakMap<object, Map<string, ReturnType<typeof describe>>>();

  /** Once in a look, unless it fails. */
  const describeIn = (look: object, name: string): ReturnType<typeof describe> => {
    const seen = looks.get(look) ?? new Map<string, ReturnType<typeof describe>>();
    looks.set(look, seen);
    const asked = seen.get(name) ?? describe(name);
    seen.set(name, asked);
    asked.catch(() => seen.delete(name));
    return asked;
  };

  const describeGroup = <Group>(
    clusterName: string,
    nodegroupName: string,
    toGroup: (group: Nodegroup) => Group,
  ) =>
    during(`reading node group ${nodegroupName} of ${clusterName}`, async () => {
      const { nodegroup } = await eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }));
      return toGroup(given(nodegroup));
    });

  const groupNames = (clusterName: string) =>
    during(`listing the node groups of ${clusterName}`, async () => {
      const names: string[] = [];
      for await (const page of paginateListNodegroups({ client: eks, pageSize: 100 }, { clusterName }))
        names.push(...given(page.nodegroups));
      return names;
    });

  const inFull = async (name: string): Promise<EksReading> => {
    const [cluster, names] = await Promise.all([limit(() => describe(name)), limit(() => groupNames(name))]);
    const read = await Promise.allSettled(
      names.map((group) =>
        limit(() => describeGroup(name, group, (found) => toEksGroup(group, found, cluster))),
      ),
    );
    const failures = read.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
    const groups = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    return {
      clusters: [{ ...cluster, groups }],
      // A group deleted since it was listed is no failure.
      unread: failures
        .filter(({ cause }) => !isNotFound(cause))
        .map((failure) => ({ cluster: name, failure })),
    };
  };

  /** A cluster deleted since it was listed is no failure; any other failure must not hide the other clusters. */
  const read = async (name: string): Promise<EksReading> => {
    try {
      return await inFull(name);
    } catch (thrown) {
      const failure = thrown as Error;
      return { clusters: [], unread: isNotFound(failure.cause) ? [] : [{ cluster: name, failure }] };
    }
  };

  return {
    names: (): Promise<readonly string[]> =>
      during('listing clusters', async () => {
        const names: string[] = [];
        for await (const page of paginateListClusters({ client: eks, pageSize: 100 }, {}))
          names.push(...given(page.clusters));
        return names;
      }),

    /** Nothing of a cluster that EKS does not know. */
    async these(names: readonly string[]): Promise<EksReading> {
      const readings = await Promise.all(names.map(read));
      return {
        clusters: readings.flatMap(({ clusters }) => clusters),
        unread: readings.flatMap(({ unread }) => unread),
      };
    },

    /** `undefined` when EKS knows no such group. `look`: see `Fleet`. */
    async group(cluster: string, nodeGroup: string, look: object = {}): Promise<NodeGroup | undefined> {
      try {
        const { tags } = await describeIn(look, cluster);
        return await describeGroup(cluster, nodeGroup, (found) =>
          toNodeGroup(cluster, nodeGroup, found, tags),
        );
      } catch (failure) {
        if (isNotFound((failure as Error).cause)) return undefined;
        throw failure;
      }
    },
  };
};
