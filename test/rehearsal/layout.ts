/**
 * Lays text out for a terminal: dates in UTC, wrapped lines, columns.
 *
 * Pure.
 */
export const width = 116;

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Mon 1 Jun` */
const shortDay = (at: string): string => {
  const date = new Date(at);
  return `${days[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
};

/** `Mon 1 Jun 2026` */
export const day = (at: string): string => `${shortDay(at)} ${new Date(at).getUTCFullYear()}`;

/** `08:00` */
export const timeOfDay = (at: string): string => at.slice(11, 16);

/** `Mon 1 Jun 08:00`; with the year where it is another than that of `seenFrom`. */
export const moment = (at: string, seenFrom: string = at): string =>
  `${at.slice(0, 4) === seenFrom.slice(0, 4) ? shortDay(at) : day(at)} ${timeOfDay(at)}`;

/** The time alone on the day it is seen from. */
export const momentFrom = (at: string, seenFrom: string): string =>
  at.slice(0, 10) === seenFrom.slice(0, 10) ? timeOfDay(at) : moment(at, seenFrom);

/** `35 min`, `3 h 05 min` */
export const span = (from: string, to: string): string => {
  const minutes = Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
  const rest = `${minutes % 60} min`;
  return minutes < 60 ? rest : `${Math.floor(minutes / 60)} h ${rest.padStart(6, '0')}`;
};

export const grouped = (number: number): string => number.toLocaleString('en-GB');

export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${grouped(number)} ${number === 1 ? one : many}`;

/** `a, b and c` */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** Lines of at most so many characters; a longer word stands alone. Lines after the first are indented. */
export const wrap = (text: string, longest: number, indent = ''): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > longest && line.trim() !== '') {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line];
};

/** Rows as lines, each column as wide as its widest cell. */
export const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};
