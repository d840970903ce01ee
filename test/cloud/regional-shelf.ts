/**
 * Keeps one region's published images, and what was recommended when.
 *
 * Knows that going back recommends the newest older image that is still there, and that SSM counts
 * this as one more version of the parameter.
 */
import type { PublishedImage } from './release-shelf.ts';

/** One value that a public parameter has had. */
export type Recommendation = { readonly image: PublishedImage; readonly since: Date };

export class RegionalShelf {
  readonly images = new Map<string, PublishedImage>();
  readonly byRelease = new Map<string, PublishedImage>();
  /** From AMI type and minor to its recommendations, newest last. */
  readonly recommendations = new Map<string, Recommendation[]>();

  keep(image: PublishedImage): void {
    this.images.set(image.imageId, image);
    for (const key of releaseKeys(image)) this.byRelease.set(key, image);
  }

  remove(image: PublishedImage): void {
    this.images.delete(image.imageId);
    for (const key of releaseKeys(image)) {
      if (this.byRelease.get(key)?.imageId === image.imageId) this.byRelease.delete(key);
    }
  }

  /** A withdrawn release is not recommended again, so a second withdrawal goes further back. */
  goBack(image: PublishedImage, at: Date): void {
    const history = this.recommendations.get(`${image.amiType}/${image.minor}`) ?? [];
    if (history.at(-1)?.image.imageId !== image.imageId) return;
    const previous = history
      .map((recommendation) => recommendation.image)
      .filter((other) => other.imageId !== image.imageId && this.images.has(other.imageId))
      .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
      .filter((other) => other.createdAt.getTime() < image.createdAt.getTime())
      .at(-1);
    if (previous) history.push({ image: previous, since: at });
    else history.length = 0;
  }
}

const releaseKeys = ({ amiType, releaseVersion, minor }: PublishedImage): string[] => [
  `${amiType}/${releaseVersion}`,
  `${amiType}/${releaseVersion}/${minor}`,
];
