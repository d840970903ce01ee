/**
 * Writes the reply that says a rollout halted: what happened, how bad it is, what Drydock does, what a
 * person can do, with the buttons and the commands for it.
 *
 * Knows which halts are emergencies, so that somebody is called, and which a person wanted or only forgot.
 *
 * Pure.
 */
import type { RolloutNews } from '../domain/news.ts';
import type { Message } from '../domain/ports.ts';
import type { HaltReason } from '../domain/rollout.ts';
import { type Audience, byHand, mentionsOf, shell } from './audience.ts';
import { header, section, toMessage } from './blocks.ts';
import { type Ask, buttons, byHandBlock } from './button.ts';
import { changeLines } from './change-lines.ts';
import { extent } from './counts.ts';
import { escapeText } from './mrkdwn.ts';
import { asksOf, titleOf } from './rollout-head.ts';

type Halted = Extract<RolloutNews, { type: 'Rollout Halted' }>;

type Advice = { readonly isEmergency: boolean; readonly canDo: string };

const advice = {
  stopped: { isEmergency: false, canDo: 'resume it when what it was stopped for is over.' },
  abandoned: { isEmergency: false, canDo: 'nothing; the next release takes its groups.' },
  rejected: { isEmergency: false, canDo: 'resume it to be asked again, or leave it to the next release.' },
  notApproved: { isEmergency: false, canDo: 'resume it to be asked again, or leave it to the next release.' },
  alarmRinging: {
    isEmergency: true,
    canDo: 'look at the alarm. Resume when it is no fault of the release; take the groups back when it is.',
  },
  withdrawn: {
    isEmergency: true,
    canDo:
      'take the groups back if the release harms them; otherwise nothing, as the next release takes over.',
  },
  denied: { isEmergency: false, canDo: 'take the groups back, or leave them until the next release.' },
  nothingProved: {
    isEmergency: false,
    canDo: 'look at why no group of the earlier waves got it. Resume if it may go on all the same.',
  },
  releaseBreaksNodes: {
    isEmergency: true,
    canDo:
      'look at the console output of a new node (`aws ec2 get-console-output`). If the release is bad, add it to `releases.deny` and take the groups back; if not, resume.',
  },
  failureBudgetSpent: {
    isEmergency: true,
    canDo: 'mend what the failures above name, then resume and have the failed groups tried again.',
  },
  degradedInSoak: {
    isEmergency: true,
    canDo: 'look at the health issues above. Take the groups back if the release is to blame; resume if not.',
  },
} as const satisfies Record<HaltReason, Advice>;

const longestList = 1_800;

/** The asks that a shell is given for: what the buttons offer, without the question. */
const commands = (asks: readonly Ask[], audience: Audience): string =>
  asks
    .filter(({ command }) => command !== 'explain')
    .map((ask) => byHand(ask, audience))
    .join('\n');

export const haltReply = ({ detail }: Halted, audience: Audience): Message => {
  const { state, sentence, changes } = detail;
  const { isEmergency, canDo }: Advice = state.is === 'halted' ? advice[state.why] : advice.stopped;
  const title = `${titleOf(detail)} halted`;
  const asks = asksOf(detail);
  const shells = commands(asks, audience);
  const what = [escapeText(sentence), changeLines(changes, ['failed'], longestList)]
    .filter(Boolean)
    .join('\n');
  const mention = isEmergency ? mentionsOf(audience) : '';
  return toMessage(
    `${title}: ${sentence}`,
    [
      header(isEmergency ? `🚨 ${title}` : title),
      section(`${mention}:octagonal_sign: *What happened:* ${what}`),
      section(`*How bad:* ${extent(detail)}.`),
      section(
        '*What Drydock does:* starts nothing more of it. Groups that have not started move over to the next release.',
      ),
      section(`*What you can do:* ${canDo}`),
      ...buttons(asks, audience.slack.allow),
      ...(shells ? [byHandBlock(shell(shells))] : []),
    ],
    mention,
  );
};
