/** Tries the rules of UpdateNodegroupVersion: what EKS takes, what it refuses and in which words. */
import type { NodegroupIssueCode, UpdateNodegroupVersionRequest } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import type { EstateOptions } from './estate.ts';
import { Refusal } from './service.ts';
import { imageIdOf, place, smallEstate } from './small-estate.ts';

type Changes = Partial<UpdateNodegroupVersionRequest>;

const fleet = (options: EstateOptions = {}) => {
  const world = smallEstate(options);
  const { estate, eks } = world;
  const older = { cluster: 'blue', version: '1.34', releaseVersion: '1.34.9-20260601' };
  estate.addNodeGroup({ ...older, name: 'plain' });
  estate.addNodeGroup({
    ...older,
    name: 'templated',
    launchTemplate: { name: 'lt', data: { KeyName: 'k' } },
  });
  estate.addImage({ ...place, imageId: 'ami-0aa', name: 'golden-1' });
  estate.addNodeGroup({ cluster: 'blue', name: 'own', ownImage: { imageId: 'ami-0aa' } });
  const update = (nodegroupName: string, changes: Changes = {}) =>
    eks.UpdateNodegroupVersion({ clusterName: 'blue', nodegroupName, ...changes }, place).update;
  const refusal = (nodegroupName: string, changes: Changes = {}) => {
    try {
      update(nodegroupName, changes);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    throw new Error('it was not refused');
  };
  return { ...world, update, refusal };
};

const pinned = { version: '1.34', releaseVersion: '1.34.9-20260714' };

describe('refuses in the words of EKS', () => {
  it.each<[string, string, Changes, string]>([
    [
      'a version for an own image',
      'own',
      { version: '1.34', launchTemplate: { name: 'blue-own' } },
      'You cannot specify the field kubernetesVersion when using custom AMIs',
    ],
    [
      'a release version for an own image',
      'own',
      { releaseVersion: 'ami-0aa', launchTemplate: { name: 'blue-own' } },
      'You cannot specify the field releaseVersion when using custom AMIs',
    ],
    [
      'no launch template for an own image',
      'own',
      {},
      "Launch template details can't be null for Custom ami type node group",
    ],
    [
      'a launch template by id and name',
      'templated',
      { ...pinned, launchTemplate: { id: 'lt-1', name: 'lt' } },
      'Either provide launch template ID or launch template name in the request.',
    ],
    [
      'a launch template by neither',
      'templated',
      { ...pinned, launchTemplate: { version: '1' } },
      'Either provide launch template ID or launch template name in the request.',
    ],
    [
      'a release that was never published',
      'plain',
      { version: '1.34', releaseVersion: '1.34.9-20260101' },
      'Requested Nodegroup release version 1.34.9-20260101 is invalid. Allowed release version is 1.34.9-20260714',
    ],
    [
      'a release of another minor',
      'plain',
      { version: '1.34', releaseVersion: '1.33.8-20260714' },
      'Requested release version 1.33.8-20260714 is not valid for kubernetes version 1.34',
    ],
    [
      "a minor beyond the cluster's",
      'plain',
      { version: '1.35' },
      'Nodegroup Kubernetes version should be equal to Cluster kubernetes version 1.34 or NodeGroup kubernetes version 1.34',
    ],
    [
      'a launch template where the group has none',
      'plain',
      { ...pinned, launchTemplate: { name: 'lt' } },
      'The node group was not created with a launch template. (simulated)',
    ],
  ])('%s', (_case, group, changes, message) => {
    expect(fleet().refusal(group, changes)).toMatchObject({ name: 'InvalidParameterException', message });
  });

  it('a second update while the first one runs', () => {
    const { update, refusal } = fleet();
    update('plain', pinned);
    expect(refusal('plain', pinned)).toMatchObject({
      name: 'ResourceInUseException',
      status: 409,
      message: 'Nodegroup cannot be updated as it is currently not in Active State',
      members: { clusterName: 'blue', nodegroupName: 'plain' },
    });
    expect(update('templated', pinned)?.status, 'other groups of the cluster').toBe('InProgress');
  });

  it.each<[NodegroupIssueCode, boolean]>([
    ['AsgInstanceLaunchFailures', true],
    ['InstanceLimitExceeded', true],
    ['InsufficientFreeAddresses', true],
    ['ClusterUnreachable', true],
    ['Ec2LaunchTemplateNotFound', false],
    ['AccessDenied', false],
  ])('a group whose health says %s: updatable %s', (code, updatable) => {
    const { estate, update, refusal } = fleet();
    estate.degrade({ cluster: 'blue', nodeGroup: 'plain', issue: { code } });
    if (updatable) {
      expect(update('plain', pinned)?.status).toBe('InProgress');
      return;
    }
    expect(refusal('plain', pinned)).toMatchObject({
      name: 'InvalidRequestException',
      message:
        'Nodegroup health has issues other than AsgInstanceLaunchFailures, InstanceLimitExceeded, InsufficientFreeAddresses, ClusterUnreachable',
    });
  });

  it('an older release, only where it is told to', () => {
    const rollBack = { version: '1.34', releaseVersion: '1.34.9-20260601' };
    const strict = fleet({ olderReleases: 'refused' });
    strict.estate.addNodeGroup({ cluster: 'blue', name: 'new' });
    expect(strict.refusal('new', rollBack).message).toContain('Allowed release version is 1.34.9-20260714');
    const usual = fleet();
    usual.estate.addNodeGroup({ cluster: 'blue', name: 'new' });
    expect(usual.update('new', rollBack)?.status).toBe('InProgress');
  });

  it('names that do not exist', () => {
    const { refusal } = fleet();
    expect(refusal('red', pinned)).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No node group found for name: red.',
    });
    expect(refusal('plain', { clusterName: 'red' }).message).toBe('No cluster found for name: red.');
  });
});

describe('takes', () => {
  it("a request without a version to the cluster's minor, whatever runs: the trap", async () => {
    const { estate, eks, update, afterMinutes } = fleet();
    estate.addNodeGroup({
      cluster: 'blue',
      name: 'behind',
      version: '1.33',
      releaseVersion: '1.33.8-20260601',
    });
    update('behind');
    await afterMinutes(60);
    const { nodegroup } = eks.DescribeNodegroup({ clusterName: 'blue', nodegroupName: 'behind' }, place);
    expect(nodegroup).toMatchObject({ status: 'ACTIVE', version: '1.34', releaseVersion: '1.34.9-20260714' });
  });

  it("a request with the group's own minor to a release of that minor", async () => {
    const { estate, eks, update, afterMinutes } = fleet();
    estate.addNodeGroup({
      cluster: 'blue',
      name: 'behind',
      version: '1.33',
      releaseVersion: '1.33.8-20260601',
    });
    update('behind', { version: '1.33' });
    await afterMinutes(60);
    const { nodegroup } = eks.DescribeNodegroup({ clusterName: 'blue', nodegroupName: 'behind' }, place);
    expect(nodegroup).toMatchObject({ version: '1.33', releaseVersion: '1.33.8-20260714' });
  });

  it("a Bottlerocket release to the image of the group's minor", async () => {
    const { estate, update, afterMinutes } = fleet();
    const name = 'rocket';
    const spec = { cluster: 'blue', name, amiType: 'BOTTLEROCKET_x86_64', version: '1.33' } as const;
    const group = estate.addNodeGroup(spec);
    update(name, { version: '1.34', releaseVersion: '1.55.0-d93bb1b1' });
    await afterMinutes(60);
    expect(group.image).toMatchObject({ version: '1.34', imageId: imageIdOf('1.34', '1.55.0-d93bb1b1') });
  });

  it('a launch template version with a new own image, and tells the image as release version', async () => {
    const { estate, eks, ec2, update, afterMinutes } = fleet();
    estate.addImage({ ...place, imageId: 'ami-0bb', name: 'golden-2' });
    const launchTemplate = { LaunchTemplateName: 'blue-own', LaunchTemplateData: { ImageId: 'ami-0bb' } };
    ec2.CreateLaunchTemplateVersion(launchTemplate, place);
    const { params } = update('own', { launchTemplate: { name: 'blue-own', version: '2' } }) ?? {};
    expect(params).toEqual([
      { type: 'LaunchTemplateName', value: 'blue-own' },
      { type: 'LaunchTemplateVersion', value: '2' },
    ]);
    await afterMinutes(60);
    const { nodegroup } = eks.DescribeNodegroup({ clusterName: 'blue', nodegroupName: 'own' }, place);
    expect(nodegroup).toMatchObject({
      amiType: 'CUSTOM',
      releaseVersion: 'ami-0bb',
      launchTemplate: { version: '2' },
    });
  });

  it('the same token twice as one update, even when it is over', async () => {
    const { eks, update, refusal, afterMinutes } = fleet();
    const first = update('plain', { ...pinned, clientRequestToken: 't' });
    expect(update('plain', { clientRequestToken: 't', ...pinned })?.id, 'while it runs').toBe(first?.id);
    await afterMinutes(60);
    const { releaseVersion, version } = pinned;
    const again = update('plain', { releaseVersion, version, clientRequestToken: 't' });
    expect(again).toMatchObject({ id: first?.id, status: 'Successful' });
    const request = { name: 'blue', nodegroupName: 'plain' };
    expect(eks.ListUpdates(request, place).updateIds).toEqual([first?.id]);
    expect(refusal('plain', { version, clientRequestToken: 't' }).name).toBe('InvalidParameterException');
    await afterMinutes(24 * 60);
    expect(update('plain', { ...pinned, clientRequestToken: 't' })?.id, 'a day later').not.toBe(first?.id);
  });
});
