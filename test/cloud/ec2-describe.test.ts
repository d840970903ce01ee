/** Tries EC2's questions about instances, images, subnets and instance types. */
import { describe, expect, it } from 'vitest';
import { imageIdOf, place, smallEstate } from './small-estate.ts';

const fleet = (pageSize?: number) => {
  const world = smallEstate(pageSize === undefined ? {} : { pageSize });
  const group = world.estate.addNodeGroup({
    cluster: 'blue',
    name: 'web',
    desiredSize: 5,
    volumesPerNode: 2,
  });
  return { ...world, group };
};

const byGroup = [{ Name: 'tag:eks:nodegroup-name', Values: ['web'] }];

describe('instances', () => {
  it('carry what EKS, Auto Scaling and EC2 say of a node', () => {
    const { ec2, group } = fleet();
    const { Reservations } = ec2.DescribeInstances({ Filters: byGroup, MaxResults: 1000 }, place);
    const instance = Reservations?.[0]?.Instances?.[0];
    expect(instance).toMatchObject({
      ImageId: imageIdOf('1.34', '1.34.9-20260714'),
      State: { Name: 'running' },
      InstanceType: 'm6i.large',
      PrivateDnsName: expect.stringMatching(/^ip-10-0-.*\.eu-west-1\.compute\.internal$/),
      Tags: expect.arrayContaining([
        { Key: 'aws:autoscaling:groupName', Value: group.autoScalingGroup },
        { Key: 'eks:cluster-name', Value: 'blue' },
        { Key: 'kubernetes.io/cluster/blue', Value: 'owned' },
      ]),
    });
    expect(instance?.NetworkInterfaces).toHaveLength(2);
    expect(instance?.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName)).toEqual([
      '/dev/xvda',
      '/dev/xvdb',
      '/dev/xvdc',
    ]);
    expect(
      new Set(Reservations?.map(({ Instances }) => Instances?.[0]?.Placement?.AvailabilityZone)).size,
    ).toBe(3);
  });

  it('come in pages no larger than the test wants', () => {
    const { ec2 } = fleet(2);
    const sizes: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = ec2.DescribeInstances({ Filters: byGroup, ...(NextToken && { NextToken }) }, place);
      sizes.push(page.Reservations?.length ?? 0);
      NextToken = page.NextToken;
    } while (NextToken);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it.each([
    ['a cluster by tag key', [{ Name: 'tag-key', Values: ['kubernetes.io/cluster/blue'] }], 6],
    ['a pattern', [{ Name: 'tag:karpenter.sh/nodepool', Values: ['def*'] }], 1],
    ['an image', [{ Name: 'image-id', Values: ['ami-0cc'] }], 1],
    ['a state', [{ Name: 'instance-state-name', Values: ['pending', 'running'] }], 6],
    ['two at once', [...byGroup, { Name: 'image-id', Values: ['ami-0cc'] }], 0],
  ])('are found by %s', (_case, Filters, count) => {
    const { ec2, estate } = fleet();
    const tags = { 'karpenter.sh/nodepool': 'default' };
    estate.addInstance({ ...place, imageId: 'ami-0cc', instanceType: 'c7g.large', cluster: 'blue', tags });
    expect(ec2.DescribeInstances({ Filters }, place).Reservations).toHaveLength(count);
  });

  it('are told as terminated for an hour', async () => {
    const { ec2, estate, group, afterMinutes } = fleet();
    const [instance] = group.instances;
    const instanceId = instance?.id ?? '';
    estate.terminateInstance({ ...place, instanceId });
    const describe = () =>
      ec2.DescribeInstances({ InstanceIds: [instanceId] }, place).Reservations?.[0]?.Instances?.[0];
    expect(describe()).toMatchObject({ State: { Name: 'terminated' }, NetworkInterfaces: [] });
    expect(group.instances.size, 'Auto Scaling replaces it').toBe(5);
    await afterMinutes(61);
    expect(describe).toThrow(`The instance ID '${instanceId}' does not exist`);
  });

  it('are not paged when asked for by id, and filters must be known', () => {
    const { ec2 } = fleet();
    const both = { InstanceIds: ['i-1'], MaxResults: 10 };
    expect(() => ec2.DescribeInstances(both, place)).toThrow('cannot be used with the parameter maxResults');
    expect(() => ec2.DescribeInstances({ Filters: [{ Name: 'colour', Values: ['red'] }] }, place)).toThrow(
      "'colour'",
    );
    expect(() => ec2.DescribeInstances({ NextToken: 'x' }, place)).toThrow('The token specified is invalid.');
  });
});

describe('images', () => {
  it('are found on the shelf and among the own', () => {
    const { ec2, estate } = fleet();
    estate.addImage({ ...place, imageId: 'ami-0aa', name: 'golden-1', tags: { team: 'platform' } });
    const names = (input: Parameters<typeof ec2.DescribeImages>[0]) =>
      ec2.DescribeImages(input, place).Images?.map(({ Name }) => Name);
    expect(names({ Owners: ['self'] })).toEqual(['golden-1']);
    expect(names({ Filters: [{ Name: 'tag:team', Values: ['platform'] }] })).toEqual(['golden-1']);
    expect(names({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: ['al2023*1.34*'] }] })).toHaveLength(
      2,
    );
    const ImageIds = [imageIdOf('1.34', '1.34.9-20260714')];
    expect(ec2.DescribeImages({ ImageIds }, place).Images?.[0]).toMatchObject({
      ImageOwnerAlias: 'amazon',
      CreationDate: '2026-07-14T00:00:00.000Z',
      DeprecationTime: '2028-07-14T00:00:00.000Z',
      State: 'available',
      Architecture: 'x86_64',
    });
  });

  it('that are gone are refused by name', () => {
    const { ec2, estate } = fleet();
    estate.addImage({ ...place, imageId: 'ami-0aa', name: 'golden-1' });
    estate.removeImage({ ...place, imageId: 'ami-0aa' });
    expect(() => ec2.DescribeImages({ ImageIds: ['ami-0aa'] }, place)).toThrow(
      expect.objectContaining({
        name: 'InvalidAMIID.NotFound',
        message: "The image id '[ami-0aa]' does not exist",
      }),
    );
  });

  it('that are deprecated are left out of lists, unless asked for', () => {
    const { ec2, shelf } = fleet();
    shelf.withdraw(place.region, 'AL2023_x86_64_STANDARD', '1.34.9-20260714', 'deprecated');
    const Filters = [{ Name: 'name', Values: ['*1.34.9-20260714'] }];
    expect(ec2.DescribeImages({ Filters }, place).Images).toEqual([]);
    expect(ec2.DescribeImages({ Filters, IncludeDeprecated: true }, place).Images).toHaveLength(1);
  });

  it.each([
    ['are shown to their owner, if asked for', place.account, true, ['disabled']],
    ['are left out otherwise', place.account, false, []],
    ['are shown to nobody else', '999900001111', true, []],
  ])('that are disabled %s', (_case, ownerId, IncludeDisabled, states) => {
    const { ec2, estate } = fleet();
    estate.addImage({ ...place, imageId: 'ami-0aa', name: 'golden-1', ownerId, state: 'disabled' });
    const Filters = [{ Name: 'image-id', Values: ['ami-0aa'] }];
    const { Images = [] } = ec2.DescribeImages({ Filters, IncludeDisabled }, place);
    expect(Images.map(({ State }) => State)).toEqual(states);
  });
});

describe('volumes', () => {
  const templated = () => {
    const world = smallEstate();
    const BlockDeviceMappings = [
      { DeviceName: '/dev/xvda', Ebs: { VolumeType: 'gp2' as const, VolumeSize: 50 } },
      { DeviceName: '/dev/xvdb', Ebs: { VolumeSize: 200, Iops: 6000, Throughput: 250 } },
    ];
    const launchTemplate = { name: 'disks', data: { BlockDeviceMappings } };
    const [node] = world.estate.addNodeGroup({ cluster: 'blue', name: 'web', launchTemplate }).instances;
    const instanceId = node?.id ?? '';
    world.estate.attachVolumes({ ...place, instanceId, count: 1 });
    world.estate.attachVolumes({ ...place, instanceId, count: 1, claim: 'static' });
    const Filters = [{ Name: 'attachment.instance-id', Values: [instanceId] }];
    return { ...world, instanceId, Filters };
  };

  it('are those of the launch template and those that the CSI driver attached, which tags its own', () => {
    const { ec2, Filters } = templated();
    const { Volumes = [] } = ec2.DescribeVolumes({ Filters }, place);
    const told = Volumes.map(({ Attachments, VolumeType, Iops, Throughput, Tags }) => [
      Attachments?.[0]?.Device,
      [VolumeType, Iops, Throughput],
      Tags?.some(({ Key, Value }) => Key === 'ebs.csi.aws.com/cluster' && Value === 'true'),
    ]);
    expect(told).toEqual([
      ['/dev/xvda', ['gp2', 150, undefined], false],
      ['/dev/xvdb', ['gp3', 6000, 250], false],
      ['/dev/xvdaa', ['gp3', 3000, 125], true],
      ['/dev/xvdab', ['gp3', 3000, 125], false],
    ]);
  });

  it('are the ones that the instance names', () => {
    const { ec2, Filters, instanceId } = templated();
    const { Volumes = [] } = ec2.DescribeVolumes({ Filters }, place);
    const { Reservations } = ec2.DescribeInstances({ InstanceIds: [instanceId] }, place);
    const mapped = Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.VolumeId);
    expect(Volumes.map(({ VolumeId }) => VolumeId)).toEqual(mapped);
    const [first = ''] = mapped ?? [];
    expect(ec2.DescribeVolumes({ VolumeIds: [first] }, place).Volumes).toHaveLength(1);
    expect(() => ec2.DescribeVolumes({ VolumeIds: ['vol-0'] }, place)).toThrow(
      expect.objectContaining({ name: 'InvalidVolume.NotFound' }),
    );
  });

  it('come in pages, and go with their instance', () => {
    const { ec2, estate, instanceId, Filters } = templated();
    const { NextToken } = ec2.DescribeVolumes({ MaxResults: 5 }, place);
    expect(ec2.DescribeVolumes({ MaxResults: 5, NextToken }, place).Volumes).toHaveLength(1);
    estate.terminateInstance({ ...place, instanceId });
    expect(ec2.DescribeVolumes({ Filters }, place).Volumes).toEqual([]);
  });
});

describe('what EKS Auto Mode runs', () => {
  it('is hidden unless it is asked for', () => {
    const { ec2, estate } = smallEstate();
    const launchedBy = { is: 'auto mode', nodePool: 'system' } as const;
    estate.addInstance({
      ...place,
      imageId: 'ami-0cc',
      instanceType: 'c7g.large',
      cluster: 'blue',
      launchedBy,
    });
    const shown = (IncludeManagedResources: boolean) => [
      ec2.DescribeInstances({ IncludeManagedResources }, place).Reservations?.length,
      ec2.DescribeVolumes({ IncludeManagedResources }, place).Volumes?.length,
    ];
    expect([shown(false), shown(true)]).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

it('subnets tell how many addresses are free', () => {
  const { ec2, estate, group } = fleet();
  const subnetId = group.subnets[0]?.id ?? '';
  estate.setFreeAddresses({ ...place, subnetId, freeAddresses: 3 });
  expect(ec2.DescribeSubnets({ SubnetIds: [subnetId] }, place).Subnets).toMatchObject([
    { AvailabilityZone: 'eu-west-1a', AvailableIpAddressCount: 3 },
  ]);
});

describe('instance types', () => {
  const { ec2 } = smallEstate();
  const virginia = { ...place, region: 'us-east-1' };

  it.each([
    ['d3.8xlarge', { MaximumEbsAttachments: 3, AttachmentLimitType: 'shared' }],
    ['g5.48xlarge', { MaximumEbsAttachments: 9, AttachmentLimitType: 'shared' }],
    ['m5d.xlarge', { MaximumEbsAttachments: 26, EbsOptimizedInfo: { BaselineThroughputInMBps: 143.75 } }],
    ['m7i.large', { MaximumEbsAttachments: 32, AttachmentLimitType: 'dedicated' }],
  ] as const)('say how many volumes %s can attach', (type, ebs) => {
    const { InstanceTypes } = ec2.DescribeInstanceTypes({ InstanceTypes: [type] }, virginia);
    expect(InstanceTypes).toMatchObject([{ InstanceType: type, EbsInfo: ebs }]);
  });

  it('tell processors, disks, accelerators and network cards', () => {
    const { InstanceTypes } = ec2.DescribeInstanceTypes({ InstanceTypes: ['p5.48xlarge'] }, virginia);
    expect(InstanceTypes?.[0]).toMatchObject({
      VCpuInfo: { DefaultVCpus: 192, DefaultThreadsPerCore: 2 },
      MemoryInfo: { SizeInMiB: 2_097_152 },
      Hypervisor: 'nitro',
      SupportedUsageClasses: ['capacity-block', 'on-demand', 'spot'],
      InstanceStorageInfo: { TotalSizeInGB: 30_400, Disks: [{ Count: 8, SizeInGB: 3800 }] },
      GpuInfo: { Gpus: [{ Count: 8, Name: 'H100' }] },
      NetworkInfo: { MaximumNetworkInterfaces: 64, MaximumNetworkCards: 32, Ipv4AddressesPerInterface: 50 },
    });
  });

  it('are all told, a hundred a page, where the region offers them', () => {
    let count = 0;
    let NextToken: string | undefined;
    do {
      const page = ec2.DescribeInstanceTypes(NextToken ? { NextToken } : {}, virginia);
      const { length = 0 } = page.InstanceTypes ?? [];
      expect(length).toBeLessThanOrEqual(100);
      count += length;
      NextToken = page.NextToken;
    } while (NextToken);
    expect(count).toBeGreaterThan(1200);
  });

  it('that a region does not offer do not exist there', () => {
    const jakarta = { ...place, region: 'ap-southeast-3' };
    expect(() => ec2.DescribeInstanceTypes({ InstanceTypes: ['d3.8xlarge'] }, jakarta)).toThrow(
      'The following supplied instance types do not exist: [d3.8xlarge]',
    );
    const input = {
      LocationType: 'availability-zone' as const,
      Filters: [{ Name: 'instance-type', Values: ['m5.large'] }],
    };
    const { InstanceTypeOfferings } = ec2.DescribeInstanceTypeOfferings(input, place);
    expect(InstanceTypeOfferings?.map(({ Location }) => Location)).toEqual([
      'eu-west-1a',
      'eu-west-1b',
      'eu-west-1c',
    ]);
  });
});
