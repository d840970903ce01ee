/**
 * Lays figures out for a terminal: columns of numbers to the right, all others to the left.
 *
 * Pure.
 */
import type { Spread } from './statistics.ts';

type Rows = readonly (readonly string[])[];

const isNumber = (cell: string): boolean => /^[\d$]/.test(cell);

/** The first row is the head. */
export const table = (rows: Rows): readonly string[] => {
  const columns = (rows[0] ?? []).map((_, i) => {
    const [, ...cells] = rows.map((row) => row[i] ?? '');
    return {
      width: Math.max(...rows.map((row) => row[i]?.length ?? 0)),
      numbers: cells.every((cell) => cell === '' || isNumber(cell)) && cells.some(isNumber),
    };
  });
  const lay = (row: readonly string[]): string =>
    columns
      .map(({ width, numbers }, i) => (numbers ? row[i]?.padStart(width) : row[i]?.padEnd(width)) ?? '')
      .join('  ')
      .trimEnd();
  return rows.map(lay);
};

export const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1);

export const ratio = (value: number): string => `${value.toFixed(2)} x`;

/** `105.2 (98.1 to 120.4)` */
export const spread = ({ low, median, high }: Spread, digits = 1): string =>
  `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

/** What a figure is worth against what was set: at most so much. */
export const verdict = (measured: number, most: number): string => (measured <= most ? 'met' : 'MISSED');
