/**
 * Decides whether an update may start now, and when the next may: windows open it, freezes shut it.
 *
 * Windows are wall-clock hours in an IANA time zone; a window whose end is not after its start
 * lasts into the next day. Where the clocks change, Temporal's `compatible` rule decides: an hour
 * that does not exist moves forward, one that comes twice is meant the first time.
 *
 * Pure; `temporal-polyfill` stands in for the language's own Temporal until Lambda's Node has it. Of its functions
 * a bundle has those that are used: a third of what its classes weigh.
 */
import * as InstantFns from 'temporal-polyfill/fns/Instant';
import * as PlainDateFns from 'temporal-polyfill/fns/PlainDate';
import * as PlainTimeFns from 'temporal-polyfill/fns/PlainTime';
import * as ZonedFns from 'temporal-polyfill/fns/ZonedDateTime';
import type { Instant } from './time.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export type Window = {
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Days on which it opens. */
  readonly days: readonly Weekday[];
  /** `HH:MM`; the end is not part of the window. */
  readonly from: string;
  readonly to: string;
};

/** No update starts between the two days, both included, in the time zone. */
export type Freeze = {
  readonly name: string;
  readonly timeZone: string;
  /** `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
};

type Span = { readonly opens: Instant; readonly shuts: Instant };

/** Of a calendar, in no time zone. */
type Day = PlainDateFns.Record;

const dayAt = (at: Instant, timeZone: string): Day =>
  ZonedFns.toPlainDate(InstantFns.toZonedDateTimeISO(InstantFns.fromString(at), timeZone));

const toDay = (text: string): Day => {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = text.split('-').map(Number);
  return PlainDateFns.create(year, month, day);
};

/** `clock`: `HH:MM`; the start of the day when left out. */
const instantOn = (day: Day, timeZone: string, clock?: string): Instant => {
  const plainTime = clock === undefined ? undefined : PlainTimeFns.fromString(clock);
  const { epochMilliseconds } = PlainDateFns.toZonedDateTime(day, {
    timeZone,
    ...(plainTime && { plainTime }),
  });
  return new Date(epochMilliseconds).toISOString();
};

const opensOn = ({ timeZone, days, from, to }: Window, day: Day): Span | undefined => {
  const weekday = weekdays[PlainDateFns.dayOfWeek(day) - 1];
  if (!weekday || !days.includes(weekday)) return undefined;
  const shutsOn = to > from ? day : PlainDateFns.addDays(day, 1);
  return { opens: instantOn(day, timeZone, from), shuts: instantOn(shutsOn, timeZone, to) };
};

/** The window's span that holds the time, or else the next one after it. */
const spanAt = (window: Window, at: Instant): Span | undefined => {
  const today = dayAt(at, window.timeZone);
  // Two weeks: one span of a weekly window can be empty, where the clocks skip it.
  for (let ahead = -1; ahead <= 14; ahead++) {
    const span = opensOn(window, PlainDateFns.addDays(today, ahead));
    if (span && span.shuts > at && span.shuts > span.opens) return span;
  }
  return undefined;
};

const freezeSpan = ({ timeZone, from, to }: Freeze): Span => ({
  opens: instantOn(toDay(from), timeZone),
  shuts: instantOn(PlainDateFns.addDays(toDay(to), 1), timeZone),
});

/** The freeze in force at a time, with the moment it ends. */
export const freezeAt = (
  freezes: readonly Freeze[],
  at: Instant,
): { readonly name: string; readonly until: Instant } | undefined => {
  for (const freeze of freezes) {
    const { opens, shuts } = freezeSpan(freeze);
    if (opens <= at && at < shuts) return { name: freeze.name, until: shuts };
  }
  return undefined;
};

/** The first time from `at` on at which an update may start: `at` itself when it may start now. */
export const nextOpening = (
  window: Window | undefined,
  freezes: readonly Freeze[],
  at: Instant,
): Instant | undefined => {
  let candidate = at;
  // Each freeze moves the candidate past its own end at most once, and each window forward once after it.
  for (let moves = 0; moves <= 2 * freezes.length + 1; moves++) {
    const span = window && spanAt(window, candidate);
    if (window && !span) return undefined;
    if (span && span.opens > candidate) candidate = span.opens;
    const freeze = freezeAt(freezes, candidate);
    if (!freeze) return candidate;
    candidate = freeze.until;
  }
  return undefined;
};
