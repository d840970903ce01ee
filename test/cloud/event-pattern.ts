/**
 * Decides whether an event matches an EventBridge pattern: exact values, prefix, wildcard,
 * anything-but and exists; every other filter refuses loudly, and so does what EventBridge refuses.
 *
 * EventBridge user guide, "Event patterns" and "Comparison operators", checked 2026-11-24. Pure.
 */
type Pattern = { readonly [key: string]: Pattern | readonly unknown[] };

/** `*` stands for any run of characters, `\\*` and `\\\\` for themselves. */
const toExpression = (wildcard: string): RegExp => {
  if (wildcard.includes('**')) throw new Error(`EventBridge refuses two wildcards in a row: ${wildcard}`);
  const parts = wildcard.match(/\\[*\\]|\*|[^*\\]+/g) ?? [];
  if (parts.join('') !== wildcard) throw new Error(`EventBridge refuses a lone backslash: ${wildcard}`);
  const text = parts.map((part) => (part === '*' ? '.*' : RegExp.escape(part.replace(/^\\/, ''))));
  return new RegExp(`^${text.join('')}$`, 's');
};

const matchesOne = (filter: unknown, value: unknown): boolean => {
  if (typeof filter !== 'object' || filter === null) return filter === value;
  const [[kind, argument] = ['nothing', undefined]] = Object.entries(filter);
  if (kind === 'prefix') return typeof value === 'string' && value.startsWith(String(argument));
  if (kind === 'wildcard') {
    const expression = toExpression(String(argument));
    return typeof value === 'string' && expression.test(value);
  }
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
