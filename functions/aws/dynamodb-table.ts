/**
 * Stores and reads the items of Drydock's one table; every other adapter file of the table uses these.
 *
 * An item is a key, a revision and a body: JSON, compressed, as a rollout of 2,000 groups would not
 * fit DynamoDB's 400 KB otherwise. A write is refused unless the revision is the one that was read.
 * A body of an older version is brought to the shape of this one when it is read. Several changes are made
 * together or not at all: DynamoDB takes 100 of them, 4 MB in all, each of another item.
 *
 * Reads DynamoDB: GetItem, Query. Changes DynamoDB: PutItem, DeleteItem, TransactWriteItems (which IAM knows
 * by the names of the other two).
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { during, isConditionFailed } from './errors.ts';

export type Key = { readonly pk: string; readonly sk: string };
export type Stored<T> = { readonly revision: number; readonly body: T };

/** `revision` as it was read; 0: the item must not exist. `body` absent: the item is deleted. */
export type Change = {
  readonly key: Key;
  readonly revision: number;
  readonly body?: unknown;
  /** From then on DynamoDB may forget the item, by itself. */
  readonly expiresAt?: string | undefined;
};

/** Brings a body from one version of the stored shapes to the next; the key says what it is. */
export type Migration = (key: Key, body: unknown) => unknown;

/** In order; the first one brings version 1 to version 2. Never changed once released. */
const migrations: readonly Migration[] = [];

/** Somebody else wrote the item since it was read. Caught where a doubled run is no fault. */
class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** `undefined` when somebody else wrote the item first. */
export const unlessConflict = async <T>(write: Promise<T>): Promise<T | undefined> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
};

const toKey = ({ pk, sk }: Key) => ({ pk: { S: pk }, sk: { S: sk } });

const toStored = <T>(
  { pk, sk, schema, revision, body }: Record<string, AttributeValue>,
  steps: readonly Migration[],
): Stored<T> => {
  const key = { pk: pk?.S ?? '', sk: sk?.S ?? '' };
  const version = Number(schema?.N);
  const newest = steps.length + 1;
  if (!(version >= 1 && version <= newest))
    throw new Error(
      `item ${key.pk}/${key.sk} has version ${schema?.N} of the stored shapes, and this Drydock knows 1 to ${newest}: deploy the newer Drydock again`,
    );
  const stored: unknown = JSON.parse(gunzipSync(body?.B ?? new Uint8Array()).toString());
  const migrated = steps.slice(version - 1).reduce((older, migrate) => migrate(key, older), stored);
  return { revision: Number(revision?.N), body: migrated as T };
};

/** Of what an item must be for a change of it. */
const conditionOf = (revision: number | undefined) => {
  if (revision === undefined) return {};
  if (revision === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'revision = :read',
    ExpressionAttributeValues: { ':read': { N: String(revision) } },
  };
};

const toItem = ({ key, revision, body, expiresAt }: Change, steps: readonly Migration[]) => ({
  ...toKey(key),
  schema: { N: String(steps.length + 1) },
  revision: { N: String(revision + 1) },
  body: { B: gzipSync(JSON.stringify(body)) },
  ...(expiresAt && { expiresAt: { N: String(Math.floor(Date.parse(expiresAt) / 1000)) } }),
});

const nameOf = ({ pk, sk }: Key) => `${pk}/${sk}`;

/** `what` is refused as a whole when somebody else has written one of the items meanwhile. */
const unlessWritten = async (what: string, changing: () => Promise<unknown>): Promise<void> => {
  try {
    await during(what, changing);
  } catch (error) {
    if (!isConditionFailed((error as Error).cause)) throw error;
    throw new Conflict(`${what}: somebody else has written it since it was read`, { cause: error });
  }
};

export type Table = {
  read<T>(key: Key): Promise<Stored<T> | undefined>;
  /** All items under a partition key whose sort key begins so, in its order. */
  list<T>(pk: string, begins?: string): Promise<readonly (Stored<T> & Pick<Key, 'sk'>)[]>;
  /** Answers the new revision; throws `Conflict`. */
  write(change: Change): Promise<number>;
  /** `revision` absent: whatever is there. Throws `Conflict`. */
  delete(key: Key, revision?: number): Promise<void>;
  /** All of them or none; throws `Conflict`. */
  change(changes: readonly Change[]): Promise<void>;
};

/** `steps`: other migrations than those of this version. */
export const dynamoDbTable = (
  dynamoDb: DynamoDBClient,
  TableName: string,
  steps: readonly Migration[] = migrations,
): Table => ({
  read: (key) =>
    during(`reading item ${key.pk}/${key.sk}`, async () => {
      const { Item } = await dynamoDb.send(
        new GetItemCommand({ TableName, Key: toKey(key), ConsistentRead: true }),
      );
      return Item && toStored(Item, steps);
    }),

  list: (pk, begins) =>
    during(`listing items of ${pk}`, async () => {
      const items: (Stored<never> & Pick<Key, 'sk'>)[] = [];
      const pages = paginateQuery(
        { client: dynamoDb },
        {
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: begins ? 'pk = :pk AND begins_with(sk, :begins)' : 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk }, ...(begins && { ':begins': { S: begins } }) },
        },
      );
      for await (const page of pages)
        for (const item of page.Items ?? [])
          items.push({ ...toStored<never>(item, steps), sk: item.sk?.S ?? '' });
      return items;
    }),

  write: async (change) => {
    const { key, revision } = change;
    await unlessWritten(`writing item ${nameOf(key)}`, () =>
      dynamoDb.send(new PutItemCommand({ TableName, Item: toItem(change, steps), ...conditionOf(revision) })),
    );
    return revision + 1;
  },

  delete: async (key, revision) => {
    await unlessWritten(`deleting item ${nameOf(key)}`, () =>
      dynamoDb.send(new DeleteItemCommand({ TableName, Key: toKey(key), ...conditionOf(revision) })),
    );
  },

  change: (changes) =>
    unlessWritten(`changing items ${changes.map(({ key }) => nameOf(key)).join(', ')}`, () =>
      dynamoDb.send(
        new TransactWriteItemsCommand({
          TransactItems: changes.map((change) => {
            const { key, revision, body } = change;
            const where = { TableName, ...conditionOf(revision) };
            return body === undefined
              ? { Delete: { ...where, Key: toKey(key) } }
              : { Put: { ...where, Item: toItem(change, steps) } };
          }),
        }),
      ),
    ),
});
