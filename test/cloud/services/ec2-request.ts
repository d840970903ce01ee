/**
 * Reads what EC2's Describe operations have in common: filters and pages.
 *
 * Knows that filters match with `*` and `?`, that all filters and any of a filter's values must
 * match, and that a filter an operation does not know is refused. Small `MaxResults` are refused
 * too (API reference, checked 2026-11).
 *
 * Pure.
 */
import type { Filter } from '@aws-sdk/client-ec2';
import type { Page } from '../paging.ts';
import { Refusal } from '../service.ts';
import { type Paging, pageOf } from './page-size.ts';

/** The values that something has for a filter; `undefined` when there is no such filter. */
export type FilterValues<T> = (item: T, filter: string) => readonly (string | undefined)[] | undefined;

export const matching = <T>(
  items: Iterable<T>,
  filters: readonly Filter[] | undefined,
  valuesOf: FilterValues<T>,
): T[] => {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => ({ name: Name, matches: anyOf(Values) }));
  const found: T[] = [];
  for (const item of items) {
    if (tests.every(({ name, matches }) => (valuesOf(item, name) ?? refuseFilter(name)).some(matches)))
      found.push(item);
  }
  return found;
};

const anyOf = (values: readonly string[]) => {
  const exact = new Set(values.filter((value) => !/[*?]/.test(value)));
  const patterns = values.filter((value) => /[*?]/.test(value)).map(toPattern);
  return (value: string | undefined): boolean =>
    value !== undefined && (exact.has(value) || patterns.some((pattern) => pattern.test(value)));
};

const toPattern = (value: string): RegExp => {
  const escaped = value.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
};

const refuseFilter = (name: string): never => {
  throw new Refusal('InvalidParameterValue', `The filter '${name}' is invalid`);
};

/** `tag:KEY` and `tag-key`; `undefined` for every other filter. */
export const tagValues = (
  tags: Readonly<Record<string, string>>,
  filter: string,
): readonly (string | undefined)[] | undefined => {
  if (filter === 'tag-key') return Object.keys(tags);
  return filter.startsWith('tag:') ? [tags[filter.slice(4)]] : undefined;
};

export const toTagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

type PageRequest = { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined };

/** `most` is what the operation gives at once, asked for or not. */
export const ec2Page = <T>(
  items: readonly T[],
  {
    paging,
    most,
    request,
  }: { readonly paging: Paging; readonly most: number; readonly request: PageRequest },
): Page<T> => {
  const { NextToken, MaxResults } = request;
  if (MaxResults !== undefined && (MaxResults < 5 || MaxResults > most)) {
    const range = MaxResults < 5 ? 'greater than 5' : `less than or equal to ${most}`;
    const message = `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value ${range}.`;
    throw new Refusal('InvalidParameterValue', message);
  }
  const found = pageOf(items, paging, { asked: MaxResults, usual: most, token: NextToken });
  if (!found) throw new Refusal('InvalidNextToken', 'The token specified is invalid.');
  return found;
};

/** EC2 pages lists and not what is asked for by identifier. */
export const refuseBoth = (
  identifiers: readonly string[] | undefined,
  maxResults: number | undefined,
  set: string,
) => {
  if (identifiers === undefined || maxResults === undefined) return;
  const message = `The parameter ${set} cannot be used with the parameter maxResults`;
  throw new Refusal('InvalidParameterCombination', message);
};
