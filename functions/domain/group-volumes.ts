/**
 * Tells which volumes the nodes of a group start with.
 *
 * Knows the device of the root volume (`/dev/xvda` on Linux, `/dev/sda1` on Windows), and that Bottlerocket
 * brings a second volume, `/dev/xvdb`, for containers and their images, named in the template or not
 * (Bottlerocket README, "Default Volumes"; EKS user guide, checked 2026-11-23).
 *
 * Pure.
 */
import type { Family } from './ami-type.ts';
import type { GroupSurvey, NodeSurvey, TemplateVolume } from './data-plane.ts';
import { familyOfImage, familyOfName } from './node-group.ts';
import type { NodeSet } from './node-set.ts';

const rootDevices = new Set(['/dev/xvda', '/dev/sda1']);
const bottlerocketData = '/dev/xvdb';

/** What it is known to have for a launch template of its owner's. */
export const templateOf = ({ hasTemplate, templateVolumes }: GroupSurvey): 'none' | 'read' | 'unknown' => {
  if (templateVolumes !== undefined) return 'read';
  return hasTemplate === false ? 'none' : 'unknown';
};

/** The root volume as the template names it; `undefined` where it does not. */
export const templateRoot = ({ templateVolumes }: GroupSurvey): TemplateVolume | undefined =>
  templateVolumes?.find(({ device }) => rootDevices.has(device));

/** Volumes beside the root volume, as far as they are known. */
export const extraVolumes = (group: GroupSurvey): number => {
  const extra = (group.templateVolumes ?? []).filter(({ device }) => !rootDevices.has(device));
  const brought =
    familyOfImage(group.image) === 'bottlerocket' && !extra.some(({ device }) => device === bottlerocketData);
  return extra.length + (brought ? 1 : 0);
};

/** AMI family of a set's nodes; `undefined` when their images do not tell, or differ. */
export const familyOfSet = ({ group, nodes }: NodeSet): Family | undefined => {
  if (group) return familyOfImage(group.image);
  const families = new Set(nodes.map(({ imageName }: NodeSurvey) => familyOfName(imageName)));
  return families.size === 1 ? [...families][0] : undefined;
};
