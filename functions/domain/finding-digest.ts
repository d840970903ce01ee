/**
 * Sums up findings: how many are open, and what opened and was resolved since the last time, by severity
 * and cluster, for each channel that findings are told in.
 *
 * Counts what was told: a finding that opened and was resolved in between counts as both; muted ones are
 * counted apart. A channel where nothing is open and nothing changed has no digest.
 *
 * Pure.
 */
import { type Finding, type Severity, severities } from './finding.ts';
import { type FindingPage, isMuted, type KnownFinding, type LateNote } from './finding-book.ts';
import { byGravity, cut, fitting } from './finding-news.ts';
import { type Listed, schema, type Told } from './news.ts';
import { clusterKey, regionKey, type Target } from './target.ts';
import { earliest, type Instant, minutesAfter } from './time.ts';

export type Counts = Readonly<Record<Severity, number>>;

type Moves = {
  readonly open: Counts;
  /** Of the open ones those that were there before. */
  readonly still: Counts;
  readonly opened: Counts;
  readonly resolved: Counts;
};

export type DigestCluster = Moves & {
  /** Absent for findings about no cluster. */
  readonly cluster?: string;
  /** Where it is; absent when all that is summed up is in one place. */
  readonly target?: Target;
  /** The gravest that are open, at most three. */
  readonly worst: readonly (Pick<Finding, 'rule' | 'severity' | 'sentence' | 'link'> & {
    readonly firstSeenAt: Instant;
  })[];
  /** Nobody has looked at all of it since; whether what is open is still there is unknown. */
  readonly unseenSince?: Instant;
};

export type FindingsDigest = Told<
  'Findings Digest',
  Moves & {
    readonly region: string;
    readonly since: Instant;
    /** Absent: where all else is told. */
    readonly channel?: string;
    readonly muted: number;
    /** Gravest first. */
    readonly clusters: Listed<DigestCluster>;
  }
>;

const mostWorst = 3;
const longestSentence = 300;
/** Findings are looked for daily. */
const unseenMinutes = 2 * 24 * 60;

/** What is kept of a cluster, and where that is. */
export type PlacedPage = FindingPage & { readonly target: Target };

type Slice = {
  readonly target: Target | undefined;
  readonly cluster: string | undefined;
  readonly known: readonly KnownFinding[];
  readonly lately: readonly LateNote[];
};

const count = (items: readonly { readonly severity: Severity }[]): Counts => {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const { severity } of items) counts[severity]++;
  return counts;
};

/** Of all severities. */
export const sum = (counts: Counts): number =>
  severities.reduce((total, severity) => total + counts[severity], 0);

/** What the pages have of one channel, a slice for each cluster. */
const slicesOf = (pages: readonly PlacedPage[], channel: string | undefined): readonly Slice[] => {
  const isOnePlace = new Set(pages.map(({ target }) => regionKey(target))).size < 2;
  const byPlace = Map.groupBy(pages, ({ target, cluster = '' }) => clusterKey({ target, cluster }));
  return [...byPlace.values()].map((its) => ({
    target: isOnePlace ? undefined : its[0]?.target,
    cluster: its[0]?.cluster,
    known: its
      .flatMap(({ known }) => known)
      .filter(({ gone, finding }) => !gone && finding.channel === channel),
    lately: its.flatMap(({ lately = [] }) => lately).filter((note) => note.channel === channel),
  }));
};

type Span = { readonly since: Instant; readonly now: Instant };

const openIn = ({ known }: Pick<Slice, 'known'>, now: Instant) => known.filter((one) => !isMuted(one, now));

const movesOf = (slice: Pick<Slice, 'known' | 'lately'>, { since, now }: Span): Moves => {
  const open = openIn(slice, now);
  const late = slice.lately.filter(({ at }) => at >= since);
  return {
    open: count(open.map(({ finding }) => finding)),
    still: count(open.filter(({ firstSeenAt }) => firstSeenAt < since).map(({ finding }) => finding)),
    opened: count(late.filter(({ is }) => is === 'opened')),
    resolved: count(late.filter(({ is }) => is === 'resolved')),
  };
};

const isQuiet = ({ open, opened, resolved }: Moves): boolean => sum(open) + sum(opened) + sum(resolved) === 0;

const toCluster = (slice: Slice, span: Span): DigestCluster => {
  const open = openIn(slice, span.now).toSorted(byGravity);
  const seen = earliest(open.map(({ lastSeenAt }) => lastSeenAt));
  const unseen = seen !== undefined && minutesAfter(seen, unseenMinutes) < span.now;
  return {
    ...(slice.cluster !== undefined && { cluster: slice.cluster }),
    ...(slice.target && { target: slice.target }),
    ...movesOf(slice, span),
    worst: open.slice(0, mostWorst).map(({ finding, firstSeenAt }) => {
      const { rule, severity, sentence, link } = finding;
      return { rule, severity, sentence: cut(sentence, longestSentence), link, firstSeenAt };
    }),
    ...(unseen && { unseenSince: seen }),
  };
};

/** Gravest first: by how many critical ones are open, then high ones, and so on. */
const byOpen = (a: DigestCluster, b: DigestCluster): number =>
  severities.map((severity) => b.open[severity] - a.open[severity]).find((more) => more !== 0) ??
  ((a.cluster ?? '') < (b.cluster ?? '') ? -1 : 1);

const digestOf = (
  pages: readonly PlacedPage[],
  region: string,
  channel: string | undefined,
  span: Span,
): readonly FindingsDigest[] => {
  const slices = slicesOf(pages, channel);
  const all = { known: slices.flatMap(({ known }) => known), lately: slices.flatMap(({ lately }) => lately) };
  const moves = movesOf(all, span);
  if (isQuiet(moves)) return [];
  const clusters = slices
    .map((slice) => toCluster(slice, span))
    .filter((one) => !isQuiet(one))
    .sort(byOpen);
  const { since, now } = span;
  return [
    {
      type: 'Findings Digest',
      detail: {
        schema,
        // Asked for twice on a day it is the same digest.
        id: `${region} digest ${now.slice(0, 10)}${channel === undefined ? '' : ` ${channel}`}`,
        at: now,
        region,
        since,
        ...(channel !== undefined && { channel }),
        ...moves,
        muted: all.known.length - openIn(all, now).length,
        clusters: fitting(clusters),
      },
    },
  ];
};

/** One for each channel that has something to read. */
export const digestsOf = (
  pages: readonly PlacedPage[],
  region: string,
  span: Span,
): readonly FindingsDigest[] => {
  const channels = new Set(
    pages.flatMap(({ known, lately = [] }) => [
      ...known.map(({ finding }) => finding.channel),
      ...lately.map(({ channel }) => channel),
    ]),
  );
  return [...channels].flatMap((channel) => digestOf(pages, region, channel, span));
};
