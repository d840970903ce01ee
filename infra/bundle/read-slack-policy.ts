/**
 * Says what the policy's part on Slack must look like; `read-policy.ts` checks the whole.
 *
 * Knows the form of Slack's ids: people U… or W…, user groups S….
 *
 * Pure.
 */
import * as v from 'valibot';
import { allowable } from '../../functions/domain/permission.ts';

const someone = v.pipe(
  v.string(),
  v.regex(/^[UWS][A-Z0-9]{2,}$/, 'must be the Slack id of a person (U…) or of a user group (S…)'),
);
const someoneOrAll = v.pipe(
  v.string(),
  v.regex(
    /^(\*|[UWS][A-Z0-9]{2,})$/,
    "must be the Slack id of a person (U…) or of a user group (S…), or '*'",
  ),
);
const allowed = v.optional(v.array(someoneOrAll));

export const slackPolicy = v.strictObject({
  channel: v.pipe(v.string(), v.nonEmpty('must name a channel')),
  mention: v.optional(v.array(someone), []),
  allow: v.optional(v.strictObject(v.entriesFromList(['all', ...allowable], allowed)), {}),
});
