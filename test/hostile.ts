/**
 * Draws hostile input: values with a place gone or with something else there.
 *
 * Reads the samples of events.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

export const samplesIn = (folder: 'events' | 'events/samples'): readonly unknown[] => {
  const whole = join(import.meta.dirname, '..', folder);
  return readdirSync(whole)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(whole, name), 'utf8')));
};

/** What no log and no answer may repeat. */
export const secret = 'xoxb-not-to-be-told';
export const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    1e308,
    '',
    ' ',
    [],
    {},
    secret,
    '<!channel>',
    '\u0000',
    '2026-02-30',
  ),
  fc.constant('x'.repeat(70_000)),
  fc.jsonValue({ maxDepth: 2 }),
);

type Branch = Record<string, unknown> | unknown[];
const isBranch = (value: unknown): value is Branch => typeof value === 'object' && value !== null;

/** Every place of a value, by the keys that lead there. */
export const placesIn = (value: unknown): readonly (readonly string[])[] =>
  isBranch(value)
    ? Object.entries(value).flatMap(([key, inner]) => [
        [key],
        ...placesIn(inner).map((rest) => [key, ...rest]),
      ])
    : [];

/** Whether what is there holds nothing more. */
export const isLeaf = (value: unknown, [key = '', ...rest]: readonly string[]): boolean => {
  const inner = (value as Record<string, unknown>)[key];
  return rest.length > 0 ? isLeaf(inner, rest) : !isBranch(inner);
};

export const changed = (value: unknown, [key = '', ...rest]: readonly string[], put: unknown): unknown => {
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  if (rest.length > 0) copy[key] = changed(copy[key], rest, put);
  else if (put === undefined) delete copy[key];
  else copy[key] = put;
  return Array.isArray(value) ? Object.values(copy) : copy;
};

/** One of the values with one of its places gone, or with something else there. */
export const mangled = (values: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc
    .constantFrom(...values.filter((value) => placesIn(value).length > 0))
    .chain((value) =>
      fc
        .tuple(fc.constantFrom(...placesIn(value)), fc.option(hostile, { nil: undefined }))
        .map(([place, put]) => changed(value, place, put)),
    );
