/**
 * Keeps the history of a release source: what it named and when, what was withdrawn and why.
 *
 * A value that was never seen is a release once EC2 shows its image as sound. A value that went back
 * withdraws what came after it; an image that is deprecated, gone or not available withdraws its
 * release. When the cause is gone it is a release again, whose age counts anew. On first sight the
 * history that SSM keeps itself counts, up to what is recommended now. Unknown images change nothing.
 *
 * Pure.
 */
import { factsOf } from './ami-type.ts';
import type { ImageVerdicts } from './image.ts';
import { compareReleases, type Release, type ReleaseRule, type ReleaseSource, trainName } from './release.ts';
import { notesOf, type ReleaseNote, review, sameRelease } from './release-review.ts';
import { parseReleaseVersion } from './release-version.ts';
import { type Instant, minutesBetween } from './time.ts';

/** What a source's parameters say now. `since` is SSM's date of the value. */
export type Reading =
  | {
      readonly is: 'named';
      readonly version: string | undefined;
      readonly imageId: string;
      readonly since: Instant;
    }
  | { readonly is: 'missing'; readonly parameter: string }
  | { readonly is: 'unreadable'; readonly parameter: string };

export type BookPage = {
  readonly source: ReleaseSource;
  readonly revision: number;
  /** Oldest first; the newest fifty. */
  readonly releases: readonly Release[];
  /** Why the source names nothing that may be used now. */
  readonly problem?: 'missing' | 'unreadable' | 'imageUnseen';
  /** Found but not yet told. */
  readonly untold: readonly ReleaseNote[];
};

/** What was seen of a source at once. */
export type Look = {
  readonly reading: Reading;
  /** What it named before; asked for at first sight only. */
  readonly history: readonly Reading[];
  readonly images: ImageVerdicts;
  readonly rule: ReleaseRule;
  readonly now: Instant;
};

const kept = 50;

const toRelease = (source: ReleaseSource, reading: Reading, images: ImageVerdicts): Release | undefined => {
  if (reading.is !== 'named') return undefined;
  const { imageId, since: publishedAt } = reading;
  if (source.is === 'own') {
    const image = images.get(imageId);
    const imageCreatedAt = image?.is === 'sound' ? image.createdAt : undefined;
    return {
      train: { family: source.parameter, build: imageId },
      imageId,
      version: undefined,
      publishedAt,
      ...(imageCreatedAt && { imageCreatedAt }),
    };
  }
  const { family, grammar } = factsOf(source.amiType);
  const version = reading.version === undefined ? undefined : parseReleaseVersion(grammar, reading.version);
  if (!version || (version.minor !== undefined && version.minor !== source.minor)) return undefined;
  return { train: { family, build: version.build }, imageId, version, publishedAt };
};

const isSound = ({ imageId }: Release, images: ImageVerdicts) => images.get(imageId)?.is === 'sound';

/** Names of the trains of which some source took a release back. */
export const withdrawnTrains = (pages: readonly BookPage[]): ReadonlySet<string> =>
  new Set(
    pages.flatMap(({ releases }) =>
      releases.filter(({ withdrawnAt }) => withdrawnAt !== undefined).map(({ train }) => trainName(train)),
    ),
  );

/** What was recommended before `named`, and may still be used. */
const remembered = (source: ReleaseSource, named: Release, { history, images }: Look): readonly Release[] =>
  history
    .flatMap((reading) => toRelease(source, reading, images) ?? [])
    .filter((release) => isSound(release, images) && compareReleases(release, named) < 0);

const problemOf = (
  { reading, images }: Look,
  named: Release | undefined,
  releases: readonly Release[],
): BookPage['problem'] => {
  if (!named) return reading.is === 'missing' ? 'missing' : 'unreadable';
  const isKnown = releases.some((release) => sameRelease(release, named));
  return isKnown && images.has(named.imageId) ? undefined : 'imageUnseen';
};

const mostHoursTorn = 24;

/**
 * Version and image come in two parameters, which AWS writes one after the other: what was read between the two has
 * the new version with the image before it, until the next look names the right one.
 */
const isTorn = ({ version, imageId, publishedAt }: Release, next: Release | undefined): boolean =>
  version !== undefined &&
  version.text === next?.version?.text &&
  imageId !== next.imageId &&
  minutesBetween(publishedAt, next.publishedAt) < mostHoursTorn * 60;

/** The page with the look taken down; the same object when nothing is new. */
export const takeDown = (page: BookPage | undefined, source: ReleaseSource, look: Look): BookPage => {
  const { reading, images, now } = look;
  const before = page?.releases ?? [];
  const named = toRelease(source, reading, images);
  const known = named && before.find((release) => sameRelease(release, named));
  const reviewed = before.map((release) => review(release, known ?? named, images.get(release.imageId), now));
  const fresh = named && !known && isSound(named, images) ? [named] : [];
  const older = before.length === 0 ? fresh.flatMap((first) => remembered(source, first, look)) : [];

  const isNew = fresh.length > 0 || reviewed.some((release, i) => release !== before[i]);
  const whole = reviewed.filter((release) => !isTorn(release, fresh[0]));
  const releases = isNew ? [...whole, ...older, ...fresh].sort(compareReleases).slice(-kept) : before;
  const problem = problemOf(look, named, releases);
  if (page && !isNew && page.problem === problem) return page;

  const notes = [
    ...notesOf(before, reviewed, look),
    ...fresh.map(({ train, imageId }) => ({ is: 'detected', train, imageId }) as const),
  ];
  const { problem: _, ...clean } = page ?? { source, revision: 0, untold: [], problem };
  return { ...clean, releases, untold: [...clean.untold, ...notes], ...(problem && { problem }) };
};
