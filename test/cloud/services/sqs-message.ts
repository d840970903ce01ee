/**
 * Turns a message between SQS's shapes and ours.
 *
 * Knows which attributes SQS tells of a message only when asked, and that a body has 1 byte to 1 MiB.
 * API reference, checked 2026-11-23.
 *
 * Pure.
 */
import type * as Sqs from '@aws-sdk/client-sqs';
import { Refusal } from '../service.ts';
import { md5Of, md5OfAttributes } from './queue-digest.ts';
import type { Received, Sending } from './queue-message.ts';

export const mostBytes = 1024 * 1024;

export const toSending = (input: Sqs.SendMessageBatchRequestEntry): Sending => {
  const {
    MessageBody: body = '',
    MessageAttributes,
    MessageGroupId,
    MessageDeduplicationId,
    DelaySeconds,
  } = input;
  if (body === '')
    throw new Refusal('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(body) > mostBytes) {
    throw new Refusal(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${mostBytes} bytes.`,
    );
  }
  return {
    body,
    ...(MessageAttributes ? { attributes: MessageAttributes } : {}),
    ...(MessageGroupId ? { group: MessageGroupId } : {}),
    ...(MessageDeduplicationId ? { deduplicationId: MessageDeduplicationId } : {}),
    ...(DelaySeconds === undefined ? {} : { delaySeconds: DelaySeconds }),
  };
};

const millis = (date: Date): string => String(date.getTime());

/** What SQS and its event source mapping tell of a message beside its body. */
export const systemAttributesOf = (message: Received): Record<string, string> => ({
  ApproximateReceiveCount: String(message.receiveCount),
  ApproximateFirstReceiveTimestamp: millis(message.firstReceivedAt),
  SentTimestamp: millis(message.sentAt),
  SenderId: 'AIDASIMULATED',
  ...(message.group ? { MessageGroupId: message.group } : {}),
  ...(message.deduplicationId ? { MessageDeduplicationId: message.deduplicationId } : {}),
  ...(message.sequenceNumber ? { SequenceNumber: message.sequenceNumber } : {}),
  ...(message.movedFrom ? { DeadLetterQueueSourceArn: message.movedFrom } : {}),
});

export const toMessage = (
  message: Received,
  asked: readonly string[],
  askedOwn: readonly string[],
): Sqs.Message => {
  const system = Object.entries(systemAttributesOf(message)).filter(
    ([n]) => asked.includes('All') || asked.includes(n),
  );
  const own = Object.entries(message.attributes).filter(
    ([n]) => askedOwn.includes('All') || askedOwn.includes(n),
  );
  const attributes = Object.fromEntries(own);
  const digest = md5OfAttributes(attributes);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5Of(message.body),
    ...(system.length > 0 ? { Attributes: Object.fromEntries(system) } : {}),
    ...(digest ? { MessageAttributes: attributes, MD5OfMessageAttributes: digest } : {}),
  };
};
