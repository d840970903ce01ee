/**
 * Says how the policy's part `patching` must look, with what holds where it says nothing.
 *
 * Pure.
 */
import * as v from 'valibot';

const between = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer('must be a whole number'),
    v.minValue(least, `must be ${least} or more`),
    v.maxValue(most, `must be at most ${most}`),
  );

export const patching = v.strictObject({
  scanMaxAgeDays: v.optional(between(1, 30), 3),
  youngHours: v.optional(between(1, 168), 26),
  baselines: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.regex(
          /^(arn:[a-z-]+:ssm:.+\/)?pb-[0-9a-f]+$/,
          'must be the id of a patch baseline, such as pb-0123456789abcdef0',
        ),
      ),
    ),
    [],
  ),
  al2023Repository: v.optional(v.picklist(['locked', 'latest'], 'must be locked or latest'), 'locked'),
  lockedReleaseDays: v.optional(between(1, 3650), 30),
  sharePercent: v.optional(between(1, 100), 25),
  atOnce: v.optional(between(1, 50), 10),
  failureBudget: v.optional(between(0, 10_000), 1),
  timeoutMinutes: v.optional(between(15, 720), 120),
  rebootSoakMinutes: v.optional(between(0, 720), 10),
  approval: v.exactOptional(v.strictObject({ timeoutHours: between(1, 168) })),
});
