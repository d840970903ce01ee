/**
 * Finds the launch template version that an update of a node group names, or says why EKS refuses it.
 *
 * Knows that only the version may change, that the default version is meant when none is given, and
 * what a launch template of a node group must not contain (EKS user guide, launch-templates; API
 * reference, LaunchTemplateSpecification; checked 2026-11). Texts that say `(simulated)` are ours.
 *
 * Pure.
 */
import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { LaunchTemplateSpecification } from '@aws-sdk/client-eks';
import { type TemplateVersion, templateVersion } from '../estate/launch-template.ts';
import type { NodeGroup } from '../estate/node-group.ts';
import { refuseParameter } from './eks-lookup.ts';

export const wantedTemplateVersion = (
  group: NodeGroup,
  wanted: LaunchTemplateSpecification,
): TemplateVersion => {
  const template = group.launchTemplate;
  if (!template) {
    throw refuseParameter(group, 'The node group was not created with a launch template. (simulated)');
  }
  if ((wanted.id === undefined) === (wanted.name === undefined)) {
    throw refuseParameter(group, 'Either provide launch template ID or launch template name in the request.');
  }
  if ((wanted.id ?? template.id) !== template.id || (wanted.name ?? template.name) !== template.name) {
    throw refuseParameter(
      group,
      `The node group uses launch template ${template.id}; it cannot change. (simulated)`,
    );
  }
  const version = templateVersion(template, wanted.version ?? '$Default');
  if (!version) {
    throw refuseParameter(
      group,
      `Launch template ${template.id} has no version ${wanted.version}. (simulated)`,
    );
  }
  const forbidden = forbiddenIn(version.data);
  if (forbidden.length > 0) {
    throw refuseParameter(group, `The launch template must not have ${forbidden.join(', ')}. (simulated)`);
  }
  return version;
};

const forbiddenIn = (data: ResponseLaunchTemplateData): readonly string[] => {
  const whole = (['IamInstanceProfile', 'InstanceMarketOptions', 'HibernationOptions'] as const).filter(
    (field) => data[field] !== undefined,
  );
  const subnet = data.NetworkInterfaces?.some(({ SubnetId }) => SubnetId !== undefined);
  return [...whole, ...(subnet ? ['NetworkInterfaces.SubnetId'] : [])];
};
