/** News that Slack would not take for days, and how one command brings it back. */
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { homeAccount } from '../cloud/identities.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { day, home, tellStory } from './story.ts';

const arn = (name: string) => `arn:aws:sqs:${home.region}:${homeAccount}:drydock-prod-${name}`;
const roots = (texts: readonly { readonly text: string; readonly thread_ts?: string }[]) =>
  texts.filter(({ thread_ts }) => !thread_ts).map(({ text }) => text);

it('what Slack refused for four days is told once after one command', async () => {
  const calm = await tellStory();
  await calm.stack.runUntil(day(26));
  const wanted = roots(calm.cloud.slack.messages());
  expect(wanted.length).toBeGreaterThan(2);

  const { cloud, stack } = await tellStory();
  await stack.runUntil(day(16, '00:01'));
  cloud.slack.revoke('xoxb-simulated');
  const letters = cloud.queues.byArn(arn('slack-dead-letters.fifo'));
  await stack.runUntil(day(22));
  expect(cloud.slack.messages()).toEqual([]);
  expect(letters?.messages().length).toBeGreaterThan(0);

  cloud.slack.restore('xoxb-simulated');
  const sqs = clientOf(SQSClient, cloud);
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('slack-dead-letters.fifo') }));
  sqs.destroy();
  expect(letters?.messages()).toEqual([]);
  await stack.runUntil(day(26));
  expect(roots(cloud.slack.messages()).toSorted()).toEqual(wanted.toSorted());
  expect(cloud.queues.byArn(arn('slack.fifo'))?.messages()).toEqual([]);
});

it('what the rule could not give to Slack’s queue is told once when each dead letter of it is', async () => {
  const calm = await tellStory();
  await calm.stack.runUntil(day(26));
  const wanted = roots(calm.cloud.slack.messages());

  const { cloud, stack } = await tellStory();
  cloud.events.refusing.add(arn('slack.fifo'));
  await stack.runUntil(day(18));
  cloud.events.refusing.clear();
  expect(roots(cloud.slack.messages())).toEqual([]);
  const sqs = clientOf(SQSClient, cloud, home);
  const letters = cloud.queues.byArn(arn('dead-letters'));
  const [QueueUrl, slack] = [letters?.url, cloud.queues.byArn(arn('slack.fifo'))?.url];
  const all = { MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...all }));
  for (const { Body: MessageBody = '', ReceiptHandle, MessageAttributes } of Messages) {
    expect(MessageAttributes?.RULE_ARN?.StringValue).toMatch(/:rule\/drydock-prod\//);
    expect(JSON.parse(MessageBody).source).toBe('drydock');
    await sqs.send(new SendMessageCommand({ QueueUrl: slack, MessageGroupId: 'drydock', MessageBody }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  sqs.destroy();
  expect(letters?.messages()).toEqual([]);
  await stack.runUntil(day(26));
  expect(roots(cloud.slack.messages()).toSorted()).toEqual(wanted.toSorted());
});

it('is refused for a queue that no other queue gives its letters to', async () => {
  const { cloud } = await tellStory();
  const sqs = clientOf(SQSClient, cloud);
  const move = new StartMessageMoveTaskCommand({ SourceArn: arn('compliance') });
  await expect(sqs.send(move)).rejects.toThrow(/must be configured as a Dead Letter Queue/);
  sqs.destroy();
});
