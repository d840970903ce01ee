/**
 * Keeps what Drydock must remember in its table: releases seen, rollouts, who is at work, what was told.
 *
 * Knows the keys. Partition `rollout` holds a rollout an item; `releases REGION` a page a source,
 * beside it the sources in use; `lease` who may tick; `switch` whether everything is stopped; `hold`
 * who is held; `round TIME` what the parts of one look saw; `command` what was commanded; `told` what Slack was told, `noted` what else is known of Slack.
 * `findings …` is in `dynamodb-findings.ts`; `compliance …`, `patch` and `patched` in `dynamodb-patching.ts`.
 *
 * Reads and changes DynamoDB through `dynamodb-table.ts`.
 */

import { type Hold, holdKey } from '../domain/hold.ts';
import type {
  Book,
  Books,
  CommandRecord,
  CommandRecords,
  Holds,
  Lease,
  Notes,
  Rollouts,
  Rounds,
  Switch,
  TargetsSeen,
  Told,
  ToldThread,
} from '../domain/ports.ts';
import { type ReleaseSource, sourceKey } from '../domain/release.ts';
import type { BookPage } from '../domain/release-book.ts';
import type { Rollout } from '../domain/rollout.ts';
import { type Part, partKey } from '../domain/round.ts';
import type { Stop } from '../domain/situation.ts';
import type { Target } from '../domain/target.ts';
import { minutesAfter } from '../domain/time.ts';
import { type Key, type Stored, type Table, unlessConflict } from './dynamodb-table.ts';

const daysKept = 120;
const keptUntil = (at: string) => minutesAfter(at, daysKept * 24 * 60);

export const tableBooks = (table: Table, regions: readonly string[]): Books => ({
  in: (region) => tableBook(table, region),
  pages: async () =>
    new Map(
      await Promise.all(
        regions.map(async (region) => [region, await tableBook(table, region).pages()] as const),
      ),
    ),
});

export const tableBook = (table: Table, region: string): Book => {
  const pk = `releases ${region}`;
  const inUse = { pk: `sources ${region}`, sk: 'in use' };
  return {
    sourcesInUse: async () => (await table.read<readonly ReleaseSource[]>(inUse))?.body,
    saveSourcesInUse: async (sources) => {
      const read = await table.read<readonly ReleaseSource[]>(inUse);
      if (JSON.stringify(read?.body) !== JSON.stringify(sources))
        // Whoever wrote it meanwhile has surveyed the same fleet.
        await unlessConflict(table.write(inUse, { revision: read?.revision ?? 0, body: sources }));
    },
    pages: async () => (await table.list<BookPage>(pk)).map(({ body, revision }) => ({ ...body, revision })),
    save: async (page) => {
      const key = { pk, sk: sourceKey(page.source) };
      const revision = await unlessConflict(table.write(key, { revision: page.revision, body: page }));
      return revision === undefined ? undefined : { ...page, revision };
    },
  };
};

export const tableRollouts = (table: Table): Rollouts => {
  const toRollout = ({ body, revision }: Stored<Rollout>): Rollout => ({ ...body, revision });
  const all = async () => (await table.list<Rollout>('rollout')).map(toRollout);
  return {
    all,
    open: async () => (await all()).filter(({ state, outbox }) => state.is !== 'closed' || outbox.length > 0),
    read: async (sk) => {
      const stored = await table.read<Rollout>({ pk: 'rollout', sk });
      return stored && toRollout(stored);
    },
    save: async (rollout) => {
      const more = rollout.state.is === 'closed' ? { expiresAt: keptUntil(rollout.state.at) } : {};
      const key = { pk: 'rollout', sk: rollout.id };
      const revision = await unlessConflict(
        table.write(key, { revision: rollout.revision, body: rollout }, more),
      );
      return revision === undefined ? undefined : { ...rollout, revision };
    },
  };
};

/** Writes over whatever is there: what a person says last holds. */
const overwrite = async (
  table: Table,
  key: Key,
  body: unknown,
  more: { readonly expiresAt?: string } = {},
): Promise<void> => {
  const read = await table.read(key);
  await table.write(key, { revision: read?.revision ?? 0, body }, more);
};

const switchKey = { pk: 'switch', sk: 'stop' };

export const tableSwitch = (table: Table): Switch => ({
  read: async () => (await table.read<Stop>(switchKey))?.body,
  stop: (stop) => overwrite(table, switchKey, stop),
  lift: () => table.delete(switchKey),
});

const targetsKey = { pk: 'targets', sk: 'seen' };

/** Listed, though it is one item: the role of the audit reads the table in no other way. */
export const tableTargetsSeen = (table: Table): TargetsSeen => {
  const list = async () => (await table.list<readonly Target[]>(targetsKey.pk)).at(0);
  return {
    read: async () => (await list())?.body ?? [],
    save: async (body) => {
      await table.write(targetsKey, { revision: (await list())?.revision ?? 0, body });
    },
  };
};

export const tableHolds = (table: Table): Holds => ({
  all: async () => (await table.list<Hold>('hold')).map(({ body }) => body),
  save: (hold) => overwrite(table, { pk: 'hold', sk: holdKey(hold) }, hold, { expiresAt: hold.until }),
  release: (sk) => table.delete({ pk: 'hold', sk }),
});

export const tableCommandRecords = (table: Table): CommandRecords => ({
  read: async (sk) => (await table.read<CommandRecord>({ pk: 'command', sk }))?.body,
  save: (record) =>
    overwrite(table, { pk: 'command', sk: record.id }, record, {
      expiresAt: minutesAfter(record.at, 365 * 24 * 60),
    }),
});

/** Parts are kept for a day: whoever waits for them waits for minutes. */
export const tableRounds = (table: Table): Rounds => {
  const pkOf = (round: string) => `round ${round}`;
  const expiry = (round: string) => ({ expiresAt: minutesAfter(round, 24 * 60) });
  const closed = 'closed';
  return {
    parts: async (round) => (await table.list<Part>(pkOf(round), 'part ')).map(({ body }) => body),
    save: (round, part) =>
      overwrite(table, { pk: pkOf(round), sk: `part ${partKey(part)}` }, part, expiry(round)),
    isClosed: async (round) => (await table.read({ pk: pkOf(round), sk: closed })) !== undefined,
    close: (round) => overwrite(table, { pk: pkOf(round), sk: closed }, {}, expiry(round)),
  };
};

type Held = { readonly holder: string; readonly until: string };

export const tableLease = (table: Table): Lease => ({
  take: async (name, holder, now, minutes) => {
    const key = { pk: 'lease', sk: name };
    const read = await table.read<Held>(key);
    if (read && read.body.holder !== holder && read.body.until > now) return false;
    const body = { holder, until: minutesAfter(now, minutes) };
    const taken = await unlessConflict(table.write(key, { revision: read?.revision ?? 0, body }));
    return taken !== undefined;
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
  notes: async (name) => {
    const stored = await table.read<Notes['texts']>({ pk: 'noted', sk: name });
    return { revision: stored?.revision ?? 0, texts: stored?.body ?? {} };
  },
  note: async (name, { revision, texts }) => {
    await table.write({ pk: 'noted', sk: name }, { revision, body: texts });
  },
});
