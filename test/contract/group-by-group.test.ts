/** Tries how node groups are read one by one, as a tick does. */
import { EKSClient } from '@aws-sdk/client-eks';
import { expect, it } from 'vitest';
import { eksClusters } from '../../functions/aws/eks-clusters.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { Refusal } from '../cloud/service.ts';
import { home, openCloud } from './surveying.ts';

const names = ['a', 'b', 'c'];

const withGroups = async () => {
  const cloud = await openCloud();
  for (const name of names) cloud.estate.addNodeGroup({ ...home, cluster: 'blue', name });
  return { cloud, clusters: eksClusters(clientOf(EKSClient, cloud, { region: home.region })) };
};

it('groups of a cluster that are read in one look share what is asked of the cluster', async () => {
  const { cloud, clusters } = await withGroups();
  const look = {};
  const first = await clusters.group('blue', 'a', look);
  const others = await Promise.all(['b', 'c'].map((name) => clusters.group('blue', name, look)));
  const read = [first, ...others];
  expect(read.map((group) => [group?.nodeGroup, group?.clusterTags])).toEqual(
    names.map((name) => [name, { environment: 'dev' }]),
  );
  expect(cloud.callCounts()).toMatchObject({ 'eks:DescribeCluster': 1, 'eks:DescribeNodegroup': 3 });
});

it('another look asks anew, and so does the same after a failure', async () => {
  const { cloud, clusters } = await withGroups();
  cloud.faults.add({
    service: 'eks',
    operation: 'DescribeCluster',
    times: 1,
    as: new Refusal('AccessDeniedException', 'no', { status: 403 }),
  });
  const look = {};
  await expect(clusters.group('blue', 'a', look)).rejects.toThrow('reading cluster blue');
  for (const name of names) await clusters.group('blue', name, look);
  expect(cloud.callCounts()).toMatchObject({ 'eks:DescribeCluster': 2, 'eks:DescribeNodegroup': 3 });
  await clusters.group('blue', 'a', {});
  await clusters.group('blue', 'a');
  expect(cloud.callCounts()).toMatchObject({ 'eks:DescribeCluster': 4, 'eks:DescribeNodegroup': 5 });
});
