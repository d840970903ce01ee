/**
 * Writes the replies in a rollout's thread, for what a person would want to be told: what will move, failures
 * and when they are tried again, finished waves, halts, questions, the end.
 *
 * Starts and successes only move the counts at the head of the thread.
 *
 * Pure.
 */
import type { WaveForecast } from '../domain/forecast.ts';
import type { LeftAlone, RolloutNews } from '../domain/news.ts';
import type { Message } from '../domain/ports.ts';
import { approvalReply } from './approval.ts';
import type { Audience } from './audience.ts';
import { section, toMessage } from './blocks.ts';
import { changeLines, leftAloneLines } from './change-lines.ts';
import { counted, inState } from './counts.ts';
import { haltReply } from './halt.ts';
import { code, dated, escapeText, lines } from './mrkdwn.ts';
import { titleOf } from './rollout-head.ts';

type Of<Type extends RolloutNews['type']> = Extract<RolloutNews, { type: Type }>;

/** `knownLeftAlone`: whether it was told before that the group is left alone, for the same reason. */
type Known = (one: LeftAlone) => boolean;

const leftAloneText = ({ items, more }: Of<'Rollout Opened'>['detail']['leftAlone'], isKnown: Known) => {
  const fresh = items.filter((one) => !isKnown(one));
  const before = items.length - fresh.length;
  const asBefore =
    before > 0 ? `${counted(before, 'group')} ${before === 1 ? 'is' : 'are'} left alone as before.` : '';
  if (fresh.length === 0) return asBefore;
  return `*What is left alone*\n${leftAloneLines(fresh, more)}${asBefore ? `\n${asBefore}` : ''}`;
};

const forecastLine = ({ wave, startsAt, endsAt, insideWindow, afterApproval }: WaveForecast): string => {
  const late = insideWindow ? '' : ' Its last updates may run past the window.';
  return `• *${escapeText(wave)}*: ${afterApproval ? 'once approved, from' : 'from'} ${dated(startsAt)} to ${dated(endsAt)}.${late}`;
};

const openedReply = ({ detail }: Of<'Rollout Opened'>, isKnown: Known): Message => {
  const { groups, leftAlone, train, forecast } = detail;
  const number = groups.items.length + groups.more;
  const left = leftAloneText(leftAlone, isKnown);
  return toMessage(`${counted(number, 'group')} will move to ${train}`, [
    section(`*What will move*\n${changeLines(groups, ['joined']) || 'No group.'}`),
    ...(forecast.waves.length > 0
      ? [section(`*When, probably*\n${lines(forecast.waves.map(forecastLine))}`)]
      : []),
    ...(left ? [section(left)] : []),
  ]);
};

const roomForEach = 2_200;

const progressReply = ({ detail }: Of<'Rollout Progressed'>): Message | undefined => {
  const { changes, waveDone } = detail;
  const list = (title: string, kinds: Parameters<typeof changeLines>[1]) => {
    const text = changeLines(changes, kinds, roomForEach);
    return text && title ? `*${title}*\n${text}` : text;
  };
  const failed = changes.counts.failed ?? 0;
  const retrying = changes.counts.retrying ?? 0;
  const texts = [
    waveDone ? `:white_check_mark: Wave *${escapeText(waveDone)}* is done.` : '',
    list('', ['failed', 'retrying', 'held', 'gone']),
    list('Moved over to a newer train', ['movedOver']),
    list('Joined', ['joined']),
  ].filter((text) => text !== '');
  if (texts.length === 0) return undefined;
  const what = [
    ...(failed > 0 ? [`${counted(failed, 'group')} failed`] : []),
    ...(retrying > 0 ? [`${counted(retrying, 'group')} will be tried again`] : []),
    ...(waveDone ? [`wave ${waveDone} is done`] : []),
  ];
  return toMessage(`${titleOf(detail)}: ${what.join(', ') || 'news'}`, texts.map(section));
};

const outcomeOf = (detail: Of<'Rollout Completed'>['detail']): string => {
  const [total, done] = [inState(detail), inState(detail, 'done')];
  const name = escapeText(titleOf(detail));
  const reached = `${done} of ${counted(total, 'group')} ${done === 1 ? 'has' : 'have'} it`;
  const taken = detail.overtakenBy ? ` What had not started moved over to ${code(detail.overtakenBy)}.` : '';
  if (detail.state.is === 'closed' && detail.state.abandoned)
    return `:wastebasket: *${name} was given up*: ${reached}.${taken}`;
  if (inState(detail, 'failed') > 0)
    return `:warning: *${name} is finished, but not everywhere*: ${reached}.${taken}`;
  if (total === 0) return `:checkered_flag: *${name} is finished*: no group is left in it.${taken}`;
  return done === total
    ? `:checkered_flag: *${name} is finished*: every one of ${counted(total, 'group')} has it.${taken}`
    : `:checkered_flag: *${name} is finished*: ${reached}.${taken}`;
};

const completedReply = ({ detail }: Of<'Rollout Completed'>): Message => {
  const failed = inState(detail, 'failed');
  const left = changeLines(detail.leftBehind, ['failed', 'held']);
  return toMessage(
    `${titleOf(detail)} is finished${failed > 0 ? `; ${counted(failed, 'group')} failed` : ''}`,
    [section(outcomeOf(detail)), ...(left ? [section(`*Left behind*\n${left}`)] : [])],
  );
};

/** What goes into the thread; `undefined` when keeping the first message up to date says enough. */
export const rolloutReply = (
  news: RolloutNews,
  audience: Audience,
  isKnown: Known = () => false,
): Message | undefined => {
  switch (news.type) {
    case 'Rollout Opened':
      return openedReply(news, isKnown);
    case 'Rollout Progressed':
      return progressReply(news);
    case 'Approval Requested':
      return approvalReply(news, audience);
    case 'Rollout Halted':
      return haltReply(news, audience);
    case 'Rollout Completed':
      return completedReply(news);
  }
};
