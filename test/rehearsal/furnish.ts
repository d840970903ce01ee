/**
 * Puts a fleet into the simulated cloud.
 *
 * Knows that its nodes were there before the rehearsal begins, and that images are named by name in a
 * file but by id in AWS.
 *
 * Effect: fills the estate and the parameter store of the cloud.
 */
import type { AMITypes } from '@aws-sdk/client-eks';
import type { Cloud } from '../cloud/cloud.ts';
import type { NodeGroup } from '../cloud/estate/node-group.ts';
import type { Fleet, FleetNodeGroup } from './fleet.ts';
import { place, region } from './place.ts';
import { startingRelease } from './starting-release.ts';

/** The id of the image of that name, the user's own before AWS's. */
export const imageIdOf = ({ estate, shelf }: Pick<Cloud, 'estate' | 'shelf'>, name: string): string => {
  const own = [...estate.place(place).images.values()].find((image) => image.name === name);
  const found = own ?? shelf.all(region).find(({ imageName }) => imageName === name);
  if (!found) throw new Error(`there is no image ${name}`);
  return found.imageId;
};

export const putNodeGroup = (cloud: Cloud, cluster: string, spec: FleetNodeGroup): NodeGroup => {
  const {
    name,
    imageInTemplate = false,
    image,
    nodes,
    zones,
    maxUnavailable,
    volumesForPods = 0,
    tags = {},
  } = spec;
  const { version } = cloud.estate.cluster({ ...place, cluster });
  const release =
    image === undefined ? startingRelease(cloud.shelf, spec, spec.version ?? version) : undefined;
  const imageId = image === undefined ? release?.imageId : imageIdOf(cloud, image);
  const inTemplate = (image !== undefined || imageInTemplate) && imageId !== undefined;
  const group = cloud.estate.addNodeGroup({
    ...(spec.version !== undefined && { version: spec.version }),
    ...(spec.instanceTypes !== undefined && { instanceTypes: spec.instanceTypes }),
    ...(spec.capacityType !== undefined && { capacityType: spec.capacityType }),
    cluster,
    name,
    tags,
    ...(inTemplate && { ownImage: { imageId } }),
    ...(release &&
      !inTemplate && { amiType: release.amiType as AMITypes, releaseVersion: release.releaseVersion }),
    ...(nodes !== undefined && { desiredSize: nodes }),
    ...(zones !== undefined && { zones: zones.map((letter) => `${region}${letter}`) }),
    ...(maxUnavailable !== undefined && { updateConfig: { maxUnavailable } }),
  });
  for (const { id } of group.instances)
    cloud.estate.attachVolumes({ ...place, instanceId: id, count: volumesForPods });
  return group;
};

export const furnish = (cloud: Cloud, { images = [], parameters = {}, clusters }: Fleet): void => {
  for (const { createdAt, ...image } of images)
    cloud.estate.addImage({ ...place, ...image, createdAt: new Date(createdAt) });
  for (const [name, image] of Object.entries(parameters))
    cloud.ssm.put(place, { name, value: imageIdOf(cloud, image), type: 'String' });
  for (const { name, version, tags = {}, nodeGroups } of clusters) {
    cloud.estate.addCluster({ ...place, name, version, tags });
    for (const nodeGroup of nodeGroups) putNodeGroup(cloud, name, nodeGroup);
  }
};
