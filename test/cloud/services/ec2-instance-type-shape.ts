/**
 * Tells a row of the instance type table in EC2's shape.
 *
 * Knows which fields EC2 leaves out: the hypervisor of bare metal, storage of types without disks,
 * EBS figures of types that are not optimised for it.
 *
 * Pure.
 */
import type * as Ec2 from '@aws-sdk/client-ec2';
import type { TypeRow } from './instance-type-rows.ts';

export const toInstanceTypeInfo = (row: TypeRow): Ec2.InstanceTypeInfo => ({
  InstanceType: row.type as Ec2._InstanceType,
  CurrentGeneration: row.currentGeneration === 1,
  SupportedUsageClasses: [...row.usageClasses].map((letter) => usageClasses[letter] as Ec2.UsageClassType),
  SupportedRootDeviceTypes: row.rootDevices.split(' ') as Ec2.RootDeviceType[],
  SupportedVirtualizationTypes: ['hvm'],
  BareMetal: row.bareMetal === 1,
  ...(row.hypervisor && { Hypervisor: row.hypervisor }),
  ProcessorInfo: {
    SupportedArchitectures: row.architectures.split(' ') as Ec2.ArchitectureType[],
    ...(row.clockGhz && { SustainedClockSpeedInGhz: row.clockGhz }),
    Manufacturer: row.manufacturer,
  },
  VCpuInfo: {
    DefaultVCpus: row.vcpus,
    DefaultCores: row.cores,
    DefaultThreadsPerCore: row.vcpus / row.cores,
  },
  MemoryInfo: { SizeInMiB: row.memoryMiB },
  InstanceStorageSupported: row.disks !== 0,
  ...(row.disks && { InstanceStorageInfo: toStorage(row) }),
  EbsInfo: toEbsInfo(row),
  NetworkInfo: toNetworkInfo(row),
  BurstablePerformanceSupported: row.burstable === 1,
  ...toAccelerators(row),
  SupportedInRegion: true,
});

const usageClasses: Readonly<Record<string, Ec2.UsageClassType>> = {
  o: 'on-demand',
  s: 'spot',
  c: 'capacity-block',
};

const toStorage = ({ disks, diskNvme }: TypeRow): Ec2.InstanceStorageInfo => {
  const known = disks || [];
  return {
    TotalSizeInGB: known.reduce((sum, [count, gigabytes]) => sum + count * gigabytes, 0),
    Disks: known.map(([Count, SizeInGB, Type]) => ({ Count, SizeInGB, Type })),
    ...(diskNvme && { NvmeSupport: diskNvme }),
  };
};

const toEbsInfo = (row: TypeRow): Ec2.EbsInfo => ({
  EbsOptimizedSupport: row.ebsOptimized,
  EncryptionSupport: 'supported',
  ...(row.ebsBaselineMbps && {
    EbsOptimizedInfo: {
      BaselineBandwidthInMbps: row.ebsBaselineMbps,
      BaselineThroughputInMBps: row.ebsBaselineMBps,
      BaselineIops: row.ebsBaselineIops,
      MaximumBandwidthInMbps: row.ebsMaximumMbps,
      MaximumThroughputInMBps: row.ebsMaximumMBps,
      MaximumIops: row.ebsMaximumIops,
    },
  }),
  NvmeSupport: row.ebsNvme,
  MaximumEbsAttachments: row.ebsAttachments,
  AttachmentLimitType: row.ebsLimitType,
  ...(row.ebsCards && { MaximumEbsCards: row.ebsCards }),
});

const toNetworkInfo = (row: TypeRow): Ec2.NetworkInfo => ({
  NetworkPerformance: row.networkPerformance,
  MaximumNetworkInterfaces: row.interfaces,
  MaximumNetworkCards: row.interfacesByCard.length,
  DefaultNetworkCardIndex: row.defaultCard,
  NetworkCards: row.interfacesByCard.map((MaximumNetworkInterfaces, NetworkCardIndex) => ({
    NetworkCardIndex,
    MaximumNetworkInterfaces,
  })),
  Ipv4AddressesPerInterface: row.ipv4PerInterface,
  Ipv6AddressesPerInterface: row.ipv6PerInterface,
  Ipv6Supported: row.ipv6PerInterface > 0,
  EnaSupport: row.ena,
  EfaSupported: row.efaInterfaces > 0,
  ...(row.efaInterfaces && { EfaInfo: { MaximumEfaInterfaces: row.efaInterfaces } }),
});

const toAccelerators = ({ gpus, inference, neuron, fpgas }: TypeRow): Ec2.InstanceTypeInfo => ({
  ...(gpus && { GpuInfo: { Gpus: toDevices(gpus) } }),
  ...(inference && { InferenceAcceleratorInfo: { Accelerators: toDevices(inference) } }),
  ...(fpgas && { FpgaInfo: { Fpgas: toDevices(fpgas) } }),
  ...(neuron && {
    NeuronInfo: {
      NeuronDevices: neuron.map(([deviceCount, Name, Count, Version, SizeInMiB]) => ({
        Count: deviceCount,
        Name,
        CoreInfo: { Count, Version },
        MemoryInfo: { SizeInMiB },
      })),
    },
  }),
});

const toDevices = (devices: Exclude<TypeRow['gpus'], 0>) =>
  devices.map(([Count, Manufacturer, Name, SizeInMiB]) => ({
    Count,
    Manufacturer,
    Name,
    MemoryInfo: { SizeInMiB },
  }));
