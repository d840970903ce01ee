/** Tries launch template versions: inheritance, repeated tokens, the account-wide list, refusals. */
import { describe, expect, it } from 'vitest';
import { imageIdOf, place, smallEstate } from './small-estate.ts';

const data = {
  ImageId: imageIdOf('1.34', '1.34.9-20260601'),
  KeyName: 'ops',
  SecurityGroupIds: ['sg-1', 'sg-2'],
};

const templated = (pageSize?: number) => {
  const world = smallEstate(pageSize === undefined ? {} : { pageSize });
  const { id } = world.estate.addLaunchTemplate({ ...place, name: 'web', data });
  const create = (input: Parameters<typeof world.ec2.CreateLaunchTemplateVersion>[0]) =>
    world.ec2.CreateLaunchTemplateVersion({ LaunchTemplateId: id, ...input }, place);
  return { ...world, id, create };
};

const ImageId = imageIdOf('1.34', '1.34.9-20260714');

describe('a new version', () => {
  it('takes over what is not given, whole parameters at a time', () => {
    const { create } = templated();
    const LaunchTemplateData = { ImageId, SecurityGroupIds: ['sg-3'] };
    const made = create({ SourceVersion: '1', VersionDescription: 'roll', LaunchTemplateData });
    expect(made.LaunchTemplateVersion).toMatchObject({
      VersionNumber: 2,
      DefaultVersion: false,
      VersionDescription: 'roll',
      LaunchTemplateData: { ImageId, KeyName: 'ops', SecurityGroupIds: ['sg-3'] },
    });
    expect(made).not.toHaveProperty('Warning');
  });

  it('has only what is given without a source', () => {
    const made = templated().create({ LaunchTemplateData: { ImageId } });
    expect(made.LaunchTemplateVersion?.LaunchTemplateData).toEqual({ ImageId });
  });

  it('is the same for the same token, and refused for other parameters', () => {
    const { ec2, id, create } = templated();
    const input = { ClientToken: 't', SourceVersion: '1', LaunchTemplateData: { ImageId } };
    const numbers = [create(input), create(input)].map((made) => made.LaunchTemplateVersion?.VersionNumber);
    expect(numbers).toEqual([2, 2]);
    expect(() => create({ ...input, SourceVersion: '2' })).toThrow('inconsistent with arguments');
    expect(ec2.DescribeLaunchTemplates({ LaunchTemplateIds: [id] }, place).LaunchTemplates).toMatchObject([
      { DefaultVersionNumber: 1, LatestVersionNumber: 2 },
    ]);
  });

  it('warns of an image that does not exist', () => {
    const made = templated().create({ LaunchTemplateData: { ImageId: 'ami-0dead' } });
    expect(made.Warning?.Errors).toMatchObject([{ Message: "The image id '[ami-0dead]' does not exist" }]);
  });

  it.each([
    ['an unknown source', { SourceVersion: '9' }, 'InvalidLaunchTemplateId.VersionNotFound'],
    ['an unknown id', { LaunchTemplateId: 'lt-0' }, 'InvalidLaunchTemplateId.NotFound'],
    ['a name beside the id', { LaunchTemplateName: 'web' }, 'InvalidParameterCombination'],
  ])('is refused for %s', (_case, changes, name) => {
    const { create } = templated();
    expect(() => create({ LaunchTemplateData: {}, ...changes })).toThrow(expect.objectContaining({ name }));
  });
});

describe('describing versions', () => {
  it('gives numbers and aliases of one template, all of them newest first', () => {
    const { ec2, id, create } = templated();
    create({ SourceVersion: '1', LaunchTemplateData: { ImageId } });
    const describe = (Versions?: string[]) =>
      ec2
        .DescribeLaunchTemplateVersions({ LaunchTemplateId: id, ...(Versions && { Versions }) }, place)
        .LaunchTemplateVersions?.map(({ VersionNumber }) => VersionNumber);
    expect(describe()).toEqual([2, 1]);
    expect(describe(['$Latest', '$Default', '1'])).toEqual([2, 1, 1]);
    expect(() => describe(['3'])).toThrow('Could not find the specified version 3');
  });

  it('gives those of the whole account in pages', () => {
    const { ec2, estate } = templated(2);
    for (const name of ['a', 'b', 'c']) estate.addLaunchTemplate({ ...place, name });
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const input = { Versions: ['$Default'], MaxResults: 200, ...(NextToken && { NextToken }) };
      const page = ec2.DescribeLaunchTemplateVersions(input, place);
      expect(page.LaunchTemplateVersions?.length).toBeLessThanOrEqual(2);
      names.push(...(page.LaunchTemplateVersions?.map(({ LaunchTemplateName }) => LaunchTemplateName) ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(names).toEqual(['web', 'a', 'b', 'c']);
    expect(() => ec2.DescribeLaunchTemplateVersions({ Versions: ['1'] }, place)).toThrow(
      '$Latest and $Default',
    );
  });
});

it('deletes versions but the default one, and never uses their numbers again', () => {
  const { ec2, id, create } = templated();
  create({ LaunchTemplateData: {} });
  const deleted = ec2.DeleteLaunchTemplateVersions(
    { LaunchTemplateId: id, Versions: ['1', '2', '3'] },
    place,
  );
  expect(deleted).toMatchObject({
    SuccessfullyDeletedLaunchTemplateVersions: [{ VersionNumber: 2 }],
    UnsuccessfullyDeletedLaunchTemplateVersions: [
      { VersionNumber: 1 },
      { VersionNumber: 3, ResponseError: { Code: 'launchTemplateVersionDoesNotExist' } },
    ],
  });
  expect(create({ LaunchTemplateData: {} }).LaunchTemplateVersion?.VersionNumber).toBe(3);
});
