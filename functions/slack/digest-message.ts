/**
 * Writes the digest of findings as a Slack message: what is open and how that changed, by severity, then
 * cluster by cluster where something changed, with the gravest of what is open.
 *
 * Pure.
 */
import { type Severity, severities } from '../domain/finding.ts';
import { type DigestCluster, type FindingsDigest, sum } from '../domain/finding-digest.ts';
import type { Message } from '../domain/ports.ts';
import { context, section, toMessage } from './blocks.ts';
import { counted } from './counts.ts';
import { severityMarks } from './findings-message.ts';
import { code, cut, dated, escapeText, lines, oneLine } from './mrkdwn.ts';

type Moves = Pick<DigestCluster, 'open' | 'still' | 'opened' | 'resolved'>;

/** Leave room for the first and the last block. */
const longestMessage = 9_000;
const mostClusters = 45;
/** EKS allows clusters a hundred characters. */
const longestName = 100;

/** `3 open: 1 new, 2 still open; 4 resolved`. */
const trend = ({ open, still, resolved }: Moves, severity: Severity): string => {
  const fresh = open[severity] - still[severity];
  const parts = [
    ...(fresh > 0 ? [`${fresh} new`] : []),
    ...(still[severity] > 0 ? [`${still[severity]} still open`] : []),
  ];
  const now = parts.length > 0 ? `${open[severity]} open: ${parts.join(', ')}` : 'none open';
  return resolved[severity] > 0 ? `${now}; ${resolved[severity]} resolved` : now;
};

const severityLines = (detail: Moves): readonly string[] =>
  severities
    .filter((severity) => detail.open[severity] + detail.opened[severity] + detail.resolved[severity] > 0)
    .map((severity) => `${severityMarks[severity]} *${severity}*: ${trend(detail, severity)}`);

const openCounts = ({ open }: Moves): string =>
  severities
    .flatMap((severity) => (open[severity] > 0 ? [`${open[severity]} ${severity}`] : []))
    .join(', ') || 'nothing open';

const movesLine = ({ opened, resolved }: Moves): string => {
  const moves = [
    ...(sum(opened) > 0 ? [`${sum(opened)} opened`] : []),
    ...(sum(resolved) > 0 ? [`${sum(resolved)} resolved`] : []),
  ];
  return moves.length > 0 ? `; this week ${moves.join(', ')}` : '';
};

const clusterText = (one: DigestCluster): string => {
  const cluster = one.cluster === undefined ? 'no cluster' : code(cut(one.cluster, longestName));
  const name = one.target ? `${cluster} (${oneLine(`${one.target.account} ${one.target.region}`)})` : cluster;
  const unseen = one.unseenSince
    ? [`:warning: Not looked at in full since ${dated(one.unseenSince)}: what is open there now is unknown.`]
    : [];
  const worst = one.worst.map(
    ({ severity, sentence, link, firstSeenAt }) =>
      `• ${severity}, since ${dated(firstSeenAt)}: ${oneLine(sentence)} <${escapeText(link)}|Why>`,
  );
  return `*${name}*: ${openCounts(one)}${movesLine(one)}\n${lines([...unseen, ...worst])}`.trim();
};

/** As many as a message holds. */
const fitting = (clusters: readonly DigestCluster[], room: number): readonly string[] => {
  const texts: string[] = [];
  let length = 0;
  for (const one of clusters.slice(0, mostClusters)) {
    const text = clusterText(one);
    length += text.length;
    if (length > room) break;
    texts.push(text);
  }
  return texts;
};

const hasMoved = ({ opened, resolved }: Moves): boolean => sum(opened) + sum(resolved) > 0;

export const digestMessage = ({ detail }: FindingsDigest): Message => {
  const { region, since, muted, clusters } = detail;
  // Who knows the list of a cluster need not read it again.
  const shown = clusters.items.filter((one) => hasMoved(one) || one.unseenSince !== undefined);
  const texts = fitting(shown, longestMessage);
  const unchanged = clusters.items.length - shown.length;
  const left = shown.length - texts.length + clusters.more;
  const changed = hasMoved(detail) ? '' : ' Nothing has changed since.';
  const rest = [
    ...(muted > 0 ? [`${muted} more are muted.`] : []),
    ...(unchanged > 0 ? [`${counted(unchanged, 'cluster')} with nothing new.`] : []),
    ...(left > 0 ? [`${counted(left, 'cluster')} not listed here.`] : []),
  ];
  return toMessage(`Findings of the week: ${openCounts(detail)}${movesLine(detail)}`, [
    section(`:bar_chart: *Findings of the week* in ${escapeText(region)}, since ${dated(since)}.${changed}`),
    section(lines(severityLines(detail))),
    ...texts.map(section),
    ...(rest.length > 0 ? [context(rest.join(' '))] : []),
  ]);
};
