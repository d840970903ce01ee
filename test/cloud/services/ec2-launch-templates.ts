/**
 * Answers EC2's questions about launch templates and their versions.
 *
 * Knows that `$Latest` and `$Default` without a template list those of the whole account, and that
 * versions come newest first.
 *
 * Reads the estate.
 */
import type * as Ec2 from '@aws-sdk/client-ec2';
import { type LaunchTemplate, type TemplateVersion, templateVersion } from '../estate/launch-template.ts';
import type { Place } from '../estate/place.ts';
import type { Estate } from '../estate.ts';
import { type Caller, Refusal } from '../service.ts';
import {
  templateOf,
  templateVersionOf,
  templateWithId,
  templateWithName,
  toEc2LaunchTemplate,
  toEc2Version,
} from './ec2-launch-template-lookup.ts';
import { ec2Page, matching, tagValues } from './ec2-request.ts';
import type { Paging } from './page-size.ts';

export const describeLaunchTemplates =
  (estate: Estate, paging: Paging) =>
  (
    input: Ec2.DescribeLaunchTemplatesCommandInput,
    caller: Caller,
  ): Omit<Ec2.DescribeLaunchTemplatesCommandOutput, '$metadata'> => {
    const place = estate.place(caller);
    const { LaunchTemplateIds: ids, LaunchTemplateNames: names } = input;
    const asked =
      ids?.map((id) => templateWithId(place, id)) ?? names?.map((name) => templateWithName(place, name));
    const found = matching(asked ?? place.launchTemplates.values(), input.Filters, (template, filter) =>
      filter === 'launch-template-name' ? [template.name] : tagValues(template.tags, filter),
    );
    const { items, nextToken } = ec2Page(found, { paging, most: 200, request: input });
    return { LaunchTemplates: items.map((one) => toEc2LaunchTemplate(place, one)), NextToken: nextToken };
  };

type Input = Ec2.DescribeLaunchTemplateVersionsCommandInput;
type Found = { readonly template: LaunchTemplate; readonly version: TemplateVersion };

export const describeLaunchTemplateVersions =
  (estate: Estate, paging: Paging) =>
  (input: Input, caller: Caller): Omit<Ec2.DescribeLaunchTemplateVersionsCommandOutput, '$metadata'> => {
    const place = estate.place(caller);
    const isOne = input.LaunchTemplateId !== undefined || input.LaunchTemplateName !== undefined;
    const asked = isOne ? ofOneTemplate(templateOf(place, input), input) : ofEveryTemplate(place, input);
    const found = matching(asked, input.Filters, valuesOf);
    const { items, nextToken } = ec2Page(found, { paging, most: 200, request: input });
    const shaped = items.map(({ template, version }) => toEc2Version(place, template, version));
    return { LaunchTemplateVersions: shaped, NextToken: nextToken };
  };

const ofOneTemplate = (
  template: LaunchTemplate,
  { Versions, MinVersion, MaxVersion }: Input,
): readonly Found[] => {
  if (Versions) return Versions.map((wanted) => ({ template, version: templateVersionOf(template, wanted) }));
  const from = Number(MinVersion ?? 1);
  const to = Number(MaxVersion ?? template.latestVersion);
  return [...template.versions.values()]
    .filter(({ number }) => number >= from && number <= to)
    .reverse()
    .map((version) => ({ template, version }));
};

const ofEveryTemplate = ({ launchTemplates }: Place, { Versions = [] }: Input): readonly Found[] => {
  if (Versions.length === 0 || Versions.some((wanted) => wanted !== '$Latest' && wanted !== '$Default')) {
    const message = 'Without a launch template only the versions $Latest and $Default can be described.';
    throw new Refusal('InvalidParameterValue', message);
  }
  return [...launchTemplates.values()].flatMap((template) =>
    [...new Set(Versions.flatMap((wanted) => templateVersion(template, wanted) ?? []))].map((version) => ({
      template,
      version,
    })),
  );
};

const valuesOf = (
  { template, version }: Found,
  filter: string,
): readonly (string | undefined)[] | undefined => {
  const simple: Record<string, string | undefined> = {
    'image-id': version.data.ImageId,
    'instance-type': version.data.InstanceType,
    'is-default-version': String(version.number === template.defaultVersion),
  };
  return filter in simple ? [simple[filter]] : undefined;
};
