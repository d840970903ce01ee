/**
 * Reads a JSON file that a person wrote, and checks it against a schema: all problems at once, each by
 * its path.
 *
 * Reads files.
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

export type Problem = { readonly path: string; readonly message: string };

export type Checked<T> =
  | { readonly is: 'good'; readonly value: T }
  | { readonly is: 'bad'; readonly problems: readonly Problem[] };

export const pathOf = (keys: readonly unknown[]): string => keys.join('.') || 'the file';

const longestChoice = 400;

/** valibot writes a choice as `("a" | "b")`. */
const choice = (expected: string): string => {
  const all = expected
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll('"', '')
    .split(' | ')
    .join(', ');
  return `must be one of ${all.length > longestChoice ? `${all.slice(0, longestChoice)}…` : all}`;
};

const messageOf = (issue: v.BaseIssue<unknown>): string => {
  if (issue.expected === 'never') return 'is not known here';
  if (issue.received === 'undefined') return 'is missing';
  if (issue.type === 'variant' || issue.type === 'picklist')
    return `${choice(issue.expected ?? '')}; it is ${issue.received}`;
  return issue.kind === 'schema' && issue.type !== 'union'
    ? `must be ${kindOf(issue.expected ?? '')}`
    : issue.message;
};

const kinds: Readonly<Record<string, string>> = {
  Array: 'a list',
  Object: 'an object',
  boolean: 'true or false',
  number: 'a number',
  string: 'a text',
};

const kindOf = (expected: string): string => kinds[expected] ?? expected;

export const checkShape = <Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): Checked<v.InferOutput<Schema>> => {
  const parsed = v.safeParse(schema, input, { abortPipeEarly: true });
  if (parsed.success) return { is: 'good', value: parsed.output };
  const problems = parsed.issues.map((issue) => ({
    path: pathOf((issue.path ?? []).map(({ key }) => key)),
    message: messageOf(issue),
  }));
  return { is: 'bad', problems };
};

export const readJson = (file: string): Checked<unknown> => {
  const bad = (message: string) => ({ is: 'bad', problems: [{ path: 'the file', message }] }) as const;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return bad(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
  }
  try {
    return { is: 'good', value: JSON.parse(text) };
  } catch (error) {
    return bad(`is not JSON: ${(error as Error).message}`);
  }
};
