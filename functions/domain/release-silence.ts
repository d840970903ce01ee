/**
 * Compares how long AWS has named no new release with the longest that it ever took.
 *
 * The longest waits between two releases: AL2023 40 days from 2022-11-12, Bottlerocket 57 days from
 * 2022-11-28 (the releases of awslabs/amazon-eks-ami and bottlerocket-os/bottlerocket up to 2026-07).
 * Windows images follow Patch Tuesday; 42 days, the longest between two of them and a week, is a guess.
 *
 * One source of a family that speaks vouches for its family, as all read the same way; another family's does not.
 *
 * Pure.
 */
import { type Family, factsOf } from './ami-type.ts';
import type { BookPage } from './release-book.ts';
import { daysBetween, type Instant } from './time.ts';

/** Days; what AWS publishes no more is missing. */
const longestSeen: Readonly<Partial<Record<Family, number>>> = {
  al2023: 40,
  bottlerocket: 57,
  'windows-2019': 42,
  'windows-2022': 42,
  'windows-2025': 42,
};

const familyOf = ({ source }: BookPage): Family | undefined =>
  source.is === 'aws' ? factsOf(source.amiType).family : undefined;

const silenceOf = (page: BookPage, now: Instant): number | undefined => {
  const family = familyOf(page);
  const longest = family && longestSeen[family];
  const last = page.releases
    .map(({ publishedAt }) => publishedAt)
    .toSorted()
    .at(-1);
  if (longest === undefined || last === undefined) return undefined;
  return (daysBetween(last, now) / longest) * 100;
};

/**
 * In percent of the longest ever seen, of the family that is silent longest, each by its source that spoke
 * last; `undefined` when AWS names none of them.
 */
export const releaseSilence = (pages: readonly BookPage[], now: Instant): number | undefined => {
  const silences = [...Map.groupBy(pages, familyOf).values()].flatMap((ofFamily) => {
    const its = ofFamily.flatMap((page) => silenceOf(page, now) ?? []);
    return its.length > 0 ? [Math.min(...its)] : [];
  });
  return silences.length > 0 ? Math.max(...silences) : undefined;
};
