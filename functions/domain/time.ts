/**
 * Says how points and spans of time are written: ISO 8601 in UTC with milliseconds, as
 * `Date.prototype.toISOString` gives them, so that stored times sort as text and read as dates.
 *
 * Pure; the clock is read in `edge/entry.ts` and nowhere else.
 */
export type Instant = string;

const minute = 60_000;

export const minutesAfter = (at: Instant, minutes: number): Instant =>
  new Date(Date.parse(at) + minutes * minute).toISOString();

/** Negative when `to` lies before `from`. */
export const minutesBetween = (from: Instant, to: Instant): number =>
  (Date.parse(to) - Date.parse(from)) / minute;

/** Whole days, rounded down. */
export const daysBetween = (from: Instant, to: Instant): number =>
  Math.floor(minutesBetween(from, to) / (24 * 60));

export const earliest = (times: readonly (Instant | undefined)[]): Instant | undefined =>
  times.filter((time) => time !== undefined).sort()[0];

/** As sentences say it: `2026-07-20 08:00 UTC`. */
export const shownAt = (at: Instant): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;
