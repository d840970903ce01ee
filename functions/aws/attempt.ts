/**
 * Does many reads of EC2 at once; one that fails leaves the clusters it was for unread, and the rest stands.
 *
 * Five go at once: EC2 refills twenty reads a second (EC2 API throttling, checked 2026-11-23), and a page
 * takes it a good part of one.
 *
 * Effect: that of the work it is given.
 */
import pLimit from 'p-limit';

const atOnce = 5;

/** Why something of a cluster is not known. */
export type Unread = { readonly cluster: string; readonly failure: Error };

type Attempt<Item, Result> = {
  readonly items: readonly Item[];
  readonly clustersOf: (item: Item) => readonly string[];
  readonly work: (item: Item) => Promise<Result>;
};

/** The results stand in the order of the items, `undefined` for what failed. */
export const attemptAll = async <Item, Result>({ items, clustersOf, work }: Attempt<Item, Result>) => {
  const limit = pLimit(atOnce);
  const unread: Unread[] = [];
  const attempt = async (item: Item): Promise<Result | undefined> => {
    try {
      return await limit(work, item);
    } catch (failure) {
      for (const cluster of new Set(clustersOf(item))) unread.push({ cluster, failure: failure as Error });
      return undefined;
    }
  };
  return { results: await Promise.all(items.map(attempt)), unread };
};
