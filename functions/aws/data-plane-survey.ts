/**
 * Surveys the data plane of a target: puts together what EKS and EC2 say of clusters, groups and nodes.
 *
 * Lists that belong to the whole region (clusters, instances, types, minors, images) must be read or the
 * survey fails. What belongs to clusters (a group, a template, volumes, subnets) leaves those clusters
 * unread when it fails, and the rest stands.
 *
 * Reads EKS and EC2 through the files beside it.
 */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EKSClient } from '@aws-sdk/client-eks';
import type { ClusterSurvey, GroupSurvey, NodeSurvey, Subnet } from '../domain/data-plane.ts';
import type { ImageFacts } from '../domain/node-group.ts';
import type { DataPlaneSurvey, DataPlanes } from '../domain/ports.ts';
import type { Instant } from '../domain/time.ts';
import { attemptAll, type Unread } from './attempt.ts';
import { batchesOf } from './batches.ts';
import { ec2Images } from './ec2-images.ts';
import { ec2InstanceTypes } from './ec2-instance-types.ts';
import { ec2LaunchTemplates, type TemplateFacts } from './ec2-launch-templates.ts';
import { type FoundNode, readNodes } from './ec2-nodes.ts';
import { readSubnets } from './ec2-subnets.ts';
import { readVolumes, untoldVolume } from './ec2-volumes.ts';
import { type EksCluster, eksClusters } from './eks-clusters.ts';
import { ownImagesOf, withImageFacts } from './eks-fleet.ts';
import type { EksGroup } from './eks-node-group.ts';
import { readSupportEnds } from './eks-support.ts';

const toGroup = (group: EksGroup, template: TemplateFacts | undefined): GroupSurvey => {
  const { launchTemplate, ...rest } = group;
  const ofTemplate = template?.instanceType === undefined ? [] : [template.instanceType];
  return {
    ...rest,
    instanceTypes: rest.instanceTypes.length > 0 ? rest.instanceTypes : ofTemplate,
    hasTemplate: launchTemplate !== undefined,
    templateVolumes: template?.volumes,
    userData: template?.userData,
  };
};

const toNode = (
  { cluster: _, attached, ...node }: FoundNode,
  volumes: Awaited<ReturnType<typeof readVolumes>> | undefined,
  images: ReadonlyMap<string, ImageFacts>,
): NodeSurvey => ({
  ...node,
  imageName: images.get(node.imageId)?.name,
  imageCreatedAt: images.get(node.imageId)?.createdAt,
  volumes: volumes && attached.map((one) => volumes.get(one.volumeId) ?? untoldVolume(one)),
});

type Details = {
  readonly groups: readonly GroupSurvey[];
  readonly nodes: readonly { readonly cluster: string; readonly node: NodeSurvey }[];
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly unread: readonly Unread[];
};

const toClusterSurveys = (
  read: readonly EksCluster[],
  details: Details,
  supportEnds: ReadonlyMap<string, Instant>,
): readonly ClusterSurvey[] => {
  const groups = Map.groupBy(details.groups, ({ cluster }) => cluster);
  const nodes = Map.groupBy(details.nodes, ({ cluster }) => cluster);
  return read.map(({ name, minor, tags, autoMode }) => ({
    name,
    minor,
    tags,
    autoMode,
    standardSupportEndsAt: supportEnds.get(minor),
    groups: groups.get(name) ?? [],
    nodes: (nodes.get(name) ?? []).map(({ node }) => node),
  }));
};

const toGaps = (unread: readonly Unread[]): Pick<DataPlaneSurvey, 'unread' | 'failures'> => ({
  unread: new Set(unread.map(({ cluster }) => cluster)),
  failures: [...new Set(unread.map(({ failure }) => failure))],
});

export const awsDataPlanes = (eks: EKSClient, ec2: EC2Client): DataPlanes => {
  const clusters = eksClusters(eks);
  const instanceTypes = ec2InstanceTypes(ec2);
  const launchTemplates = ec2LaunchTemplates(ec2);
  const images = ec2Images(ec2);

  const readTemplates = async (groups: readonly EksGroup[]) => {
    const templates = groups.flatMap(({ launchTemplate }) => launchTemplate ?? []);
    const readOne = await launchTemplates.look(templates);
    return attemptAll({
      items: groups,
      clustersOf: ({ cluster }) => [cluster],
      work: async ({ launchTemplate }) => launchTemplate && readOne(launchTemplate),
    });
  };

  const readAllVolumes = (batches: readonly (readonly FoundNode[])[]) =>
    attemptAll({
      items: batches,
      clustersOf: (nodes) => nodes.map(({ cluster }) => cluster),
      work: (nodes) => readVolumes(ec2, nodes),
    });

  const readAllSubnets = async (groups: readonly EksGroup[]) => {
    const ids = [...new Set(groups.flatMap(({ subnetIds }) => subnetIds))];
    const { results, unread } = await attemptAll({
      items: batchesOf(ids),
      clustersOf: (batch) =>
        groups
          .filter(({ subnetIds }) => subnetIds.some((id) => batch.includes(id)))
          .map(({ cluster }) => cluster),
      work: (batch) => readSubnets(ec2, batch),
    });
    const found = results.flatMap((subnets) => subnets ?? []);
    return { subnets: new Map(found.map((subnet): [string, Subnet] => [subnet.subnetId, subnet])), unread };
  };

  /** All that hangs on the clusters: their groups in full, their nodes, the subnets of both. */
  const readDetails = async (read: readonly EksCluster[], share: boolean): Promise<Details> => {
    const groups = read.flatMap((cluster) => cluster.groups);
    const [found, templates, { subnets, unread }] = await Promise.all([
      readNodes(ec2, new Set(read.map(({ name }) => name)), share),
      readTemplates(groups),
      readAllSubnets(groups),
    ]);
    const facts = await images.read([...found.map(({ imageId }) => imageId), ...ownImagesOf(groups)]);
    const batches = batchesOf(found);
    const volumes = await readAllVolumes(batches);
    return {
      groups: groups.map((group, i) => withImageFacts(toGroup(group, templates.results[i]), facts)),
      nodes: batches.flatMap((batch, i) =>
        batch.map((node) => ({ cluster: node.cluster, node: toNode(node, volumes.results[i], facts) })),
      ),
      subnets,
      unread: [...templates.unread, ...unread, ...volumes.unread],
    };
  };

  return {
    clusters: clusters.names,

    async survey(names, share = false) {
      const [{ clusters: read, unread }, supportEnds, { types, offers }] = await Promise.all([
        clusters.these(names),
        readSupportEnds(eks),
        instanceTypes.read(),
      ]);
      const [first] = read;
      if (!first) return { plane: undefined, ...toGaps(unread) };
      const details = await readDetails(read, share);
      const { subnets } = details;
      const surveys = toClusterSurveys(read, details, supportEnds);
      return {
        plane: { target: first.target, clusters: surveys, types, offers, subnets },
        ...toGaps([...unread, ...details.unread]),
      };
    },
  };
};
