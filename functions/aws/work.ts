/**
 * Hands out tasks, and loads SQS's client only when there are some: most deployments have one small target.
 *
 * Changes SQS through `sqs-work.ts`.
 */
import type { HandOut } from '../domain/ports.ts';
import { lazily } from './lazily.ts';

export const workThrough = (queueUrl: string): HandOut =>
  lazily(async () => (await import('./sqs-work.ts')).sqsWork(queueUrl));
