/**
 * Tells the managed node groups of a target, with what EC2 knows of the images that are not EKS's own.
 *
 * Reads EKS through `eks-clusters.ts`; EC2 through `ec2-images.ts`.
 */
import type { EKSClient } from '@aws-sdk/client-eks';
import type { ImageFacts, NodeGroup } from '../domain/node-group.ts';
import type { Fleet, Images } from '../domain/ports.ts';
import { eksClusters } from './eks-clusters.ts';

export const ownImagesOf = (groups: readonly NodeGroup[]): readonly string[] =>
  groups.flatMap(({ image }) => (image.is === 'own' ? [image.imageId] : []));

export const withImageFacts = <Group extends NodeGroup>(
  group: Group,
  facts: ReadonlyMap<string, ImageFacts>,
): Group => {
  const known = group.image.is === 'own' ? facts.get(group.image.imageId) : undefined;
  return known ? { ...group, image: { ...group.image, facts: known } } : group;
};

export const eksFleet = (eks: EKSClient, images: Images): Fleet => {
  const clusters = eksClusters(eks);
  const toSurvey = async ({ clusters: read, unread }: Awaited<ReturnType<typeof clusters.these>>) => {
    const groups = read.flatMap(({ groups }) => groups);
    const own = ownImagesOf(groups);
    // EC2's client is loaded when it is asked.
    const facts = own.length > 0 ? await images.read(own) : new Map<string, ImageFacts>();
    return {
      groups: groups.map((group) => withImageFacts(group, facts)),
      failures: unread.map(({ failure }) => failure),
    };
  };
  const inClusters = async (names: readonly string[]) => toSurvey(await clusters.these(names));
  return {
    clusters: clusters.names,
    inClusters,
    all: async (isMeant = () => true) => inClusters((await clusters.names()).filter(isMeant)),
    read: ({ cluster, nodeGroup }, look) => clusters.group(cluster, nodeGroup, look),
  };
};
