/**
 * Keeps the history of a release source: what it named and when, what was withdrawn.
 *
 * A value that was never seen is a release; a value that went back withdraws what came after it.
 * On first sight the history that SSM keeps itself counts, up to what is recommended now.
 *
 * Pure.
 */
import { factsOf } from './ami-type.ts';
import { compareReleases, type Release, type ReleaseSource, type Train, trainName } from './release.ts';
import { parseReleaseVersion } from './release-version.ts';
import type { Instant } from './time.ts';

/** What a source's parameters say now. `since` is SSM's date of the value. */
export type Reading =
  | {
      readonly is: 'named';
      readonly version: string | undefined;
      readonly imageId: string;
      readonly since: Instant;
      readonly imageCreatedAt?: Instant;
    }
  | { readonly is: 'missing'; readonly parameter: string }
  | { readonly is: 'unreadable'; readonly parameter: string };

export type ReleaseNote = {
  readonly is: 'detected' | 'withdrawn';
  readonly train: Train;
  readonly imageId: string;
};

export type BookPage = {
  readonly source: ReleaseSource;
  readonly revision: number;
  /** Oldest first; the newest fifty. */
  readonly releases: readonly Release[];
  /** Why the source names nothing now. */
  readonly problem?: 'missing' | 'unreadable';
  /** Found but not yet told. */
  readonly untold: readonly ReleaseNote[];
};

const kept = 50;

const toRelease = (source: ReleaseSource, reading: Reading): Release | undefined => {
  if (reading.is !== 'named') return undefined;
  const { imageId, since: publishedAt, imageCreatedAt } = reading;
  if (source.is === 'own')
    return {
      train: { family: source.parameter, build: imageId },
      imageId,
      version: undefined,
      publishedAt,
      ...(imageCreatedAt && { imageCreatedAt }),
    };
  const { family, grammar } = factsOf(source.amiType);
  const version = reading.version === undefined ? undefined : parseReleaseVersion(grammar, reading.version);
  if (!version || (version.minor !== undefined && version.minor !== source.minor)) return undefined;
  return { train: { family, build: version.build }, imageId, version, publishedAt };
};

const firstPage = (source: ReleaseSource, named: Release, history: readonly Reading[]): BookPage => {
  const older = history
    .flatMap((reading) => toRelease(source, reading) ?? [])
    .filter((release) => compareReleases(release, named) < 0);
  const releases = [...older.sort(compareReleases), named].slice(-kept);
  return {
    source,
    revision: 0,
    releases,
    untold: [{ is: 'detected', train: named.train, imageId: named.imageId }],
  };
};

const sameRelease = (a: Release, b: Release) =>
  a.imageId === b.imageId && a.version?.text === b.version?.text;

/** Names of the trains of which some source took a release back. */
export const withdrawnTrains = (pages: readonly BookPage[]): ReadonlySet<string> =>
  new Set(
    pages.flatMap(({ releases }) =>
      releases.filter(({ withdrawnAt }) => withdrawnAt !== undefined).map(({ train }) => trainName(train)),
    ),
  );

/** The page with the reading taken down; the same object when nothing is new. */
export const takeDown = (
  page: BookPage | undefined,
  source: ReleaseSource,
  reading: Reading,
  history: readonly Reading[],
  now: Instant,
): BookPage => {
  const named = toRelease(source, reading);
  if (!named) {
    const problem = reading.is === 'missing' ? 'missing' : 'unreadable';
    return page?.problem === problem
      ? page
      : { ...(page ?? { source, revision: 0, releases: [], untold: [] }), problem };
  }
  if (!page || page.releases.length === 0)
    return { ...firstPage(source, named, history), revision: page?.revision ?? 0 };

  const { problem: _, ...clean } = page;
  const known = page.releases.find((release) => sameRelease(release, named));
  const later = page.releases.filter(
    (release) => release.withdrawnAt === undefined && compareReleases(release, named) > 0,
  );
  if (known && known.withdrawnAt === undefined && later.length === 0) return page.problem ? clean : page;

  const back = (release: Release): Release =>
    later.includes(release) ? { ...release, withdrawnAt: now } : release;
  const { withdrawnAt: __, ...restored } = known ?? named;
  const releases = [...page.releases.map(back).filter((release) => !sameRelease(release, named)), restored]
    .sort(compareReleases)
    .slice(-kept);
  const notes: ReleaseNote[] = later.map(({ train, imageId }) => ({ is: 'withdrawn', train, imageId }));
  if (!known || known.withdrawnAt) notes.push({ is: 'detected', train: named.train, imageId: named.imageId });
  return { ...clean, releases, untold: [...page.untold, ...notes] };
};
