/**
 * Answers EC2's DescribeVolumes.
 *
 * Knows that pages are not for volumes asked for by id, and that volumes of hidden instances are hidden
 * with them (see `ec2-instances.ts`). Only volumes that are attached exist here.
 *
 * Reads the estate.
 */
import type * as Ec2 from '@aws-sdk/client-ec2';
import type { Instance } from '../estate/instance.ts';
import type { Place } from '../estate/place.ts';
import { type Volume, volumesOf } from '../estate/volume.ts';
import type { Estate } from '../estate.ts';
import { type Caller, Refusal } from '../service.ts';
import { ec2Page, matching, refuseBoth, tagValues, toTagList } from './ec2-request.ts';
import type { Paging } from './page-size.ts';

type Input = Ec2.DescribeVolumesCommandInput;

export const describeVolumes =
  (estate: Estate, paging: Paging) =>
  (input: Input, caller: Caller): Omit<Ec2.DescribeVolumesCommandOutput, '$metadata'> => {
    refuseBoth(input.VolumeIds, input.MaxResults, 'volumeSet');
    const place = estate.place(caller);
    const shown = instancesOf(place, input).flatMap(volumesOf);
    const asked = input.VolumeIds ? askedFor(shown, input.VolumeIds) : shown;
    const found = matching(asked, input.Filters, valuesOf);
    const pages = input.VolumeIds ? { size: undefined } : paging;
    const { items, nextToken } = ec2Page(found, { paging: pages, most: 1000, request: input });
    return { Volumes: items.map(toEc2Volume), NextToken: nextToken };
  };

/** Only those that a filter names, where one does: a fleet has too many volumes to make them all. */
const instancesOf = (
  place: Place,
  { Filters, IncludeManagedResources = false }: Input,
): readonly Instance[] => {
  const named = Filters?.find(({ Name }) => Name === 'attachment.instance-id')?.Values;
  const wanted = named?.every((id) => !/[*?]/.test(id))
    ? named.flatMap((id) => place.instances.get(id) ?? [])
    : [...place.instances.values()];
  return wanted.filter(({ managed }) => IncludeManagedResources || !managed);
};

const askedFor = (shown: readonly Volume[], ids: readonly string[]): readonly Volume[] => {
  const found = shown.filter(({ id }) => ids.includes(id));
  const missing = ids.find((id) => !found.some((volume) => volume.id === id));
  if (missing === undefined) return found;
  throw new Refusal('InvalidVolume.NotFound', `The volume '${missing}' does not exist.`);
};

const toEc2Volume = (volume: Volume): Ec2.Volume => ({
  VolumeId: volume.id,
  VolumeType: volume.type,
  Size: volume.sizeGiB,
  ...(volume.iops !== undefined && { Iops: volume.iops }),
  ...(volume.throughputMiBs !== undefined && { Throughput: volume.throughputMiBs }),
  State: 'in-use',
  CreateTime: volume.instance.launchedAt,
  AvailabilityZone: volume.instance.subnet.zone,
  Encrypted: false,
  MultiAttachEnabled: false,
  SnapshotId: '',
  Tags: toTagList(volume.tags),
  Attachments: [
    {
      VolumeId: volume.id,
      InstanceId: volume.instance.id,
      Device: volume.device,
      State: 'attached',
      AttachTime: volume.instance.launchedAt,
      DeleteOnTermination: volume.deleteOnTermination,
    },
  ],
});

const valuesOf = (volume: Volume, filter: string): readonly (string | undefined)[] | undefined => {
  const simple: Record<string, string> = {
    'attachment.device': volume.device,
    'attachment.instance-id': volume.instance.id,
    'attachment.status': 'attached',
    'availability-zone': volume.instance.subnet.zone,
    status: 'in-use',
    'volume-id': volume.id,
    'volume-type': volume.type,
  };
  return simple[filter] === undefined ? tagValues(volume.tags, filter) : [simple[filter]];
};
