/**
 * Says what is told of findings on the bus: what opened, worsened and was resolved since the last look, and
 * how many are open.
 *
 * What one look found is one piece of news, known by the time of the look: published again after a crash it
 * is the same, or what of it was not yet noted as told. Lists hold the gravest; they are cut at a hundred
 * entries, and before an event would be too large for EventBridge (256 KB).
 *
 * Pure.
 */
import { type Finding, fingerprint, severities } from './finding.ts';
import { countOpen, type FindingNote, type FindingPage, type OpenFindings } from './finding-book.ts';
import { type Listed, listed, schema, type Told } from './news.ts';
import type { Instant } from './time.ts';

/** A finding as it is told. */
export type FindingTold = Pick<Finding, 'rule' | 'severity' | 'sentence' | 'suggestion' | 'link' | 'weight'> &
  Finding['about'] & {
    readonly fingerprint: string;
    readonly firstSeenAt: Instant;
    readonly evidence: Finding['evidence'];
    /** Where the policy has it told; absent: where all else is told. */
    readonly channel?: string;
  };

export type FindingsChanged = Told<
  'Findings Changed',
  {
    readonly region: string;
    /** Absent: the account that Drydock is deployed in. */
    readonly account?: string;
    /** The function that looked. */
    readonly foundBy: string;
    readonly opened: Listed<FindingTold>;
    readonly worsened: Listed<FindingTold>;
    readonly resolved: Listed<FindingTold>;
    /** Of all that this function keeps of the account and region, and how many more are muted. */
    readonly open: OpenFindings;
  }
>;

/** Three lists of this many bytes, and what stands around them, stay below 256 KB. */
const longestList = 75_000;
const longestText = 500;
/** Of evidence: ids and names. */
const longestName = 100;
const mostNames = 20;
const bytes = new TextEncoder();

export const cut = (text: string, longest = longestText): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;

const cutEvidence = (evidence: Finding['evidence']): Finding['evidence'] =>
  Object.fromEntries(
    Object.entries(evidence).map(([name, value]) => {
      if (typeof value === 'string') return [name, cut(value)];
      if (typeof value === 'number') return [name, value];
      return [name, value.slice(0, mostNames).map((one) => cut(one, longestName))];
    }),
  );

const toTold = ({ finding, firstSeenAt }: FindingNote): FindingTold => {
  const { rule, about, severity, weight, sentence, suggestion, link, evidence, channel } = finding;
  return {
    fingerprint: fingerprint(finding),
    rule,
    ...about,
    severity,
    weight,
    sentence: cut(sentence),
    suggestion: cut(suggestion),
    link,
    evidence: cutEvidence(evidence),
    firstSeenAt,
    ...(channel !== undefined && { channel }),
  };
};

/** Gravest first. */
export const byGravity = (a: Pick<FindingNote, 'finding'>, b: Pick<FindingNote, 'finding'>): number =>
  severities.indexOf(a.finding.severity) - severities.indexOf(b.finding.severity) ||
  b.finding.weight - a.finding.weight ||
  (fingerprint(a.finding) < fingerprint(b.finding) ? -1 : 1);

/** As many as an event holds. */
export const fitting = <T>(all: readonly T[]): Listed<T> => {
  const { items, more } = listed(all);
  let length = 0;
  const fit = items.findIndex((item) => {
    length += bytes.encode(JSON.stringify(item)).length;
    return length > longestList;
  });
  return fit < 0 ? { items, more } : { items: items.slice(0, fit), more: more + items.length - fit };
};

type Place = {
  readonly region: string;
  /** Of another account than Drydock's own. */
  readonly account?: string;
  readonly foundBy: string;
  /** Of a target that was divided: each share tells for itself. */
  readonly share?: number;
};

/** What the pages have not told yet: one piece of news for each look. `kept`: all pages that count as open. */
export const findingNewsOf = (
  pages: readonly FindingPage[],
  { region, account, foundBy, share }: Place,
  now: Instant,
  kept: readonly FindingPage[] = pages,
): readonly FindingsChanged[] => {
  const untold = pages.flatMap((page) => page.untold);
  const looks = [...Map.groupBy(untold, ({ at }) => at)].sort(([a], [b]) => (a < b ? -1 : 1));
  return looks.map(([at, notes]) => {
    const told = (is: FindingNote['is']) =>
      fitting(
        notes
          .filter((note) => note.is === is)
          .sort(byGravity)
          .map(toTold),
      );
    const lists = { opened: told('opened'), worsened: told('worsened'), resolved: told('resolved') };
    const open = countOpen(kept, now);
    const place = account === undefined ? region : `${account}/${region}`;
    const id = `${place} ${foundBy} ${at}${share === undefined ? '' : ` ${share}`}`;
    const where = { region, ...(account !== undefined && { account }) };
    return { type: 'Findings Changed', detail: { schema, id, at, ...where, foundBy, ...lists, open } };
  });
};
