/**
 * Keeps findings in Drydock's table, and people's mutes of them.
 *
 * Knows the keys: partition `findings REGION` holds a page for each function that finds and each cluster,
 * so that functions do not resolve each other's findings and an item stays far below DynamoDB's 400 KB.
 *
 * Reads and changes DynamoDB through `dynamodb-table.ts`.
 */
import { type FindingPage, isBlank, withMute, withoutMute } from '../domain/finding-book.ts';
import type { FindingPages, Findings, Mutes } from '../domain/ports.ts';
import { type Table, unlessConflict } from './dynamodb-table.ts';

const findingsOf = (region: string) => `findings ${region}`;

/** Names of clusters and functions have no spaces. */
const findingsKey = (foundBy: string, { cluster = '' }: FindingPage) => `${foundBy} ${cluster}`;

export const tableFindings = (table: Table, region: string, foundBy: string): Findings => {
  const pk = findingsOf(region);
  return {
    pages: async () =>
      (await table.list<FindingPage>(pk, `${foundBy} `)).map(({ body, revision }) => ({ ...body, revision })),
    save: async (page, now) => {
      const { revision } = page;
      if (revision === 0 && isBlank(page)) return page;
      const key = { pk, sk: findingsKey(foundBy, page) };
      // DynamoDB forgets what has expired, by itself.
      const expiry = isBlank(page) ? { expiresAt: now } : {};
      return { ...page, revision: await table.write(key, { revision, body: page }, expiry) };
    },
  };
};

export const tableFindingPages = (table: Table, region: string): FindingPages => ({
  all: async () => (await table.list<FindingPage>(findingsOf(region))).map(({ body }) => body),
});

export const tableMutes = (table: Table, region: string): Mutes => {
  const pk = findingsOf(region);
  const change = async (turn: (page: FindingPage) => FindingPage | undefined): Promise<boolean> => {
    for (const { body, revision, sk } of await table.list<FindingPage>(pk)) {
      const turned = turn(body);
      if (!turned) continue;
      const written = await unlessConflict(table.write({ pk, sk }, { revision, body: turned }));
      return written !== undefined;
    }
    return false;
  };
  return {
    known: async () => (await table.list<FindingPage>(pk)).flatMap(({ body }) => body.known),
    mute: (fingerprint, mute) => change((page) => withMute(page, fingerprint, mute)),
    unmute: (fingerprint, now) => change((page) => withoutMute(page, fingerprint, now)),
  };
};
