/**
 * Tells how many EBS volumes an instance can hold for pods: its slots, as the EBS CSI driver counts them
 * and the scheduler works with.
 *
 * Knows the two ways EC2 counts. `dedicated`: volumes only. `shared`: network interfaces take slots too;
 * EC2's number already allows for the first one, and for accelerators and the instance's own disks. Same
 * arithmetic as the driver's (kubernetes-sigs/aws-ebs-csi-driver@429e202e, getVolumesLimit, 2026-08-19),
 * but that a type without a number is unknown here, where the driver takes 27 shared. So dl1.24xlarge has
 * EC2's 28 and not the driver's 27, which is that default.
 *
 * Pure.
 */
import type { InstanceType } from './data-plane.ts';

export type EbsLimit = { readonly attachments: number; readonly kind: 'shared' | 'dedicated' };

/** Flags that the driver runs with; without them it counts the volumes that it did not attach. */
export type EbsDriver = {
  readonly reservedVolumeAttachments?: number;
  readonly volumeAttachLimit?: number;
};

/**
 * What EC2 says is shared and is dedicated, with the number that it gives: bare metal types of families
 * whose other sizes it calls dedicated. From the driver's pkg/cloud/limits/volume_limits.go and the volume
 * limits page of the EC2 user guide, checked 2026-11-23.
 */
export const dedicatedAfterAll: ReadonlySet<string> = new Set([
  'c8a.metal-48xl',
  'c8gb.metal-24xl',
  'c8gn.metal-24xl',
  'c8ib.metal-48xl',
  'c8ib.metal-96xl',
  'c8id.metal-48xl',
  'c8id.metal-96xl',
  'c8in.metal-48xl',
  'c8in.metal-96xl',
  'i7i.metal-24xl',
  'i7i.metal-48xl',
  'i7ie.metal-24xl',
  'i7ie.metal-48xl',
  'i8g.metal-48xl',
  'i8ge.metal-24xl',
  'i8ge.metal-48xl',
  'm8a.metal-48xl',
  'm8gb.metal-24xl',
  'm8gn.metal-24xl',
  'm8id.metal-48xl',
  'm8id.metal-96xl',
  'r8a.metal-48xl',
  'r8gb.metal-24xl',
  'r8gn.metal-24xl',
  'r8id.metal-48xl',
  'r8id.metal-96xl',
  'x8i.metal-48xl',
  'x8i.metal-96xl',
]);

/** Before Nitro, EC2 attaches more than it promises; the driver stops at 39 (same source and day). */
const xenLimit: EbsLimit = { attachments: 39, kind: 'dedicated' };

/** `undefined`: unknown, not unlimited. */
export const ebsLimitOf = ({
  name,
  hypervisor,
  ebsAttachments,
  ebsLimit,
}: InstanceType): EbsLimit | undefined => {
  if (hypervisor === 'xen') return xenLimit;
  const kind = dedicatedAfterAll.has(name) ? 'dedicated' : ebsLimit;
  return ebsAttachments === undefined || kind === undefined
    ? undefined
    : { attachments: ebsAttachments, kind };
};

export type Occupied = {
  /** Volumes that the driver did not attach, the root volume among them. */
  readonly otherVolumes: number;
  readonly interfaces: number;
};

/** What EC2 will attach for pods; at least 1, since Kubernetes takes 0 for no limit at all. */
export const attachableSlots = (
  { attachments, kind }: EbsLimit,
  { otherVolumes, interfaces }: Occupied,
  { reservedVolumeAttachments }: EbsDriver = {},
): number => {
  const reserved = reservedVolumeAttachments ?? otherVolumes;
  return Math.max(1, attachments - reserved - (kind === 'shared' ? interfaces - 1 : 0));
};

/** What the scheduler works with: the same, unless the driver was told a number. */
export const scheduledSlots = (limit: EbsLimit, occupied: Occupied, driver: EbsDriver = {}): number =>
  driver.volumeAttachLimit ?? attachableSlots(limit, occupied, driver);
