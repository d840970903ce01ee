/** A person's word on a patch job: what it does, and when it comes too late. */
import { expect, it } from 'vitest';
import { answerPatching } from '../../../functions/domain/patching/patch-answers.ts';
import type { PatchJob } from '../../../functions/domain/patching/patch-job.ts';
import { monday } from '../factories.ts';
import { minutesAgo, patchJob } from '../patch-factories.ts';

const asking = (minutes: number) => ({ state: { is: 'asking', until: minutesAgo(-minutes) } }) as const;

it.each([
  ['approve begins it', 'approve-patching', asking(1), true, 'patching'],
  ['approve comes too late', 'approve-patching', asking(0), false, undefined],
  ['approve where nobody asked', 'approve-patching', {}, false, undefined],
  ['reject ends it', 'reject-patching', asking(1), true, 'stopping'],
  ['reject where nobody asked', 'reject-patching', {}, false, undefined],
  ['cancel ends it while it patches', 'cancel-patching', {}, true, 'stopping'],
  ['cancel ends it while it asks', 'cancel-patching', asking(1), true, 'stopping'],
  [
    'cancel of what is ending',
    'cancel-patching',
    { state: { is: 'stopping', why: 'stopped' } },
    false,
    undefined,
  ],
  ['cancel of what has ended', 'cancel-patching', { state: { is: 'closed', at: monday } }, false, undefined],
] as const)('%s', (_case, command, job, accepted, state) => {
  const answer = { command, by: 'ada', why: 'because', dryRun: false, job: 'patch-1' };
  const answered = answerPatching(answer, patchJob(job as Partial<PatchJob>), monday);
  expect([answered.accepted, answered.job?.state.is]).toEqual([accepted, state]);
  expect(answered.says.join('')).not.toBe('');
});

it('says who ended it and why, in the news', () => {
  const answer = {
    command: 'cancel-patching',
    by: 'ada',
    why: 'outage',
    dryRun: false,
    job: 'patch-1',
  } as const;
  expect(answerPatching(answer, patchJob(), monday).job?.outbox).toMatchObject([
    { detail: { state: { why: 'stopped', by: 'ada' }, sentence: 'A person stopped it. By ada. outage' } },
  ]);
});

it('knows no job of another name', () => {
  const answer = { command: 'approve-patching', by: 'ada', why: 'x', dryRun: false, job: 'nope' } as const;
  expect(answerPatching(answer, undefined, monday)).toEqual({
    accepted: false,
    says: ['There is no patch job nope.'],
  });
});
