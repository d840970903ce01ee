/** Tries what a survey finds of node groups, clusters and instance types. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { clusterIn, home, openCloud, planeOf, start, surveyor } from './surveying.ts';

describe('node groups', () => {
  const one = async (spec: object, prepare = (_cloud: Cloud) => {}) => {
    const cloud = await openCloud();
    cloud.estate.addNodeGroup({ cluster: 'blue', name: 'one', ...spec });
    prepare(cloud);
    return clusterIn(await planeOf(cloud)).groups[0];
  };
  const script = '#!/bin/bash\necho hello\n';
  const BlockDeviceMappings = [
    { DeviceName: '/dev/xvda', Ebs: { VolumeType: 'gp2', VolumeSize: 50 } },
    { DeviceName: '/dev/xvdb', Ebs: { VolumeType: 'gp3', VolumeSize: 200, Iops: 6000, Throughput: 250 } },
    { DeviceName: '/dev/sdc', VirtualName: 'ephemeral0' },
  ];
  const withTemplate = (data: object) => ({ launchTemplate: { name: 'lt', data } });

  it.each([
    [
      'its types, as EKS gives them',
      { instanceTypes: ['m5.large', 'm6i.large'] },
      { instanceTypes: ['m5.large', 'm6i.large'] },
    ],
    [
      'the type of its launch template',
      withTemplate({ InstanceType: 'c7i.large' }),
      { instanceTypes: ['c7i.large'] },
    ],
    ['its market', { capacityType: 'SPOT' }, { capacity: 'spot' }],
    [
      'how far it scales',
      { scaling: { minSize: 1, maxSize: 9, desiredSize: 3 } },
      { scaling: { min: 1, max: 9, desired: 3 } },
    ],
    [
      'how many nodes an update takes',
      { updateConfig: { maxUnavailable: 4 } },
      { maxUnavailable: { nodes: 4 } },
    ],
    [
      'what share of its nodes an update takes, and how',
      { updateConfig: { maxUnavailablePercentage: 33, updateStrategy: 'MINIMAL' } },
      { maxUnavailable: { percent: 33 }, updateStrategy: 'MINIMAL' },
    ],
    [
      'that EKS gives neither',
      { updateConfig: {} },
      { maxUnavailable: undefined, updateStrategy: undefined },
    ],
    [
      'the volumes of its launch template',
      withTemplate({ BlockDeviceMappings }),
      {
        templateVolumes: [
          { device: '/dev/xvda', volumeType: 'gp2', sizeGiB: 50, iops: undefined, throughputMiBs: undefined },
          { device: '/dev/xvdb', volumeType: 'gp3', sizeGiB: 200, iops: 6000, throughputMiBs: 250 },
        ],
      },
    ],
    [
      'that its launch template names no volumes',
      withTemplate({}),
      { hasTemplate: true, templateVolumes: [], userData: undefined },
    ],
    [
      'that it has no launch template',
      {},
      { hasTemplate: false, templateVolumes: undefined, userData: undefined },
    ],
    ['user data', withTemplate({ UserData: Buffer.from(script).toString('base64') }), { userData: script }],
    [
      'user data that is gzipped',
      withTemplate({ UserData: gzipSync(script).toString('base64') }),
      { userData: script },
    ],
    [
      'that its user data cannot be unpacked',
      withTemplate({ UserData: gzipSync(script).subarray(0, 12).toString('base64') }),
      { userData: undefined },
    ],
  ])('tell %s', async (_case, spec, told) => {
    expect(await one(spec)).toMatchObject(told);
  });

  it('are told by the version they use, also when it is neither the latest nor the default', async () => {
    const use = (cloud: Cloud, version: number) => {
      const [template] = cloud.estate.place(home).launchTemplates.values();
      cloud.estate.addNodeGroup({
        cluster: 'blue',
        name: `v${version}`,
        launchTemplate: { id: template?.id ?? '', version },
      });
    };
    const cloud = await openCloud();
    const template = cloud.estate.addLaunchTemplate({
      ...home,
      name: 'lt',
      data: { InstanceType: 'm5.large' },
    });
    for (const InstanceType of ['m6i.large', 'm7i.large'] as const)
      template.versions.set(++template.latestVersion, {
        number: template.latestVersion,
        description: undefined,
        createdAt: start,
        data: { InstanceType },
      });
    for (const version of [1, 2, 3]) use(cloud, version);
    const groups = clusterIn(await planeOf(cloud)).groups;
    expect(groups.map(({ instanceTypes }) => instanceTypes)).toEqual([
      ['m5.large'],
      ['m6i.large'],
      ['m7i.large'],
    ]);
    // One list, and one version that is not on it.
    expect(cloud.callCounts()['ec2:DescribeLaunchTemplateVersions']).toBe(2);
  });

  it('whose launch template is gone have one of which nothing is known', async () => {
    const group = await one(withTemplate({ InstanceType: 'c7i.large', BlockDeviceMappings }), (cloud) =>
      cloud.estate.place(home).launchTemplates.clear(),
    );
    expect(group).toMatchObject({ instanceTypes: [], templateVolumes: undefined, userData: undefined });
  });

  it('with an image of their own tell what EC2 knows of it', async () => {
    const cloud = await openCloud();
    const { imageId } = cloud.estate.addImage({ ...home, name: 'golden-1', createdAt: start });
    cloud.estate.addNodeGroup({ cluster: 'blue', name: 'own', ownImage: { imageId }, desiredSize: 0 });
    expect(clusterIn(await planeOf(cloud)).groups[0]?.image).toMatchObject({
      is: 'own',
      facts: { name: 'golden-1', ownedByAws: false, createdAt: start.toISOString() },
    });
  });

  it('name subnets, whose free addresses are told, unless they are gone', async () => {
    const cloud = await openCloud();
    const { subnets } = cloud.estate.addNodeGroup({
      cluster: 'blue',
      name: 'one',
      zones: ['eu-west-3a', 'eu-west-3b'],
    });
    const [first, second] = subnets.map(({ id }) => id);
    cloud.estate.setFreeAddresses({ ...home, subnetId: first ?? '', freeAddresses: 3 });
    cloud.estate.place(home).subnets.delete(second ?? '');
    const plane = await planeOf(cloud);
    expect(clusterIn(plane).groups[0]?.subnetIds).toEqual([first, second]);
    expect([...plane.subnets.values()]).toEqual([{ subnetId: first, zone: 'eu-west-3a', freeAddresses: 3 }]);
  });
});

describe('clusters', () => {
  it('tell minor, tags, Auto Mode and the end of standard support', async () => {
    const cloud = await openCloud();
    cloud.estate.addCluster({ ...home, name: 'auto', version: '1.36', autoMode: true });
    cloud.estate.addCluster({ ...home, name: 'older', version: '1.31' });
    const { clusters, target } = await planeOf(cloud);
    expect(target).toEqual(home);
    expect(clusters.map(({ groups: _, nodes: __, ...cluster }) => cluster)).toEqual([
      {
        name: 'blue',
        minor: '1.34',
        tags: { environment: 'dev' },
        autoMode: false,
        standardSupportEndsAt: '2026-12-02T00:00:00.000Z',
      },
      {
        name: 'auto',
        minor: '1.36',
        tags: {},
        autoMode: true,
        standardSupportEndsAt: '2027-08-10T00:00:00.000Z',
      },
      {
        name: 'older',
        minor: '1.31',
        tags: {},
        autoMode: false,
        standardSupportEndsAt: '2025-11-26T00:00:00.000Z',
      },
    ]);
  });

  it('of which there are none make no plane, and no call for what would hang on them', async () => {
    const cloud = await openCloud();
    cloud.estate.deleteCluster({ cluster: 'blue' });
    expect((await surveyor(cloud).survey()).plane).toBeUndefined();
    expect(cloud.callCounts()['ec2:DescribeInstances']).toBeUndefined();
  });
});

describe('instance types', () => {
  it('tell slots, size, accelerators and the default network card, as far as EC2 does', async () => {
    const cloud = await openCloud();
    const virginia = { ...home, region: 'us-east-1' };
    cloud.estate.addCluster({ ...virginia, name: 'elsewhere', version: '1.34' });
    const { types, offers } = (await surveyor(cloud, virginia.region).survey()).plane ?? {};
    expect(types?.get('d3.8xlarge')).toEqual({
      name: 'd3.8xlarge',
      architectures: ['x86_64'],
      vcpus: 32,
      memoryMiB: 262_144,
      gpus: 0,
      accelerators: 0,
      acceleratorMakers: [],
      hypervisor: 'nitro',
      bareMetal: false,
      burstable: false,
      currentGeneration: true,
      ebsAttachments: 3,
      ebsLimit: 'shared',
      interfaces: 3,
      addressesPerInterface: 20,
      instanceStorage: true,
      ebsBaseline: { iops: 30_000, throughputMBs: 625 },
    });
    const accelerated = [
      'g5.48xlarge',
      'dl1.24xlarge',
      'inf2.24xlarge',
      'trn1.32xlarge',
      'p5.48xlarge',
      'f2.12xlarge',
    ];
    expect(
      accelerated.map((name) => {
        const { gpus, accelerators, acceleratorMakers, interfaces } = types?.get(name) ?? {};
        return [name, gpus, accelerators, acceleratorMakers?.join(), interfaces];
      }),
    ).toEqual([
      ['g5.48xlarge', 8, 0, 'NVIDIA', 7],
      ['dl1.24xlarge', 0, 8, 'Habana', 15],
      ['inf2.24xlarge', 0, 6, 'AWS', 15],
      ['trn1.32xlarge', 0, 16, 'AWS', 5],
      ['p5.48xlarge', 8, 0, 'NVIDIA', 2],
      ['f2.12xlarge', 0, 2, 'Xilinx', 8],
    ]);
    expect(types?.get('t3.large')).toMatchObject({ burstable: true });
    expect(types?.get('m5.metal')).toMatchObject({ bareMetal: true, hypervisor: undefined });
    expect(types?.get('m4.large')).toMatchObject({ hypervisor: 'xen', currentGeneration: false });
    expect(offers?.size).toBe(6);
    expect(offers?.get('us-east-1a')?.has('d3.8xlarge')).toBe(true);
  });
});
