/**
 * Computes the MD5 sums that SQS clients check: of a body, and of message attributes.
 *
 * Knows the attributes' encoding: sorted by name; name, data type and value each with its length in
 * four bytes, and one byte that says text (1) or binary (2). SQS developer guide "Calculating the MD5
 * message digest for message attributes", checked 2026-11-23.
 *
 * Pure.
 */
import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

export const md5Of = (text: string): string => createHash('md5').update(text).digest('hex');

/** `undefined` when there are no attributes. */
export const md5OfAttributes = (attributes: Record<string, MessageAttributeValue>): string | undefined => {
  const names = Object.keys(attributes).toSorted();
  if (names.length === 0) return undefined;
  const digest = createHash('md5');
  const add = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {};
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    digest.update(Buffer.from([BinaryValue ? 2 : 1]));
    add(BinaryValue ?? Buffer.from(StringValue ?? ''));
  }
  return digest.digest('hex');
};
