/**
 * Reads the EBS volumes of instances, and which of them the EBS CSI driver has attached for pods.
 *
 * Knows the driver by its tags (its own, and the in-tree plugin's that it took over) and, as it tags only
 * volumes that it made, by the device names that it takes first: /dev/xvdaa to /dev/xvddx
 * (kubernetes-sigs/aws-ebs-csi-driver: docs/tagging.md, pkg/cloud/devicemanager/device_names.go, checked
 * 2026-11-24). Volumes of EKS Auto Mode's nodes may be hidden unless they are asked for.
 *
 * Reads EC2: DescribeVolumes.
 */
import { type EC2Client, paginateDescribeVolumes, type Volume } from '@aws-sdk/client-ec2';
import type { NodeVolume } from '../domain/data-plane.ts';
import { during } from './errors.ts';

/** As the instance tells of it. */
export type Attached = { readonly volumeId: string; readonly device: string; readonly root: boolean };

const driverTags = ['CSIVolumeName', 'ebs.csi.aws.com/cluster', 'kubernetes.io/created-for/pvc/name'];
const driverDevice = /^\/dev\/xvd[a-d][a-z]$/;

const isTagged = ({ Tags = [] }: Volume): boolean => Tags.some(({ Key = '' }) => driverTags.includes(Key));

const toNodeVolume = ({ volumeId, device, root }: Attached, volume: Volume): NodeVolume => ({
  volumeId,
  root,
  csi: isTagged(volume) || driverDevice.test(device),
  volumeType: volume.VolumeType,
  iops: volume.Iops,
  throughputMiBs: volume.Throughput,
});

/** EC2 does not tell what the volume is: most likely it is detached by now. */
export const untoldVolume = ({ volumeId, root }: Attached): NodeVolume => ({
  volumeId,
  root,
  csi: undefined,
  volumeType: undefined,
  iops: undefined,
  throughputMiBs: undefined,
});

/** By volume id, of at most 200 instances; what EC2 does not tell of is missing. */
export const readVolumes = (
  client: EC2Client,
  instances: readonly { readonly instanceId: string; readonly attached: readonly Attached[] }[],
): Promise<ReadonlyMap<string, NodeVolume>> =>
  during(`reading the volumes of ${instances.length} instances`, async () => {
    const wanted = new Map(instances.flatMap(({ attached }) => attached.map((one) => [one.volumeId, one])));
    const Values = instances.map(({ instanceId }) => instanceId);
    const pages = paginateDescribeVolumes(
      { client, pageSize: 1000 },
      { Filters: [{ Name: 'attachment.instance-id', Values }], IncludeManagedResources: true },
    );
    const found = new Map<string, NodeVolume>();
    for await (const page of pages)
      for (const volume of page.Volumes ?? []) {
        const attached = wanted.get(volume.VolumeId ?? '');
        if (attached) found.set(attached.volumeId, toNodeVolume(attached, volume));
      }
    return found;
  });
