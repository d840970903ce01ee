/**
 * Decides whether an event matches an EventBridge pattern: exact values, prefix, anything-but and
 * exists; every other filter refuses loudly.
 *
 * EventBridge user guide, "Event patterns", checked 2026-11-23. Pure.
 */
type Pattern = { readonly [key: string]: Pattern | readonly unknown[] };

const matchesOne = (filter: unknown, value: unknown): boolean => {
  if (typeof filter !== 'object' || filter === null) return filter === value;
  const [[kind, argument] = ['nothing', undefined]] = Object.entries(filter);
  if (kind === 'prefix') return typeof value === 'string' && value.startsWith(String(argument));
  if (kind === 'anything-but') return value !== undefined && ![argument].flat().includes(value);
  if (kind === 'exists') return (value !== undefined) === argument;
  throw new Error(`the event pattern filter ${kind} is not simulated`);
};

export const matchesPattern = (pattern: Pattern, event: unknown): boolean =>
  Object.entries(pattern).every(([key, wanted]) => {
    const value = (event as Record<string, unknown> | undefined)?.[key];
    if (!Array.isArray(wanted)) return matchesPattern(wanted as Pattern, value);
    const values = Array.isArray(value) ? value : [value];
    return wanted.some((filter) => values.some((one) => matchesOne(filter, one)));
  });
