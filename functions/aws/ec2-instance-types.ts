/**
 * Reads what EC2 knows of the instance types of a region, and which zones offer them.
 *
 * Knows where EC2 puts accelerators: Gaudi among the GPUs, Trainium and Inferentia in one list or in two,
 * which count the same devices. Of network cards only the default one counts, as the VPC CNI uses no
 * other (54 types have several, aws/amazon-vpc-resource-controller-k8s limits, checked 2026-11). Types
 * change a few times a year and are a megabyte or more to read: kept while the function is warm.
 *
 * Reads EC2: DescribeInstanceTypes, DescribeInstanceTypeOfferings.
 */
import {
  type EC2Client,
  type InstanceTypeInfo,
  type NetworkInfo,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeInstanceTypes,
} from '@aws-sdk/client-ec2';
import type { DataPlane, InstanceType } from '../domain/data-plane.ts';
import { during } from './errors.ts';

type Device = { readonly Count?: number | undefined; readonly Manufacturer?: string | undefined };

const total = (devices: readonly Device[] = []): number =>
  devices.reduce((sum, { Count = 0 }) => sum + Count, 0);

const isGaudi = ({ Manufacturer }: Device): boolean => Manufacturer === 'Habana';

const toAccelerators = (
  type: InstanceTypeInfo,
): Pick<InstanceType, 'gpus' | 'accelerators' | 'acceleratorMakers'> => {
  const gpus = type.GpuInfo?.Gpus ?? [];
  const inference = type.InferenceAcceleratorInfo?.Accelerators ?? [];
  const neuron = (type.NeuronInfo?.NeuronDevices ?? []).map(({ Count }) => ({ Count, Manufacturer: 'AWS' }));
  const others = [...(type.FpgaInfo?.Fpgas ?? []), ...(type.MediaAcceleratorInfo?.Accelerators ?? [])];
  const makers = [...gpus, ...inference, ...neuron, ...others].flatMap(
    ({ Manufacturer }) => Manufacturer ?? [],
  );
  return {
    gpus: total(gpus.filter((gpu) => !isGaudi(gpu))),
    accelerators: total(gpus.filter(isGaudi)) + Math.max(total(inference), total(neuron)) + total(others),
    acceleratorMakers: [...new Set(makers)].sort(),
  };
};

const defaultCardInterfaces = (network: NetworkInfo = {}): number | undefined => {
  const { DefaultNetworkCardIndex: index = 0, NetworkCards: cards = [] } = network;
  const card = cards.find(({ NetworkCardIndex }) => NetworkCardIndex === index);
  return cards.length > 0 ? card?.MaximumNetworkInterfaces : network.MaximumNetworkInterfaces;
};

const toBaseline = ({ EbsInfo }: InstanceTypeInfo): InstanceType['ebsBaseline'] => {
  const { BaselineIops: iops, BaselineThroughputInMBps: throughputMBs } = EbsInfo?.EbsOptimizedInfo ?? {};
  return iops === undefined || throughputMBs === undefined ? undefined : { iops, throughputMBs };
};

/** `undefined` without a size: nothing could be compared with it. */
const toInstanceType = (type: InstanceTypeInfo): InstanceType | undefined => {
  const { InstanceType: name, VCpuInfo, MemoryInfo } = type;
  if (!name || VCpuInfo?.DefaultVCpus === undefined || MemoryInfo?.SizeInMiB === undefined) return undefined;
  return {
    name,
    architectures: type.ProcessorInfo?.SupportedArchitectures ?? [],
    vcpus: VCpuInfo.DefaultVCpus,
    memoryMiB: MemoryInfo.SizeInMiB,
    ...toAccelerators(type),
    hypervisor: type.Hypervisor,
    bareMetal: type.BareMetal ?? false,
    burstable: type.BurstablePerformanceSupported ?? false,
    currentGeneration: type.CurrentGeneration ?? false,
    ebsAttachments: type.EbsInfo?.MaximumEbsAttachments,
    ebsLimit: type.EbsInfo?.AttachmentLimitType,
    interfaces: defaultCardInterfaces(type.NetworkInfo),
    addressesPerInterface: type.NetworkInfo?.Ipv4AddressesPerInterface,
    instanceStorage: type.InstanceStorageSupported,
    ebsBaseline: toBaseline(type),
  };
};

const readTypes = (client: EC2Client): Promise<DataPlane['types']> =>
  during('reading instance types', async () => {
    const types = new Map<string, InstanceType>();
    for await (const page of paginateDescribeInstanceTypes({ client, pageSize: 100 }, {}))
      for (const info of page.InstanceTypes ?? []) {
        const type = toInstanceType(info);
        if (type) types.set(type.name, type);
      }
    return types;
  });

const readOffers = (client: EC2Client): Promise<DataPlane['offers']> =>
  during('reading which zones offer which types', async () => {
    const offers = new Map<string, Set<string>>();
    const pages = paginateDescribeInstanceTypeOfferings(
      { client, pageSize: 1000 },
      { LocationType: 'availability-zone' },
    );
    for await (const page of pages)
      for (const { Location = '', InstanceType: type } of page.InstanceTypeOfferings ?? []) {
        if (!type) continue;
        const offered = offers.get(Location) ?? new Set();
        offers.set(Location, offered.add(type));
      }
    return offers;
  });

export const ec2InstanceTypes = (client: EC2Client) => {
  let kept: Pick<DataPlane, 'types' | 'offers'> | undefined;
  return {
    async read(): Promise<Pick<DataPlane, 'types' | 'offers'>> {
      if (kept) return kept;
      const [types, offers] = await Promise.all([readTypes(client), readOffers(client)]);
      kept = { types, offers };
      return kept;
    },
  };
};
