/**
 * Decides whether an update may start now, and when the next may: windows open it, freezes shut it.
 *
 * Windows are wall-clock hours in an IANA time zone; a window whose end is not after its start
 * lasts into the next day. Where the clocks change, Temporal's `compatible` rule decides: an hour
 * that does not exist moves forward, one that comes twice is meant the first time.
 *
 * Pure; `temporal-polyfill` stands in for the language's own Temporal until Lambda's Node has it.
 */
import { Temporal } from 'temporal-polyfill';
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

const toInstant = (time: Temporal.ZonedDateTime): Instant => new Date(time.epochMilliseconds).toISOString();

const zoned = (at: Instant, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.from(at).toZonedDateTimeISO(timeZone);

const opensOn = ({ timeZone, days, from, to }: Window, day: Temporal.PlainDate): Span | undefined => {
  const weekday = weekdays[day.dayOfWeek - 1];
  if (!weekday || !days.includes(weekday)) return undefined;
  const shutsOn = to > from ? day : day.add({ days: 1 });
  return {
    opens: toInstant(day.toZonedDateTime({ timeZone, plainTime: from })),
    shuts: toInstant(shutsOn.toZonedDateTime({ timeZone, plainTime: to })),
  };
};

/** The window's span that holds the time, or else the next one after it. */
const spanAt = (window: Window, at: Instant): Span | undefined => {
  const today = zoned(at, window.timeZone).toPlainDate();
  // Two weeks: one span of a weekly window can be empty, where the clocks skip it.
  for (let ahead = -1; ahead <= 14; ahead++) {
    const span = opensOn(window, today.add({ days: ahead }));
    if (span && span.shuts > at && span.shuts > span.opens) return span;
  }
  return undefined;
};

const freezeSpan = ({ timeZone, from, to }: Freeze): Span => ({
  opens: toInstant(Temporal.PlainDate.from(from).toZonedDateTime({ timeZone })),
  shuts: toInstant(Temporal.PlainDate.from(to).add({ days: 1 }).toZonedDateTime({ timeZone })),
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
