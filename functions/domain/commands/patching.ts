/**
 * Carries out `patch-now` and what a person answers to a patch job.
 *
 * Knows that a stop of everything ends a patch job for good (patch-step.ts), so that none begins meanwhile.
 *
 * Pure.
 */
import { answerPatching, type PatchAnswer } from '../patching/patch-answers.ts';
import type { PatchJob } from '../patching/patch-job.ts';
import { planPatching } from '../patching/patch-plan.ts';
import { stoppedSentence } from '../situation.ts';
import { shownAt } from '../time.ts';
import { type Carry, type Outcome, refused, type World } from './world.ts';

type Answered = { readonly accepted: boolean; readonly says: readonly string[]; readonly job?: PatchJob };

const toOutcome = ({ accepted, says, job }: Answered): Outcome => ({
  accepted,
  says,
  ...(job && { job: job.id }),
  deeds: job ? [{ is: 'save patch job', job }] : [],
});

export const patchNow: Carry<'patch-now'> = (command, world) => {
  const id = `patch-${world.id}`;
  const stored = world.jobs.find((job) => job.id === id);
  // Asked twice it is the same job.
  if (stored) return { accepted: true, says: [`Patch job ${id} is there already.`], deeds: [] };
  if (world.stop)
    return refused(
      stoppedSentence(world.stop),
      'A stop ends patch jobs: give the command resume without a rollout first, then patch-now again.',
    );
  const planned = planPatching(command, id, world);
  const says = planned.job ? [...planned.says, `It is patch job ${id}.`] : planned.says;
  return toOutcome({ ...planned, says });
};

export const answerPatchJob = (command: PatchAnswer, { jobs, stop, now }: World): Outcome => {
  const job = jobs.find(({ id }) => id === command.job);
  const isYes = command.command === 'approve-patching';
  if (isYes && job?.state.is === 'patching' && job.approved)
    return {
      ...refused(`${job.approved.by} approved it ${shownAt(job.approved.at)} already.`),
      accepted: true,
    };
  const answered = answerPatching(command, job, now);
  return isYes && stop && answered.accepted
    ? refused(
        stoppedSentence(stop),
        'It ends this job at the next tick: give the command resume without a rollout, then patch-now again.',
      )
    : toOutcome(answered);
};
