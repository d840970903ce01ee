/**
 * Chooses the images that a look asks EC2 about: of each source what it names now, the two newest
 * releases that are old enough, and those still too young.
 *
 * The second is there for the day on which the first is taken back. Older ones are not asked about
 * until then: no rollout would choose them. Four hundred are two calls: with the parameters, ten a call, and two reads
 * of the table a look stays within one call for ten parameters and five more, however many sources.
 *
 * Pure.
 */
import { eligibleAt, isDenied, type Release, type ReleaseRule } from './release.ts';
import type { BookPage, Reading } from './release-book.ts';
import type { Instant } from './time.ts';

const mostAsked = 400;
const choicesAsked = 2;

/** What is known of a source when a look begins; no page before the first one. */
export type SourceInView = { readonly page: BookPage | undefined; readonly reading: Reading };

/** Up to the second that a rollout could take; those among them whose image was taken back may come back. */
const choices = (oldEnough: readonly Release[]): readonly Release[] => {
  const fit = oldEnough.filter(({ withdrawnAt }) => withdrawnAt === undefined);
  const last = fit[choicesAsked - 1];
  return last ? oldEnough.slice(0, oldEnough.indexOf(last) + 1) : oldEnough;
};

/** The most telling first. */
const imagesOf = ({ page, reading }: SourceInView, rule: ReleaseRule, now: Instant): readonly string[] => {
  const isOldEnough = (release: Release) => eligibleAt(release, rule) <= now;
  const newestFirst = (page?.releases ?? [])
    .filter((release) => release.withdrawnBecause !== 'parameterWentBack' && !isDenied(release, rule))
    .toReversed();
  const young = newestFirst.filter((release) => !isOldEnough(release));
  const wanted = [...choices(newestFirst.filter(isOldEnough)), ...young].map(({ imageId }) => imageId);
  return [...new Set(reading.is === 'named' ? [reading.imageId, ...wanted] : wanted)];
};

/** When there are too many, every source has its most telling ones before any has its others. */
export const imagesInQuestion = (
  sources: readonly SourceInView[],
  rule: ReleaseRule,
  now: Instant,
): readonly string[] => {
  const bySource = sources.map((source) => imagesOf(source, rule, now));
  const deepest = Math.max(0, ...bySource.map(({ length }) => length));
  const byDepth = Array.from({ length: deepest }, (_, depth) =>
    bySource.flatMap((imageIds) => imageIds[depth] ?? []),
  );
  return [...new Set(byDepth.flat())].slice(0, mostAsked);
};
