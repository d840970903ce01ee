/**
 * Writes the reply with which a wave asks for approval: what would begin, how risky it looks, until when
 * an answer counts, and the buttons.
 *
 * Pure.
 */
import type { RolloutNews } from '../domain/news.ts';
import type { Message } from '../domain/ports.ts';
import { type Audience, byHand, shell } from './audience.ts';
import { header, section, toMessage } from './blocks.ts';
import { type Ask, buttons, byHandBlock } from './button.ts';
import { changeLines } from './change-lines.ts';
import { counted, waveLine } from './counts.ts';
import { dated, escapeText, lines } from './mrkdwn.ts';
import { titleOf } from './rollout-head.ts';

type Asked = Extract<RolloutNews, { type: 'Approval Requested' }>;

const riskLine = ({ risk }: Asked['detail']): string => {
  const { daysBehind, publishedAt, notes } = risk;
  const behind =
    daysBehind.most === daysBehind.fewest
      ? counted(daysBehind.most, 'day')
      : `${daysBehind.fewest} to ${counted(daysBehind.most, 'day')}`;
  const page = notes ? ` <${escapeText(notes)}|Release notes>.` : '';
  return `*Risk:* the groups are ${behind} behind. The release was published ${dated(publishedAt)}.${page}`;
};

const longestList = 2_000;

export const approvalReply = ({ detail }: Asked, audience: Audience): Message => {
  const { wave, until, groups, rollout, waves } = detail;
  const number = groups.items.length + groups.more;
  const earlier = waves.slice(
    0,
    waves.findIndex(({ name }) => name === wave),
  );
  const answers: readonly Ask[] = [
    { command: 'approve', rollout, wave },
    { command: 'reject', rollout, wave },
  ];
  const rows = buttons([...answers, { command: 'explain', rollout }], audience.slack.allow);
  const shells = answers.map((ask) => byHand(ask, audience)).join('\n');
  return toMessage(`${titleOf(detail)}: wave ${wave} asks for approval`, [
    header(`Wave ${wave} asks for approval`),
    section(
      `:raised_hand: ${counted(number, 'group')} would move. An answer counts until ${dated(until)}; *no answer means no.*`,
    ),
    section(changeLines(groups, ['joined'], longestList) || 'No groups.'),
    section(riskLine(detail)),
    ...(earlier.length > 0
      ? [section(`*So far:*\n${lines(earlier.map(waveLine), { room: longestList })}`)]
      : []),
    ...rows,
    byHandBlock(shell(shells)),
  ]);
};
