/** What moto makes of the packaged template, which the simulated cloud reads by a reader of our own. */
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { deployed, functionsOf, packagedTypes } from './stack.ts';
import { home, tableName, tellMotoStory } from './story.ts';

/** Of these moto 5.2.1 says nothing: it passes over them, or makes them without naming them. */
const passedOver = [
  'AWS::CloudWatch::Alarm',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Url',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
];

it('has every resource of the packaged template, but for the types that moto does not name', async () => {
  const { url } = await tellMotoStory();
  const { status, types } = await deployed(url, home.region);
  const packaged = packagedTypes();
  expect(status).toBe('UPDATE_COMPLETE');
  expect(
    Object.keys(packaged)
      .filter((type) => !types[type])
      .sort(),
  ).toEqual(passedOver);
  for (const type of passedOver) delete packaged[type];
  expect(types).toEqual(packaged);
});

it('gives every function its role, and the names of the table and the bus', async () => {
  const { url } = await tellMotoStory();
  const functions = await functionsOf(url, home.region);
  expect(functions).toHaveLength(10);
  for (const { FunctionName, Handler, Role, Environment } of functions) {
    const name = FunctionName.replace('drydock-prod-', '');
    expect(Handler).toBe(`.build/${name}/index.handler`);
    expect(Role).toMatch(/^arn:aws:iam::123456789012:role\//);
    expect(Environment.Variables).toMatchObject({ TABLE_NAME: tableName, BUS_NAME: 'drydock-prod' });
  }
  expect(new Set(functions.map(({ Role }) => Role)).size).toBe(10);
});

it('makes the table with its keys', async () => {
  const { dynamoDb } = await tellMotoStory();
  const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: tableName }));
  expect(Table?.KeySchema).toEqual([
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ]);
});

it('feeds the queue for Slack from the bus, and gives up to its dead letters', async () => {
  const { sqs, events, url } = await tellMotoStory();
  const QueueUrl = `${url}/${home.account}/drydock-prod-slack.fifo`;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['FifoQueue', 'RedrivePolicy'] }),
  );
  expect(Attributes?.FifoQueue).toBe('true');
  expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual({
    deadLetterTargetArn: `arn:aws:sqs:${home.region}:${home.account}:drydock-prod-slack-dead-letters.fifo`,
    maxReceiveCount: 1000,
  });
  const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName: 'drydock-prod' }));
  expect(Rules.map(({ EventPattern = '' }) => JSON.parse(EventPattern)['detail-type'])).toContainEqual(
    expect.arrayContaining(['Rollout Opened', 'Findings Digest']),
  );
});
