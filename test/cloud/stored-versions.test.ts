/** Stored items of older and newer versions, read through the adapter of the table. */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { dynamoDbTable, type Migration } from '../../functions/aws/dynamodb-table.ts';
import { startCloud } from './cloud.ts';
import { clientOf } from './sdk-clients.ts';

const TableName = 'state';
const key = { pk: 'rollout', sk: 'al2023-v20260610' };

const withTable = async () => {
  const cloud = await startCloud({ start: new Date('2026-07-20T06:00:00Z') });
  onTestFinished(() => cloud.close());
  const dynamoDb = clientOf(DynamoDBClient, cloud);
  const attributes = ['pk', 'sk'] as const;
  await dynamoDb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: attributes.map((AttributeName, i) => ({
        AttributeName,
        KeyType: i === 0 ? 'HASH' : 'RANGE',
      })),
    }),
  );
  return (steps: readonly Migration[]) => dynamoDbTable(dynamoDb, TableName, steps);
};

const rename: Migration = ({ pk }, body) => {
  const { groups, ...rest } = body as { groups: number };
  return pk === 'rollout' ? { ...rest, nodeGroups: groups } : body;
};
const double: Migration = (_key, body) => {
  const { nodeGroups } = body as { nodeGroups: number };
  return { ...(body as object), nodeGroups: nodeGroups * 2 };
};

it('an item of each older version is brought to the newest shape, step by step, whether read or listed', async () => {
  const versions = await withTable();
  await versions([]).write({ key, revision: 0, body: { id: 'one', groups: 2 } });
  const second = { ...key, sk: 'two' };
  await versions([rename]).write({ key: second, revision: 0, body: { id: 'two', nodeGroups: 2 } });
  const newest = versions([rename, double]);
  expect(await newest.read(key)).toEqual({ revision: 1, body: { id: 'one', nodeGroups: 4 } });
  expect(await newest.list(key.pk)).toEqual([
    { sk: key.sk, revision: 1, body: { id: 'one', nodeGroups: 4 } },
    { sk: 'two', revision: 1, body: { id: 'two', nodeGroups: 4 } },
  ]);
});

it('what was read and written again is of the newest version, under the same revisions', async () => {
  const versions = await withTable();
  await versions([]).write({ key, revision: 0, body: { id: 'one', groups: 2 } });
  const newest = versions([rename]);
  const read = await newest.read<object>(key);
  expect(await newest.write({ key, revision: read?.revision ?? 0, body: read?.body })).toBe(2);
  expect(await newest.read(key)).toEqual({ revision: 2, body: { id: 'one', nodeGroups: 2 } });
});

it('an item of a newer version is refused, with what to do', async () => {
  const versions = await withTable();
  await versions([rename]).write({ key, revision: 0, body: { id: 'one', nodeGroups: 2 } });
  const error = await versions([])
    .read(key)
    .catch((refused: Error) => refused);
  expect(String((error as Error).cause ?? error)).toContain(
    'item rollout/al2023-v20260610 has version 2 of the stored shapes, and this Drydock knows 1 to 1: deploy the newer Drydock again',
  );
});
