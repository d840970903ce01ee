/**
 * Checks the DynamoDB that Drydock's tests use, through the SDK's real client: conditions, expressions,
 * pages, and failures.
 */
import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListBackupsCommand,
  PutItemCommand,
  paginateQuery,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { clientOf } from './sdk-clients.ts';

const TableName = 'state';
let cloud: Cloud;
let dynamoDb: DynamoDBClient;

beforeAll(async () => {
  cloud = await startCloud({ start: new Date('2026-07-20T06:00:00Z'), pageSize: 2 });
  dynamoDb = clientOf(DynamoDBClient, cloud);
  await dynamoDb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
});
afterAll(() => cloud.close());

const item = (sk: string, version = 1) => ({
  pk: { S: 'rollout' },
  sk: { S: sk },
  version: { N: String(version) },
});
const put = (sk: string, more: object = {}) =>
  dynamoDb.send(new PutItemCommand({ TableName, Item: item(sk), ...more }));

it('writes on a condition, and shows the item that stood against it', async () => {
  const condition = {
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;
  await put('one', condition);
  await expect(put('one', condition)).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
    Item: item('one'),
  });
});

it('updates by expression and reads it back consistently', async () => {
  await put('two');
  const { version: _, ...Key } = item('two');
  const update = {
    TableName,
    Key,
    UpdateExpression:
      'SET #v = #v + :one, outbox = list_append(if_not_exists(outbox, :none), :news) REMOVE gone',
    ConditionExpression: '#v = :seen',
    ExpressionAttributeNames: { '#v': 'version' },
    ExpressionAttributeValues: {
      ':one': { N: '1' },
      ':seen': { N: '1' },
      ':none': { L: [] },
      ':news': { L: [{ S: 'opened' }] },
    },
  };
  await dynamoDb.send(new UpdateItemCommand(update));
  await expect(dynamoDb.send(new UpdateItemCommand(update))).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
  });
  const { Item } = await dynamoDb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  expect(Item).toEqual({ ...item('two', 2), outbox: { L: [{ S: 'opened' }] } });
});

it('pages a query', async () => {
  for (const sk of ['p#1', 'p#2', 'p#3', 'p#4', 'p#5']) await put(sk);
  const pages: number[] = [];
  const query = {
    TableName,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
    ExpressionAttributeValues: { ':pk': { S: 'rollout' }, ':sk': { S: 'p#' } },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client: dynamoDb }, query)) pages.push(Items.length);
  expect(pages).toEqual([2, 2, 1]);
});

const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
const read = async (sk: string) => {
  const { pk } = item(sk);
  const Key = { pk, sk: { S: sk } };
  return (await dynamoDb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
};
const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  dynamoDb.send(
    new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken && { ClientRequestToken }) }),
  );

it('makes all writes of a transaction, once for a token', async () => {
  await put('t#gone');
  const { pk } = item('t#gone');
  const writes = [
    { Put: { TableName, Item: item('t#1'), ...isNew } },
    { Delete: { TableName, Key: { pk, sk: { S: 't#gone' } } } },
  ];
  await transact(writes, 'a token');
  await transact(writes, 'a token');
  expect([await read('t#1'), await read('t#gone')]).toEqual([item('t#1'), undefined]);
  await expect(transact(writes)).rejects.toMatchObject({ name: 'TransactionCanceledException' });
});

it('makes none when the condition of one is not met, and says of which', async () => {
  await put('t#old');
  await put('t#there');
  const { pk } = item('t#old');
  const writes = [
    { Put: { TableName, Item: item('t#2', 7), ...isNew } },
    { Put: { TableName, Item: item('t#old', 7) } },
    { Put: { TableName, Item: item('t#there', 7), ...isNew } },
    { Delete: { TableName, Key: { pk, sk: { S: 't#there' } } } },
  ];
  await expect(transact(writes.slice(0, 3))).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
  });
  expect([await read('t#2'), await read('t#old'), await read('t#there')]).toEqual([
    undefined,
    item('t#old'),
    item('t#there'),
  ]);
  await expect(transact(writes)).rejects.toMatchObject({ name: 'ValidationException' });
});

it('is throttled in its own way, and refuses what it does not have', async () => {
  cloud.faults.add({ service: 'dynamodb', operation: 'PutItem', times: 1, as: 'throttled' });
  await expect(put('three')).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  const restore = new ListBackupsCommand({ TableName });
  await expect(dynamoDb.send(restore)).rejects.toMatchObject({ name: 'NotSimulated' });
});

it('moves the revision, but not by a lease', async () => {
  const before = cloud.revision;
  await put('four');
  expect(cloud.revision).toBe(before + 1);
  const lease = { pk: { S: 'lease' }, sk: { S: 'tick' } };
  await dynamoDb.send(new PutItemCommand({ TableName, Item: lease }));
  await dynamoDb.send(new DeleteItemCommand({ TableName, Key: lease }));
  expect(cloud.revision).toBe(before + 1);
});
