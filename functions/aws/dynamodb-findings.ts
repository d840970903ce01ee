/**
 * Keeps findings in Drydock's table, and people's mutes of them.
 *
 * Knows the keys: partition `findings PLACE` holds a page for each function that finds and each cluster,
 * so that functions do not resolve each other's findings and an item stays far below DynamoDB's 400 KB.
 *
 * Reads and changes DynamoDB through `dynamodb-table.ts`.
 */
import { type FindingPage, isBlank } from '../domain/finding-book.ts';
import type { FindingPages, Findings } from '../domain/ports.ts';
import { placeName, type Target } from '../domain/target.ts';
import type { Change, Table } from './dynamodb-table.ts';

/** Where findings are about, and where Drydock is deployed. */
type Where = { readonly target: Target; readonly home: Target };

const findingsOf = ({ target, home }: Where) => `findings ${placeName(target, home)}`;

/** Names of clusters and functions have no spaces. */
const findingsKey = (foundBy: string, { cluster = '' }: FindingPage) => `${foundBy} ${cluster}`;

export const tableFindings = (table: Table, where: Where, foundBy: string): Findings => {
  const pk = findingsOf(where);
  return {
    pages: async () =>
      (await table.list<FindingPage>(pk, `${foundBy} `)).map(({ body, revision }) => ({ ...body, revision })),
    save: async (page, now) => {
      const { revision } = page;
      if (revision === 0 && isBlank(page)) return page;
      const key = { pk, sk: findingsKey(foundBy, page) };
      // DynamoDB forgets what has expired, by itself.
      const expiry = isBlank(page) ? { expiresAt: now } : {};
      return { ...page, revision: await table.write({ key, revision, body: page, ...expiry }) };
    },
  };
};

/** The pages of every target with the keys that they are stored under. */
const listAll = async (table: Table, targets: readonly Target[], home: Target) => {
  const lists = targets.map(async (target) => {
    const pk = findingsOf({ target, home });
    const items = await table.list<FindingPage>(pk);
    return items.map((item) => ({ ...item, pk, target }));
  });
  return (await Promise.all(lists)).flat();
};

export const tableFindingPages = (table: Table, targets: readonly Target[], home: Target): FindingPages => ({
  all: async () => (await listAll(table, targets, home)).map(({ body, target }) => ({ ...body, target })),
});

/** Of the page that can be turned, wherever it is; `undefined` when there is none. */
export const pageChange = async (
  table: Table,
  targets: readonly Target[],
  home: Target,
  turn: (page: FindingPage) => FindingPage | undefined,
): Promise<Change | undefined> => {
  for (const { body: page, revision, pk, sk } of await listAll(table, targets, home)) {
    const body = turn(page);
    if (body) return { key: { pk, sk }, revision, body };
  }
  return undefined;
};
