/**
 * Lists the findings that are open when a rehearsal ends, gravest first.
 *
 * Knows them from the news alone, as whoever hangs on the bus would.
 *
 * Pure.
 */
import { severities } from '../../functions/domain/finding.ts';
import type { FindingTold } from '../../functions/domain/finding-news.ts';
import { width, wrap } from './layout.ts';
import type { Event } from './rehearsal.ts';

const openAtTheEnd = (events: readonly Event[]): readonly FindingTold[] => {
  const open = new Map<string, FindingTold>();
  for (const event of events) {
    if (event.type !== 'Findings Changed') continue;
    for (const one of [...event.opened.items, ...event.worsened.items]) open.set(one.fingerprint, one);
    for (const { fingerprint } of event.resolved.items) open.delete(fingerprint);
  }
  const rank = ({ severity }: FindingTold) => severities.indexOf(severity);
  return [...open.values()].sort((a, b) => rank(a) - rank(b) || (a.fingerprint < b.fingerprint ? -1 : 1));
};

const margin = 10;

export const findings = (events: readonly Event[]): readonly string[] => {
  const open = openAtTheEnd(events);
  if (open.length === 0) return ['  None.'];
  return open.flatMap(({ severity, sentence, suggestion }) =>
    wrap(`${sentence} ${suggestion}`, width - margin).map((line, i) =>
      i === 0 ? `  ${severity.padEnd(margin - 2)}${line}` : `${' '.repeat(margin)}${line}`,
    ),
  );
};
