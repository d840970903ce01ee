/**
 * Says what the policy's part on Slack must look like; `read-policy.ts` checks the whole.
 *
 * Knows the form of Slack's ids: people U… or W…, user groups S….
 *
 * Pure.
 */
import * as v from 'valibot';
import { severities } from '../../functions/domain/finding.ts';
import { allowable } from '../../functions/domain/permission.ts';
import { selector } from './read-selector.ts';

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
const severityList = v.array(v.picklist(severities, `must be one of ${severities.join(', ')}`));
const allowed = v.optional(v.array(someoneOrAll));

const channel = v.pipe(v.string(), v.nonEmpty('must name a channel'));

const findings = v.strictObject({
  atOnce: v.optional(severityList, ['critical', 'high']),
  channels: v.optional(
    v.array(
      v.pipe(
        v.strictObject({
          channel,
          severities: v.optional(v.pipe(severityList, v.minLength(1, 'must name at least one'))),
          select: v.optional(v.pipe(v.array(selector), v.minLength(1, 'must select something'))),
        }),
        v.check((it) => Object.keys(it).length > 1, 'must name severities or select'),
      ),
    ),
    [],
  ),
});

export const slackPolicy = v.strictObject({
  channel,
  mention: v.optional(v.array(someone), []),
  allow: v.optional(v.strictObject(v.entriesFromList(['all', ...allowable], allowed)), {}),
  findings: v.optional(findings, {}),
});
