/**
 * Cuts what is asked for by filter into as many calls as EC2 takes.
 *
 * Pure.
 */

/** EC2 takes up to 200 values in a filter. */
const valuesInAFilter = 200;

export const batchesOf = <T>(
  items: readonly T[],
  size: number = valuesInAFilter,
): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
