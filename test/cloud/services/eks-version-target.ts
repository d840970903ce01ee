/**
 * Says which image an UpdateNodegroupVersion request asks for, or why EKS refuses it.
 *
 * Knows what may be said of a group whose launch template names the image (the template's version
 * and nothing else) and of every other (its own minor or the cluster's, and a release of it).
 * Quoted texts: re:Post "eks-managed-node-group-update", terraform-provider-aws#14492,
 * ACK community#2645 and #2957 (checked 2026-11). Where no source gives EKS's words they are ours
 * and say `(simulated)`.
 *
 * Reads the estate.
 */
import type { UpdateNodegroupVersionCommandInput } from '@aws-sdk/client-eks';
import { findImage } from '../estate/image.ts';
import type { TemplateVersion } from '../estate/launch-template.ts';
import { isOwnImage, type NodeGroup, type NodeImage } from '../estate/node-group.ts';
import { publishedRelease } from '../estate/published-release.ts';
import type { Estate } from '../estate.ts';
import type { PublishedImage } from '../release-shelf.ts';
import { refuseParameter } from './eks-lookup.ts';
import { wantedTemplateVersion } from './eks-template-version.ts';

type Request = UpdateNodegroupVersionCommandInput;

export const versionTarget = (estate: Estate, group: NodeGroup, request: Request): NodeImage => {
  const template = request.launchTemplate && wantedTemplateVersion(group, request.launchTemplate);
  return isOwnImage(group)
    ? ownImageTarget(estate, group, request, template)
    : releaseTarget(estate, group, request, template);
};

const ownImageTarget = (
  estate: Estate,
  group: NodeGroup,
  { version, releaseVersion }: Request,
  template: TemplateVersion | undefined,
): NodeImage => {
  if (version !== undefined) {
    throw refuseParameter(group, 'You cannot specify the field kubernetesVersion when using custom AMIs');
  }
  if (releaseVersion !== undefined) {
    throw refuseParameter(group, 'You cannot specify the field releaseVersion when using custom AMIs');
  }
  if (!template)
    throw refuseParameter(group, "Launch template details can't be null for Custom ami type node group");
  const imageId = template.data.ImageId;
  if (imageId === undefined) {
    throw refuseParameter(
      group,
      'The launch template version names no image, the node group needs one. (simulated)',
    );
  }
  if (!findImage(estate.world.shelf, estate.place(group.cluster), imageId)) {
    throw refuseParameter(group, `The image id '[${imageId}]' does not exist (simulated)`);
  }
  const { version: running } = group.image;
  return { version: running, releaseVersion: imageId, imageId, templateVersion: template.number };
};

const releaseTarget = (
  estate: Estate,
  group: NodeGroup,
  request: Request,
  template: TemplateVersion | undefined,
): NodeImage => {
  if (template?.data.ImageId !== undefined) {
    throw refuseParameter(
      group,
      'The launch template version names an image, the node group has none. (simulated)',
    );
  }
  // The trap: whoever leaves the version out moves the group to the cluster's minor.
  const version = request.version ?? group.cluster.version;
  if (version !== group.cluster.version && version !== group.image.version) {
    throw refuseParameter(
      group,
      `Nodegroup Kubernetes version should be equal to Cluster kubernetes version ${group.cluster.version} or NodeGroup kubernetes version ${group.image.version}`,
    );
  }
  const { releaseVersion, imageId } = wantedRelease(estate, group, version, request.releaseVersion);
  return {
    version,
    releaseVersion,
    imageId,
    templateVersion: template?.number ?? group.image.templateVersion,
  };
};

const wantedRelease = (
  estate: Estate,
  group: NodeGroup,
  minor: string,
  releaseVersion: string | undefined,
): PublishedImage => {
  const { shelf } = estate.world;
  const { region } = group.cluster;
  const line = { region, amiType: group.amiType, minor };
  const recommended = publishedRelease(shelf, line);
  const found = publishedRelease(shelf, line, releaseVersion);
  if (!found && releaseVersion !== undefined && shelf.find(region, group.amiType, releaseVersion)) {
    throw refuseParameter(
      group,
      `Requested release version ${releaseVersion} is not valid for kubernetes version ${minor}`,
    );
  }
  const usable = found && shelf.byImageId(region, found.imageId) && isNewEnough(estate, group, found);
  if (usable) return found;
  throw refuseParameter(
    group,
    `Requested Nodegroup release version ${releaseVersion} is invalid. Allowed release version is ${recommended?.releaseVersion}`,
  );
};

const isNewEnough = (estate: Estate, group: NodeGroup, wanted: PublishedImage): boolean => {
  if (estate.options.olderReleases === 'accepted') return true;
  const running = estate.world.shelf.byImageId(group.cluster.region, group.image.imageId);
  return !running || wanted.createdAt.getTime() >= running.createdAt.getTime();
};
