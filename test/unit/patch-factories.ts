/**
 * Makes valid values of patch jobs for the unit tests.
 *
 * The default job has one node that waits; nodes are `i-1` and so on of group `workers` in zone a.
 *
 * Pure.
 */
import type { PatchSight, Run } from '../../functions/domain/patching/patch-follow.ts';
import {
  groupKeyOf,
  type PatchBatch,
  type PatchJob,
  type PatchNode,
  type PatchNodeState,
} from '../../functions/domain/patching/patch-job.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { monday, nodeGroup, target } from './factories.ts';

export const minutesAgo = (minutes: number): string => minutesAfter(monday, -minutes);

export const patchNode = (instanceId = 'i-1', other: Partial<PatchNode> = {}): PatchNode => ({
  instanceId,
  cluster: 'blue',
  nodeGroup: 'workers',
  zone: 'eu-central-1a',
  state: { is: 'waiting' },
  ...other,
});

export const patchNodes = (number: number, other: Partial<PatchNode> = {}): readonly PatchNode[] =>
  Array.from({ length: number }, (_, i) => patchNode(`i-${i + 1}`, other));

export const patchBatch = (other: Partial<PatchBatch> = {}): PatchBatch => ({
  number: 1,
  cluster: 'blue',
  reboots: false,
  decidedAt: minutesAgo(5),
  maxErrors: 1,
  commandId: 'command-1',
  ...other,
});

export const patchJob = (other: Partial<PatchJob> = {}): PatchJob => ({
  id: 'patch-1',
  revision: 1,
  target,
  by: 'ada',
  why: 'CVE-2026-1111',
  severity: 'high',
  reboot: false,
  openedAt: minutesAgo(60),
  state: { is: 'patching' },
  nodes: [patchNode()],
  sizes: { 'blue/workers': 4 },
  batches: [],
  lastBatch: other.batches?.at(-1)?.number ?? 0,
  sequence: 1,
  outbox: [],
  ...other,
});

export const installing: PatchNodeState = { is: 'installing', batch: 1 };
export const patched: PatchNodeState = { is: 'patched', at: minutesAgo(1), rebooted: false };

/** Everything is alive, online and quiet, unless told otherwise. */
export const sightOfJob = (
  job: PatchJob,
  other: Partial<PatchSight> & { readonly is?: Run['is'] } = {},
): PatchSight => {
  const { is, ...rest } = other;
  const ids = job.nodes.map(({ instanceId }) => instanceId);
  const runs = new Map(ids.map((id) => [id, { is: is ?? 'running', message: '' } as const]));
  return {
    runs: new Map(job.batches.map(({ number }) => [number, runs])),
    alive: new Set(ids),
    agents: new Map(ids.map((id) => [id, { online: true, platform: undefined }])),
    groups: new Map(
      job.nodes.map((node) => [
        groupKeyOf(job, node),
        nodeGroup({ cluster: node.cluster, nodeGroup: node.nodeGroup }),
      ]),
    ),
    kept: new Map(),
    ...rest,
  };
};
