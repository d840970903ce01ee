/**
 * Takes what waits in moto's queues, as Lambda does for the functions: messages are received, worked on, and
 * deleted when that went well.
 *
 * Effect: changes moto.
 */
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export type Work = (messages: readonly Message[]) => Promise<unknown>;

export type Queues = {
  /** Answers how many there were; none is no work. */
  take(name: string, work: Work): Promise<number>;
};

/** As many as a batch of the packaged stack has for Slack, and as SQS gives at once. */
const most = 10;

export const bodyOf = ({ Body = '' }: Message): Record<string, unknown> => JSON.parse(Body);

/** A message as Lambda hands it to a function. */
export const toRecord = ({ MessageId, ReceiptHandle, Body, Attributes }: Message) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: Attributes,
  eventSource: 'aws:sqs',
});

/** `origin`: address of moto with the account. */
export const openQueues = (sqs: SQSClient, origin: string): Queues => ({
  async take(name, work) {
    const QueueUrl = `${origin}/${name}`;
    const asked = { QueueUrl, MaxNumberOfMessages: most, MessageSystemAttributeNames: ['All' as const] };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked));
    if (Messages.length > 0) await work(Messages);
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.length;
  },
});
