/**
 * Writes changed findings as a Slack message: by severity and cluster, each with what is wrong, what to do,
 * and the page that says why.
 *
 * Only what the policy wants told at once makes a message, one for each channel; the rest waits for the
 * digest, and is in the event and the log. Slack gives up on messages of some 13,000 characters in all
 * (slackapi/bolt-js issues 2509 and 2867), so that a message stays below 10,000 and counts what it leaves out.
 *
 * Pure.
 */
import { type Severity, severities } from '../domain/finding.ts';
import type { FindingsChanged, FindingTold } from '../domain/finding-news.ts';
import type { Listed } from '../domain/news.ts';
import { isOffered } from '../domain/permission.ts';
import type { Message } from '../domain/ports.ts';
import type { Audience } from './audience.ts';
import { context, section, toMessage } from './blocks.ts';
import { buttons } from './button.ts';
import { code, cut, dated, escapeText, lines, oneLine } from './mrkdwn.ts';

type Change = { readonly is: 'opened' | 'worsened' | 'resolved'; readonly finding: FindingTold };

export const severityMarks = {
  critical: ':red_circle:',
  high: ':large_orange_circle:',
  medium: ':large_yellow_circle:',
  low: ':white_circle:',
} as const;

/** EKS allows clusters a hundred characters. */
const longestName = 100;

/** Leave room for the first and the last block. */
const longestMessage = 9_000;
const mostGroups = 45;

type Detail = FindingsChanged['detail'];

const changesOf = ({ opened, worsened, resolved }: Detail, atOnce: readonly Severity[]): readonly Change[] =>
  severities
    .filter((severity) => atOnce.includes(severity))
    .flatMap((severity) =>
      Object.entries({ opened, worsened, resolved }).flatMap(([is, { items }]) =>
        items
          .filter((finding) => finding.severity === severity)
          .map((finding): Change => ({ is: is as Change['is'], finding })),
      ),
    );

const line = ({ is, finding }: Change): string => {
  const { sentence, suggestion, link, firstSeenAt } = finding;
  if (is === 'resolved')
    return `:white_check_mark: Resolved: ${oneLine(sentence)} It was there since ${dated(firstSeenAt)}.`;
  const mark = is === 'worsened' ? '• Worse:' : '•';
  return `${mark} ${oneLine(sentence)} ${oneLine(suggestion)} <${escapeText(link)}|Why>`;
};

const heading = ({ severity, cluster, target }: FindingTold): string => {
  const where = cluster === undefined ? '' : ` in ${code(cut(cluster, longestName))}`;
  return `${severityMarks[severity]} *${severity}*${where} (${oneLine(target.region, longestName)})`;
};

/** One text for each severity and cluster, gravest first, as many as a message holds. */
const textsOf = (changes: readonly Change[]) => {
  const groups = Map.groupBy(changes, ({ finding }) => heading(finding));
  const texts: string[] = [];
  let length = 0;
  let left = 0;
  for (const [title, group] of groups) {
    const text = `${title}\n${lines(group.map(line))}`;
    length += text.length;
    if (length > longestMessage || texts.length === mostGroups) left += group.length;
    else texts.push(text);
  }
  return { texts, left };
};

/** So many may be muted from the message; of more the list alone can be read. */
const mostMutable = 5;
const muteDays = [7, 30] as const;

const mutable = (changes: readonly Change[]) => changes.filter(({ is }) => is !== 'resolved');

/** Each on its own, with buttons to mute it. */
const oneByOne = (changes: readonly Change[], { slack }: Audience) => {
  const groups = [...Map.groupBy(changes, ({ finding }) => heading(finding))];
  return groups.flatMap(([title, group]) => [
    section(title),
    ...group.flatMap((change) => {
      const { fingerprint } = change.finding;
      const asks = muteDays.map((forDays) => ({ command: 'mute', finding: fingerprint, forDays }) as const);
      const row = `mute-${changes.indexOf(change)}`;
      const rows = change.is === 'resolved' ? [] : buttons(asks, slack.allow, row);
      return [section(line(change)), ...rows];
    }),
  ]);
};

const counted = ({ opened, worsened, resolved }: Detail): string =>
  Object.entries({ opened, worsened, resolved })
    .map(([is, { items, more }]) => [items.length + more, is] as const)
    .flatMap(([number, is]) => (number > 0 ? [`${number} ${is}`] : []))
    .join(', ');

const whereOf = ({ account, region }: Detail): string =>
  account === undefined ? escapeText(region) : `account ${escapeText(account)}, ${escapeText(region)}`;

/** `undefined` when nothing of it is to be told at once. */
const messageOf = (detail: Detail, audience: Audience): Message | undefined => {
  const changes = changesOf(detail, audience.slack.findings.atOnce);
  if (changes.length === 0) return undefined;
  const canMute = isOffered(audience.slack.allow, 'mute') && mutable(changes).length <= mostMutable;
  const alone = canMute && changes.length <= mostMutable * 2;
  const { texts, left } = alone ? { texts: [], left: 0 } : textsOf(changes);
  const { critical, high, medium, low, muted } = detail.open;
  const untold = left + detail.opened.more + detail.worsened.more + detail.resolved.more;
  const rest = untold > 0 ? ` ${untold} more are in the log of ${detail.foundBy}.` : '';
  return toMessage(`Findings: ${counted(detail)}`, [
    section(`:mag: *Findings* in ${whereOf(detail)}: ${counted(detail)}.`),
    ...(alone ? oneByOne(changes, audience) : texts.map(section)),
    context(
      `Open now in all clusters: ${critical} critical, ${high} high, ${medium} medium, ${low} low; ${muted} muted.${rest}`,
    ),
  ]);
};

/** As much of it as belongs to one channel; what no list holds is counted where all else is told. */
const within = (detail: Detail, channel: string | undefined): Detail => {
  const only = ({ items, more }: Listed<FindingTold>): Listed<FindingTold> => ({
    items: items.filter((finding) => finding.channel === channel),
    more: channel === undefined ? more : 0,
  });
  const { opened, worsened, resolved } = detail;
  return { ...detail, opened: only(opened), worsened: only(worsened), resolved: only(resolved) };
};

/** One for each channel that something is to be told in at once; the one where all else is told is `undefined`. */
export const findingsMessages = (
  { detail }: FindingsChanged,
  audience: Audience,
): readonly { readonly channel: string | undefined; readonly message: Message }[] => {
  const { opened, worsened, resolved } = detail;
  const all = [opened, worsened, resolved].flatMap(({ items }) => items);
  const channels = new Set([undefined, ...all.map(({ channel }) => channel)]);
  return [...channels].flatMap((channel) => {
    const message = messageOf(within(detail, channel), audience);
    return message ? [{ channel, message }] : [];
  });
};
