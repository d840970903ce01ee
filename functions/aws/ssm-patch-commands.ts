/**
 * Sends AWS-RunPatchBaseline to the nodes of a batch, and reads what has become of it.
 *
 * Knows that Run Command has no client token, so that a command carries the job and the batch in its
 * comment and is looked for by it; that all commands of a job carry one snapshot id, so that every node
 * gets the same patches; and which status means what (SSM user guide, "Understanding command statuses").
 * The client that sends must not retry by itself: what looks like a failure may have been taken. Checked
 * 2026-11-23.
 *
 * Reads SSM: ListCommands, ListCommandInvocations. Changes SSM: SendCommand, CancelCommand.
 */
import { createHash } from 'node:crypto';
import {
  CancelCommandCommand,
  type CommandInvocation,
  paginateListCommandInvocations,
  paginateListCommands,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { Run, SendAnswer } from '../domain/patching/patch-follow.ts';
import type { PatchBatch, PatchJob } from '../domain/patching/patch-job.ts';
import { targetsOf } from '../domain/patching/patch-step.ts';
import type { PatchCommands } from '../domain/ports.ts';
import { minutesAfter } from '../domain/time.ts';
import { during, isThrottled, isUnknownCommand, isWrongInstances, refusalOfCommand } from './errors.ts';

const document = 'AWS-RunPatchBaseline';
/** How long Run Command tries to reach a node. */
const deliverySeconds = 600;

const commentOf = ({ id }: PatchJob, { number }: PatchBatch): string => `drydock ${id} batch ${number}`;

/** A GUID that is the same for every batch of a job. */
const snapshotOf = ({ id }: PatchJob): string =>
  createHash('sha256')
    .update(id)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

const runs: Readonly<Record<string, Run['is']>> = {
  Success: 'succeeded',
  Failed: 'failed',
  ExecutionTimedOut: 'timed out',
  DeliveryTimedOut: 'unreachable',
  Undeliverable: 'unreachable',
  InvalidPlatform: 'failed',
  AccessDenied: 'failed',
  Cancelled: 'cancelled',
  Canceled: 'cancelled',
  Terminated: 'terminated',
};

/** The details say more than the status; both are written with and without spaces. */
const toRun = ({ StatusDetails = '', Status, CommandPlugins = [] }: CommandInvocation): Run => {
  const failed = CommandPlugins.find((plugin) => plugin.Status !== 'Success') ?? CommandPlugins[0];
  return {
    is: runs[StatusDetails.replaceAll(' ', '')] ?? runs[Status ?? ''] ?? 'running',
    message: (failed?.Output ?? '').trim(),
  };
};

/** `once`: a client that tries once. `maxAtOnce`: nodes of a command that run at the same time. */
export const ssmPatchCommands = (ssm: SSMClient, once: SSMClient, maxAtOnce: number): PatchCommands => ({
  send: (job, batch) =>
    during(`sending batch ${batch.number} of ${job.id}`, async (): Promise<SendAnswer> => {
      try {
        const answer = await once.send(
          new SendCommandCommand({
            DocumentName: document,
            InstanceIds: [...targetsOf(job, batch)],
            Comment: commentOf(job, batch),
            TimeoutSeconds: deliverySeconds,
            MaxConcurrency: String(maxAtOnce),
            MaxErrors: String(batch.maxErrors),
            Parameters: {
              Operation: ['Install'],
              RebootOption: [batch.reboots ? 'RebootIfNeeded' : 'NoReboot'],
              SnapshotId: [snapshotOf(job)],
            },
          }),
        );
        const commandId = answer.Command?.CommandId;
        if (!commandId) throw new Error('Run Command gave no command id');
        return { is: 'sent', commandId };
      } catch (error) {
        if (isThrottled(error)) return { is: 'busy' };
        if (isWrongInstances(error))
          return { is: 'wrong nodes', instanceIds: String(error).match(/\bi-[0-9a-f]+\b/g) ?? [] };
        const message = refusalOfCommand(error);
        if (message !== undefined) return { is: 'refused', message };
        throw error;
      }
    }),

  find: (job, batch) =>
    during(`looking for batch ${batch.number} of ${job.id}`, async (): Promise<SendAnswer> => {
      // A minute before: the clocks differ.
      const after = minutesAfter(batch.decidedAt, -1).replace(/\.\d+Z$/, 'Z');
      const Filters = [
        { key: 'DocumentName' as const, value: document },
        { key: 'InvokedAfter' as const, value: after },
      ];
      for await (const page of paginateListCommands({ client: ssm, pageSize: 50 }, { Filters }))
        for (const { CommandId, Comment } of page.Commands ?? [])
          if (CommandId && Comment === commentOf(job, batch)) return { is: 'sent', commandId: CommandId };
      return { is: 'not sent' };
    }),

  runs: (CommandId) =>
    during(`reading command ${CommandId}`, async () => {
      const found = new Map<string, Run>();
      const pages = paginateListCommandInvocations(
        { client: ssm, pageSize: 50 },
        { CommandId, Details: true },
      );
      for await (const page of pages)
        for (const invocation of page.CommandInvocations ?? [])
          if (invocation.InstanceId) found.set(invocation.InstanceId, toRun(invocation));
      return found.size === 0 ? undefined : found;
    }),

  cancel: (CommandId) =>
    during(`cancelling command ${CommandId}`, async () => {
      try {
        await ssm.send(new CancelCommandCommand({ CommandId }));
      } catch (error) {
        if (!isUnknownCommand(error)) throw error;
      }
    }),
});
