/**
 * Judges by EC2's answers which images may be rolled.
 *
 * Knows that AWS gives every public image a deprecation date two years ahead, which says nothing
 * until it is past (EC2 user guide, "ami-deprecate", checked 2026-11-24), and that an answer which
 * has none of the images it was asked for proves nothing about any of them. What is not known has
 * no verdict: it is neither sound nor taken back.
 *
 * Pure.
 */
import type { ImageFacts } from './node-group.ts';
import type { WithdrawalReason } from './release.ts';
import type { Instant } from './time.ts';

/** What one call asked EC2 for, and what EC2 has of it. */
export type ImageAnswer = {
  readonly asked: readonly string[];
  readonly found: ReadonlyMap<string, ImageFacts>;
};

export type ImageVerdict =
  | { readonly is: 'sound'; readonly createdAt: Instant | undefined }
  | { readonly is: 'unfit'; readonly why: Exclude<WithdrawalReason, 'parameterWentBack'> };

/** By image id; an image without a verdict is unknown. */
export type ImageVerdicts = ReadonlyMap<string, ImageVerdict>;

const judgeFound = (
  { state, deprecatedAt, createdAt }: ImageFacts,
  now: Instant,
): ImageVerdict | undefined => {
  if (state === undefined) return undefined;
  if (state !== 'available') return { is: 'unfit', why: 'imageNotAvailable' };
  if (deprecatedAt !== undefined && deprecatedAt <= now) return { is: 'unfit', why: 'imageDeprecated' };
  return { is: 'sound', createdAt };
};

export const judgeImages = (answers: readonly ImageAnswer[], now: Instant): ImageVerdicts => {
  const verdicts = new Map<string, ImageVerdict>();
  for (const { asked, found } of answers)
    for (const imageId of found.size > 0 ? asked : []) {
      const facts = found.get(imageId);
      const verdict = facts ? judgeFound(facts, now) : ({ is: 'unfit', why: 'imageGone' } as const);
      if (verdict) verdicts.set(imageId, verdict);
    }
  return verdicts;
};
