/**
 * Says what becomes of a command on one node, and how the states add up to the command's own.
 *
 * Knows which ends count against MaxErrors: failures and execution time-outs do, nodes that could not
 * be reached do not (SSM user guide, "Understanding command statuses", checked 2026-11-23). What `Status`
 * goes with the details Terminated, Undeliverable and Incomplete is our reading: AWS does not say.
 *
 * Pure.
 */
import type { CommandInvocationStatus, CommandStatus } from '@aws-sdk/client-ssm';

const ends = {
  Success: 'Success',
  Failed: 'Failed',
  ExecutionTimedOut: 'TimedOut',
  DeliveryTimedOut: 'TimedOut',
  Undeliverable: 'Failed',
  Cancelled: 'Cancelled',
  Terminated: 'Cancelled',
} as const satisfies Record<string, CommandInvocationStatus>;

export type End = keyof typeof ends;
export type Details = End | 'Pending' | 'InProgress' | 'Delayed' | 'Cancelling';

export type Invocation = {
  readonly instanceId: string;
  details: Details;
  startedAt: Date | undefined;
  endedAt: Date | undefined;
  output: string;
};

export const isEnd = (details: Details): details is End => Object.hasOwn(ends, details);

export const statusOf = (details: Details): CommandInvocationStatus =>
  isEnd(details) ? ends[details] : details;

const isError = ({ details }: Invocation): boolean => details === 'Failed' || details === 'ExecutionTimedOut';

export const errorsOf = (invocations: readonly Invocation[]): number => invocations.filter(isError).length;

/** `10` or `10%` of so many; rounded up, as a share never means nobody. */
export const numberOf = (text: string, of: number): number =>
  text.endsWith('%') ? Math.ceil((Number.parseInt(text, 10) * of) / 100) : Number.parseInt(text, 10);

export const commandStatusOf = (
  invocations: readonly Invocation[],
  maxErrors: number,
  cancelled: boolean,
): { readonly status: CommandStatus; readonly details: string } => {
  if (invocations.every(({ details }) => details === 'Pending'))
    return { status: 'Pending', details: 'Pending' };
  if (invocations.some(({ details }) => !isEnd(details)))
    return cancelled
      ? { status: 'Cancelling', details: 'Cancelling' }
      : { status: 'InProgress', details: 'InProgress' };
  if (invocations.every(({ details }) => details === 'Success'))
    return { status: 'Success', details: 'Success' };
  if (cancelled) return { status: 'Cancelled', details: 'Cancelled' };
  const failed = errorsOf(invocations) > maxErrors;
  return { status: 'Failed', details: failed ? 'Failed' : 'Incomplete' };
};
