/** Tries how a survey reads: all pages, few calls, and what it does about what cannot be read. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../cloud/service.ts';
import { clusterIn, furnish, home, openCloud, outdateTemplate, planeOf, surveyor } from './surveying.ts';

it('is the same whatever the size of the pages', async () => {
  const [large, small] = [await openCloud(), await openCloud(2)];
  for (const cloud of [large, small]) furnish(cloud);
  const plane = await planeOf(large);
  expect(plane.clusters.flatMap(({ nodes }) => nodes)).toHaveLength(18);
  expect(await planeOf(small)).toEqual(plane);
});

describe('what cannot be read', () => {
  const broken = async (
    service: string,
    operation: string,
    when?: (input: never) => boolean,
    as?: Refusal,
  ) => {
    const cloud = await openCloud();
    furnish(cloud);
    const refusal = as ?? new Refusal('AccessDeniedException', 'no', { status: 403 });
    cloud.faults.add({ service, operation, times: 'always', as: refusal, ...(when && { when }) });
    const { plane, unread, failures } = await surveyor(cloud).survey();
    return { plane, unread: [...unread].sort(), failures: failures.map(({ message }) => message) };
  };
  const ofGreen = ({ name, clusterName }: { name?: string; clusterName?: string }) =>
    (name ?? clusterName) === 'green';

  it.each([
    ['a cluster', 'DescribeCluster', 'reading cluster green'],
    ['the list of its groups', 'ListNodegroups', 'listing the node groups of green'],
  ])('%s leaves the cluster unread, and the others stand', async (_case, operation, message) => {
    const { plane, unread, failures } = await broken('eks', operation, ofGreen);
    expect(plane?.clusters.map(({ name }) => name)).toEqual(['blue']);
    expect(clusterIn(plane).nodes).toHaveLength(9);
    expect([unread, failures]).toEqual([['green'], [message]]);
  });

  it('one group leaves its cluster unread, with the other groups and all nodes in it', async () => {
    const when = (input: { nodegroupName: string; clusterName: string }) =>
      ofGreen(input) && input.nodegroupName === 'b';
    const { plane, unread, failures } = await broken('eks', 'DescribeNodegroup', when);
    const { groups, nodes } = clusterIn(plane, 'green');
    expect([groups.map(({ nodeGroup }) => nodeGroup), nodes.length]).toEqual([['a', 'c'], 9]);
    expect([unread, failures]).toEqual([['green'], ['reading node group b of green']]);
  });

  it('volumes leave the clusters unread whose nodes have them, and the nodes stand', async () => {
    const { plane, unread, failures } = await broken('ec2', 'DescribeVolumes');
    expect(new Set(clusterIn(plane).nodes.map(({ volumes }) => volumes))).toEqual(new Set([undefined]));
    expect([unread, failures]).toEqual([['blue', 'green'], ['reading the volumes of 18 instances']]);
  });

  it('subnets leave the clusters unread whose groups name them', async () => {
    const { plane, unread, failures } = await broken('ec2', 'DescribeSubnets');
    expect(plane?.subnets.size).toBe(0);
    expect([unread, failures]).toEqual([['blue', 'green'], ['reading 6 subnets']]);
  });

  it('one version of a launch template leaves the cluster of its group unread', async () => {
    const cloud = await openCloud();
    furnish(cloud);
    const template = outdateTemplate(cloud.estate.nodeGroup({ cluster: 'green', nodeGroup: 'a' }));
    cloud.faults.add({
      service: 'ec2',
      operation: 'DescribeLaunchTemplateVersions',
      when: ({ LaunchTemplateId }: { LaunchTemplateId?: string }) => LaunchTemplateId !== undefined,
      times: 'always',
      as: 'throttled',
    });
    const { plane, unread, failures } = await surveyor(cloud).survey();
    expect(clusterIn(plane, 'green').groups.map(({ templateVolumes }) => templateVolumes)).toEqual([
      undefined,
      [],
      [],
    ]);
    expect([[...unread], failures.map(({ message }) => message)]).toEqual([
      ['green'],
      [`reading version 1 of launch template ${template.id}`],
    ]);
  });

  it('every cluster makes no plane', async () => {
    const { plane, unread } = await broken('eks', 'DescribeCluster');
    expect([plane, unread]).toEqual([undefined, ['blue', 'green']]);
  });

  it.each([
    ['eks', 'ListClusters'],
    ['eks', 'DescribeClusterVersions'],
    ['ec2', 'DescribeInstances'],
    ['ec2', 'DescribeInstanceTypes'],
    ['ec2', 'DescribeInstanceTypeOfferings'],
    ['ec2', 'DescribeImages'],
  ])('%s:%s, on which every cluster hangs, fails the survey', async (service, operation) => {
    await expect(broken(service, operation)).rejects.toThrow();
  });

  it.each([
    ['cluster', 'DescribeCluster', ['blue']],
    ['node group', 'DescribeNodegroup', ['blue', 'green']],
  ])('a %s deleted since it was listed is no failure', async (_case, operation, clusters) => {
    const gone = new Refusal('ResourceNotFoundException', 'gone', { status: 404 });
    const { plane, unread } = await broken('eks', operation, ofGreen, gone);
    expect(plane?.clusters.map(({ name }) => name)).toEqual(clusters);
    expect(unread).toEqual([]);
  });
});

describe('the calls of a survey', () => {
  it('of a share are for the nodes of its own clusters, found once each', async () => {
    const cloud = await openCloud();
    cloud.estate.addCluster({ ...home, name: 'green', version: '1.34' });
    cloud.estate.addNodeGroup({ cluster: 'blue', name: 'a', desiredSize: 3 });
    cloud.estate.addNodeGroup({ cluster: 'green', name: 'a', desiredSize: 2_500 });
    cloud.forgetCalls();
    const { plane } = await surveyor(cloud).share('blue');
    expect(clusterIn(plane).nodes).toHaveLength(3);
    // One for each of the four tags that can tell of a cluster; a list of all has three pages.
    expect(cloud.callCounts()['ec2:DescribeInstances']).toBe(4);
  });

  const fleet = async (clusters: number, groups: number) => {
    const cloud = await openCloud();
    cloud.estate.deleteCluster({ cluster: 'blue' });
    for (let i = 0; i < clusters; i++) {
      const cluster = `c${i}`;
      cloud.estate.addCluster({ ...home, name: cluster, version: '1.34' });
      for (let j = 0; j < groups; j++) {
        const name = `g${j}`;
        const launchTemplate = { name: `${cluster}-${name}`, data: {} };
        cloud.estate.addNodeGroup({ cluster, name, desiredSize: 8, launchTemplate });
      }
    }
    return cloud;
  };

  it('are one for each hundred clusters, two a cluster, one a group, and the pages of the rest', async () => {
    const [clusters, groups] = [101, 2];
    const cloud = await fleet(clusters, groups);
    const planes = surveyor(cloud);
    cloud.forgetCalls();
    const { plane } = await planes.survey();
    const counts = cloud.callCounts();
    const nodes = clusters * groups * 8;
    const pages = (items: number, size: number) => Math.ceil(items / size);
    const offers = [...(plane?.offers.values() ?? [])].reduce((sum, { size }) => sum + size, 0);
    expect(counts).toEqual({
      'eks:ListClusters': 2,
      'eks:DescribeCluster': clusters,
      'eks:ListNodegroups': clusters,
      'eks:DescribeNodegroup': clusters * groups,
      'eks:DescribeClusterVersions': 1,
      'ec2:DescribeInstances': pages(nodes, 1000),
      'ec2:DescribeVolumes': pages(nodes, 200),
      'ec2:DescribeImages': 1,
      'ec2:DescribeSubnets': pages(clusters * 3, 200),
      'ec2:DescribeLaunchTemplateVersions': pages(clusters * groups, 200),
      'ec2:DescribeInstanceTypes': pages(plane?.types.size ?? 0, 100),
      'ec2:DescribeInstanceTypeOfferings': pages(offers, 1000),
    });
  });

  it('read types and offers once while the function is warm', async () => {
    const cloud = await fleet(1, 1);
    const planes = surveyor(cloud);
    const first = await planes.survey();
    cloud.forgetCalls();
    expect(await planes.survey()).toEqual(first);
    expect(Object.keys(cloud.callCounts()).filter((call) => call.includes('InstanceType'))).toEqual([]);
  });
});
