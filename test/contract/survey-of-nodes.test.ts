/** Tries what a survey finds of nodes, whoever launched them, and of their volumes. */
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { clusterIn, home, openCloud, planeOf, start, surveyor } from './surveying.ts';

describe('nodes', () => {
  const launched = (cloud: Cloud, more: object) =>
    cloud.estate.addInstance({
      ...home,
      imageId: 'ami-0aa',
      instanceType: 'c7i.large',
      cluster: 'blue',
      ...more,
    });

  it.each([
    [
      'Karpenter',
      { launchedBy: { is: 'karpenter', nodePool: 'default' } },
      { is: 'karpenter', nodePool: 'default' },
    ],
    [
      'Karpenter before its version 0.32',
      { tags: { 'karpenter.sh/provisioner-name': 'old' } },
      { is: 'karpenter', nodePool: 'old' },
    ],
    [
      'EKS Auto Mode, which hides them',
      { launchedBy: { is: 'auto mode', nodePool: 'system' } },
      { is: 'auto mode' },
    ],
    [
      'an Auto Scaling group of the user’s',
      { launchedBy: { is: 'auto scaling group', name: 'workers' } },
      { is: 'auto scaling group', name: 'workers' },
    ],
    ['nobody knows whom', {}, { is: 'unknown' }],
    [
      'somebody, in a cluster of which only EKS’s tag tells',
      { cluster: undefined, tags: { 'aws:eks:cluster-name': 'blue' } },
      { is: 'unknown' },
    ],
    [
      'Karpenter, in a cluster of which only Karpenter’s tag tells',
      { cluster: undefined, tags: { 'eks:eks-cluster-name': 'blue', 'karpenter.sh/nodepool': 'p' } },
      { is: 'karpenter', nodePool: 'p' },
    ],
  ])('are found when they were launched by %s', async (_case, more, launcher) => {
    const cloud = await openCloud();
    const { id } = launched(cloud, more);
    const { nodes } = clusterIn(await planeOf(cloud));
    expect(nodes).toMatchObject([{ instanceId: id, launcher, volumes: [{ root: true, csi: false }] }]);
    const { plane } = await surveyor(cloud).share('blue');
    expect(clusterIn(plane).nodes, 'where the cluster is one of a share').toEqual(nodes);
  });

  it.each([
    ['of a cluster that EKS does not have', { cluster: 'somebody-elses' }],
    ['of no cluster', { cluster: undefined }],
    [
      'of another cluster by EKS’s own tag, whatever tags people set',
      { tags: { 'aws:eks:cluster-name': 'somebody-elses' } },
    ],
  ])('%s are left out', async (_case, more) => {
    const cloud = await openCloud();
    launched(cloud, more);
    expect(clusterIn(await planeOf(cloud)).nodes).toEqual([]);
    expect(clusterIn((await surveyor(cloud).share('blue')).plane).nodes).toEqual([]);
  });

  it('that are terminated are left out', async () => {
    const cloud = await openCloud();
    cloud.estate.terminateInstance({ ...home, instanceId: launched(cloud, {}).id });
    expect(clusterIn(await planeOf(cloud)).nodes).toEqual([]);
  });

  it('of a node group tell type, zone, image, market, interfaces and since when', async () => {
    const cloud = await openCloud();
    const { image, instances } = cloud.estate.addNodeGroup({
      cluster: 'blue',
      name: 'general',
      desiredSize: 1,
      zones: ['eu-west-3b'],
      instanceTypes: ['d3.8xlarge'],
      capacityType: 'SPOT',
      interfacesPerNode: 3,
    });
    const [node] = clusterIn(await planeOf(cloud)).nodes;
    expect(node).toMatchObject({
      instanceId: [...instances][0]?.id,
      launcher: { is: 'node group', nodeGroup: 'general' },
      instanceType: 'd3.8xlarge',
      zone: 'eu-west-3b',
      imageId: image.imageId,
      imageName: 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260714',
      imageCreatedAt: expect.stringMatching(/^2026-07-1\d/),
      launchedAt: start.toISOString(),
      spot: true,
      interfaces: 3,
      tags: { 'eks:cluster-name': 'blue' },
    });
  });

  it('whose image is gone run an image of which nothing is known', async () => {
    const cloud = await openCloud();
    launched(cloud, { imageId: 'ami-0dead' });
    const [node] = clusterIn(await planeOf(cloud)).nodes;
    expect(node).toMatchObject({ imageId: 'ami-0dead', imageName: undefined, imageCreatedAt: undefined });
  });

  it('tell root volume, volumes of their own, and volumes for pods, whether the driver made them or not', async () => {
    const cloud = await openCloud();
    const rootDisk = { type: 'gp2', sizeGiB: 50, iops: 150, throughputMiBs: undefined } as const;
    const { id } = launched(cloud, { volumes: 1, rootDisk });
    cloud.estate.attachVolumes({ ...home, instanceId: id, count: 1 });
    cloud.estate.attachVolumes({ ...home, instanceId: id, count: 1, claim: 'static' });
    const [node] = clusterIn(await planeOf(cloud)).nodes;
    expect(node?.volumes?.map(({ volumeId: _, ...volume }) => volume)).toEqual([
      { root: true, csi: false, volumeType: 'gp2', iops: 150, throughputMiBs: undefined },
      { root: false, csi: false, volumeType: 'gp3', iops: 3000, throughputMiBs: 125 },
      { root: false, csi: true, volumeType: 'gp3', iops: 3000, throughputMiBs: 125 },
      { root: false, csi: true, volumeType: 'gp3', iops: 3000, throughputMiBs: 125 },
    ]);
  });

  it('tell volumes for pods by the driver’s tags when it has used up the names that it takes first', async () => {
    const cloud = await openCloud();
    const { id } = launched(cloud, { instanceType: 'm7i.48xlarge' });
    cloud.estate.attachVolumes({ ...home, instanceId: id, count: 90 });
    const [node] = clusterIn(await planeOf(cloud)).nodes;
    expect(node?.volumes?.filter(({ csi }) => csi)).toHaveLength(90);
  });
});
