/**
 * Answers for SQS, over the queues of the account.
 *
 * Knows the limits (10 messages to a batch and to a receive, unique ids in a batch), that one bad entry of a batch fails alone, and that a long poll answers at once here: time stands
 * still while a call is made. API reference, checked 2026-11-23.
 */
import type * as Sqs from '@aws-sdk/client-sqs';
import { type Caller, type Operations, Refusal } from '../service.ts';
import type { Queue } from './queue.ts';
import { md5Of, md5OfAttributes } from './queue-digest.ts';
import type { Queues } from './queues.ts';
import { mostBytes, toMessage, toSending } from './sqs-message.ts';

type Batch = readonly { readonly Id: string | undefined }[];

const noQueue = (): Refusal =>
  new Refusal('QueueDoesNotExist', 'The specified queue does not exist.', { status: 400 });

const checkBatch = (entries: Batch): void => {
  if (entries.length === 0) {
    throw new Refusal('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw new Refusal('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new Refusal(
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    );
  }
};

/** Does each entry; what is refused fails alone. */
const eachOf = <E extends { Id: string | undefined }, R extends object>(
  entries: readonly E[],
  act: (entry: E) => R,
) => {
  checkBatch(entries);
  const Successful: (R & { Id: string })[] = [];
  const Failed: Sqs.BatchResultErrorEntry[] = [];
  for (const entry of entries) {
    const Id = entry.Id ?? '';
    try {
      Successful.push({ Id, ...act(entry) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      Failed.push({ Id, SenderFault: true, Code: error.name, Message: error.message });
    }
  }
  return Failed.length > 0 ? { Successful, Failed } : { Successful, Failed: [] };
};

const send = (queue: Queue, input: Sqs.SendMessageBatchRequestEntry) => {
  const sending = toSending(input);
  const { id, sequenceNumber } = queue.send(sending);
  queue.onFilled?.();
  const digest = md5OfAttributes(sending.attributes ?? {});
  return {
    MessageId: id,
    MD5OfMessageBody: md5Of(sending.body),
    ...(digest ? { MD5OfMessageAttributes: digest } : {}),
    ...(sequenceNumber ? { SequenceNumber: sequenceNumber } : {}),
  };
};

const attributesOf = (queue: Queue): Record<string, string> => ({
  VisibilityTimeout: '30',
  DelaySeconds: '0',
  MessageRetentionPeriod: '345600',
  MaximumMessageSize: String(mostBytes),
  ReceiveMessageWaitTimeSeconds: '0',
  ...queue.attributes,
  ...(queue.fifo ? { FifoQueue: 'true' } : {}),
  QueueArn: queue.arn,
  CreatedTimestamp: String(Math.floor(queue.createdAt.getTime() / 1000)),
  ApproximateNumberOfMessages: String(queue.messages().length - queue.inFlight() - queue.delayed()),
  ApproximateNumberOfMessagesNotVisible: String(queue.inFlight()),
  ApproximateNumberOfMessagesDelayed: String(queue.delayed()),
});

export const sqsService = (queues: Queues): Operations<typeof Sqs> => {
  const at = (url: string | undefined, { region }: Caller): Queue => {
    const queue = queues.byUrl(url ?? '', region);
    if (!queue) throw noQueue();
    return queue;
  };
  return {
    CreateQueue: ({ QueueName: name = '', Attributes: attributes = {} }, caller) => {
      if ((attributes.FifoQueue === 'true') !== name.endsWith('.fifo')) {
        throw new Refusal(
          'InvalidParameterValue',
          'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
        );
      }
      return { QueueUrl: queues.create(caller, name, attributes).url };
    },
    GetQueueUrl: ({ QueueName: name, QueueOwnerAWSAccountId: owner }, { account, region }) => {
      const queue = queues.byArn(`arn:aws:sqs:${region}:${owner ?? account}:${name}`);
      if (!queue) throw noQueue();
      return { QueueUrl: queue.url };
    },
    GetQueueAttributes: ({ QueueUrl, AttributeNames: names = [] }, caller) => {
      const known = Object.entries(attributesOf(at(QueueUrl, caller)));
      const asked = names as readonly string[];
      return {
        Attributes: Object.fromEntries(known.filter(([n]) => asked.includes('All') || asked.includes(n))),
      };
    },
    SendMessage: ({ QueueUrl, ...input }, caller) => {
      const { MD5OfMessageBody, ...sent } = send(at(QueueUrl, caller), { Id: undefined, ...input });
      return { MD5OfMessageBody, ...sent };
    },
    SendMessageBatch: ({ QueueUrl, Entries: entries = [] }, caller) => {
      const queue = at(QueueUrl, caller);
      return eachOf(entries, (entry) => send(queue, entry));
    },
    ReceiveMessage: (input, caller) => {
      const { QueueUrl, MaxNumberOfMessages: most = 1, VisibilityTimeout: visibilitySeconds } = input;
      if (most < 1 || most > 10) {
        throw new Refusal(
          'InvalidParameterValue',
          `Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
        );
      }
      const asked = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
      const received = at(QueueUrl, caller).receive({
        most,
        ...(visibilitySeconds === undefined ? {} : { visibilitySeconds }),
      });
      if (received.length === 0) return {};
      return {
        Messages: received.map((message) => toMessage(message, asked, input.MessageAttributeNames ?? [])),
      };
    },
    DeleteMessage: ({ QueueUrl, ReceiptHandle: handle = '' }, caller) => {
      at(QueueUrl, caller).delete(handle);
      return {};
    },
    DeleteMessageBatch: ({ QueueUrl, Entries: entries = [] }, caller) => {
      const queue = at(QueueUrl, caller);
      return eachOf(entries, ({ ReceiptHandle: handle = '' }) => {
        queue.delete(handle);
        return {};
      });
    },
    // It moves at once here; SQS may take its time.
    StartMessageMoveTask: ({ SourceArn = '' }) => {
      const queue = queues.byArn(SourceArn);
      if (!queue)
        throw new Refusal('ResourceNotFoundException', `The resource that you specified does not exist.`);
      const isTarget = queues
        .all()
        .some(({ attributes }) => attributes.RedrivePolicy?.includes(`"${SourceArn}"`));
      if (!isTarget)
        throw new Refusal('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
      queue.moveBack();
      return { TaskHandle: Buffer.from(SourceArn).toString('base64') };
    },
    ChangeMessageVisibility: (
      { QueueUrl, ReceiptHandle: handle = '', VisibilityTimeout: seconds = 0 },
      caller,
    ) => {
      at(QueueUrl, caller).changeVisibility(handle, seconds);
      return {};
    },
  };
};
