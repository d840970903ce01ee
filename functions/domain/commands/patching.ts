/**
 * Carries out `patch-now` and what a person answers to a patch job.
 *
 * Pure.
 */
import { answerPatching, type PatchAnswer } from '../patching/patch-answers.ts';
import type { PatchJob } from '../patching/patch-job.ts';
import { planPatching } from '../patching/patch-plan.ts';
import type { Carry, Outcome, World } from './world.ts';

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
  const planned = planPatching(command, id, world);
  const says = planned.job ? [...planned.says, `It is patch job ${id}.`] : planned.says;
  return toOutcome({ ...planned, says });
};

export const answerPatchJob = (command: PatchAnswer, { jobs, now }: World): Outcome =>
  toOutcome(
    answerPatching(
      command,
      jobs.find(({ id }) => id === command.job),
      now,
    ),
  );
