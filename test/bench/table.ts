/**
 * Lays figures out for a terminal: names to the left, numbers to the right.
 *
 * Pure.
 */
import type { Spread } from './statistics.ts';

/** Columns after the first `names` are numbers. */
export const table = (rows: readonly (readonly string[])[], names = 1): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i < names ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};

export const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1);

export const ratio = (value: number): string => `${value.toFixed(2)} x`;

/** `105.2 (98.1 to 120.4)` */
export const spread = ({ low, median, high }: Spread, digits = 1): string =>
  `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

/** What a figure is worth against what was set: at most so much. */
export const verdict = (measured: number, most: number): string => (measured <= most ? 'met' : 'MISSED');
