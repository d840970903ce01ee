/**
 * Makes launch templates and their versions, and deletes versions, as EC2 does.
 *
 * Knows that a repeated client token makes nothing new, that the default version cannot be deleted,
 * and that an image which does not exist is a warning and not an error.
 *
 * Changes the estate.
 */
import type * as Ec2 from '@aws-sdk/client-ec2';
import { findImage } from '../estate/image.ts';
import {
  addTemplateVersion,
  type LaunchTemplate,
  type TemplateVersion,
  templateNamed,
} from '../estate/launch-template.ts';
import type { Estate } from '../estate.ts';
import { ByPlace, type Caller, Refusal } from '../service.ts';
import { ClientTokens } from './client-tokens.ts';
import {
  templateOf,
  templateVersionOf,
  toEc2LaunchTemplate,
  toEc2Version,
} from './ec2-launch-template-lookup.ts';

export const createLaunchTemplate = (estate: Estate) => {
  const tokens = new ByPlace(() => new ClientTokens<LaunchTemplate>());
  return (
    input: Ec2.CreateLaunchTemplateCommandInput,
    caller: Caller,
  ): Omit<Ec2.CreateLaunchTemplateCommandOutput, '$metadata'> => {
    const place = estate.place(caller);
    const make = () => {
      const name = input.LaunchTemplateName ?? '';
      if (templateNamed(place, name)) {
        const message = 'Launch template name already in use.';
        throw new Refusal('InvalidLaunchTemplateName.AlreadyExistsException', message);
      }
      return estate.addLaunchTemplate({
        account: place.account,
        region: place.region,
        name,
        data: input.LaunchTemplateData ?? {},
        ...(input.VersionDescription !== undefined && { description: input.VersionDescription }),
        tags: tagsOf(input.TagSpecifications),
      });
    };
    const request = { input, now: estate.world.clock.now(), make, refuse: refuseMismatch };
    const template = tokens.in(caller).once(input.ClientToken, request);
    return { LaunchTemplate: toEc2LaunchTemplate(place, template) };
  };
};

const tagsOf = (specifications: readonly Ec2.TagSpecification[] | undefined): Record<string, string> =>
  Object.fromEntries(
    (specifications ?? [])
      .filter(({ ResourceType }) => ResourceType === 'launch-template')
      .flatMap(({ Tags }) => (Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  );

export const createLaunchTemplateVersion = (estate: Estate) => {
  const tokens = new ByPlace(() => new ClientTokens<TemplateVersion>());
  return (
    input: Ec2.CreateLaunchTemplateVersionCommandInput,
    caller: Caller,
  ): Omit<Ec2.CreateLaunchTemplateVersionCommandOutput, '$metadata'> => {
    const place = estate.place(caller);
    const template = templateOf(place, input);
    const make = () => {
      const source =
        input.SourceVersion === undefined ? undefined : templateVersionOf(template, input.SourceVersion);
      const data = input.LaunchTemplateData ?? {};
      estate.world.changed();
      return addTemplateVersion(estate.world, template, {
        data,
        source,
        description: input.VersionDescription,
      });
    };
    const request = { input, now: estate.world.clock.now(), make, refuse: refuseMismatch };
    const version = tokens.in(caller).once(input.ClientToken, request);
    const { ImageId } = version.data;
    const unknown = ImageId !== undefined && !findImage(estate.world.shelf, place, ImageId);
    return {
      LaunchTemplateVersion: toEc2Version(place, template, version),
      ...(unknown && { Warning: { Errors: [missingImage(ImageId)] } }),
    };
  };
};

const missingImage = (imageId: string): Ec2.ValidationError => ({
  Code: 'InvalidAMIID.NotFound',
  Message: `The image id '[${imageId}]' does not exist`,
});

const refuseMismatch = (): Refusal =>
  new Refusal(
    'IdempotentParameterMismatch',
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  );

export const deleteLaunchTemplateVersions =
  (estate: Estate) =>
  (
    input: Ec2.DeleteLaunchTemplateVersionsCommandInput,
    caller: Caller,
  ): Omit<Ec2.DeleteLaunchTemplateVersionsCommandOutput, '$metadata'> => {
    const place = estate.place(caller);
    const template = templateOf(place, input);
    const { Versions = [] } = input;
    if (Versions.length > 200) {
      throw new Refusal(
        'InvalidParameterValue',
        'At most 200 launch template versions can be deleted at once.',
      );
    }
    const named = { LaunchTemplateId: template.id, LaunchTemplateName: template.name };
    const results = Versions.map((wanted) => ({
      item: { ...named, VersionNumber: Number(wanted) },
      problem: deleteVersion(template, Number(wanted)),
    }));
    estate.world.changed();
    return {
      SuccessfullyDeletedLaunchTemplateVersions: results.flatMap(({ item, problem }) =>
        problem ? [] : [item],
      ),
      UnsuccessfullyDeletedLaunchTemplateVersions: results.flatMap(({ item, problem }) =>
        problem ? [{ ...item, ResponseError: problem }] : [],
      ),
    };
  };

const deleteVersion = (template: LaunchTemplate, number: number): Ec2.ResponseError | undefined => {
  if (number === template.defaultVersion) {
    return {
      Code: 'unexpectedError',
      Message: `Version ${number} is the default version and cannot be deleted.`,
    };
  }
  if (template.versions.delete(number)) return undefined;
  return {
    Code: 'launchTemplateVersionDoesNotExist',
    Message: `Could not find the specified version ${number}.`,
  };
};
