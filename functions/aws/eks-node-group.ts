/**
 * Translates a node group from EKS's words to ours.
 *
 * Knows that EKS writes an image id where the release version would be when the launch template names the
 * image, and that an ARN is the only place where it says in which account a group is.
 *
 * Pure.
 */
import type { Nodegroup } from '@aws-sdk/client-eks';
import type { GroupSurvey } from '../domain/data-plane.ts';
import type { GroupImage, LaunchTemplate, NodeGroup, Tags } from '../domain/node-group.ts';
import type { Target } from '../domain/target.ts';

/** A node group with all that EKS says of it; types are missing where the launch template names one. */
export type EksGroup = Omit<GroupSurvey, 'hasTemplate' | 'templateVolumes' | 'userData'> & {
  readonly launchTemplate: LaunchTemplate | undefined;
};

/** An ARN says where it is: `arn:aws:eks:REGION:ACCOUNT:nodegroup/…`. */
export const toTarget = (arn = ''): Target => {
  const [, , , region, account] = arn.split(':');
  if (!region || !account) throw new Error('EKS gave no readable ARN');
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

/** Silence about its health is not health. */
const toHealthIssues = ({ health }: Nodegroup): NodeGroup['healthIssues'] => {
  if (!health?.issues) throw new Error('EKS told nothing of its health');
  return health.issues.map(({ code, message }) => ({ code: code ?? '', message: message ?? '' }));
};

export const toNodeGroup = (
  cluster: string,
  nodeGroup: string,
  group: Nodegroup,
  clusterTags: Tags,
): NodeGroup => ({
  target: toTarget(group.nodegroupArn),
  cluster,
  nodeGroup,
  minor: group.version ?? '',
  image: toImage(group),
  status: group.status ?? '',
  healthIssues: toHealthIssues(group),
  tags: group.tags ?? {},
  clusterTags,
  desiredSize: group.scalingConfig?.desiredSize ?? 0,
});

const capacities = { ON_DEMAND: 'on demand', SPOT: 'spot', CAPACITY_BLOCK: 'capacity block' } as const;

const toMaxUnavailable = ({ updateConfig }: Nodegroup): GroupSurvey['maxUnavailable'] => {
  const { maxUnavailable, maxUnavailablePercentage: percent } = updateConfig ?? {};
  if (percent !== undefined) return { percent };
  return maxUnavailable === undefined ? undefined : { nodes: maxUnavailable };
};

export const toEksGroup = (
  nodeGroup: string,
  group: Nodegroup,
  { name, tags }: { readonly name: string; readonly tags: Tags },
): EksGroup => {
  const { capacityType, scalingConfig, launchTemplate } = group;
  return {
    ...toNodeGroup(name, nodeGroup, group, tags),
    instanceTypes: group.instanceTypes ?? [],
    capacity: capacityType && capacities[capacityType],
    scaling: {
      min: scalingConfig?.minSize ?? 0,
      max: scalingConfig?.maxSize ?? 0,
      desired: scalingConfig?.desiredSize ?? 0,
    },
    subnetIds: group.subnets ?? [],
    maxUnavailable: toMaxUnavailable(group),
    updateStrategy: group.updateConfig?.updateStrategy,
    labels: group.labels ?? {},
    launchTemplate:
      launchTemplate?.id && launchTemplate.version
        ? { id: launchTemplate.id, version: launchTemplate.version }
        : undefined,
  };
};
