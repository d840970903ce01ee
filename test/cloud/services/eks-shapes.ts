/**
 * Tells clusters, node groups and updates in EKS's shapes.
 *
 * Knows which fields EKS leaves out: instance types and disk size where the launch template says
 * them, the launch template where EKS owns it.
 *
 * Pure.
 */
import type { Cluster as EksCluster, Update as EksUpdate, Nodegroup } from '@aws-sdk/client-eks';
import type { Cluster } from '../estate/cluster.ts';
import type { NodeGroup } from '../estate/node-group.ts';
import type { Update } from '../estate/update.ts';

export const toEksCluster = (cluster: Cluster): EksCluster => ({
  name: cluster.name,
  arn: cluster.arn,
  createdAt: cluster.createdAt,
  version: cluster.version,
  endpoint: `https://${cluster.vpcId.slice(4)}.gr7.${cluster.region}.eks.amazonaws.com`,
  roleArn: `arn:aws:iam::${cluster.account}:role/eks-cluster`,
  resourcesVpcConfig: {
    vpcId: cluster.vpcId,
    subnetIds: subnetIdsOf(cluster),
    securityGroupIds: [],
    clusterSecurityGroupId: cluster.securityGroupId,
    endpointPublicAccess: false,
    endpointPrivateAccess: true,
    publicAccessCidrs: [],
  },
  status: cluster.status,
  platformVersion: 'eks.1',
  tags: { ...cluster.tags },
  health: { issues: [] },
  accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
  upgradePolicy: { supportType: 'EXTENDED' },
  deletionProtection: false,
  computeConfig: {
    enabled: cluster.autoMode,
    nodePools: cluster.autoMode ? ['general-purpose', 'system'] : [],
  },
});

const subnetIdsOf = ({ nodeGroups }: Cluster): string[] => [
  ...new Set([...nodeGroups.values()].flatMap(({ subnets }) => subnets.map(({ id }) => id))),
];

export const toNodegroup = (group: NodeGroup): Nodegroup => ({
  nodegroupName: group.name,
  nodegroupArn: group.arn,
  clusterName: group.cluster.name,
  version: group.image.version,
  releaseVersion: group.image.releaseVersion,
  createdAt: group.createdAt,
  modifiedAt: group.modifiedAt,
  status: group.status,
  capacityType: group.capacityType,
  scalingConfig: { ...group.scaling },
  ...sizesOf(group),
  subnets: group.subnets.map(({ id }) => id),
  amiType: group.amiType,
  nodeRole: `arn:aws:iam::${group.cluster.account}:role/eks-node`,
  labels: { ...group.labels },
  ...(group.taints.length > 0 && { taints: [...group.taints] }),
  resources: { autoScalingGroups: [{ name: group.autoScalingGroup }] },
  health: { issues: group.issues.map((issue) => ({ ...issue, resourceIds: [...issue.resourceIds] })) },
  updateConfig: { ...group.updateConfig },
  tags: { ...group.tags },
});

const sizesOf = (group: NodeGroup): Pick<Nodegroup, 'launchTemplate' | 'instanceTypes' | 'diskSize'> => {
  const { launchTemplate, image, instanceTypes } = group;
  if (!launchTemplate) return { instanceTypes: [...instanceTypes], diskSize: 20 };
  const { id, name, versions } = launchTemplate;
  const typed = versions.get(image.templateVersion ?? 0)?.data.InstanceType !== undefined;
  return {
    launchTemplate: { id, name, version: String(image.templateVersion) },
    ...(!typed && { instanceTypes: [...instanceTypes] }),
  };
};

export const toEksUpdate = (update: Update): EksUpdate => ({
  id: update.id,
  status: update.status,
  type: update.type,
  params: update.params.map(([type, value]) => ({ type, value })),
  createdAt: update.createdAt,
  errors: update.errors.map(({ code, message, resourceIds }) => ({
    errorCode: code,
    errorMessage: message,
    resourceIds: [...resourceIds],
  })),
});
