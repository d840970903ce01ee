/**
 * Keeps what Drydock must remember in its table: releases seen, rollouts, who is at work, what was told.
 *
 * Knows the keys. Partition `rollout` holds a rollout an item; `releases REGION` a page a source,
 * beside it the sources in use; `lease` who may tick; `switch` whether everything is stopped; `hold`
 * who is held; `round TIME` what the parts of one look saw; `told` what Slack was told, `noted` what else is
 * known of Slack; `targets` which were looked at. `command` is in `dynamodb-commands.ts`; `findings …` in `dynamodb-findings.ts`; `compliance …`,
 * `patch` and `patched` in `dynamodb-patching.ts`.
 *
 * Reads and changes DynamoDB through `dynamodb-table.ts`.
 */
import { randomUUID } from 'node:crypto';
import type { Hold } from '../domain/hold.ts';
import type {
  Book,
  Books,
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
import { barsGroups, type Rollout } from '../domain/rollout.ts';
import { type Part, partKey } from '../domain/round.ts';
import type { Stop } from '../domain/situation.ts';
import type { Target } from '../domain/target.ts';
import { minutesAfter } from '../domain/time.ts';
import { type Change, type Key, type Stored, type Table, unlessConflict } from './dynamodb-table.ts';

const daysTold = 120;
/** Longer than what Slack was told of it: a rollout that begins anew under its name must not be known already. */
const daysOfRollout = 150;
/** While its rollout is kept, a group is not rolled again to a train that it failed on, or was taken off. */
const daysBarred = 3 * 365;
const keptUntil = (at: string, days: number) => minutesAfter(at, days * 24 * 60);

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
        await unlessConflict(table.write({ key: inUse, revision: read?.revision ?? 0, body: sources }));
    },
    pages: async () => (await table.list<BookPage>(pk)).map(({ body, revision }) => ({ ...body, revision })),
    save: async (page) => {
      const key = { pk, sk: sourceKey(page.source) };
      const revision = await unlessConflict(table.write({ key, revision: page.revision, body: page }));
      return revision === undefined ? undefined : { ...page, revision };
    },
  };
};

export const rolloutChange = (rollout: Rollout): Change => ({
  key: { pk: 'rollout', sk: rollout.id },
  revision: rollout.revision,
  body: rollout,
  ...(rollout.state.is === 'closed' && {
    expiresAt: keptUntil(rollout.state.at, barsGroups(rollout) ? daysBarred : daysOfRollout),
  }),
});

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
      const revision = await unlessConflict(table.write(rolloutChange(rollout)));
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
  await table.write({ key, revision: read?.revision ?? 0, body, ...more });
};

export const switchKey = { pk: 'switch', sk: 'stop' };

export const tableSwitch = (table: Table): Switch => ({
  read: async () => (await table.read<Stop>(switchKey))?.body,
});

const targetsKey = { pk: 'targets', sk: 'seen' };

/** Listed, though it is one item: the role of the audit reads the table in no other way. */
export const tableTargetsSeen = (table: Table): TargetsSeen => {
  const list = async () => (await table.list<readonly Target[]>(targetsKey.pk)).at(0);
  return {
    read: async () => (await list())?.body ?? [],
    save: async (body) => {
      await table.write({ key: targetsKey, revision: (await list())?.revision ?? 0, body });
    },
  };
};

export const tableHolds = (table: Table): Holds => ({
  all: async () => (await table.list<Hold>('hold')).map(({ body }) => body),
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

export const tableLease = (table: Table): Lease => {
  const keyOf = (name: string) => ({ pk: 'lease', sk: name });
  return {
    take: async (name, now, minutes) => {
      const key = keyOf(name);
      const read = await table.read<Held>(key);
      if (read && read.body.until > now) return undefined;
      const holder = randomUUID();
      const body = { holder, until: minutesAfter(now, minutes) };
      const taken = await unlessConflict(table.write({ key, revision: read?.revision ?? 0, body }));
      // An answer that was lost on the way is asked for again, and refused: our own writing stands against it.
      const isOurs = taken !== undefined || (await table.read<Held>(key))?.body.holder === holder;
      return isOurs ? holder : undefined;
    },
    giveBack: async (name, holder) => {
      const key = keyOf(name);
      const read = await table.read<Held>(key);
      if (read?.body.holder === holder) await unlessConflict(table.delete(key, read.revision));
    },
  };
};

export const tableTold = (table: Table): Told => ({
  read: async (thread) => {
    const stored = await table.read<ToldThread>({ pk: 'told', sk: thread });
    return stored && { ...stored.body, revision: stored.revision };
  },
  save: (thread, told, now) =>
    table.write({
      key: { pk: 'told', sk: thread },
      revision: told.revision,
      body: told,
      expiresAt: keptUntil(now, daysTold),
    }),
  notes: async (name) => {
    const stored = await table.read<Notes['texts']>({ pk: 'noted', sk: name });
    return { revision: stored?.revision ?? 0, texts: stored?.body ?? {} };
  },
  note: async (name, { revision, texts }) => {
    await table.write({ key: { pk: 'noted', sk: name }, revision, body: texts });
  },
});
