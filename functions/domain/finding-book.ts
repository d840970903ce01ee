/**
 * Keeps the account of findings: since when each is there, what was told of it, until when it is muted.
 *
 * Knows what is news: a finding opened, worsened (by a tenth of what was told, or to a graver severity) or
 * was resolved, each told once. One that comes back within a day of being told resolved is told again only
 * when it has stayed for that day. Muted ones are kept up to date but not told; when the mute ends they
 * are told as if they had opened. What could not be read is neither resolved nor changed: unknown is not fine.
 * What opened and was resolved lately stays on the page for the digest.
 *
 * Pure.
 */
import { type Finding, fingerprint, type Severity, severities } from './finding.ts';
import { type Instant, minutesBetween } from './time.ts';

/** By a person; the policy's mutes come with the findings. */
export type Mute = { readonly until: Instant; readonly by: string; readonly why: string };

type ToldAs =
  | { readonly is: 'open'; readonly severity: Severity; readonly weight: number }
  | { readonly is: 'resolved'; readonly at: Instant };

export type KnownFinding = {
  /** As it was found last. */
  readonly finding: Finding;
  readonly firstSeenAt: Instant;
  readonly lastSeenAt: Instant;
  /** It is not there any more. */
  readonly gone?: true;
  /** What people were told last; absent while they were told nothing. */
  readonly told?: ToldAs;
  readonly mute?: Mute;
};

export type FindingNote = {
  readonly is: 'opened' | 'worsened' | 'resolved';
  readonly at: Instant;
  readonly firstSeenAt: Instant;
  readonly finding: Finding;
};

/** What the digest counts of a note that was told. */
export type LateNote = Pick<Finding, 'severity' | 'channel'> & {
  readonly is: 'opened' | 'resolved';
  readonly at: Instant;
};

/** All that one source of findings knows of one cluster; of none, where `cluster` is `undefined`. */
export type FindingPage = {
  readonly cluster: string | undefined;
  readonly revision: number;
  readonly known: readonly KnownFinding[];
  /** Decided but not yet told. */
  readonly untold: readonly FindingNote[];
  /** Of the last two weeks. */
  readonly lately?: readonly LateNote[];
};

type Turned = { readonly known?: KnownFinding; readonly note?: FindingNote };

/** A day, less an hour for a daily run that comes a little early. */
const calmMinutes = 23 * 60;

/** Longer than a digest looks back. */
const lateMinutes = 15 * 24 * 60;

const isCalm = (since: Instant, now: Instant): boolean => minutesBetween(since, now) >= calmMinutes;

const isMutedByPolicy = ({ muted }: Finding, now: Instant): boolean =>
  muted !== undefined && (muted.until === undefined || muted.until > now);

/** By the policy or by a person. */
export const isMuted = ({ mute, finding }: Pick<KnownFinding, 'mute' | 'finding'>, now: Instant): boolean =>
  (mute !== undefined && mute.until > now) || isMutedByPolicy(finding, now);

const isGraver = (found: Severity, than: Severity): boolean =>
  severities.indexOf(found) < severities.indexOf(than);

/** Written without division, so that a tenth is a tenth in floating point too. */
const isHeavier = (weight: number, than: number): boolean => weight > than && weight * 10 >= than * 11;

const newsOf = ({ severity, weight }: Finding, told: ToldAs | undefined, now: Instant) => {
  if (told === undefined) return 'opened';
  if (told.is === 'resolved') return isCalm(told.at, now) ? 'opened' : undefined;
  const worse =
    isGraver(severity, told.severity) || (severity === told.severity && isHeavier(weight, told.weight));
  return worse ? 'worsened' : undefined;
};

const turnFound = (known: KnownFinding | undefined, finding: Finding, now: Instant): Turned => {
  const { firstSeenAt = now, told, mute } = known ?? {};
  const seen = { finding, firstSeenAt, lastSeenAt: now };
  if (isMuted({ finding, ...(mute && { mute }) }, now))
    return { known: { ...seen, ...(told && { told }), ...(mute && { mute }) } };
  const wasMuted = known !== undefined && isMuted(known, known.lastSeenAt);
  const is = newsOf(finding, wasMuted ? undefined : told, now);
  if (!is) return { known: { ...seen, ...(told && { told }) } };
  const { severity, weight } = finding;
  return {
    known: { ...seen, told: { is: 'open', severity, weight } },
    note: { is, at: now, firstSeenAt, finding },
  };
};

const turnGone = (known: KnownFinding, now: Instant): Turned => {
  const { finding, firstSeenAt, told, mute } = known;
  // A person's mute outlives the finding, should it come back.
  if (mute && mute.until > now) return { known: { ...known, gone: true } };
  if (told === undefined || isMutedByPolicy(finding, now)) return {};
  if (told.is === 'resolved') return isCalm(told.at, now) ? {} : { known: { ...known, gone: true } };
  const { mute: _, ...rest } = known;
  return {
    known: { ...rest, gone: true, told: { is: 'resolved', at: now } },
    note: { is: 'resolved', at: now, firstSeenAt, finding },
  };
};

const toLate = ({ is, at, finding: { severity, channel } }: FindingNote): readonly LateNote[] =>
  is === 'worsened' ? [] : [{ is, at, severity, ...(channel !== undefined && { channel }) }];

const turnLately = (
  lately: readonly LateNote[],
  fresh: readonly FindingNote[],
  now: Instant,
): readonly LateNote[] => [
  ...lately.filter(({ at }) => minutesBetween(at, now) < lateMinutes),
  ...fresh.flatMap(toLate),
];

type Look = { readonly found: readonly Finding[]; readonly unread: boolean; readonly now: Instant };

const turnPage = (page: FindingPage, { found, unread, now }: Look): FindingPage => {
  const there = new Map<string, Finding>();
  // The first of two with one fingerprint counts: the rules give the gravest first.
  for (const finding of found) {
    const print = fingerprint(finding);
    if (!there.has(print)) there.set(print, finding);
  }
  const before = new Map(page.known.map((known) => [fingerprint(known.finding), known]));
  const gone = [...before].filter(([print]) => !there.has(print));
  const turned = [
    ...[...there].map(([print, finding]) => turnFound(before.get(print), finding, now)),
    ...gone.map(([, known]) => (unread ? { known } : turnGone(known, now))),
  ];
  const fresh = turned.flatMap(({ note }: Turned) => note ?? []);
  return {
    ...page,
    known: turned.flatMap(({ known }: Turned) => known ?? []),
    untold: [...page.untold, ...fresh],
    lately: turnLately(page.lately ?? [], fresh, now),
  };
};

/** Every page as it is after a look that found these; `unread` names clusters of which it did not see all. */
export const turnPages = (
  pages: readonly FindingPage[],
  found: readonly Finding[],
  unread: ReadonlySet<string>,
  now: Instant,
): readonly FindingPage[] => {
  const foundIn = Map.groupBy(found, ({ about }) => about.cluster);
  const known = new Set(pages.map(({ cluster }) => cluster));
  const fresh = [...foundIn.keys()]
    .filter((cluster) => !known.has(cluster))
    .map((cluster): FindingPage => ({ cluster, revision: 0, known: [], untold: [] }));
  return [...pages, ...fresh].map((page) => {
    const { cluster } = page;
    const gaps = cluster === undefined ? unread.size > 0 : unread.has(cluster);
    return turnPage(page, { found: foundIn.get(cluster) ?? [], unread: gaps, now });
  });
};

const change = (
  page: FindingPage,
  print: string,
  turn: (known: KnownFinding) => KnownFinding,
): FindingPage | undefined =>
  page.known.some(({ finding }) => fingerprint(finding) === print)
    ? { ...page, known: page.known.map((one) => (fingerprint(one.finding) === print ? turn(one) : one)) }
    : undefined;

/** `undefined` when the page does not have the finding. */
export const withMute = (page: FindingPage, print: string, mute: Mute): FindingPage | undefined =>
  change(page, print, (known) => ({ ...known, mute }));

/** It ends at once; the next look tells the finding if it is still there. */
export const withoutMute = (page: FindingPage, print: string, now: Instant): FindingPage | undefined =>
  change(page, print, (known) => (known.mute ? { ...known, mute: { ...known.mute, until: now } } : known));

/** Whether nothing of it need be kept. */
export const isBlank = ({ known, untold, lately = [] }: FindingPage): boolean =>
  known.length === 0 && untold.length === 0 && lately.length === 0;

export type OpenFindings = Readonly<Record<Severity, number>> & { readonly muted: number };

export const countOpen = (pages: readonly FindingPage[], now: Instant): OpenFindings => {
  const open = { critical: 0, high: 0, medium: 0, low: 0, muted: 0 };
  for (const known of pages.flatMap((page) => page.known))
    if (!known.gone) open[isMuted(known, now) ? 'muted' : known.finding.severity]++;
  return open;
};
