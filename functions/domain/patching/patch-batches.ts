/**
 * Chooses the next nodes of a patch job: one batch of a cluster at a time, of one zone, of each group no
 * more than its share, and one node alone where it reboots.
 *
 * Clusters do not wait for each other, but for another job that is at work there. A node is taken only if it was
 * seen to exist with its agent online, and its group if EKS is not at work on it; what was not seen waits. A group
 * that somebody holds meanwhile is left as it is.
 *
 * Pure.
 */
import { isBusy, type NodeGroup } from '../node-group.ts';
import type { PatchingPolicy } from '../policy.ts';
import { regionKey } from '../target.ts';
import type { Instant } from '../time.ts';
import type { PatchSight } from './patch-follow.ts';
import {
  groupKeyOf,
  type PatchBatch,
  type PatchJob,
  type PatchNode,
  type PatchNodeState,
  type PatchWait,
  sizeKey,
} from './patch-job.ts';
import { shareOfGroup } from './patch-says.ts';

/** Run Command takes 50 ids a command. */
const mostNodes = 50;

const isFree = (job: PatchJob, cluster: string): boolean =>
  job.batches.every((batch) => batch.cluster !== cluster) &&
  job.nodes.every((node) => node.cluster !== cluster || node.state.is !== 'settling');

/** Whether another job has a command under way there, or watches a node. */
const isTaken = (others: readonly PatchJob[], { target }: PatchJob, cluster: string): boolean =>
  others.some((other) => regionKey(other.target) === regionKey(target) && !isFree(other, cluster));

const byPlace = (a: PatchNode, b: PatchNode): number => {
  const [one, other] = [a, b].map(({ zone, nodeGroup, instanceId }) => `${zone} ${nodeGroup} ${instanceId}`);
  return (one ?? '') < (other ?? '') ? -1 : 1;
};

/** The nodes of a cluster whose turn it could be, in their order: those to be installed first. */
const line = (job: PatchJob, cluster: string): readonly PatchNode[] => {
  const inCluster = job.nodes.filter((node) => node.cluster === cluster);
  const waiting = inCluster.filter(({ state }) => state.is === 'waiting').sort(byPlace);
  if (waiting.length > 0) return waiting;
  return inCluster.filter(({ state }) => state.is === 'installed').sort(byPlace);
};

/** Of the first zone, of each group its share, and as many as one command takes; one where it reboots. */
const pick = (job: PatchJob, nodes: readonly PatchNode[], rule: PatchingPolicy): readonly PatchNode[] => {
  const [first] = nodes;
  if (!first) return [];
  if (first.state.is === 'installed') return [first];
  const taken: Record<string, number> = {};
  const share = (node: PatchNode) => shareOfGroup(job.sizes[sizeKey(node)] ?? 1, rule);
  const within = nodes.filter((node) => {
    const number = (taken[sizeKey(node)] ?? 0) + 1;
    if (node.zone !== first.zone || number > share(node)) return false;
    taken[sizeKey(node)] = number;
    return true;
  });
  return within.slice(0, mostNodes);
};

const clustersOf = ({ nodes }: PatchJob): readonly string[] =>
  [...new Set(nodes.map(({ cluster }) => cluster))].sort();

/** The nodes that must be seen before they can be taken. `others`: every other job that is not closed. */
export const nextInLine = (
  job: PatchJob,
  rule: PatchingPolicy,
  others: readonly PatchJob[] = [],
): readonly PatchNode[] =>
  job.state.is !== 'patching'
    ? []
    : clustersOf(job)
        .filter((cluster) => isFree(job, cluster) && !isTaken(others, job, cluster))
        .flatMap((cluster) => pick(job, line(job, cluster), rule));

/** Whether nodes of the job wait for another one. */
export const waitsForOthers = (job: PatchJob, others: readonly PatchJob[]): boolean =>
  job.state.is === 'patching' &&
  clustersOf(job).some((cluster) => line(job, cluster).length > 0 && isTaken(others, job, cluster));

/** A group that reboots must have another node, and no trouble. */
const canSpare = (group: NodeGroup): boolean => group.status === 'ACTIVE' && group.healthIssues.length === 0;

type Turn = PatchNodeState | PatchWait;

/** What becomes of a node whose turn it could be: a state, or why it waits. */
const turnOf = (node: PatchNode, job: PatchJob, sight: PatchSight, number: number, now: Instant): Turn => {
  const { agents, alive, groups, kept } = sight;
  const group = groups.get(groupKeyOf(job, node));
  if (!agents || !alive || group === undefined) return 'unknown';
  if (group === 'gone' || !alive.has(node.instanceId)) return { is: 'left', at: now, why: 'vanished' };
  const why = kept.get(groupKeyOf(job, node));
  if (why && node.state.is === 'waiting') return { is: 'left', at: now, why };
  if (isBusy(group)) return 'groupBusy';
  if (node.state.is === 'installed') {
    if (why || group.desiredSize < 2) return { is: 'patched', at: now, rebooted: false };
    if (!canSpare(group)) return 'groupBusy';
  }
  if (!agents.get(node.instanceId)?.online) return { is: 'left', at: now, why: 'agentLost' };
  return { is: node.state.is === 'installed' ? 'rebooting' : 'installing', batch: number };
};

export type Taken = {
  readonly job: PatchJob;
  /** Batches that were decided on now. */
  readonly batches: readonly PatchBatch[];
  /** Why some of those whose turn it was still wait. */
  readonly waits: readonly PatchWait[];
};

const takeIn = (
  job: PatchJob,
  nodes: readonly PatchNode[],
  sight: PatchSight,
  left: number,
  now: Instant,
): Taken => {
  const [first] = nodes;
  if (!first) return { job, batches: [], waits: [] };
  const number = job.lastBatch + 1;
  const turns = new Map(nodes.map((node) => [node.instanceId, turnOf(node, job, sight, number, now)]));
  const states = [...turns.values()];
  const starts = states.some((turn) => typeof turn !== 'string' && 'batch' in turn);
  const batch: PatchBatch = {
    number,
    cluster: first.cluster,
    reboots: first.state.is === 'installed',
    decidedAt: now,
    maxErrors: left,
  };
  return {
    job: {
      ...job,
      nodes: job.nodes.map((node) => {
        const turn = turns.get(node.instanceId);
        return turn === undefined || typeof turn === 'string' ? node : { ...node, state: turn };
      }),
      ...(starts && { batches: [...job.batches, batch], lastBatch: number, startedAt: job.startedAt ?? now }),
    },
    batches: starts ? [batch] : [],
    waits: states.flatMap((turn) => (typeof turn === 'string' ? [turn] : [])),
  };
};

/** `left`: how many nodes may still fail. */
export const takeNext = (
  job: PatchJob,
  sight: PatchSight,
  rule: PatchingPolicy,
  left: number,
  now: Instant,
  others: readonly PatchJob[] = [],
): Taken => {
  const line = Map.groupBy(nextInLine(job, rule, others), ({ cluster }) => cluster);
  let all: Taken = { job, batches: [], waits: [] };
  for (const nodes of line.values()) {
    const taken = takeIn(all.job, nodes, sight, left, now);
    all = {
      job: taken.job,
      batches: [...all.batches, ...taken.batches],
      waits: [...all.waits, ...taken.waits],
    };
  }
  return all;
};
