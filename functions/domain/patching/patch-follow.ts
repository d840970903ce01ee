/**
 * Follows the nodes of a patch job: from what Run Command and EC2 report to what becomes of each.
 *
 * A node that could not be reached, or that is gone, is left, and is no failure of the patches; a node
 * that Run Command terminated because others failed has not been touched, and waits again.
 *
 * Pure.
 */
import type { NodeGroup } from '../node-group.ts';
import type { PatchingPolicy } from '../policy.ts';
import { type Instant, minutesAfter } from '../time.ts';
import type { Agent } from './page.ts';
import type { LeftReason, PatchBatch, PatchJob, PatchNode, PatchNodeState } from './patch-job.ts';

/** What a command has come to on one node. */
export type Run = {
  readonly is: 'running' | 'succeeded' | 'failed' | 'timed out' | 'unreachable' | 'cancelled' | 'terminated';
  /** Systems Manager's own words. */
  readonly message: string;
};

/** What AWS says at this tick. What is missing could not be read, or is not told yet: unknown, so nothing follows. */
export type PatchSight = {
  /** By number of the batch, then by instance. */
  readonly runs: ReadonlyMap<number, ReadonlyMap<string, Run>>;
  /** Which of the instances asked for exist; `undefined`: could not be read. */
  readonly alive: ReadonlySet<string> | undefined;
  /** Of the instances asked for; `undefined`: could not be read. */
  readonly agents: ReadonlyMap<string, Agent> | undefined;
  /** By group key; `gone` when EKS knows it no more. */
  readonly groups: ReadonlyMap<string, NodeGroup | 'gone'>;
  /** Groups that somebody has held or taken from Drydock's hands since the job began, by group key. */
  readonly kept: ReadonlyMap<string, LeftReason>;
};

/** After a cancellation Run Command may take so long to stop what runs. */
const cancelMinutes = 10;
/** A node that is not back by then has failed. */
const rebootMinutes = 30;

const afterRun = (run: Run, job: PatchJob, batch: PatchBatch, now: Instant): PatchNodeState | undefined => {
  switch (run.is) {
    case 'running':
      return undefined;
    case 'succeeded':
      if (batch.reboots) return { is: 'settling', since: now };
      return job.reboot ? { is: 'installed', at: now } : { is: 'patched', at: now, rebooted: false };
    case 'failed':
      return { is: 'failed', at: now, why: 'installFailed', message: run.message };
    case 'timed out':
      return { is: 'failed', at: now, why: 'timedOut', message: run.message };
    case 'unreachable':
      return { is: 'left', at: now, why: 'agentLost' };
    case 'terminated':
      return batch.reboots ? { is: 'installed', at: now } : { is: 'waiting' };
    case 'cancelled':
      return job.state.is === 'stopping'
        ? { is: 'left', at: now, why: 'stopped' }
        : { is: 'failed', at: now, why: 'timedOut', message: run.message };
  }
};

const followUnderWay = (
  node: PatchNode,
  batch: PatchBatch,
  job: PatchJob,
  { runs, alive }: PatchSight,
  now: Instant,
): PatchNode => {
  const run = runs.get(batch.number)?.get(node.instanceId);
  const state = run && afterRun(run, job, batch, now);
  if (state) return { ...node, state };
  if (batch.commandId && alive && !alive.has(node.instanceId))
    return { ...node, state: { is: 'left', at: now, why: 'vanished' } };
  const overdue = batch.cancelledAt && minutesAfter(batch.cancelledAt, cancelMinutes) <= now;
  if (!overdue) return node;
  return {
    ...node,
    state:
      job.state.is === 'stopping'
        ? { is: 'left', at: now, why: 'stopped' }
        : { is: 'failed', at: now, why: 'timedOut', message: run?.message ?? '' },
  };
};

const followSettling = (
  node: PatchNode,
  since: Instant,
  { agents, alive }: PatchSight,
  { rebootSoakMinutes }: PatchingPolicy,
  now: Instant,
): PatchNode => {
  if (alive && !alive.has(node.instanceId))
    return { ...node, state: { is: 'left', at: now, why: 'vanished' } };
  if (!agents) return node;
  const back = agents.get(node.instanceId)?.online ?? false;
  if (back && minutesAfter(since, rebootSoakMinutes) <= now)
    return { ...node, state: { is: 'patched', at: now, rebooted: true } };
  if (back || minutesAfter(since, rebootMinutes) > now) return node;
  return { ...node, state: { is: 'failed', at: now, why: 'notBack', message: '' } };
};

/** Every node that is under way or watched, as far as what was seen allows; batches that are through are dropped. */
export const followPatching = (
  job: PatchJob,
  sight: PatchSight,
  rule: PatchingPolicy,
  now: Instant,
): PatchJob => {
  const batches = new Map(job.batches.map((batch) => [batch.number, batch]));
  const nodes = job.nodes.map((node) => {
    const { state } = node;
    if (state.is === 'settling') return followSettling(node, state.since, sight, rule, now);
    const batch = 'batch' in state ? batches.get(state.batch) : undefined;
    return batch ? followUnderWay(node, batch, job, sight, now) : node;
  });
  const inUse = new Set(nodes.flatMap(({ state }) => ('batch' in state ? [state.batch] : [])));
  return { ...job, nodes, batches: job.batches.filter(({ number }) => inUse.has(number)) };
};

/** What Systems Manager answered when a batch was sent, or looked for. */
export type SendAnswer =
  | { readonly is: 'sent'; readonly commandId: string }
  /** Throttled before it was taken. */
  | { readonly is: 'busy' }
  /** It was decided on too long ago to be sent unseen: its nodes are decided on anew. */
  | { readonly is: 'not sent' }
  /** Some of the instances are none that it could send to; it may not say which. */
  | { readonly is: 'wrong nodes'; readonly instanceIds: readonly string[] }
  | { readonly is: 'refused'; readonly message: string };

/** A node with which so many commands were refused is left. */
const mostRefusals = 3;

const backToWaiting = (node: PatchNode, batch: PatchBatch, answer: SendAnswer, now: Instant): PatchNode => {
  const state: PatchNodeState = batch.reboots ? { is: 'installed', at: batch.decidedAt } : { is: 'waiting' };
  if (answer.is !== 'wrong nodes') return { ...node, state };
  const named = answer.instanceIds.includes(node.instanceId);
  // Where nodes are named, the others are not to blame.
  const blame = named ? mostRefusals : answer.instanceIds.length > 0 ? 0 : 1;
  const refusals = (node.refusals ?? 0) + blame;
  return refusals >= mostRefusals
    ? { ...node, refusals, state: { is: 'left', at: now, why: 'refused' } }
    : { ...node, refusals, state };
};

/** Takes down what Systems Manager answered. */
export const answeredSend = (
  job: PatchJob,
  batch: PatchBatch,
  answer: SendAnswer,
  now: Instant,
): PatchJob => {
  if (answer.is === 'sent')
    return {
      ...job,
      batches: job.batches.map((one) =>
        one.number === batch.number ? { ...one, commandId: answer.commandId } : one,
      ),
    };
  const isIn = ({ state }: PatchNode) => 'batch' in state && state.batch === batch.number;
  return {
    ...job,
    ...(answer.is === 'refused' && {
      state: { is: 'stopping' as const, why: 'refusedBySsm' as const, words: answer.message },
    }),
    nodes: job.nodes.map((node) => (isIn(node) ? backToWaiting(node, batch, answer, now) : node)),
    batches: job.batches.filter(({ number }) => number !== batch.number),
  };
};
