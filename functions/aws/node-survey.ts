/**
 * Surveys every node of every cluster, with the node groups: as much as compliance needs, and no more.
 *
 * Nodes and images belong to the whole region and must be read or the survey fails; a cluster or group
 * that cannot be read leaves that cluster unread, and the others stand.
 *
 * Reads EKS and EC2 through the files beside it.
 */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EKSClient } from '@aws-sdk/client-eks';
import type { ImageFacts } from '../domain/node-group.ts';
import type { FoundNode } from '../domain/patching/page.ts';
import type { Nodes } from '../domain/ports.ts';
import { ec2Images } from './ec2-images.ts';
import { type FoundNode as Ec2Node, readAlive, readNodes, readTheseNodes } from './ec2-nodes.ts';
import { eksClusters } from './eks-clusters.ts';
import { ownImagesOf, withImageFacts } from './eks-fleet.ts';

const toFoundNode = (node: Ec2Node, images: ReadonlyMap<string, ImageFacts>): FoundNode => {
  const { instanceId, launcher, zone, imageId, launchedAt } = node;
  const { name: imageName, createdAt: imageCreatedAt } = images.get(imageId) ?? {};
  return { instanceId, launcher, zone, imageId, imageName, imageCreatedAt, launchedAt };
};

export const awsNodes = (eks: EKSClient, ec2: EC2Client): Nodes => {
  const clusters = eksClusters(eks);
  const images = ec2Images(ec2);
  return {
    clusters: clusters.names,

    async survey(names, share = false) {
      const { clusters: read, unread } = await clusters.these(names);
      const gaps = {
        unread: new Set(unread.map(({ cluster }) => cluster)),
        failures: [...new Set(unread.map(({ failure }) => failure))],
      };
      if (read.length === 0) return { target: undefined, clusters: [], ...gaps };
      const found = await readNodes(ec2, new Set(read.map(({ name }) => name)), share);
      const groups = read.flatMap((cluster) => cluster.groups);
      const facts = await images.read([...found.map(({ imageId }) => imageId), ...ownImagesOf(groups)]);
      const byCluster = Map.groupBy(found, ({ cluster }) => cluster);
      return {
        target: read[0]?.target,
        clusters: read.map(({ name, groups }) => ({
          name,
          groups: groups.map((group) => withImageFacts(group, facts)),
          nodes: (byCluster.get(name) ?? []).map((node) => toFoundNode(node, facts)),
        })),
        ...gaps,
      };
    },

    async these(instanceIds) {
      const found = await readTheseNodes(ec2, instanceIds);
      const facts = await images.read(found.map(({ imageId }) => imageId));
      return found.map((node) => ({ ...toFoundNode(node, facts), cluster: node.cluster }));
    },

    alive: (instanceIds) => readAlive(ec2, instanceIds),
  };
};
