/**
 * Checks SQS in simulated time through the SDK's real client: order, visibility, deduplication, dead
 * letters, batches.
 */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { clientOf, home } from './sdk-clients.ts';
import type { Queue } from './services/queue.ts';

let cloud: Cloud;
let sqs: SQSClient;
let queue: Queue;
let deadLetters: Queue;

beforeEach(async () => {
  cloud = await startCloud({ start: new Date('2026-07-20T06:00:00Z') });
  sqs = clientOf(SQSClient, cloud);
  deadLetters = cloud.queues.create(home, 'dead.fifo');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 2 });
  queue = cloud.queues.create(home, 'news.fifo', { VisibilityTimeout: '60', RedrivePolicy });
});

afterEach(async () => {
  expect(cloud.broken).toEqual([]);
  await cloud.close();
});

const send = (body: string, group: string, id = body) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: id,
    }),
  );

const receive = async (most = 10) => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: most,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages;
};

const bodies = async (most?: number) => (await receive(most)).map(({ Body }) => Body);
const wait = (seconds: number) =>
  cloud.clock.advanceTo(new Date(cloud.clock.now().getTime() + seconds * 1000));

describe('a FIFO queue', () => {
  it('keeps the order within a group and holds the group while one is in flight', async () => {
    for (const [body, group] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['b1', 'b'],
    ] as const)
      await send(body, group);
    const [first] = await receive(1);
    expect(first?.Body).toBe('a1');
    expect(await bodies()).toEqual(['b1']);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: first?.ReceiptHandle }));
    expect(await bodies()).toEqual(['a2']);
  });

  it('gives several of a group in one answer, in their order', async () => {
    for (const body of ['a1', 'a2', 'a3']) await send(body, 'a');
    expect(await bodies()).toEqual(['a1', 'a2', 'a3']);
    expect(await bodies()).toEqual([]);
  });

  it('accepts a repeat within five minutes and does not deliver it', async () => {
    const first = await send('a1', 'a', 'same');
    await wait(299);
    expect((await send('again', 'a', 'same')).MessageId).toBe(first.MessageId);
    await wait(1);
    expect((await send('later', 'a', 'same')).MessageId).not.toBe(first.MessageId);
    expect(queue.messages().map(({ body }) => body)).toEqual(['a1', 'later']);
  });

  it('refuses a message without a group or a deduplication id', async () => {
    const bare = { QueueUrl: queue.url, MessageBody: 'x' };
    await expect(sqs.send(new SendMessageCommand(bare))).rejects.toMatchObject({ name: 'MissingParameter' });
    await expect(sqs.send(new SendMessageCommand({ ...bare, MessageGroupId: 'a' }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });
});

describe('visibility', () => {
  it('ends after the timeout, and can be changed', async () => {
    await send('a1', 'a');
    const [message] = await receive();
    await wait(59);
    expect(await bodies()).toEqual([]);
    const change = { QueueUrl: queue.url, ReceiptHandle: message?.ReceiptHandle };
    await sqs.send(new ChangeMessageVisibilityCommand({ ...change, VisibilityTimeout: 300 }));
    expect(queue.nextReceivableAt()).toEqual(new Date('2026-07-20T06:05:59Z'));
    await wait(300);
    expect(await receive()).toMatchObject([{ Attributes: { ApproximateReceiveCount: '2' } }]);
  });
});

it('moves a message that was received too often to the dead letters', async () => {
  await send('bad', 'a');
  await send('good', 'a');
  for (let received = 0; received < 2; received++) {
    expect(await bodies(1)).toEqual(['bad']);
    await wait(60);
  }
  expect(await bodies()).toEqual(['good']);
  expect(deadLetters.messages()).toMatchObject([{ body: 'bad', movedFrom: queue.arn }]);
});

it('forgets messages after their retention', async () => {
  const brief = cloud.queues.create(home, 'brief', { MessageRetentionPeriod: '60' });
  brief.send({ body: 'x' });
  await wait(61);
  expect(brief.messages()).toEqual([]);
});

it('delays on a standard queue and fails a bad entry of a batch alone', async () => {
  const { url } = cloud.queues.create(home, 'work');
  const { Successful, Failed } = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: [
        { Id: '1', MessageBody: 'now' },
        { Id: '2', MessageBody: '' },
        { Id: '3', MessageBody: 'later', DelaySeconds: 10 },
      ],
    }),
  );
  expect(Successful?.map(({ Id }) => Id)).toEqual(['1', '3']);
  expect(Failed).toMatchObject([{ Id: '2', SenderFault: true }]);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesDelayed: '1',
    QueueArn: 'arn:aws:sqs:eu-west-1:111122223333:work',
  });
});
