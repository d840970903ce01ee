/**
 * Says what becomes of the findings of a target that left the policy: they are told as no longer looked at, once,
 * and forgotten. Whether they are still true nobody knows, and the words say so.
 *
 * Pure.
 */
import { type FindingPage, turnPages } from './finding-book.ts';
import { isSameTarget, regionKey, type Target } from './target.ts';
import type { Instant } from './time.ts';

/** Those of `before` that are not among the policy's targets. */
export const targetsLeft = (before: readonly Target[], targets: readonly Target[]): readonly Target[] =>
  before.filter((target) => !targets.some((one) => isSameTarget(one, target)));

/** The pages with their last news; nothing else of them is kept. */
export const leave = (
  pages: readonly FindingPage[],
  target: Target,
  now: Instant,
): readonly FindingPage[] => {
  const why = `${regionKey(target)} left the policy, and nobody looks whether this is still so:`;
  const reworded = pages.map((page) => ({
    ...page,
    known: page.known.map((known) => ({
      ...known,
      finding: { ...known.finding, sentence: `${why} ${known.finding.sentence}` },
    })),
  }));
  return turnPages(reworded, [], new Set(), now).map((page) => ({ ...page, known: [], lately: [] }));
};
