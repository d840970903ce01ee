/**
 * Keeps findings in Drydock's table, and people's mutes of them.
 *
 * Knows the keys: partition `findings REGION` holds a page for each function that finds and each cluster,
 * so that functions do not resolve each other's findings and an item stays far below DynamoDB's 400 KB.
 *
 * Reads and changes DynamoDB through `dynamodb-table.ts`.
 */
import { type FindingPage, withMute, withoutMute } from '../domain/finding-book.ts';
import type { Findings, Mutes } from '../domain/ports.ts';
import { type Table, unlessConflict } from './dynamodb-table.ts';

const findingsOf = (region: string) => `findings ${region}`;

/** Names of clusters and functions have no spaces. */
const findingsKey = (foundBy: string, { cluster = '' }: FindingPage) => `${foundBy} ${cluster}`;

export const tableFindings = (table: Table, region: string, foundBy: string): Findings => {
  const pk = findingsOf(region);
  return {
    pages: async () =>
      (await table.list<FindingPage>(pk, `${foundBy} `)).map(({ body, revision }) => ({ ...body, revision })),
    save: async (page) => {
      const key = { pk, sk: findingsKey(foundBy, page) };
      if (page.known.length > 0 || page.untold.length > 0)
        return { ...page, revision: await table.write(key, { revision: page.revision, body: page }) };
      if (page.revision > 0) await table.delete(key, page.revision);
      return { ...page, revision: 0 };
    },
  };
};

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
