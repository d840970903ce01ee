/**
 * Reads the clusters and managed node groups of a target.
 *
 * Knows EKS's shapes of a node group, and that it lists a hundred names a page.
 * Ten groups are read at once: EKS publishes no rates, and 5 to 10 reads a second pass.
 *
 * Reads EKS: ListClusters, DescribeCluster, ListNodegroups, DescribeNodegroup; EC2 through `ec2-images.ts`.
 */
import {
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  type EKSClient,
  type Nodegroup,
  paginateListClusters,
  paginateListNodegroups,
} from '@aws-sdk/client-eks';
import pLimit from 'p-limit';
import type { GroupImage, NodeGroup, Tags } from '../domain/node-group.ts';
import type { Fleet, Images, Survey } from '../domain/ports.ts';
import type { Target } from '../domain/target.ts';
import { during, isNotFound } from './errors.ts';

const atOnce = 10;

/** An ARN says where it is: `arn:aws:eks:REGION:ACCOUNT:nodegroup/…`. */
const toTarget = (arn = ''): Target => {
  const [, , , region, account] = arn.split(':');
  if (!region || !account) throw new Error('EKS gave a node group without a readable ARN');
  return { account, region };
};

const toImage = ({ amiType, releaseVersion, launchTemplate }: Nodegroup): GroupImage =>
  amiType === 'CUSTOM' && launchTemplate?.id && launchTemplate.version
    ? {
        is: 'own',
        imageId: releaseVersion ?? '',
        launchTemplate: { id: launchTemplate.id, version: launchTemplate.version },
      }
    : { is: 'eks', amiType: amiType ?? '', releaseVersion: releaseVersion ?? '' };

const toNodeGroup = (cluster: string, nodeGroup: string, group: Nodegroup, clusterTags: Tags): NodeGroup => ({
  target: toTarget(group.nodegroupArn),
  cluster,
  nodeGroup,
  minor: group.version ?? '',
  image: toImage(group),
  status: group.status ?? '',
  healthIssues: (group.health?.issues ?? []).map(({ code, message }) => ({
    code: code ?? '',
    message: message ?? '',
  })),
  tags: group.tags ?? {},
  clusterTags,
  desiredSize: group.scalingConfig?.desiredSize ?? 0,
});

const withFacts = async (groups: readonly NodeGroup[], images: Images): Promise<readonly NodeGroup[]> => {
  const ids = groups.flatMap(({ image }) => (image.is === 'own' ? [image.imageId] : []));
  const facts = ids.length === 0 ? new Map() : await images.read(ids);
  return groups.map((group) => {
    const known = group.image.is === 'own' && facts.get(group.image.imageId);
    return known ? { ...group, image: { ...group.image, facts: known } } : group;
  });
};

export const eksFleet = (eks: EKSClient, images: Images): Fleet => {
  const limit = pLimit(atOnce);

  const readGroup = async (cluster: string, nodeGroup: string, clusterTags: Tags) =>
    during(`reading node group ${nodeGroup} of ${cluster}`, async () => {
      const answer = await eks.send(
        new DescribeNodegroupCommand({ clusterName: cluster, nodegroupName: nodeGroup }),
      );
      return answer.nodegroup && toNodeGroup(cluster, nodeGroup, answer.nodegroup, clusterTags);
    });

  const clusterTags = async (cluster: string): Promise<Tags> =>
    during(`reading cluster ${cluster}`, async () => {
      const answer = await eks.send(new DescribeClusterCommand({ name: cluster }));
      return answer.cluster?.tags ?? {};
    });

  const groupNames = async (cluster: string): Promise<string[]> =>
    during(`listing the node groups of ${cluster}`, async () => {
      const names: string[] = [];
      for await (const page of paginateListNodegroups(
        { client: eks, pageSize: 100 },
        { clusterName: cluster },
      ))
        names.push(...(page.nodegroups ?? []));
      return names;
    });

  const survey = async (cluster: string): Promise<Survey> => {
    try {
      const [tags, names] = await Promise.all([
        limit(() => clusterTags(cluster)),
        limit(() => groupNames(cluster)),
      ]);
      const read = await Promise.allSettled(
        names.map((nodeGroup) => limit(() => readGroup(cluster, nodeGroup, tags))),
      );
      const failures = read.flatMap((one) =>
        one.status === 'rejected' && !isNotFound(one.reason.cause) ? [one.reason] : [],
      );
      return {
        groups: read.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : [])),
        failures,
      };
    } catch (failure) {
      // A cluster deleted since it was listed is no failure; anything else must not hide the other clusters.
      if (failure instanceof Error && isNotFound(failure.cause)) return { groups: [], failures: [] };
      return { groups: [], failures: [failure as Error] };
    }
  };

  return {
    async all() {
      const clusters: string[] = [];
      for await (const page of paginateListClusters({ client: eks, pageSize: 100 }, {}))
        clusters.push(...(page.clusters ?? []));
      const surveys = await Promise.all(clusters.map(survey));
      const groups = await withFacts(
        surveys.flatMap(({ groups }) => groups),
        images,
      );
      return { groups, failures: surveys.flatMap(({ failures }) => failures) };
    },

    async inCluster(cluster) {
      const { groups, failures } = await survey(cluster);
      return { groups: await withFacts(groups, images), failures };
    },

    async read({ cluster, nodeGroup }) {
      try {
        const [group, tags] = await Promise.all([readGroup(cluster, nodeGroup, {}), clusterTags(cluster)]);
        return group && { ...group, clusterTags: tags };
      } catch (failure) {
        if (failure instanceof Error && isNotFound(failure.cause)) return undefined;
        throw failure;
      }
    },
  };
};
