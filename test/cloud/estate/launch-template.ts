/**
 * Keeps launch templates and their numbered versions.
 *
 * Knows that versions never change, that their numbers are never used again, and that a version
 * made from another one takes over every top-level parameter which is not given anew.
 *
 * Effect: changes the place or the launch template it is given.
 */
import type { RequestLaunchTemplateData, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Place } from './place.ts';
import type { World } from './world.ts';

export type TemplateVersion = {
  readonly number: number;
  readonly description: string | undefined;
  readonly createdAt: Date;
  readonly data: ResponseLaunchTemplateData;
};

export type LaunchTemplate = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly versions: Map<number, TemplateVersion>;
  tags: Readonly<Record<string, string>>;
  defaultVersion: number;
  latestVersion: number;
};

export type LaunchTemplateSpec = {
  readonly name: string;
  readonly id?: string;
  readonly data?: RequestLaunchTemplateData;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
};

export const addLaunchTemplate = (world: World, place: Place, spec: LaunchTemplateSpec): LaunchTemplate => {
  const template: LaunchTemplate = {
    id: spec.id ?? world.identifiers.next('lt'),
    name: spec.name,
    createdAt: world.clock.now(),
    versions: new Map(),
    tags: { ...spec.tags },
    defaultVersion: 1,
    latestVersion: 0,
  };
  addTemplateVersion(world, template, { data: spec.data ?? {}, description: spec.description });
  place.launchTemplates.set(template.id, template);
  return template;
};

type NewVersion = {
  readonly data: RequestLaunchTemplateData;
  readonly source?: TemplateVersion | undefined;
  readonly description?: string | undefined;
};

export const addTemplateVersion = (
  world: World,
  template: LaunchTemplate,
  made: NewVersion,
): TemplateVersion => {
  template.latestVersion += 1;
  const version: TemplateVersion = {
    number: template.latestVersion,
    description: made.description,
    createdAt: world.clock.now(),
    data: { ...made.source?.data, ...(given(made.data) as ResponseLaunchTemplateData) },
  };
  template.versions.set(version.number, version);
  return version;
};

/** A parameter that is present and `undefined` was not given. */
const given = (data: RequestLaunchTemplateData): RequestLaunchTemplateData =>
  Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));

/** By number, `$Latest` or `$Default`; `undefined` when there is no such version. */
export const templateVersion = (template: LaunchTemplate, wanted: string): TemplateVersion | undefined => {
  if (wanted === '$Latest') return template.versions.get(template.latestVersion);
  if (wanted === '$Default') return template.versions.get(template.defaultVersion);
  return template.versions.get(Number(wanted));
};

export const templateNamed = (place: Place, name: string): LaunchTemplate | undefined =>
  [...place.launchTemplates.values()].find((template) => template.name === name);
