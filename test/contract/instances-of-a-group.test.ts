/** Tries how the instances of a node group are read: all that run or are about to, and never none by mistake. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { ec2Instances } from '../../functions/aws/ec2-images.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { home, openCloud } from './surveying.ts';

const group = { target: home, cluster: 'blue', nodeGroup: 'a' } as const;

const withGroup = async (pageSize?: number) => {
  const cloud = await openCloud(pageSize);
  const { image } = cloud.estate.addNodeGroup({ ...home, cluster: 'blue', name: 'a', desiredSize: 3 });
  cloud.estate.addNodeGroup({ ...home, cluster: 'blue', name: 'b', desiredSize: 1 });
  return { cloud, image, instances: ec2Instances(clientOf(EC2Client, cloud, { region: home.region })) };
};

it.each([undefined, 2])('those of the group alone, by pages of %s', async (pageSize) => {
  const { image, instances } = await withGroup(pageSize);
  const found = await instances.of(group);
  expect(found.map(({ imageId }) => imageId)).toEqual([image.imageId, image.imageId, image.imageId]);
  expect(new Set(found.map(({ instanceId }) => instanceId)).size).toBe(3);
});

it.each([
  ['Reservations', 'EC2 told no reservations'],
  ['Reservations.Instances', 'EC2 told no instances of a reservation'],
  ['Reservations.Instances.InstanceId', 'EC2 told no id of an instance'],
])('an answer without %s is an error, and no empty group', async (path, says) => {
  const { cloud, instances } = await withGroup();
  cloud.withheld.field = { service: 'ec2', operation: 'DescribeInstances', path };
  await expect(instances.of(group)).rejects.toMatchObject({ cause: { message: says } });
});

it('an instance whose image is not told runs another one', async () => {
  const { cloud, instances } = await withGroup();
  const path = 'Reservations.Instances.ImageId';
  cloud.withheld.field = { service: 'ec2', operation: 'DescribeInstances', path };
  expect((await instances.of(group)).map(({ imageId }) => imageId)).toEqual(['', '', '']);
});
