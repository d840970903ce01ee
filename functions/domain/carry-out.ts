/**
 * Decides what a command does to what is stored, and what it answers: one entry a command.
 *
 * A command that cannot be carried out is refused with a sentence that says why and what to do, and
 * changes nothing. Asked twice it does what it did, so that a doubled event is harmless.
 *
 * Pure.
 */
import type { Command, CommandName } from './command.ts';
import { approve, reject } from './commands/approval.ts';
import { explain } from './commands/explain.ts';
import { abandon, rollBack } from './commands/give-up.ts';
import { hold, releaseHold } from './commands/hold.ts';
import { mute, unmute } from './commands/mute.ts';
import { answerPatchJob, patchNow } from './commands/patching.ts';
import { resume } from './commands/resume.ts';
import { emergency } from './commands/roll-now.ts';
import { slackTest } from './commands/slack-test.ts';
import { stop } from './commands/stop.ts';
import type { Carry, Outcome, World } from './commands/world.ts';

const carriers = {
  'roll-now': emergency,
  approve,
  reject,
  stop,
  resume,
  abandon,
  'roll-back': rollBack,
  hold,
  'release-hold': releaseHold,
  mute,
  unmute,
  'patch-now': patchNow,
  'approve-patching': answerPatchJob,
  'reject-patching': answerPatchJob,
  'cancel-patching': answerPatchJob,
  'slack-test': slackTest,
  explain,
} as const satisfies { readonly [Name in CommandName]: Carry<Name> };

export const carryOut = (command: Command, world: World): Outcome =>
  (carriers[command.command] as (command: Command, world: World) => Outcome)(command, world);
