/**
 * Finds the launch template and the version that a request names, or refuses as EC2 does, and
 * tells them in EC2's shapes.
 *
 * Knows EC2's error codes and texts as moto quotes them (moto 5.2.1, ec2/exceptions.py; checked
 * 2026-11).
 *
 * Reads the estate.
 */
import type { LaunchTemplate as Ec2LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import {
  type LaunchTemplate,
  type TemplateVersion,
  templateNamed,
  templateVersion,
} from '../estate/launch-template.ts';
import type { Place } from '../estate/place.ts';
import { Refusal } from '../service.ts';
import { toTagList } from './ec2-request.ts';

type Named = {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
};

export const templateOf = (
  place: Place,
  { LaunchTemplateId: id, LaunchTemplateName: name }: Named,
): LaunchTemplate => {
  if ((id === undefined) === (name === undefined)) {
    const message = 'Please provide either launch template ID or launch template name.';
    throw new Refusal(id === undefined ? 'MissingParameter' : 'InvalidParameterCombination', message);
  }
  return id === undefined ? templateWithName(place, name ?? '') : templateWithId(place, id);
};

export const templateWithId = (place: Place, id: string): LaunchTemplate => {
  const template = place.launchTemplates.get(id);
  if (template) return template;
  const message = `The specified launch template, with template ID ${id}, does not exist.`;
  throw new Refusal('InvalidLaunchTemplateId.NotFound', message);
};

export const templateWithName = (place: Place, name: string): LaunchTemplate => {
  const template = templateNamed(place, name);
  if (template) return template;
  const message = `The specified launch template, with template name ${name}, does not exist.`;
  throw new Refusal('InvalidLaunchTemplateName.NotFoundException', message);
};

export const templateVersionOf = (template: LaunchTemplate, wanted: string): TemplateVersion => {
  const version = templateVersion(template, wanted);
  if (version) return version;
  const message = `Could not find the specified version ${wanted} for the launch template with ID ${template.id}.`;
  throw new Refusal('InvalidLaunchTemplateId.VersionNotFound', message);
};

export const toEc2LaunchTemplate = (place: Place, template: LaunchTemplate): Ec2LaunchTemplate => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  CreateTime: template.createdAt,
  CreatedBy: `arn:aws:iam::${place.account}:root`,
  DefaultVersionNumber: template.defaultVersion,
  LatestVersionNumber: template.latestVersion,
  Tags: toTagList(template.tags),
});

export const toEc2Version = (
  place: Place,
  template: LaunchTemplate,
  version: TemplateVersion,
): LaunchTemplateVersion => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  VersionNumber: version.number,
  ...(version.description !== undefined && { VersionDescription: version.description }),
  CreateTime: version.createdAt,
  CreatedBy: `arn:aws:iam::${place.account}:root`,
  DefaultVersion: version.number === template.defaultVersion,
  LaunchTemplateData: version.data,
});
