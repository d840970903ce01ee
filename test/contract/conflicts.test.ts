/** Tries what a write of the table says when somebody else is writing the same item. */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { dynamoDbTable, unlessConflict } from '../../functions/aws/dynamodb-table.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { Refusal } from '../cloud/service.ts';
import { home, openCloud } from './surveying.ts';

const key = { pk: 'switch', sk: 'stop' };
const another = { pk: 'lease', sk: 'tick' };

const openTable = async () => {
  const cloud = await openCloud();
  const client = clientOf(DynamoDBClient, cloud, { region: home.region });
  const attribute = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
  await client.send(
    new CreateTableCommand({
      TableName: 'drydock',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [attribute('pk', 'HASH'), attribute('sk', 'RANGE')],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const table = dynamoDbTable(client, 'drydock');
  return { cloud, table, revision: await table.write({ key, revision: 0, body: 'first' }) };
};

it.each([
  ['what was written since it was read', 0, undefined],
  [
    'what a transaction is about to write',
    1,
    new Refusal('TransactionConflictException', 'Transaction is ongoing for the item'),
  ],
])('%s is left as it is, for who reads it again', async (_case, revision, as) => {
  const { cloud, table } = await openTable();
  if (as) cloud.faults.add({ service: 'dynamodb', operation: 'PutItem', times: 1, as });
  expect(await unlessConflict(table.write({ key, revision, body: 'second' }))).toBeUndefined();
  expect(await table.read(key)).toEqual({ revision: 1, body: 'first' });
});

const cancelled = (...codes: readonly string[]) =>
  new Refusal('TransactionCanceledException', `Transaction cancelled [${codes.join(', ')}]`, {
    members: { CancellationReasons: codes.map((Code) => ({ Code })) },
  });

it.each([
  ['one of several writes that met another transaction', cancelled('None', 'TransactionConflict')],
  [
    'one that was written since, and one that is about to be',
    cancelled('ConditionalCheckFailed', 'TransactionConflict'),
  ],
])('%s: nothing is written, for who reads it again', async (_case, as) => {
  const { cloud, table, revision } = await openTable();
  cloud.faults.add({ service: 'dynamodb', operation: 'TransactWriteItems', times: 1, as });
  const changes = [
    { key, revision, body: 'second' },
    { key: another, revision: 0, body: 'lent' },
  ];
  expect(await unlessConflict(table.change(changes).then(() => 'written'))).toBeUndefined();
  expect(await unlessConflict(table.change(changes).then(() => 'written'))).toBe('written');
});

it('one that is refused for another reason is an error, whatever else was in its way', async () => {
  const { cloud, table, revision } = await openTable();
  const as = cancelled('ValidationError', 'ConditionalCheckFailed');
  cloud.faults.add({ service: 'dynamodb', operation: 'TransactWriteItems', times: 1, as });
  const changes = [
    { key, revision, body: 'second' },
    { key: another, revision: 0, body: 'lent' },
  ];
  await expect(unlessConflict(table.change(changes))).rejects.toMatchObject({
    cause: { name: 'TransactionCanceledException' },
  });
});
