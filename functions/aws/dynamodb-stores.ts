/**
 * Keeps what Drydock must remember in its table: releases seen, rollouts, who is at work, what was told.
 *
 * Knows the keys. Partition `rollout` holds a rollout an item; `releases REGION` a page a source,
 * beside it the sources in use; `lease` who may tick; `told` what Slack was told. `findings REGION` is
 * in `dynamodb-findings.ts`.
 *
 * Reads and changes DynamoDB through `dynamodb-table.ts`.
 */

import type { Book, Lease, Rollouts, Told, ToldThread } from '../domain/ports.ts';
import { type ReleaseSource, sourceKey } from '../domain/release.ts';
import type { BookPage } from '../domain/release-book.ts';
import type { Rollout } from '../domain/rollout.ts';
import { minutesAfter } from '../domain/time.ts';
import { Conflict, type Stored, type Table } from './dynamodb-table.ts';

const daysKept = 120;
const keptUntil = (at: string) => minutesAfter(at, daysKept * 24 * 60);

export const tableBook = (table: Table, region: string): Book => {
  const pk = `releases ${region}`;
  const inUse = { pk: `sources ${region}`, sk: 'in use' };
  return {
    sourcesInUse: async () => (await table.read<readonly ReleaseSource[]>(inUse))?.body,
    saveSourcesInUse: async (sources) => {
      const read = await table.read<readonly ReleaseSource[]>(inUse);
      if (JSON.stringify(read?.body) !== JSON.stringify(sources))
        await table.write(inUse, { revision: read?.revision ?? 0, body: sources });
    },
    pages: async () => (await table.list<BookPage>(pk)).map(({ body, revision }) => ({ ...body, revision })),
    save: async (page) => ({
      ...page,
      revision: await table.write(
        { pk, sk: sourceKey(page.source) },
        { revision: page.revision, body: page },
      ),
    }),
  };
};

export const tableRollouts = (table: Table): Rollouts => {
  const toRollout = ({ body, revision }: Stored<Rollout>): Rollout => ({ ...body, revision });
  return {
    open: async () => {
      const all = (await table.list<Rollout>('rollout')).map(toRollout);
      return all.filter(({ state, outbox }) => state.is !== 'closed' || outbox.length > 0);
    },
    read: async (ids) => {
      const found = await Promise.all(ids.map((sk) => table.read<Rollout>({ pk: 'rollout', sk })));
      return found.flatMap((stored) => (stored ? [toRollout(stored)] : []));
    },
    save: async (rollout) => {
      const more = rollout.state.is === 'closed' ? { expiresAt: keptUntil(rollout.state.at) } : {};
      const key = { pk: 'rollout', sk: rollout.id };
      return {
        ...rollout,
        revision: await table.write(key, { revision: rollout.revision, body: rollout }, more),
      };
    },
  };
};

type Held = { readonly holder: string; readonly until: string };

export const tableLease = (table: Table): Lease => ({
  take: async (name, holder, now, minutes) => {
    const key = { pk: 'lease', sk: name };
    const read = await table.read<Held>(key);
    if (read && read.body.holder !== holder && read.body.until > now) return false;
    try {
      await table.write(key, {
        revision: read?.revision ?? 0,
        body: { holder, until: minutesAfter(now, minutes) },
      });
      return true;
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
  },
  giveBack: async (name, holder) => {
    const key = { pk: 'lease', sk: name };
    const read = await table.read<Held>(key);
    if (read?.body.holder === holder) await table.delete(key, read.revision);
  },
});

export const tableTold = (table: Table): Told => ({
  read: async (thread) => {
    const stored = await table.read<ToldThread>({ pk: 'told', sk: thread });
    return stored && { ...stored.body, revision: stored.revision };
  },
  save: (thread, told, now) =>
    table.write(
      { pk: 'told', sk: thread },
      { revision: told.revision, body: told },
      { expiresAt: keptUntil(now) },
    ),
});
