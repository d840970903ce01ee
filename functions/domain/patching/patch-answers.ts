/**
 * Takes a person's word on a patch job: approves, rejects or cancels it.
 *
 * Pure.
 */
import type { Command } from '../command.ts';
import type { Instant } from '../time.ts';
import { type PatchJob, patchStops } from './patch-job.ts';
import { tellPatching } from './patch-news.ts';

export type PatchAnswer = Extract<
  Command,
  { readonly command: 'approve-patching' | 'reject-patching' | 'cancel-patching' }
>;
type Answered = {
  readonly accepted: boolean;
  readonly says: readonly string[];
  /** To be stored; absent when nothing changes. */
  readonly job?: PatchJob;
};

const refused = (says: string): Answered => ({ accepted: false, says: [says] });

const ended = (job: PatchJob, why: 'rejected' | 'stopped', { by, why: words }: PatchAnswer, now: Instant) => {
  const stopping: PatchJob = { ...job, state: { is: 'stopping', why, by, words } };
  return tellPatching(job, stopping, now);
};

/** `job`: the one that the answer names; `undefined` when there is none. */
export const answerPatching = (answer: PatchAnswer, job: PatchJob | undefined, now: Instant): Answered => {
  if (!job) return refused(`There is no patch job ${answer.job}.`);
  const { state } = job;
  if (state.is === 'closed') return refused('It has ended.');
  if (state.is === 'stopping') return refused(`It is ending. ${patchStops[state.why]}`);
  if (answer.command === 'cancel-patching')
    return {
      accepted: true,
      says: [
        'Nothing new begins, at the next tick; what runs on nodes is cancelled. What is patched stays so.',
      ],
      job: ended(job, 'stopped', answer, now),
    };
  if (state.is !== 'asking') return refused('It does not ask for approval.');
  if (answer.command === 'reject-patching')
    return { accepted: true, says: ['No node is patched.'], job: ended(job, 'rejected', answer, now) };
  if (state.until <= now)
    return refused('Nobody approved it in time, which means no: command patch-now again.');
  return {
    accepted: true,
    says: ['It begins at the next tick.'],
    job: tellPatching(
      job,
      { ...job, state: { is: 'patching' }, approved: { by: answer.by, why: answer.why, at: now } },
      now,
    ),
  };
};
