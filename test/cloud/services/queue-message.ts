/**
 * Says what a message is: as it is sent, as a queue keeps it, as a receiver is given it.
 *
 * Pure.
 */
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

export type Sending = {
  readonly body: string;
  readonly attributes?: Record<string, MessageAttributeValue>;
  readonly group?: string;
  readonly deduplicationId?: string;
  readonly delaySeconds?: number;
};

export type Message = {
  readonly id: string;
  readonly body: string;
  readonly attributes: Record<string, MessageAttributeValue>;
  readonly group?: string;
  readonly deduplicationId?: string;
  readonly sequenceNumber?: string;
  /** ARN of the queue that it was moved from, for a dead letter. */
  readonly movedFrom?: string;
  readonly sentAt: Date;
};

/** A message with what a receiver is told. */
export type Received = Message & {
  readonly receiptHandle: string;
  readonly receiveCount: number;
  readonly firstReceivedAt: Date;
};
