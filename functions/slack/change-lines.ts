/**
 * Writes what happened to node groups, a line each: what moves from where to where, what failed and why,
 * when it is tried again, what is left alone.
 *
 * Names the region, and the account, only where a list has several, the wave where groups are still to move, and how many
 * lines are left out.
 *
 * Pure.
 */
import type { Change, LeftAlone, ListedChanges } from '../domain/news.ts';
import { code, cut, dated, escapeText, lines } from './mrkdwn.ts';

type Placed = Pick<Change, 'target' | 'cluster' | 'nodeGroup'>;

const placer = (all: readonly Placed[]) => {
  const several = (parts: readonly string[]) => new Set(parts).size > 1;
  const accounts = several(all.map(({ target }) => target.account));
  const regions = several(all.map(({ target }) => target.region));
  return ({ target, cluster, nodeGroup }: Placed): string => {
    const where = [...(accounts ? [target.account] : []), ...(regions ? [target.region] : [])].join(' ');
    return `${code(`${cluster}/${nodeGroup}`)}${where ? ` (${escapeText(where)})` : ''}`;
  };
};

/** EKS's words are cut to this: they repeat themselves. */
const longestWords = 200;
const mostNodes = 3;

const ordinals = ['', '', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];
const times = (failures = 1): string => {
  if (failures < 2) return '';
  return ` for the ${ordinals[failures] ?? `${failures}th`} time`;
};

const causeOf = ({ code: cause, sentence, resources, message }: Change): string =>
  [
    `${code(cause ?? 'Unknown')}.`,
    escapeText(sentence ?? ''),
    resources?.length ? `On ${resources.slice(0, mostNodes).map(code).join(', ')}.` : '',
    message ? `EKS: “${escapeText(cut(message, longestWords))}”` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');

const line = (change: Change, place: string): string => {
  switch (change.is) {
    case 'failed':
      return `• ${place} failed${times(change.failures)}: ${causeOf(change)}`;
    case 'retrying':
      return `• ${place} failed${times(change.failures)}: ${causeOf(change)} It is tried again${change.until ? ` ${dated(change.until)}` : ' later'}.`;
    case 'held':
      return `• ${place} is left alone. ${escapeText(change.sentence ?? '')}`;
    case 'gone':
      return `• ${place} is gone.`;
    default:
      return `• ${place} ${code(change.before ?? 'unknown')} → ${code(change.after ?? 'unknown')}${change.is === 'joined' ? `, wave ${escapeText(change.wave)}` : ''}`;
  }
};

/** The changes of these kinds as a list; empty when there are none. */
export const changeLines = (
  { items, counts }: ListedChanges,
  kinds: readonly Change['is'][],
  room?: number,
): string => {
  const shown = items.filter(({ is }) => kinds.includes(is));
  const total = kinds.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
  const place = placer(shown);
  return lines(
    shown.map((change) => line(change, place(change))),
    { more: total - shown.length, ...(room !== undefined && { room }) },
  );
};

export const leftAloneLines = (items: readonly LeftAlone[], more: number, room?: number): string => {
  const place = placer(items);
  return lines(
    items.map(
      (one) =>
        `• ${place(one)}: ${escapeText(one.sentence)}${one.until ? ` Until ${dated(one.until)}.` : ''}`,
    ),
    { more, ...(room !== undefined && { room }) },
  );
};
