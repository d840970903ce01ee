/**
 * Keeps what was commanded, and does it in the same step: a run that dies has done all of a command or nothing,
 * and who repeats it reads what was answered.
 *
 * Knows the keys: partition `command` holds a record an item, for a year. What a command changes has the keys of
 * its own adapter.
 *
 * Reads and changes DynamoDB through `dynamodb-table.ts`.
 */
import type { Deed } from '../domain/commands/world.ts';
import { withMute, withoutMute } from '../domain/finding-book.ts';
import { holdKey } from '../domain/hold.ts';
import type { CommandRecord, CommandRecords } from '../domain/ports.ts';
import type { Stop } from '../domain/situation.ts';
import type { Target } from '../domain/target.ts';
import { minutesAfter } from '../domain/time.ts';
import { pageChange } from './dynamodb-findings.ts';
import { patchJobChange } from './dynamodb-patching.ts';
import { rolloutChange, switchKey } from './dynamodb-stores.ts';
import { type Change, type Table, unlessConflict } from './dynamodb-table.ts';

const minutesKept = 365 * 24 * 60;

/** `undefined`: what it is about is not as it was when it was decided. */
type Makers = {
  readonly [Is in Deed['is']]: (
    deed: Extract<Deed, { readonly is: Is }>,
    record: CommandRecord,
  ) => Promise<Change | undefined> | Change;
};

const makersOf = (table: Table, targets: readonly Target[], home: Target): Makers => ({
  'save rollout': ({ rollout }) => rolloutChange(rollout),
  'save patch job': ({ job }) => patchJobChange(job),
  stop: ({ stop }) => ({ key: switchKey, revision: 0, body: stop }),
  'lift stop': async ({ stop }) => {
    const read = await table.read<Stop>(switchKey);
    return read?.body.at === stop.at ? { key: switchKey, revision: read.revision } : undefined;
  },
  hold: async ({ hold }) => {
    const key = { pk: 'hold', sk: holdKey(hold) };
    const read = await table.read(key);
    return { key, revision: read?.revision ?? 0, body: hold, expiresAt: hold.until };
  },
  'release hold': async ({ key: sk }) => {
    const key = { pk: 'hold', sk };
    const read = await table.read(key);
    return read && { key, revision: read.revision };
  },
  mute: ({ finding, mute }) => pageChange(table, targets, home, (page) => withMute(page, finding, mute)),
  unmute: ({ finding }, { at }) => pageChange(table, targets, home, (page) => withoutMute(page, finding, at)),
});

export const tableCommandRecords = (
  table: Table,
  targets: readonly Target[],
  home: Target,
): CommandRecords => {
  const makers = makersOf(table, targets, home);
  const toChange = async (deed: Deed, record: CommandRecord) =>
    (makers[deed.is] as (deed: Deed, record: CommandRecord) => ReturnType<Makers['hold']>)(deed, record);
  const keyOf = (id: string) => ({ pk: 'command', sk: id });
  const expiry = ({ at }: CommandRecord) => ({ expiresAt: minutesAfter(at, minutesKept) });
  return {
    read: async (id) => (await table.read<CommandRecord>(keyOf(id)))?.body,
    carryOut: async (record, deeds) => {
      const changes = await Promise.all(deeds.map((deed) => toChange(deed, record)));
      const known = changes.filter((change) => change !== undefined);
      if (known.length < deeds.length) return false;
      const kept = { key: keyOf(record.id), revision: 0, body: record, ...expiry(record) };
      const done = await unlessConflict(table.change([...known, kept]).then(() => true));
      return done ?? false;
    },
    told: async (record) => {
      const key = keyOf(record.id);
      const read = await table.read(key);
      await table.write({
        key,
        revision: read?.revision ?? 0,
        body: { ...record, outbox: [] },
        ...expiry(record),
      });
    },
  };
};
