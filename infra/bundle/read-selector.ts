/**
 * Says what a selector of the policy must look like; `functions/domain/selector.ts` says what it means.
 *
 * Pure.
 */
import * as v from 'valibot';

export const patterns = v.pipe(
  v.array(v.pipe(v.string(), v.nonEmpty())),
  v.minLength(1, 'must name at least one'),
);

export const selector = v.pipe(
  v.strictObject({
    accounts: v.optional(patterns),
    regions: v.optional(patterns),
    clusters: v.optional(patterns),
    nodeGroups: v.optional(patterns),
    tags: v.optional(v.pipe(v.record(v.string(), v.string()), v.minEntries(1, 'must name at least one'))),
  }),
  v.check((it) => Object.keys(it).length > 0, 'must name accounts, regions, clusters, nodeGroups or tags'),
);
