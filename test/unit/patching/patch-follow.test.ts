/** What becomes of a node that is being patched. */
import { describe, expect, it } from 'vitest';
import { answeredSend, followPatching } from '../../../functions/domain/patching/patch-follow.ts';
import type { PatchBatch, PatchJob, PatchNodeState } from '../../../functions/domain/patching/patch-job.ts';
import { monday, patching } from '../factories.ts';
import {
  installing,
  minutesAgo,
  patchBatch,
  patchJob,
  patchNode,
  patchNodes,
  sightOfJob,
} from '../patch-factories.ts';

const under = (
  state: PatchNodeState = installing,
  batch: Partial<PatchBatch> = {},
  job: Partial<PatchJob> = {},
) => patchJob({ nodes: [patchNode('i-1', { state })], batches: [patchBatch(batch)], ...job });
const stopping = { state: { is: 'stopping', why: 'stopped' } } as const;
const rebooting = { is: 'rebooting', batch: 1 } as const;

type Sight = Parameters<typeof sightOfJob>[1];
const followed = (job: PatchJob, sight: Sight) =>
  followPatching(job, sightOfJob(job, sight), patching(), monday);

describe('a node under way', () => {
  it.each([
    ['runs on', under(), {}, installing],
    [
      'is patched when its command succeeded',
      under(),
      { is: 'succeeded' },
      { is: 'patched', at: monday, rebooted: false },
    ],
    [
      'waits for its reboot where one is wanted',
      under(installing, {}, { reboot: true }),
      { is: 'succeeded' },
      { is: 'installed', at: monday },
    ],
    [
      'is watched after its reboot',
      under(rebooting, { reboots: true }),
      { is: 'succeeded' },
      { is: 'settling', since: monday },
    ],
    ['has failed when its command failed', under(), { is: 'failed' }, { is: 'failed', why: 'installFailed' }],
    [
      'has failed when it ran into AWS’s time-out',
      under(),
      { is: 'timed out' },
      { is: 'failed', why: 'timedOut' },
    ],
    [
      'is left when it could not be reached',
      under(),
      { is: 'unreachable' },
      { is: 'left', why: 'agentLost' },
    ],
    ['waits again when others’ failures ended its command', under(), { is: 'terminated' }, { is: 'waiting' }],
    [
      'waits for its reboot again likewise',
      under(rebooting, { reboots: true }),
      { is: 'terminated' },
      { is: 'installed' },
    ],
    [
      'has failed when it was cancelled for its time',
      under(),
      { is: 'cancelled' },
      { is: 'failed', why: 'timedOut' },
    ],
    [
      'is left when it was cancelled with the job',
      under(installing, {}, stopping),
      { is: 'cancelled' },
      { is: 'left', why: 'stopped' },
    ],
    ['is left when it is gone', under(), { alive: new Set<string>() }, { is: 'left', why: 'vanished' }],
    ['runs on when nobody knows whether it is there', under(), { alive: undefined }, installing],
    [
      'is patched though it is gone now',
      under(),
      { is: 'succeeded', alive: new Set<string>() },
      { is: 'patched' },
    ],
    ['runs on while its command is not told of', under(), { runs: new Map() }, installing],
    [
      'runs on while it is being cancelled',
      under(installing, { cancelledAt: minutesAgo(9) }),
      {},
      installing,
    ],
    [
      'has failed when the cancellation does not end it',
      under(installing, { cancelledAt: minutesAgo(10) }),
      {},
      { is: 'failed', why: 'timedOut' },
    ],
    [
      'is left likewise when the job is stopping',
      under(installing, { cancelledAt: minutesAgo(10) }, stopping),
      {},
      { is: 'left', why: 'stopped' },
    ],
    [
      'has failed likewise when its command is never told of',
      under(installing, { cancelledAt: minutesAgo(10) }),
      { runs: new Map() },
      { is: 'failed', why: 'timedOut' },
    ],
  ] as const)('%s', (_case, job, sight, state) => {
    expect(followed(job, sight as Sight).nodes[0]?.state).toMatchObject(state);
  });

  it('carries Systems Manager’s words when it failed', () => {
    const runs = new Map([[1, new Map([['i-1', { is: 'failed', message: 'no space' } as const]])]]);
    expect(followed(under(), { runs }).nodes[0]?.state).toMatchObject({ message: 'no space' });
  });
});

describe('a node that rebooted', () => {
  const settling = (minutes: number) => under({ is: 'settling', since: minutesAgo(minutes) });
  const away = { agents: new Map() };
  it.each([
    ['is watched for as long as the policy says', settling(9), {}, 'settling'],
    ['is done when it is back and was watched', settling(10), {}, 'patched'],
    ['is waited for while it is away', settling(29), away, 'settling'],
    ['has failed when it does not come back', settling(30), away, 'failed'],
    ['is waited for while nobody can ask', settling(99), { agents: undefined }, 'settling'],
    ['is left when it is gone', settling(1), { alive: new Set<string>() }, 'left'],
  ] as const)('%s', (_case, job, sight, is) => {
    expect(followed(job, sight as Sight).nodes[0]?.state.is).toBe(is);
  });
});

it('a batch is over when none of its nodes is in it', () => {
  const job = patchJob({ nodes: patchNodes(2, { state: installing }), batches: [patchBatch()] });
  const one = new Map([[1, new Map([['i-1', { is: 'succeeded', message: '' } as const]])]]);
  expect(followed(job, { runs: one }).batches.length).toBe(1);
  expect(followed(job, { is: 'succeeded' }).batches).toEqual([]);
});

describe('an answer to a sent batch', () => {
  const unsent = (() => {
    const { commandId: _, ...batch } = patchBatch();
    return batch;
  })();
  const job = patchJob({ nodes: patchNodes(2, { state: installing }), batches: [unsent] });
  const after = (answer: Parameters<typeof answeredSend>[2], given = job) =>
    answeredSend(given, unsent, answer, monday);
  const states = (given: PatchJob) => given.nodes.map(({ state }) => state.is);

  it('is kept with the command’s id', () => {
    expect(after({ is: 'sent', commandId: 'c-7' }).batches).toEqual([{ ...unsent, commandId: 'c-7' }]);
  });

  it.each(['busy', 'not sent'] as const)('%s puts the nodes back in line', (is) => {
    const given = after({ is });
    expect([states(given), given.batches]).toEqual([['waiting', 'waiting'], []]);
  });

  it('not sent lets a node wait for its reboot again', () => {
    const batch = { ...unsent, reboots: true };
    const nodes = patchNodes(1, { state: { is: 'rebooting', batch: 1 } });
    const given = answeredSend(patchJob({ nodes, batches: [batch] }), batch, { is: 'not sent' }, monday);
    expect(states(given)).toEqual(['installed']);
  });

  it('that names wrong nodes leaves those, and puts the others back without blame', () => {
    const { nodes } = after({ is: 'wrong nodes', instanceIds: ['i-2'] });
    expect(nodes).toMatchObject([
      { state: { is: 'waiting' }, refusals: 0 },
      { state: { is: 'left', why: 'refused' } },
    ]);
  });

  it('that names none puts all back, until the third time', () => {
    const once = after({ is: 'wrong nodes', instanceIds: [] });
    expect(states(once)).toEqual(['waiting', 'waiting']);
    const again = (given: PatchJob) => ({
      ...given,
      nodes: given.nodes.map((node) => ({ ...node, state: installing })),
    });
    const twice = after({ is: 'wrong nodes', instanceIds: [] }, again(once));
    expect(states(twice)).toEqual(['waiting', 'waiting']);
    expect(states(after({ is: 'wrong nodes', instanceIds: [] }, again(twice)))).toEqual(['left', 'left']);
  });

  it('that refuses the command itself stops the job with its words', () => {
    expect(after({ is: 'refused', message: 'no such document' }).state).toEqual({
      is: 'stopping',
      why: 'refusedBySsm',
      words: 'no such document',
    });
  });
});
