/** What commands about patch jobs answer and store, also while everything is stopped. */
import { expect, it } from 'vitest';
import { carryOut } from '../../../functions/domain/carry-out.ts';
import type { Command } from '../../../functions/domain/command.ts';
import type { World } from '../../../functions/domain/commands/world.ts';
import { nextPatchStep } from '../../../functions/domain/patching/patch-step.ts';
import { monday as now, patching, world } from '../factories.ts';
import { minutesAgo, patchJob, sightOfJob } from '../patch-factories.ts';

const who = { by: 'anna', why: 'Incident 4711', dryRun: false };
const patchNow = {
  command: 'patch-now',
  select: [{ clusters: ['*'] }],
  severity: 'any',
  reboot: false,
  ...who,
} as const;
const answer = (command: 'approve-patching' | 'reject-patching' | 'cancel-patching') =>
  ({ command, job: 'patch-1', ...who }) as const;
const approve = answer('approve-patching');

const stop = { by: 'bob', why: 'fire', at: now };
const stopped = 'Everything is stopped by bob since 2026-07-20 08:00 UTC: fire';
const resumeFirst = 'give the command resume without a rollout';
const asking = patchJob({ state: { is: 'asking', until: minutesAgo(-1) } });
const approved = patchJob({ approved: { by: 'bob', why: 'fine', at: now } });

it.each<[string, Command, Partial<World>, boolean, readonly string[], readonly string[]]>([
  ['patch-now', patchNow, { stop }, false, [], [stopped, `A stop ends patch jobs: ${resumeFirst} first`]],
  ['a dry run of patch-now', { ...patchNow, dryRun: true }, { stop }, false, [], [stopped, resumeFirst]],
  [
    'patch-now of a job that is there',
    patchNow,
    { stop, jobs: [patchJob({ id: 'patch-c0ffee' })] },
    true,
    [],
    ['Patch job patch-c0ffee is there already.'],
  ],
  [
    'a yes',
    approve,
    { stop, jobs: [asking] },
    false,
    [],
    [stopped, `It ends this job at the next tick: ${resumeFirst}, then patch-now again.`],
  ],
  [
    'a no',
    answer('reject-patching'),
    { stop, jobs: [asking] },
    true,
    ['save patch job'],
    ['No node is patched.'],
  ],
  [
    'an end',
    answer('cancel-patching'),
    { stop, jobs: [patchJob()] },
    true,
    ['save patch job'],
    ['Nothing new begins'],
  ],
  [
    'a yes to a job that has ended',
    approve,
    { stop, jobs: [patchJob({ state: { is: 'closed', at: now } })] },
    false,
    [],
    ['It has ended.'],
  ],
])('while everything is stopped: %s', (_case, command, scene, accepted, deeds, says) => {
  const outcome = carryOut(command, world(scene));
  expect([outcome.accepted, outcome.deeds.map(({ is }) => is)]).toEqual([accepted, deeds]);
  for (const sentence of says) expect(outcome.says.join(' ')).toContain(sentence);
});

it.each([
  ['that patches', patchJob()],
  ['that asks', asking],
])('a stop does end a job %s, for good', (_case, job) => {
  const { job: stepped } = nextPatchStep(job, sightOfJob(job), stop, patching(), now);
  expect(stepped.state).toMatchObject({ is: 'closed', why: 'stopped', by: 'bob' });
});

it.each<[string, Command, Partial<World>, boolean, readonly string[], string]>([
  ['a yes', approve, { jobs: [asking] }, true, ['save patch job'], 'It begins at the next tick.'],
  [
    'a yes to what was approved',
    approve,
    { jobs: [approved] },
    true,
    [],
    'bob approved it 2026-07-20 08:00 UTC already.',
  ],
  ['a yes where nobody asked', approve, { jobs: [patchJob()] }, false, [], 'It does not ask for approval.'],
  [
    'a no to what was approved',
    answer('reject-patching'),
    { jobs: [approved] },
    false,
    [],
    'It does not ask for approval.',
  ],
  [
    'a yes to what was approved and has ended',
    approve,
    { jobs: [{ ...approved, state: { is: 'closed', at: now } }] },
    false,
    [],
    'It has ended.',
  ],
  ['a yes to no job', approve, {}, false, [], 'There is no patch job patch-1.'],
])('while nothing is stopped: %s', (_case, command, scene, accepted, deeds, says) => {
  const outcome = carryOut(command, world(scene));
  expect([outcome.accepted, outcome.deeds.map(({ is }) => is)]).toEqual([accepted, deeds]);
  expect(outcome.says.join(' ')).toContain(says);
});
