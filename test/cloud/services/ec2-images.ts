/**
 * Answers EC2's DescribeImages, for AWS's published images and the customer's own.
 *
 * Knows AWS's text when an image is gone, that public images are deprecated two years after their
 * creation unless told otherwise, that deprecated images of others are left out of lists while they
 * can be asked for by id (EC2 user guide, "ami-deprecate"; the last is our reading of it), and that a
 * disabled image is shown to nobody but its owner, and only if asked for (API reference "DisableImage").
 *
 * Reads the estate and the release shelf.
 */
import type { DescribeImagesCommandInput, DescribeImagesCommandOutput, Image } from '@aws-sdk/client-ec2';
import type { OwnImage } from '../estate/image.ts';
import type { Place } from '../estate/place.ts';
import type { Estate } from '../estate.ts';
import type { PublishedImage } from '../release-shelf.ts';
import { type Caller, Refusal } from '../service.ts';
import { ec2Page, matching, refuseBoth, tagValues, toTagList } from './ec2-request.ts';
import type { Paging } from './page-size.ts';

type Input = DescribeImagesCommandInput;

export const describeImages =
  (estate: Estate, paging: Paging) =>
  (input: Input, caller: Caller): Omit<DescribeImagesCommandOutput, '$metadata'> => {
    refuseBoth(input.ImageIds, input.MaxResults, 'imageIds');
    const place = estate.place(caller);
    const asked = input.ImageIds ? askedFor(estate, place, input.ImageIds) : listed(estate, place, input);
    const owned = asked.filter((image) => isOwnedBy(image, input.Owners, place.account));
    const found = matching(owned, input.Filters, valuesOf);
    const pages = input.ImageIds ? { size: undefined } : paging;
    const { items, nextToken } = ec2Page(found, { paging: pages, most: 1000, request: input });
    return { Images: [...items], NextToken: nextToken };
  };

/** Of the thousands of published images those that could match: looked up where the filter names ids. */
const publishedFor = (
  { world }: Estate,
  { region }: Place,
  { Filters }: Input,
): readonly PublishedImage[] => {
  const ids = Filters?.find(({ Name }) => Name === 'image-id')?.Values;
  return ids === undefined || ids.some((id) => /[*?]/.test(id))
    ? world.shelf.all(region)
    : [...new Set(ids)].flatMap((id) => world.shelf.byImageId(region, id) ?? []);
};

const listed = (estate: Estate, place: Place, input: Input): readonly Image[] => {
  const { IncludeDeprecated = false, IncludeDisabled = false } = input;
  const now = estate.world.clock.now().toISOString();
  const published = publishedFor(estate, place, input).map(toPublicImage);
  const own = [...place.images.values()]
    .filter(({ state, ownerId }) => state !== 'disabled' || (IncludeDisabled && ownerId === place.account))
    .map(toOwnImage);
  return [...published, ...own].filter(
    ({ DeprecationTime, OwnerId }) =>
      IncludeDeprecated || OwnerId === place.account || !DeprecationTime || DeprecationTime > now,
  );
};

const askedFor = (estate: Estate, place: Place, ids: readonly string[]): readonly Image[] => {
  const malformed = ids.find((id) => !/^ami-[0-9a-f]+$/.test(id));
  if (malformed !== undefined) throw new Refusal('InvalidAMIID.Malformed', `Invalid id: "${malformed}"`);
  const found = ids.flatMap((id) => findShaped(estate, place, id) ?? []);
  if (found.length === ids.length) return found;
  const missing = ids.filter((id) => !found.some(({ ImageId }) => ImageId === id));
  const [subject, verb] = missing.length === 1 ? ['id', 'does'] : ['ids', 'do'];
  const message = `The image ${subject} '[${missing.join(', ')}]' ${verb} not exist`;
  throw new Refusal('InvalidAMIID.NotFound', message);
};

const findShaped = (estate: Estate, place: Place, id: string): Image | undefined => {
  const own = place.images.get(id);
  if (own) return toOwnImage(own);
  const published = estate.world.shelf.byImageId(place.region, id);
  return published && toPublicImage(published);
};

type Shown = Pick<OwnImage, 'imageId' | 'ownerId' | 'architecture' | 'platform' | 'createdAt'>;

const toImage = (image: Shown, name: string): Image => ({
  ImageId: image.imageId,
  Name: name,
  OwnerId: image.ownerId,
  ImageLocation: `${image.ownerId}/${name}`,
  CreationDate: image.createdAt.toISOString(),
  Architecture: image.architecture,
  ...(image.platform === 'windows' && { Platform: 'Windows' as const }),
  PlatformDetails: image.platform === 'windows' ? 'Windows' : 'Linux/UNIX',
  ImageType: 'machine',
  RootDeviceName: '/dev/xvda',
  RootDeviceType: 'ebs',
  VirtualizationType: 'hvm',
  Hypervisor: 'xen',
  EnaSupport: true,
});

const toPublicImage = (image: PublishedImage): Image => ({
  ...toImage(image, image.imageName),
  ImageOwnerAlias: 'amazon',
  State: 'available',
  Public: true,
  DeprecationTime: (image.deprecatedAt ?? twoYearsAfter(image.createdAt)).toISOString(),
});

const toOwnImage = (image: OwnImage): Image => ({
  ...toImage(image, image.name),
  State: image.state,
  Public: false,
  Tags: toTagList(image.tags),
  ...(image.deprecatedAt && { DeprecationTime: image.deprecatedAt.toISOString() }),
});

const twoYearsAfter = (date: Date): Date => {
  const later = new Date(date);
  later.setUTCFullYear(later.getUTCFullYear() + 2);
  return later;
};

const isOwnedBy = (image: Image, owners: readonly string[] | undefined, account: string): boolean =>
  !owners ||
  owners.some(
    (owner) =>
      owner === image.OwnerId ||
      owner === image.ImageOwnerAlias ||
      (owner === 'self' && image.OwnerId === account),
  );

const valuesOf = (image: Image, filter: string): readonly (string | undefined)[] | undefined => {
  const tags = Object.fromEntries((image.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  const simple: Record<string, string | undefined> = {
    'image-id': image.ImageId,
    name: image.Name,
    'owner-id': image.OwnerId,
    'owner-alias': image.ImageOwnerAlias,
    state: image.State,
    architecture: image.Architecture,
    platform: image.Platform?.toLowerCase(),
    'is-public': String(image.Public),
    'creation-date': image.CreationDate,
    'root-device-type': image.RootDeviceType,
    'virtualization-type': image.VirtualizationType,
  };
  return filter in simple ? [simple[filter]] : tagValues(tags, filter);
};
