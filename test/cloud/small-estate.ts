/**
 * Sets up the smallest estate on which EKS's and EC2's rules can be tried: one cluster, a few releases.
 *
 * Knows the releases on its shelf: AL2023 and Bottlerocket for two minors, in Ireland only.
 */
import { Clock } from './clock.ts';
import { Estate, type EstateOptions } from './estate.ts';
import { type PublishedImage, Shelf } from './release-shelf.ts';
import { ec2Service } from './services/ec2.ts';
import { eksService } from './services/eks.ts';

export const place = { account: '111122223333', region: 'eu-west-1' };

const published = (
  amiType: string,
  minor: string,
  releaseVersion: string,
  createdAt: string,
): PublishedImage => ({
  amiType,
  minor,
  releaseVersion,
  imageId: imageIdOf(minor, releaseVersion),
  imageName: `${amiType.toLowerCase()}-${minor}-${releaseVersion}`,
  ownerId: '602401143452',
  architecture: 'x86_64',
  platform: 'linux',
  createdAt: new Date(createdAt),
});

/** Readable in a failed test: `ami-1349` and the date, or Bottlerocket's commit. */
export const imageIdOf = (minor: string, releaseVersion: string): string =>
  `ami-${minor.replace('.', '')}9${releaseVersion.slice(releaseVersion.indexOf('-') + 1)}`;

const al2023 = 'AL2023_x86_64_STANDARD';
const releases = [
  published(al2023, '1.33', '1.33.8-20260601', '2026-06-01'),
  published(al2023, '1.34', '1.34.9-20260601', '2026-06-01'),
  published(al2023, '1.33', '1.33.8-20260714', '2026-07-14'),
  published(al2023, '1.34', '1.34.9-20260714', '2026-07-14'),
  published('BOTTLEROCKET_x86_64', '1.33', '1.55.0-d93bb1b1', '2026-07-01'),
  published('BOTTLEROCKET_x86_64', '1.34', '1.55.0-d93bb1b1', '2026-07-01'),
];

export const smallEstate = (
  options: EstateOptions & { readonly pageSize?: number; readonly clusterVersion?: string } = {},
) => {
  const clock = new Clock(new Date('2026-07-20T08:00:00Z'));
  const shelf = new Shelf(clock);
  for (const image of releases) shelf.publish(place.region, image, image.createdAt);
  const estate = new Estate(clock, shelf, options);
  const paging = { size: options.pageSize };
  estate.addCluster({ ...place, name: 'blue', version: options.clusterVersion ?? '1.34' });
  const afterMinutes = (minutes: number) =>
    clock.advanceTo(new Date(clock.now().getTime() + minutes * 60_000));
  return {
    clock,
    shelf,
    estate,
    eks: eksService(estate, paging),
    ec2: ec2Service(estate, paging),
    afterMinutes,
  };
};
