/**
 * Decides the next step of a patch job: follows what runs, then danger, then waiting, then work.
 *
 * It may be asked late, twice or not at all: it looks only at facts. A batch is stored before it is
 * sent, and sent soon or not at all, as what was seen may not hold for long. One without a command id that
 * is some minutes old is looked for by its comment, as Run Command knows no client token and tells of a new
 * command only after a moment. If it was not sent, its nodes wait again, for another batch.
 *
 * Pure.
 */
import type { PatchingPolicy } from '../policy.ts';
import type { Stop } from '../situation.ts';
import { type GroupId, groupKey } from '../target.ts';
import { type Instant, minutesAfter } from '../time.ts';
import { nextInLine, takeNext, waitsForOthers } from './patch-batches.ts';
import { answeredSend, followPatching, type PatchSight, type SendAnswer } from './patch-follow.ts';
import {
  groupIdOf,
  isPatchSettled,
  nodesIn,
  type PatchBatch,
  type PatchJob,
  type PatchNode,
  type PatchStop,
  type PatchWait,
} from './patch-job.ts';
import { tellPatching } from './patch-news.ts';

export type PatchStep = {
  readonly job: PatchJob;
  readonly sends: readonly PatchBatch[];
  /** Sent before, it seems, or not: looked for. */
  readonly finds: readonly PatchBatch[];
  /** Safe to repeat: asked for until their nodes are through. */
  readonly cancels: readonly PatchBatch[];
};

/** So long after the decision a batch may be sent. */
const freshMinutes = 1;
/** So long after the decision Run Command may not tell of a command that it has taken. */
const untoldMinutes = 4;
/** A snapshot is good for three days (SSM user guide, AWS-RunPatchBaseline); commands must end within them. */
const snapshotMinutes = 3 * 24 * 60;

const failuresOf = ({ nodes }: PatchJob): number => nodes.filter(({ state }) => state.is === 'failed').length;

type Danger = { readonly why: PatchStop; readonly by?: string; readonly words?: string };

const dangerOf = (
  job: PatchJob,
  stop: Stop | undefined,
  rule: PatchingPolicy,
  now: Instant,
): Danger | undefined => {
  if (stop) return { why: 'stopped', by: stop.by, words: stop.why };
  if (job.state.is === 'asking') return job.state.until <= now ? { why: 'notApproved' } : undefined;
  if (failuresOf(job) > rule.failureBudget) return { why: 'failureBudgetSpent' };
  const expires = job.startedAt && minutesAfter(job.startedAt, snapshotMinutes - rule.timeoutMinutes);
  return expires && expires <= now ? { why: 'snapshotExpired' } : undefined;
};

/** Nothing new begins: who waits is left, who is patched is done. */
const withoutWork = (job: PatchJob, now: Instant): PatchJob => ({
  ...job,
  nodes: job.nodes.map((node): PatchNode => {
    const { state } = node;
    if (state.is === 'waiting') return { ...node, state: { is: 'left', at: now, why: 'stopped' } };
    if (state.is === 'installed') return { ...node, state: { is: 'patched', at: now, rebooted: false } };
    if (state.is === 'settling') return { ...node, state: { is: 'patched', at: now, rebooted: true } };
    return node;
  }),
});

const guarded = (job: PatchJob, stop: Stop | undefined, rule: PatchingPolicy, now: Instant): PatchJob => {
  const danger = job.state.is === 'stopping' ? undefined : dangerOf(job, stop, rule, now);
  const safe: PatchJob = danger ? { ...job, state: { is: 'stopping', ...danger } } : job;
  return safe.state.is === 'stopping' ? withoutWork(safe, now) : safe;
};

/** Marks commands that take too long, or all of them once the job is stopping. */
const marked = (job: PatchJob, { timeoutMinutes }: PatchingPolicy, now: Instant): readonly PatchBatch[] =>
  job.batches.map((batch) => {
    const due = job.state.is === 'stopping' || minutesAfter(batch.decidedAt, timeoutMinutes) <= now;
    return due && batch.commandId !== undefined ? { ...batch, cancelledAt: batch.cancelledAt ?? now } : batch;
  });

const isEarlier = (one: PatchJob, other: PatchJob): boolean =>
  one.openedAt < other.openedAt || (one.openedAt === other.openedAt && one.id < other.id);

/** Two persons may have asked for a node at once: the earlier job has it. */
const withoutShared = (job: PatchJob, others: readonly PatchJob[], now: Instant): PatchJob => {
  const earlier = others.filter((other) => isEarlier(other, job)).flatMap(({ nodes }) => nodes);
  const taken = new Set(earlier.filter((node) => !isPatchSettled(node)).map(({ instanceId }) => instanceId));
  return {
    ...job,
    nodes: job.nodes.map((node) =>
      node.state.is === 'waiting' && taken.has(node.instanceId)
        ? { ...node, state: { is: 'left', at: now, why: 'inAnotherJob' } }
        : node,
    ),
  };
};

const waitingOf = (
  job: PatchJob,
  waits: readonly PatchWait[],
  others: readonly PatchJob[],
): PatchJob['waiting'] => {
  const { state } = job;
  if (state.is === 'asking') return { why: 'approvalMissing', until: state.until };
  if (job.batches.length > 0) return { why: 'underWay' };
  const [wait] = waits;
  if (wait) return { why: wait };
  if (waitsForOthers(job, others)) return { why: 'otherJob' };
  return job.nodes.some((node) => node.state.is === 'settling') ? { why: 'rebooted' } : undefined;
};

const closed = (job: PatchJob, now: Instant): PatchJob => {
  if (job.state.is === 'asking' || !job.nodes.every(isPatchSettled)) return job;
  const { is: _, ...why } = job.state.is === 'stopping' ? job.state : { is: job.state.is };
  return { ...job, state: { is: 'closed', at: now, ...why } };
};

/** What must be asked of AWS before the step. */
export const patchingToSee = (job: PatchJob, rule: PatchingPolicy, others: readonly PatchJob[] = []) => {
  const line = nextInLine(job, rule, others);
  const underWay = job.nodes.filter(({ state }) => 'batch' in state || state.is === 'settling');
  const groups = new Map<string, GroupId>();
  for (const node of line) groups.set(groupKey(groupIdOf(job, node)), groupIdOf(job, node));
  return {
    batches: job.batches.filter(({ commandId }) => commandId !== undefined),
    instanceIds: [...underWay, ...line].map(({ instanceId }) => instanceId),
    groups: [...groups.values()],
  };
};

/** `stop`: a person stopped everything. `others`: every other job that is not closed. */
export const nextPatchStep = (
  job: PatchJob,
  sight: PatchSight,
  stop: Stop | undefined,
  rule: PatchingPolicy,
  now: Instant,
  others: readonly PatchJob[] = [],
): PatchStep => {
  if (job.state.is === 'closed') return { job, sends: [], finds: [], cancels: [] };
  const own = withoutShared(followPatching(job, sight, rule, now), others, now);
  const safe = guarded(own, stop, rule, now);
  const left = Math.max(0, rule.failureBudget - failuresOf(safe));
  const { job: taken, batches, waits } = takeNext(safe, sight, rule, left, now, others);
  const underWay = marked(taken, rule, now);
  const late = ({ commandId, decidedAt }: PatchBatch) =>
    commandId === undefined && minutesAfter(decidedAt, untoldMinutes) <= now;
  const { waiting: _, ...rest } = taken;
  const waiting = waitingOf(taken, waits, others);
  const stepped = closed({ ...rest, batches: underWay, ...(waiting && { waiting }) }, now);
  return {
    job: tellPatching(job, stepped, now),
    sends: batches,
    finds: underWay.filter(late),
    cancels: underWay.filter(({ cancelledAt }) => cancelledAt !== undefined),
  };
};

/** Whether what a batch was decided on by may still be true. */
export const isFresh = ({ decidedAt }: PatchBatch, now: Instant): boolean =>
  now <= minutesAfter(decidedAt, freshMinutes);

/** What Systems Manager answered to a batch. */
export type Answered = readonly [PatchBatch, SendAnswer];

/** Takes down what was answered, and tells what came of it. */
export const withAnswers = (job: PatchJob, answers: readonly Answered[], now: Instant): PatchJob => {
  const after = answers.reduce((all, [batch, answer]) => answeredSend(all, batch, answer, now), job);
  return tellPatching(job, after, now);
};

/** Ids of the nodes that a batch is sent to. */
export const targetsOf = (job: PatchJob, batch: PatchBatch): readonly string[] =>
  nodesIn(job, batch).map(({ instanceId }) => instanceId);
