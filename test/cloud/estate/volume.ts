/**
 * Says which EBS volumes an instance has: those it was launched with, and those that the EBS CSI driver
 * has attached since for pods.
 *
 * Knows that a launch template's mapping overrides the image's own, device by device, and the driver's
 * device names and tags (kubernetes-sigs/aws-ebs-csi-driver: pkg/cloud/devicemanager/device_names.go,
 * docs/tagging.md; checked 2026-11). Volumes are derived, not kept: fleets have a hundred thousand.
 *
 * Pure.
 */
import type { LaunchTemplateBlockDeviceMapping, VolumeType } from '@aws-sdk/client-ec2';
import { partOf } from './identifiers.ts';
import type { Instance } from './instance.ts';

export type Disk = {
  readonly type: VolumeType;
  readonly sizeGiB: number;
  /** gp2's follow from its size; `undefined` where EC2 tells none. */
  readonly iops: number | undefined;
  readonly throughputMiBs: number | undefined;
};

export type Volume = Disk & {
  readonly id: string;
  readonly device: string;
  readonly instance: Instance;
  readonly deleteOnTermination: boolean;
  readonly tags: Readonly<Record<string, string>>;
};

/** A claim for which the driver made a volume, or one for a volume that somebody had made: only the driver tags its own. */
export type Claim = 'dynamic' | 'static';

export const rootDevice = '/dev/xvda';

/** As AL2023's images for EKS have it. */
const usualDisk: Disk = { type: 'gp3', sizeGiB: 20, iops: 3000, throughputMiBs: 125 };

const letter = (index: number): string => String.fromCharCode('a'.charCodeAt(0) + (index % 26));

const usualIops = (type: VolumeType, sizeGiB: number): number | undefined => {
  if (type === 'gp2') return Math.min(Math.max(3 * sizeGiB, 100), 16_000);
  return type === 'gp3' ? usualDisk.iops : undefined;
};

const toDisk = ({ Ebs = {} }: LaunchTemplateBlockDeviceMapping): Disk => {
  const { VolumeType: type = usualDisk.type, VolumeSize: sizeGiB = usualDisk.sizeGiB } = Ebs;
  return {
    type,
    sizeGiB,
    iops: Ebs.Iops ?? usualIops(type, sizeGiB),
    throughputMiBs: Ebs.Throughput ?? (type === 'gp3' ? usualDisk.throughputMiBs : undefined),
  };
};

const letters = Array.from({ length: 26 }, (_, index) => letter(index));

/** In the order in which the driver takes them: /dev/xvdaa to az, ba to bz, da to dx, then names of one letter. */
const driverDevices: readonly string[] = [
  ...['a', 'b'].flatMap((first) => letters.map((second) => `/dev/xvd${first}${second}`)),
  ...letters.slice(0, 24).map((second) => `/dev/xvdd${second}`),
  ...letters.slice(1).flatMap((only) => `/dev/sd${only}`),
];

/** Of the template version that the node was launched from; empty without one. */
const mappingsOf = ({ group, templateVersion }: Instance): readonly LaunchTemplateBlockDeviceMapping[] =>
  group?.launchTemplate?.versions.get(templateVersion ?? 0)?.data.BlockDeviceMappings ?? [];

const launchedWith = (instance: Instance): readonly (readonly [device: string, disk: Disk])[] => {
  const mappings = mappingsOf(instance);
  const mapped = new Map(mappings.map((mapping) => [mapping.DeviceName ?? rootDevice, toDisk(mapping)]));
  const root = [rootDevice, mapped.get(rootDevice) ?? instance.rootDisk ?? usualDisk] as const;
  mapped.delete(rootDevice);
  const others = Math.max(instance.volumes - mapped.size, 0);
  const plain = Array.from(
    { length: others },
    (_, index) => [`/dev/xvd${letter(index + 1)}`, usualDisk] as const,
  );
  return [root, ...mapped, ...plain];
};

/** `pvc-` and a UUID, the same in every run. */
const claimOf = (volumeId: string): string => {
  const digits = volumeId.slice(4).padStart(32, '0');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20)];
  return `pvc-${[...parts, digits.slice(20)].join('-')}`;
};

const claimTags = (volumeId: string): Readonly<Record<string, string>> => ({
  CSIVolumeName: claimOf(volumeId),
  'ebs.csi.aws.com/cluster': 'true',
  'kubernetes.io/created-for/pv/name': claimOf(volumeId),
  'kubernetes.io/created-for/pvc/name': `data-${volumeId.slice(-4)}`,
  'kubernetes.io/created-for/pvc/namespace': 'default',
});

/** In the order of attaching; none of an instance that is terminated. */
export const volumesOf = (instance: Instance): readonly Volume[] => {
  if (instance.terminatedAt) return [];
  const launched = launchedWith(instance);
  const idOf = (index: number) => partOf(instance.id, 'vol', index);
  const atLaunch = launched.map(([device, disk], index): Volume => {
    const deleteOnTermination = device === rootDevice;
    return { ...disk, id: idOf(index), device, instance, deleteOnTermination, tags: {} };
  });
  const claimed = instance.claims.map((claim, index): Volume => {
    const id = idOf(launched.length + index);
    const device = driverDevices[index] ?? 'none is left';
    const tags = claim === 'dynamic' ? claimTags(id) : {};
    return { ...usualDisk, id, device, instance, deleteOnTermination: false, tags };
  });
  return [...atLaunch, ...claimed];
};
