/**
 * What the EBS CSI driver itself expects of its arithmetic: kubernetes-sigs/aws-ebs-csi-driver@429e202e,
 * pkg/driver/node_test.go, TestGetVolumesLimit (2026-08-19). All of its cases, in the words of our arguments.
 *
 * Pure.
 */
import type { EbsDriver } from '../../functions/domain/ebs-limit.ts';

/** Type, attached interfaces (0 where the case names none), volumes at boot with the root volume, flags, slots. */
type DriverCase = readonly [
  type: string,
  interfaces: number,
  volumes: number,
  flags: EbsDriver,
  slots: number,
];

export const driverCases: readonly DriverCase[] = [
  ['m5.large', 0, 1, { volumeAttachLimit: 10 }, 10],
  ['t2.medium', 0, 1, {}, 38],
  ['m5.large', 0, 1, {}, 27],
  ['t2.medium', 0, 1, { reservedVolumeAttachments: 3 }, 36],
  ['m5d.large', 3, 1, {}, 23],
  ['d3en.12xlarge', 1, 1, {}, 2],
  ['d3.8xlarge', 1, 1, {}, 2],
  ['m7i.48xlarge', 0, 1, {}, 127],
  ['t3.xlarge', 40, 1, { reservedVolumeAttachments: 0 }, 1],
  ['mac1.metal', 1, 1, {}, 15],
  ['g4dn.xlarge', 1, 1, {}, 24],
  ['g4ad.xlarge', 1, 1, {}, 24],
  ['g4dn.12xlarge', 1, 1, {}, 21],
  ['g5.48xlarge', 1, 1, {}, 8],
  ['inf1.xlarge', 1, 1, {}, 25],
  ['inf1.2xlarge', 1, 1, {}, 25],
  ['inf1.6xlarge', 1, 1, {}, 22],
  ['inf1.24xlarge', 1, 1, {}, 10],
];
