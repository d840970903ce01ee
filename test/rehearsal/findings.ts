/**
 * Lists the findings that are open when a rehearsal ends, gravest first, as they were told last.
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

const labelled = (label: string, text: string): readonly string[] =>
  wrap(text, width - margin).map((line, i) =>
    i === 0 ? `  ${label.padEnd(margin - 2)}${line}` : `${' '.repeat(margin)}${line}`,
  );

/** The least grave are many: they are counted, and shown by `--json`. */
const lowLine = (low: readonly FindingTold[]): readonly string[] => {
  const counts = [...Map.groupBy(low, ({ rule }) => rule)].map(([rule, { length }]) => `${rule} ${length}`);
  return low.length === 0 ? [] : labelled('low', `${low.length}, by rule: ${counts.join(', ')}`);
};

export const findings = (events: readonly Event[]): readonly string[] => {
  const open = openAtTheEnd(events);
  if (open.length === 0) return ['  None.'];
  const [low = [], rest = []] = [true, false].map((isLow) =>
    open.filter(({ severity }) => (severity === 'low') === isLow),
  );
  return [
    ...rest.flatMap(({ severity, sentence, suggestion }) => labelled(severity, `${sentence} ${suggestion}`)),
    ...lowLine(low),
  ];
};
