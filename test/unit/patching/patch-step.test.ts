/** The next step of a patch job: danger, then waiting, then work; told when something changed. */
import { describe, expect, it } from 'vitest';
import { groupKeyOf, type PatchJob } from '../../../functions/domain/patching/patch-job.ts';
import {
  isFresh,
  nextPatchStep,
  patchingToSee,
  withAnswers,
} from '../../../functions/domain/patching/patch-step.ts';
import type { Stop } from '../../../functions/domain/situation.ts';
import { daysAgo } from '../compliance-factories.ts';
import { monday, patching } from '../factories.ts';
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

const failed = { is: 'failed', at: minutesAgo(9), why: 'installFailed', message: '' } as const;
const stop: Stop = { by: 'bob', why: 'outage', at: monday };
type Sight = Parameters<typeof sightOfJob>[1];
const step = (job: Partial<PatchJob>, sight: Sight = {}, by?: Stop) => {
  const given = patchJob(job);
  return nextPatchStep(given, sightOfJob(given, sight), by, patching(), monday);
};
const underWay = {
  nodes: [patchNode('i-1', { state: installing }), patchNode('i-2')],
  batches: [patchBatch()],
};
const unsent = (() => {
  const { commandId: _, ...batch } = patchBatch();
  return batch;
})();

describe('danger', () => {
  const twoFailed = [...patchNodes(2, { state: failed }), patchNode('i-3')];
  it.each([
    ['a person stopped everything', {}, stop, { why: 'stopped', by: 'bob', words: 'outage' }],
    [
      'more nodes failed than the budget allows',
      { nodes: twoFailed },
      undefined,
      { why: 'failureBudgetSpent' },
    ],
    [
      'nobody approved in time',
      { state: { is: 'asking', until: monday } },
      undefined,
      { why: 'notApproved' },
    ],
    [
      'its snapshot would expire before a command must end',
      { startedAt: minutesAgo(3 * 24 * 60 - 120) },
      undefined,
      { why: 'snapshotExpired' },
    ],
  ] as const)('ends the job when %s: nobody else is touched', (_case, job, by, why) => {
    const { job: after, sends } = step(job as Partial<PatchJob>, {}, by);
    expect(sends).toEqual([]);
    expect(after.state).toMatchObject({ is: 'closed', at: monday, ...why });
    expect(after.nodes.at(-1)?.state).toMatchObject({ is: 'left', why: 'stopped' });
  });

  it.each([
    [
      'as many nodes failed as the budget allows',
      { nodes: [patchNode('i-1', { state: failed }), patchNode('i-2')] },
    ],
    ['its snapshot is still good', { startedAt: minutesAgo(3 * 24 * 60 - 121) }],
  ])('is none when %s', (_case, job) => {
    expect(step(job).sends.length).toBe(1);
  });

  it('cancels what runs, again and again until its end', () => {
    const first = step(underWay, {}, stop);
    expect(first.cancels).toEqual([patchBatch({ cancelledAt: monday })]);
    expect(first.job.state).toMatchObject({ is: 'stopping', why: 'stopped' });
    const again = nextPatchStep(first.job, sightOfJob(first.job), stop, patching(), monday);
    expect(again.cancels).toEqual(first.cancels);
    const ended = nextPatchStep(
      again.job,
      sightOfJob(again.job, { is: 'cancelled' }),
      undefined,
      patching(),
      monday,
    );
    expect(ended.job.state).toMatchObject({ is: 'closed', why: 'stopped', by: 'bob' });
  });

  it('that comes while a node is patched leaves it without its reboot', () => {
    const nodes = [patchNode('i-1', { state: { is: 'installed', at: daysAgo(0) } })];
    expect(step({ nodes, reboot: true }, {}, stop).job.nodes[0]?.state).toMatchObject({
      is: 'patched',
      rebooted: false,
    });
  });
});

describe('time', () => {
  it.each([
    ['a command that takes as long as the policy allows is cancelled', 120, 1],
    ['one that takes less is not', 119, 0],
  ])('%s', (_case, minutes, cancels) => {
    const batches = [patchBatch({ decidedAt: minutesAgo(minutes) })];
    const { job, cancels: cancelled } = step({ ...underWay, batches });
    expect(cancelled.length).toBe(cancels);
    expect(job.batches[0]?.cancelledAt).toBe(cancels ? monday : undefined);
  });
});

describe('a batch without a command id', () => {
  it.each([
    ['is looked for when Run Command must know of it', 4, 1],
    ['is waited for before', 3, 0],
  ])('%s', (_case, minutes, finds) => {
    const batches = [{ ...unsent, decidedAt: minutesAgo(minutes) }];
    const { finds: found, sends } = step({ ...underWay, batches });
    expect([found.length, sends.length]).toEqual([finds, 0]);
  });

  it('is looked for also when the job is stopping, and not cancelled before it is found', () => {
    const { finds, cancels } = step({ ...underWay, batches: [unsent] }, {}, stop);
    expect([finds.length, cancels.length]).toEqual([1, 0]);
  });
});

describe('a batch that was not sent', () => {
  const old = { ...unsent, decidedAt: minutesAgo(300) };
  const given = patchJob({ nodes: [patchNode('i-1', { state: installing })], batches: [old] });
  const after = withAnswers(given, [[old, { is: 'not sent' }]], monday);
  const next = (sight: Sight = {}) =>
    nextPatchStep(after, sightOfJob(after, sight), undefined, patching(), monday);

  it('is decided on anew: another number, from now on', () => {
    expect(patchingToSee(after, patching())).toMatchObject({ instanceIds: ['i-1'], groups: [{}] });
    expect(next().sends).toEqual([{ ...unsent, number: 2, decidedAt: monday }]);
    expect([next().cancels, next().finds]).toEqual([[], []]);
  });

  it.each<[string, Sight]>([
    ['is held by now', { kept: new Map([[groupKeyOf(patchJob(), patchNode()), 'heldByPerson']]) }],
    ['is gone by now', { alive: new Set() }],
    ['was not seen', { agents: undefined }],
  ])('is not sent as it was when its node %s', (_case, sight) => {
    expect(next(sight).sends).toEqual([]);
  });
});

describe('what was decided on', () => {
  it.each([
    ['may be sent for a minute', 1, true],
    ['not later', 1.001, false],
  ])('%s', (_case, minutes, fresh) => {
    expect(isFresh(patchBatch({ decidedAt: minutesAgo(minutes) }), monday)).toBe(fresh);
  });
});

describe('what was answered', () => {
  const given = patchJob({
    nodes: patchNodes(2, { state: installing }).map((node, i) =>
      i === 0 ? node : { ...node, cluster: 'green', state: { is: 'installing', batch: 2 } },
    ),
    batches: [unsent, { ...unsent, number: 2, cluster: 'green' }],
  });
  const [first = unsent, second = unsent] = given.batches;

  it('is taken down batch by batch, and what was sent is told beside what is yet to be told', () => {
    const told = step({}).job.outbox;
    const after = withAnswers(
      { ...given, outbox: told },
      [
        [first, { is: 'sent', commandId: 'command-7' }],
        [second, { is: 'busy' }],
      ],
      monday,
    );
    expect(after.batches).toEqual([{ ...first, commandId: 'command-7' }]);
    expect(after.outbox.slice(0, -1)).toEqual(told);
    expect(after.outbox.at(-1)?.detail).toMatchObject({
      changes: { items: [{ instanceId: 'i-1', is: 'started' }] },
    });
  });

  it('is taken down once, however often', () => {
    const once = withAnswers(given, [[first, { is: 'sent', commandId: 'command-7' }]], monday);
    expect(withAnswers(once, [[first, { is: 'sent', commandId: 'command-7' }]], monday)).toEqual(once);
  });
});

describe('work', () => {
  it('is sent once it is stored, with its number', () => {
    const { sends, job } = step({});
    expect(sends.map(({ number }) => number)).toEqual([1]);
    expect(job.nodes[0]?.state).toEqual({ is: 'installing', batch: 1 });
  });

  it('ends when every node is settled', () => {
    expect(step({ nodes: patchNodes(2, { state: patched }) }).job.state).toEqual({
      is: 'closed',
      at: monday,
    });
  });

  it('of a closed job is none', () => {
    const closed = patchJob({ state: { is: 'closed', at: monday } });
    expect(nextPatchStep(closed, sightOfJob(closed), stop, patching(), monday).job).toBe(closed);
  });
});

describe('what must be seen', () => {
  it.each([
    ['the next in line, with their group', {}, { ids: ['i-1'], groups: 1, batches: 0 }],
    ['what is under way', underWay, { ids: ['i-1'], groups: 0, batches: 1 }],
    [
      'no command that has no id',
      { ...underWay, batches: [unsent] },
      { ids: ['i-1'], groups: 0, batches: 0 },
    ],
    ['nothing while it asks', { state: { is: 'asking', until: monday } }, { ids: [], groups: 0, batches: 0 }],
  ] as const)('%s', (_case, job, expected) => {
    const see = patchingToSee(patchJob(job as Partial<PatchJob>), patching());
    expect({ ids: see.instanceIds, groups: see.groups.length, batches: see.batches.length }).toEqual(
      expected,
    );
  });
});

describe('news', () => {
  const told = (job: Partial<PatchJob>, sight: Sight = {}) => step(job, sight).job.outbox[0]?.detail;
  it('tells counts, changes and what is waited for', () => {
    const { job } = step(underWay, { is: 'succeeded' });
    expect(job.outbox).toMatchObject([
      {
        type: 'Patching Progressed',
        detail: {
          id: 'patch-1#2',
          job: 'patch-1',
          sequence: 2,
          nodes: { waiting: 0, underWay: 1, patched: 1, failed: 0, left: 0 },
          nodeGroups: { items: [{ cluster: 'blue', nodeGroup: 'workers', nodes: { patched: 1 } }], more: 0 },
          changes: {
            items: [{ instanceId: 'i-1', is: 'patched' }],
          },
          waiting: { why: 'underWay', sentence: 'Commands are under way.' },
        },
      },
    ]);
  });

  it.each([
    [
      'a new job, though nothing happened yet',
      { sequence: 0, state: { is: 'asking', until: daysAgo(-1) } },
      {},
      true,
    ],
    ['that a failed node failed, with why and Systems Manager’s words', underWay, { is: 'failed' }, true],
    ['nothing when nothing changed', { ...underWay, waiting: { why: 'underWay' } }, {}, false],
    ['another reason to wait', { ...underWay, waiting: { why: 'unknown' } }, {}, true],
  ] as const)('%s', (_case, job, sight, news) => {
    expect(told(job as Partial<PatchJob>, sight as Sight) !== undefined).toBe(news);
  });
});

describe('beside another job', () => {
  const earlier = { id: 'patch-0', openedAt: minutesAgo(9) };
  const another = (more: Partial<PatchJob>) => patchJob({ ...earlier, ...more });
  const mine = patchJob({ id: 'patch-1', openedAt: minutesAgo(5), nodes: [patchNode('i-1')] });
  const beside = (other: PatchJob, job = mine) => {
    const see = patchingToSee(job, patching(), [other]);
    return { see, ...nextPatchStep(job, sightOfJob(job), undefined, patching(), monday, [other]) };
  };
  const elsewhere = { account: '444455556666', region: 'eu-central-1' };

  it.each<[string, PatchJob]>([
    [
      'has a command under way',
      another({ nodes: [patchNode('i-9', { state: installing })], batches: [patchBatch()] }),
    ],
    [
      'watches a node that rebooted',
      another({ nodes: [patchNode('i-9', { state: { is: 'settling', since: monday } })] }),
    ],
  ])('that %s in the cluster, it asks and sends nothing', (_case, other) => {
    const { see, sends, job } = beside(other);
    expect(see.instanceIds).toEqual([]);
    expect(sends).toEqual([]);
    expect(job.waiting).toEqual({ why: 'otherJob' });
  });

  it.each<[string, PatchJob]>([
    ['only waits', another({ nodes: [patchNode('i-9')] })],
    ['is through with its nodes', another({ nodes: [patchNode('i-9', { state: patched })] })],
    [
      'is at work in another cluster',
      another({
        nodes: [patchNode('i-9', { cluster: 'green', state: installing })],
        batches: [patchBatch({ cluster: 'green' })],
      }),
    ],
    [
      'is at work in a cluster of the same name in another account',
      another({
        target: elsewhere,
        nodes: [patchNode('i-9', { state: installing })],
        batches: [patchBatch()],
      }),
    ],
  ])('that %s, it goes on', (_case, other) => {
    expect(beside(other).sends.length).toBe(1);
  });

  it('leaves a node to the job that was asked first', () => {
    const { job, sends } = beside(another({ nodes: [patchNode('i-1')] }));
    expect(job.nodes[0]?.state).toEqual({ is: 'left', at: monday, why: 'inAnotherJob' });
    expect(sends).toEqual([]);
  });

  it('keeps a node that a later job has as well, or that an earlier one is through with', () => {
    const later = another({ openedAt: minutesAgo(1), nodes: [patchNode('i-1')] });
    const through = another({ nodes: [patchNode('i-1', { state: patched })] });
    expect([beside(later).sends.length, beside(through).sends.length]).toEqual([1, 1]);
  });

  it('decides by the id between jobs of one moment', () => {
    const same = { openedAt: mine.openedAt, nodes: [patchNode('i-1')] };
    expect(beside(another({ ...same, id: 'patch-0' })).sends.length).toBe(0);
    expect(beside(another({ ...same, id: 'patch-2' })).sends.length).toBe(1);
  });
});
