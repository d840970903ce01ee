/**
 * Writes counts and lists the way people read them.
 *
 * Pure.
 */

/** `1 node`, `2 nodes`. */
export const count = (number: number, thing: string): string =>
  `${number} ${thing}${number === 1 ? '' : 's'}`;

/** `a`, `a and b`, `a, b or c`. */
export const series = (things: readonly string[], last: 'and' | 'or' = 'and'): string =>
  things.length < 2
    ? (things[0] ?? '')
    : `${things.slice(0, -1).join(', ')} ${last} ${things[things.length - 1]}`;

/** Rounded to a whole per cent. */
export const percent = (part: number, whole: number): number => Math.round((100 * part) / whole);
