/** How many nodes are patched at once, of which zone and group, and who waits. */
import { describe, expect, it } from 'vitest';
import { nextInLine, takeNext } from '../../../functions/domain/patching/patch-batches.ts';
import type { PatchJob, PatchNode } from '../../../functions/domain/patching/patch-job.ts';
import { monday, nodeGroup, patching } from '../factories.ts';
import {
  installing,
  minutesAgo,
  patchBatch,
  patched,
  patchJob,
  patchNode,
  patchNodes,
  sightOfJob,
} from '../patch-factories.ts';

const ids = (nodes: readonly PatchNode[]) => nodes.map(({ instanceId }) => instanceId);
const inZone = (zone: string, ...names: string[]) => names.map((name) => patchNode(name, { zone }));
const installed = { is: 'installed', at: minutesAgo(3) } as const;
const sizes = (size: number) => ({
  sizes: { 'blue/workers': size, 'blue/other': size, 'red/workers': size },
});

describe('the next in line', () => {
  it.each([
    ['a quarter of a group of 8', { nodes: patchNodes(8), ...sizes(8) }, ['i-1', 'i-2']],
    ['a quarter of 7, rounded down', { nodes: patchNodes(7), ...sizes(7) }, ['i-1']],
    ['one of a group of 2', { nodes: patchNodes(2), ...sizes(2) }, ['i-1']],
    [
      'a share of the whole group, not of those that wait',
      { nodes: patchNodes(2), ...sizes(8) },
      ['i-1', 'i-2'],
    ],
    [
      'of one zone only',
      { nodes: [...inZone('b', 'i-1', 'i-2'), ...inZone('a', 'i-3')], ...sizes(12) },
      ['i-3'],
    ],
    [
      'a share of each group',
      { nodes: [...patchNodes(2), patchNode('i-9', { nodeGroup: 'other' })], ...sizes(4) },
      ['i-9', 'i-1'],
    ],
    [
      'of each cluster',
      { nodes: [patchNode('i-1'), patchNode('i-9', { cluster: 'red' })], ...sizes(4) },
      ['i-1', 'i-9'],
    ],
    [
      'nobody of a cluster with a batch under way',
      { nodes: [patchNode('i-1', { state: installing }), patchNode('i-2')], batches: [patchBatch()] },
      [],
    ],
    [
      'those of another cluster even so',
      {
        nodes: [patchNode('i-1', { state: installing }), patchNode('i-9', { cluster: 'red' })],
        batches: [patchBatch()],
      },
      ['i-9'],
    ],
    ['nobody while it asks', { state: { is: 'asking', until: monday } }, []],
    ['nobody while it stops', { state: { is: 'stopping', why: 'stopped' } }, []],
    [
      'no more than one command takes',
      { nodes: Array.from({ length: 300 }, (_, i) => patchNode(`i-${1000 + i}`)), ...sizes(300) },
      Array.from({ length: 50 }, (_, i) => `i-${1000 + i}`),
    ],
    ['one node alone where it reboots', { nodes: patchNodes(8, { state: installed }), ...sizes(8) }, ['i-1']],
    [
      'no reboot while nodes of the cluster are still to be installed',
      { nodes: [patchNode('i-1', { state: installed }), patchNode('i-2')] },
      ['i-2'],
    ],
    [
      'no reboot while one is watched',
      {
        nodes: [
          patchNode('i-1', { state: { is: 'settling', since: monday } }),
          patchNode('i-2', { state: installed }),
        ],
      },
      [],
    ],
    ['nobody who is done', { nodes: patchNodes(2, { state: patched }) }, []],
  ] as const)('%s', (_case, job, expected) => {
    expect(ids(nextInLine(patchJob(job as Partial<PatchJob>), patching()))).toEqual(expected);
  });
});

describe('whose turn it is', () => {
  const busy = nodeGroup({ status: 'UPDATING' });
  const sick = nodeGroup({ healthIssues: [{ code: 'Unknown', message: '' }] });
  const key = '111122223333/eu-central-1/blue/workers';
  const waiting = patchJob();
  const toReboot = patchJob({ nodes: [patchNode('i-1', { state: installed })] });
  const only = (group: ReturnType<typeof nodeGroup> | 'gone') => ({ groups: new Map([[key, group]]) });
  it.each([
    ['is installed', waiting, {}, { is: 'installing', batch: 1 }, []],
    ['waits when its group was not read', waiting, { groups: new Map() }, { is: 'waiting' }, ['unknown']],
    ['waits when agents could not be read', waiting, { agents: undefined }, { is: 'waiting' }, ['unknown']],
    ['waits when EC2 could not be read', waiting, { alive: undefined }, { is: 'waiting' }, ['unknown']],
    ['waits while EKS is at work on its group', waiting, only(busy), { is: 'waiting' }, ['groupBusy']],
    ['is installed though its group has health issues', waiting, only(sick), { is: 'installing' }, []],
    ['is left when its group is gone', waiting, only('gone'), { is: 'left', why: 'vanished' }, []],
    ['is left when it is gone', waiting, { alive: new Set<string>() }, { is: 'left', why: 'vanished' }, []],
    [
      'is left when its agent is silent',
      waiting,
      { agents: new Map([['i-1', { online: false, platform: undefined }]]) },
      { is: 'left', why: 'agentLost' },
      [],
    ],
    [
      'is left when it is no longer managed',
      waiting,
      { agents: new Map() },
      { is: 'left', why: 'agentLost' },
      [],
    ],
    [
      'is left when somebody has held its group meanwhile',
      waiting,
      { kept: new Map([[key, 'heldByPerson']]) },
      { is: 'left', why: 'heldByPerson' },
      [],
    ],
    [
      'is not rebooted, and stays patched, when somebody has held its group meanwhile',
      toReboot,
      { kept: new Map([[key, 'heldByTag']]) },
      { is: 'patched', rebooted: false },
      [],
    ],
    ['reboots', toReboot, {}, { is: 'rebooting', batch: 1 }, []],
    [
      'does not reboot while its group has health issues',
      toReboot,
      only(sick),
      { is: 'installed' },
      ['groupBusy'],
    ],
    [
      'never reboots as the only node of its group',
      toReboot,
      only(nodeGroup({ desiredSize: 1 })),
      { is: 'patched', rebooted: false },
      [],
    ],
    ['reboots as one of two', toReboot, only(nodeGroup({ desiredSize: 2 })), { is: 'rebooting' }, []],
  ] as const)('%s', (_case, job, sight, state, waits) => {
    const taken = takeNext(job, sightOfJob(job, sight as object), patching(), 1, monday);
    expect(taken.job.nodes[0]?.state).toMatchObject(state);
    expect(taken.waits).toEqual(waits);
    expect(taken.batches.length).toBe('batch' in (taken.job.nodes[0]?.state ?? {}) ? 1 : 0);
  });

  it('is numbered, and may fail as often as is left', () => {
    const job = patchJob({ lastBatch: 6 });
    const { batches, job: after } = takeNext(job, sightOfJob(job), patching(), 3, monday);
    expect(batches).toEqual([
      { number: 7, cluster: 'blue', reboots: false, decidedAt: monday, maxErrors: 3 },
    ]);
    expect([after.lastBatch, after.startedAt, after.batches]).toEqual([7, monday, batches]);
  });
});
