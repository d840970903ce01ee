/**
 * Hands out tasks through a queue, a message each.
 *
 * Knows that SQS takes ten messages a call and answers refusals message by message: one that is refused is a
 * fault. A message that is sent twice is a task done twice, which changes nothing. The client would take the
 * host of a queue's address for its endpoint, whatever endpoint it was given.
 *
 * Changes SQS: SendMessage.
 */
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { HandOut } from '../domain/ports.ts';
import { during } from './errors.ts';
import { patience } from './patience.ts';

const messagesInACall = 10;

export const sqsWork = (QueueUrl: string): HandOut => {
  const sqs = new SQSClient({ ...patience, useQueueUrlAsEndpoint: false });
  return {
    send: (tasks, delaySeconds = 0) =>
      during('handing out work', async () => {
        for (let from = 0; from < tasks.length; from += messagesInACall) {
          const Entries = tasks.slice(from, from + messagesInACall).map((task, i) => ({
            Id: String(i),
            MessageBody: JSON.stringify(task),
            DelaySeconds: delaySeconds,
          }));
          const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
          const refused = Failed.map(({ Code, Message }) => `${Code}: ${Message}`);
          if (refused.length > 0)
            throw new Error(`${refused.length} messages refused: ${refused.join('; ')}`);
        }
      }),
  };
};
