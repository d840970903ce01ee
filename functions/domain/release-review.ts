/**
 * Decides what became of the releases of a source between two looks, and what of it is news.
 *
 * Knows that images go as a matter of course, too: EKS's Windows images become private after four
 * months (EKS user guide, "eks-optimized-windows-ami", checked 2026-11-24). What no rollout would choose
 * any more is withdrawn, and not told.
 *
 * Pure.
 */
import type { ImageVerdict } from './image.ts';
import {
  compareReleases,
  eligibleAt,
  isDenied,
  type Release,
  type ReleaseRule,
  type Train,
  type WithdrawalReason,
} from './release.ts';
import type { Instant } from './time.ts';

export type ReleaseNote = { readonly train: Train; readonly imageId: string } & (
  | {
      readonly is: 'detected';
      /** When a withdrawal was found to be over; absent the first time. */
      readonly again?: Instant;
    }
  | { readonly is: 'withdrawn'; readonly why: WithdrawalReason }
);

export const sameRelease = (a: Release, b: Release) =>
  a.imageId === b.imageId && a.version?.text === b.version?.text;

/** The release as it stands after a look; the same object when nothing became of it. */
export const review = (
  release: Release,
  named: Release | undefined,
  image: ImageVerdict | undefined,
  now: Instant,
): Release => {
  const { withdrawnAt, withdrawnBecause, ...rest } = release;
  const withdrawn = (why: WithdrawalReason): Release =>
    withdrawnBecause === why ? release : { ...rest, withdrawnAt: withdrawnAt ?? now, withdrawnBecause: why };
  if (named && compareReleases(release, named) > 0) return withdrawn('parameterWentBack');
  if (!withdrawnAt) return image?.is === 'unfit' ? withdrawn(image.why) : release;
  const isOver = withdrawnBecause !== 'parameterWentBack' || (named && sameRelease(release, named));
  return isOver && image?.is === 'sound' ? { ...rest, publishedAt: now } : release;
};

type Terms = { readonly rule: ReleaseRule; readonly now: Instant };

/** Whether a newer release would be chosen instead, whatever becomes of this one. */
const isOutdone = (release: Release, all: readonly Release[], { rule, now }: Terms): boolean =>
  all.some(
    (other) =>
      other.withdrawnAt === undefined &&
      !isDenied(other, rule) &&
      eligibleAt(other, rule) <= now &&
      compareReleases(other, release) > 0,
  );

/** What became of the releases between two looks and is news. */
export const notesOf = (
  before: readonly Release[],
  after: readonly Release[],
  terms: Terms,
): readonly ReleaseNote[] =>
  before.flatMap((release, i): ReleaseNote[] => {
    const { train, imageId, withdrawnBecause: why } = after[i] ?? release;
    if (why === release.withdrawnBecause) return [];
    if (why === 'parameterWentBack')
      return release.withdrawnAt ? [] : [{ is: 'withdrawn', train, imageId, why }];
    if (isOutdone(release, before, terms)) return [];
    return [
      why ? { is: 'withdrawn', train, imageId, why } : { is: 'detected', train, imageId, again: terms.now },
    ];
  });
