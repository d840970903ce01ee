/**
 * Hands out tasks, and loads SQS's client only when there are some: most deployments have one small target.
 *
 * Changes SQS through `sqs-work.ts`.
 */
import type { HandOut } from '../domain/ports.ts';

export const workThrough = (queueUrl: string): HandOut => ({
  send: async (tasks, delaySeconds) =>
    (await import('./sqs-work.ts')).sqsWork(queueUrl).send(tasks, delaySeconds),
});
