/** Tries EKS and EC2 as the SDK's own clients see them: shapes, dates, errors and paginators over HTTP. */
import {
  CreateLaunchTemplateVersionCommand,
  DescribeImagesCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeInstanceTypes,
} from '@aws-sdk/client-ec2';
import {
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  EKSClient,
  paginateListNodegroups,
  ResourceInUseException,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { clientOf, home } from './sdk-clients.ts';

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startCloud({ start: new Date('2026-07-20T06:00:00Z'), pageSize: 2 });
  const releases = { from: cloud.clock.now(), to: cloud.clock.now() };
  cloud.shelf.scheduleOnto(cloud.clock, [home.region], releases);
  cloud.estate.addCluster({ ...home, name: 'blue', version: '1.34' });
  cloud.estate.addImage({ ...home, imageId: 'ami-0aa', name: 'golden' });
  const older = { version: '1.34', releaseVersion: '1.34.9-20260625' };
  for (const name of ['a', 'b', 'c']) cloud.estate.addNodeGroup({ cluster: 'blue', name, ...older });
  cloud.estate.addNodeGroup({ cluster: 'blue', name: 'own', ownImage: { imageId: 'ami-0aa' } });
});

afterEach(async () => {
  expect(cloud.broken).toEqual([]);
  await cloud.close();
});

const all = async <P, T>(
  pages: AsyncIterable<P>,
  itemsOf: (page: P) => readonly T[] | undefined,
): Promise<T[]> => {
  const items: T[] = [];
  for await (const page of pages) items.push(...(itemsOf(page) ?? []));
  return items;
};

it('rolls a node group, and refuses a second update as the SDK knows it', async () => {
  const eks = clientOf(EKSClient, cloud);
  const names = await all(
    paginateListNodegroups({ client: eks }, { clusterName: 'blue' }),
    (page) => page.nodegroups,
  );
  expect(names).toEqual(['a', 'b', 'c', 'own']);

  const group = { clusterName: 'blue', nodegroupName: 'a' };
  const roll = new UpdateNodegroupVersionCommand({ ...group, version: '1.34', clientRequestToken: 't-1' });
  const { update } = await eks.send(roll);
  expect(update).toMatchObject({ status: 'InProgress', createdAt: new Date('2026-07-20T06:00:00Z') });
  const second = eks.send(new UpdateNodegroupVersionCommand({ ...group, version: '1.34' }));
  await expect(second).rejects.toBeInstanceOf(ResourceInUseException);
  await expect(second).rejects.toMatchObject({ ...group, $metadata: { httpStatusCode: 409 } });

  await cloud.clock.advanceTo(new Date('2026-07-20T07:00:00Z'));
  const asked = { name: 'blue', nodegroupName: 'a', updateId: update?.id };
  expect((await eks.send(new DescribeUpdateCommand(asked))).update?.status).toBe('Successful');
  const { nodegroup } = await eks.send(new DescribeNodegroupCommand(group));
  expect(nodegroup).toMatchObject({
    status: 'ACTIVE',
    releaseVersion: '1.34.9-20260714',
    health: { issues: [] },
  });
});

it('tells instances and instance types in pages', async () => {
  const ec2 = clientOf(EC2Client, cloud);
  const Filters = [{ Name: 'tag:eks:cluster-name', Values: ['blue'] }];
  const instances = await all(
    paginateDescribeInstances({ client: ec2, pageSize: 1000 }, { Filters }),
    (page) => page.Reservations?.flatMap(({ Instances }) => Instances ?? []),
  );
  expect(instances).toHaveLength(8);
  expect(instances[0]).toMatchObject({
    LaunchTime: new Date('2026-07-20T06:00:00Z'),
    State: { Code: 16, Name: 'running' },
    BlockDeviceMappings: [{ Ebs: { DeleteOnTermination: true } }],
    NetworkInterfaces: [{ Attachment: { DeviceIndex: 0 } }, { Attachment: { DeviceIndex: 1 } }],
  });
  const filters = [{ Name: 'instance-type', Values: ['m6i.*large'] }];
  const types = await all(
    paginateDescribeInstanceTypes({ client: ec2 }, { Filters: filters }),
    (page) => page.InstanceTypes,
  );
  expect(types).toHaveLength(9);
  expect(types[0]?.EbsInfo).toMatchObject({ MaximumEbsAttachments: 27, AttachmentLimitType: 'shared' });
});

it('makes a launch template version for an own image, and misses one that is gone', async () => {
  const ec2 = clientOf(EC2Client, cloud);
  const made = await ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName: 'blue-own',
      SourceVersion: '1',
      ClientToken: 't-1',
      LaunchTemplateData: { ImageId: 'ami-0bb' },
    }),
  );
  expect(made.LaunchTemplateVersion).toMatchObject({
    VersionNumber: 2,
    LaunchTemplateData: { ImageId: 'ami-0bb' },
  });
  await expect(ec2.send(new DescribeImagesCommand({ ImageIds: ['ami-0bb'] }))).rejects.toMatchObject({
    name: 'InvalidAMIID.NotFound',
    message: "The image id '[ami-0bb]' does not exist",
  });
});
