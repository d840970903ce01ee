/**
 * Writes text as Slack reads it: escapes what is not ours, dates in the reader's own time zone, and
 * lists that are cut before Slack's limits would refuse the message.
 *
 * Limits: docs.slack.dev/reference/block-kit/blocks, checked 2026-11-23.
 *
 * Pure.
 */
import type { Instant } from '../domain/time.ts';

/** A section's text may have 3,000 characters; the rest leaves room for what stands around a list. */
const longestText = 2_900;
/** Leaves room for a heading above the list and for the count of the rest below it. */
const longestList = longestText - 200;

const longestLine = 600;

export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Code cannot hold a backtick. */
export const code = (text: string): string => `\`${escapeText(text).replaceAll('`', 'ʼ')}\``;

export const dated = (at: Instant): string => {
  const fallback = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(Date.parse(at) / 1000)}^{date_short_pretty} {time}|${fallback}>`;
};

export const cut = (text: string, longest: number = longestText): string =>
  text.length <= longest
    ? text
    : `${text.slice(0, longest - 1).replace(/(?:[\ud800-\udbff]|&[a-z]{0,3})$/, '')}…`;

/** On one line, whatever the text. */
export const oneLine = (text: string, longest = 230): string =>
  cut(escapeText(text.replaceAll(/\s+/g, ' ')), longest);

type Fitting = {
  /** How many were left out before. */
  readonly more?: number;
  /** How many characters there is room for. */
  readonly room?: number;
};

/** As many lines as fit, and how many did not. */
export const lines = (all: readonly string[], { more = 0, room = longestList }: Fitting = {}): string => {
  const fit: string[] = [];
  let length = 0;
  for (const line of all) {
    const short = cut(line, longestLine);
    length += short.length + 1;
    if (length > room) break;
    fit.push(short);
  }
  const rest = all.length - fit.length + more;
  return [...fit, ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
};
