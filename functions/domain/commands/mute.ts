/**
 * Carries out `mute` and `unmute`.
 *
 * Pure.
 */
import { type Finding, fingerprint } from '../finding.ts';
import { type Instant, shownAt } from '../time.ts';
import { type Carry, type Outcome, refused, type World } from './world.ts';

/** As many as a refusal can name and still be read. */
const mostNamed = 10;

const unknown = (asked: string, { findings }: World): Outcome => {
  const alike = findings
    .map(({ finding }) => fingerprint(finding))
    .filter((print) => print.split(' ')[0] === asked.split(' ')[0]);
  const named = alike.slice(0, mostNamed).join('; ');
  const more = alike.length > mostNamed ? `; and ${alike.length - mostNamed} more` : '';
  return refused(
    `No finding is known as ${asked}. ${alike.length > 0 ? `Of its rule there are: ${named}${more}.` : 'Fingerprints stand in Findings Changed and in the log of audit-nodes.'}`,
  );
};

const find = (asked: string, { findings }: World) =>
  findings.find(({ finding }) => fingerprint(finding) === asked);

/** What the policy says of it holds whatever a person asks. */
const byPolicy = ({ muted }: Finding, now: Instant): string[] =>
  muted && (muted.until === undefined || muted.until > now)
    ? [
        `The policy mutes it${muted.until === undefined ? '' : ` until ${shownAt(muted.until)}`}; findings.mute says so.`,
      ]
    : [];

export const mute: Carry<'mute'> = ({ finding: asked, until, by, why }, world) => {
  if (until <= world.now) return refused(`The date until has passed: ${shownAt(until)}.`);
  const known = find(asked, world);
  if (!known) return unknown(asked, world);
  const { sentence } = known.finding;
  return {
    accepted: true,
    says: [
      `Muted until ${shownAt(until)}: ${sentence}`,
      'It is still looked for and counted; if it is there on that day it is told again.',
      ...byPolicy(known.finding, world.now),
    ],
    deeds: [{ is: 'mute', finding: asked, mute: { until, by, why } }],
  };
};

export const unmute: Carry<'unmute'> = ({ finding: asked }, world) => {
  const known = find(asked, world);
  if (!known) return unknown(asked, world);
  const { finding, mute } = known;
  const policys = byPolicy(finding, world.now);
  if (!mute || mute.until <= world.now)
    return { accepted: true, says: ['Nobody has muted it by command.', ...policys], deeds: [] };
  return {
    accepted: true,
    says: [
      `No longer muted: ${finding.sentence}`,
      'The next audit tells it if it is still there.',
      ...policys,
    ],
    deeds: [{ is: 'unmute', finding: asked }],
  };
};
