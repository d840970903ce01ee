/**
 * Keeps what AWS has published in each region, and which release it recommends now.
 *
 * Knows that a recommendation has a history (SSM counts its changes as versions) and can go back: a
 * withdrawn release is no longer recommended, and its image stays, is deprecated or is gone. EKS, EC2
 * and SSM all read this shelf. Stands for what happened to v20230211 (recalled) and Bottlerocket 1.58.0
 * (stopped).
 *
 * Effect: state in memory; `scheduleOnto` asks the clock for what is published later.
 */
import type { Clock } from './clock.ts';
import { type Recommendation, RegionalShelf } from './regional-shelf.ts';
import { imagesOf, type PublishHours, recordedTrains, type Train } from './release-trains.ts';

export type PublishedImage = {
  /** EKS's `amiType`. */
  readonly amiType: string;
  readonly minor: string;
  /** As EKS writes it: `1.34.9-20260714`, `1.55.0-d93bb1b1`, `1.34-2026.07.15`. */
  readonly releaseVersion: string;
  readonly imageId: string;
  readonly imageName: string;
  readonly ownerId: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly platform: 'linux' | 'windows';
  readonly createdAt: Date;
  /** EC2's `DeprecationTime`. */
  readonly deprecatedAt?: Date;
};

/** What AWS has published in each region: EKS, EC2 and SSM all read it. */
export interface ReleaseShelf {
  /** `undefined` when no such release was ever published in the region. Bottlerocket's versions need the minor. */
  find(region: string, amiType: string, releaseVersion: string, minor?: string): PublishedImage | undefined;
  byImageId(region: string, imageId: string): PublishedImage | undefined;
  /** What the public SSM parameter names now. */
  recommended(region: string, amiType: string, minor: string): PublishedImage | undefined;
  /** Everything published in the region and not removed, oldest first. */
  all(region: string): readonly PublishedImage[];
}

/** What becomes of the image of a withdrawn release. */
export type Fate = 'stays' | 'deprecated' | 'gone';

type Schedule = {
  readonly since?: Date;
  readonly from: Date;
  readonly to: Date;
  readonly hours?: PublishHours;
};

export class Shelf implements ReleaseShelf {
  readonly #regions = new Map<string, RegionalShelf>();
  readonly #clock: Clock;
  /** Grows with every change: readers may keep what they computed until it does. */
  changes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(region: string, amiType: string, releaseVersion: string, minor?: string): PublishedImage | undefined {
    const key = `${amiType}/${releaseVersion}${minor === undefined ? '' : `/${minor}`}`;
    return this.#regions.get(region)?.byRelease.get(key);
  }

  byImageId(region: string, imageId: string): PublishedImage | undefined {
    return this.#regions.get(region)?.images.get(imageId);
  }

  recommended(region: string, amiType: string, minor: string): PublishedImage | undefined {
    return this.recommendations(region, amiType, minor).at(-1)?.image;
  }

  /** Every value that the public parameter has had, oldest first; its version is the count. */
  recommendations(region: string, amiType: string, minor: string): readonly Recommendation[] {
    return this.#regions.get(region)?.recommendations.get(`${amiType}/${minor}`) ?? [];
  }

  all(region: string): readonly PublishedImage[] {
    return [...(this.#regions.get(region)?.images.values() ?? [])].toSorted(
      (a, b) => a.createdAt.getTime() - b.createdAt.getTime(),
    );
  }

  /** Puts an image on the shelf and recommends it. `at` is when; the clock's now unless told. */
  publish(region: string, image: PublishedImage, at: Date = this.#clock.now()): void {
    const shelf = this.#in(region);
    shelf.keep(image);
    const key = `${image.amiType}/${image.minor}`;
    const history = shelf.recommendations.get(key) ?? [];
    history.push({ image, since: at });
    shelf.recommendations.set(key, history);
    this.changes++;
  }

  /** Takes a release back: what was recommended before it is so again. Knows it by AMI type and release version. */
  withdraw(region: string, amiType: string, releaseVersion: string, fate: Fate = 'stays'): void {
    const shelf = this.#in(region);
    const withdrawn = [...shelf.images.values()].filter(
      (image) => image.amiType === amiType && image.releaseVersion === releaseVersion,
    );
    for (const image of withdrawn) this.#takeBack(shelf, image, fate);
  }

  /** What becomes of an image while its parameter goes on naming it; `stays` makes good what became of it. */
  let(region: string, image: PublishedImage, fate: Fate): void {
    const shelf = this.#in(region);
    if (fate === 'gone') shelf.remove(image);
    else shelf.keep(fate === 'stays' ? image : { ...image, deprecatedAt: this.#clock.now() });
    this.changes++;
  }

  publishTrain(regions: readonly string[], train: Train, at: Date = this.#clock.now()): void {
    for (const region of regions) {
      for (const image of imagesOf(train, region)) this.publish(region, { ...image, createdAt: at }, at);
    }
  }

  withdrawTrain(
    regions: readonly string[],
    train: Train,
    fate: Fate = 'stays',
    at: Date = this.#clock.now(),
  ): void {
    for (const region of regions) {
      for (const { imageId } of imagesOf(train, region)) {
        const image = this.byImageId(region, imageId);
        if (image) this.#takeBack(this.#in(region), image, fate, at);
      }
    }
  }

  /**
   * What was published before `from`, and `since`, is there at once, with its true date; the rest comes in its
   * time, up to `to`.
   */
  scheduleOnto(
    clock: Clock,
    regions: readonly string[],
    { since = new Date(0), from, to, hours }: Schedule,
  ): void {
    const happen = (time: Date, what: () => void) => (time <= from ? what() : clock.at(time, what));
    for (const train of recordedTrains(hours)) {
      const { publishedAt, withdrawnAt } = train;
      if (publishedAt < since || publishedAt > to) continue;
      happen(publishedAt, () => this.publishTrain(regions, train, publishedAt));
      if (!withdrawnAt || withdrawnAt > to) continue;
      happen(withdrawnAt, () => this.withdrawTrain(regions, train, 'stays', withdrawnAt));
    }
  }

  #takeBack(shelf: RegionalShelf, image: PublishedImage, fate: Fate, at: Date = this.#clock.now()): void {
    shelf.goBack(image, at);
    if (fate === 'gone') shelf.remove(image);
    if (fate === 'deprecated') shelf.keep({ ...image, deprecatedAt: at });
    this.changes++;
  }

  #in(region: string): RegionalShelf {
    const known = this.#regions.get(region);
    if (known) return known;
    const made = new RegionalShelf();
    this.#regions.set(region, made);
    return made;
  }
}
