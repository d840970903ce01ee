/**
 * Says what is wrong with an event, place by place and all at once, without a word of what came: it may hold secrets.
 *
 * Pure.
 */
import * as v from 'valibot';

/** Kinds of checks that are given a sentence of ours; the library's own may repeat the value. */
const inOurWords: readonly string[] = ['check', 'max_length', 'max_entries'];

export const problemsOf = (issues: readonly v.BaseIssue<unknown>[]): string[] =>
  issues.map((issue) => {
    const wrong = inOurWords.includes(issue.type) ? issue.message : `expected ${issue.expected}`;
    return `${v.getDotPath(issue) ?? 'event'}: ${wrong}`;
  });
