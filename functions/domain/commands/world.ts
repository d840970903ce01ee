/**
 * Says what a command looks at, what it may do to what is stored, and what it answers.
 *
 * Pure.
 */
import type { ChatFacts } from '../chat-check.ts';
import type { Command, CommandName } from '../command.ts';
import type { KnownFinding, Mute } from '../finding-book.ts';
import type { Hold } from '../hold.ts';
import { haltSentence, listedChanges, tell } from '../news.ts';
import type { CompliancePage } from '../patching/page.ts';
import type { PatchJob } from '../patching/patch-job.ts';
import type { Judged } from '../plan.ts';
import type { Policy } from '../policy.ts';
import { type HaltReason, isUnderWay, type Rollout } from '../rollout.ts';
import { type Stop, stoppedSentence } from '../situation.ts';
import type { Instant } from '../time.ts';

/** What the commands look at. `judged`, `findings`, `pages`, `jobs` and `chat`: only for the commands that ask for them. */
export type World = {
  readonly rollouts: readonly Rollout[];
  readonly holds: readonly Hold[];
  readonly stop: Stop | undefined;
  readonly findings: readonly KnownFinding[];
  /** What is known of the patches of every node. */
  readonly pages: readonly CompliancePage[];
  /** Patch jobs that are open, and the one that is named. */
  readonly jobs: readonly PatchJob[];
  readonly judged: readonly Judged[];
  readonly chat: ChatFacts | undefined;
  /** Parts of the fleet that could not be read. */
  readonly unread: number;
  readonly policy: Policy;
  readonly now: Instant;
  /** Of the command; the same when it is asked again. */
  readonly id: string;
};

export type Deed =
  | { readonly is: 'save rollout'; readonly rollout: Rollout }
  | { readonly is: 'save patch job'; readonly job: PatchJob }
  | { readonly is: 'stop'; readonly stop: Stop }
  /** That one, and none that came after it. */
  | { readonly is: 'lift stop'; readonly stop: Stop }
  | { readonly is: 'hold'; readonly hold: Hold }
  | { readonly is: 'release hold'; readonly key: string }
  | { readonly is: 'mute'; readonly finding: string; readonly mute: Mute }
  | { readonly is: 'unmute'; readonly finding: string };

export type Outcome = {
  readonly accepted: boolean;
  /** Sentences: what was done, or why not. */
  readonly says: readonly string[];
  readonly rollout?: string;
  /** The patch job it is about. */
  readonly job?: string;
  readonly deeds: readonly Deed[];
};

export type Of<Name extends CommandName> = Extract<Command, { readonly command: Name }>;
export type Carry<Name extends CommandName> = (command: Of<Name>, world: World) => Outcome;

export const refused = (...says: string[]): Outcome => ({ accepted: false, says, deeds: [] });
export const saves = (rollouts: readonly Rollout[]): readonly Deed[] =>
  rollouts.map((rollout) => ({ is: 'save rollout', rollout }));
export const counted = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;

export const underWayIn = (rollouts: readonly Rollout[]): number =>
  rollouts.flatMap(({ groups }) => groups.filter(isUnderWay)).length;
export const finishes = (number: number): string[] =>
  number > 0 ? [`${counted(number, 'update')} under way will finish: EKS cannot stop them.`] : [];

/** For what a command lets start: nothing does while everything is stopped. */
export const untilResumed = ({ stop }: World): readonly string[] =>
  stop ? [stoppedSentence(stop), 'Nothing starts until the command resume without a rollout.'] : [];

export const withRollout = (
  id: string,
  { rollouts }: World,
  carry: (rollout: Rollout) => Outcome,
): Outcome => {
  const found = rollouts.find((rollout) => rollout.id === id);
  if (found) return { ...carry(found), rollout: id };
  const open = rollouts.filter(({ state }) => state.is !== 'closed').map((rollout) => rollout.id);
  return refused(
    `There is no rollout ${id}. ${open.length > 0 ? `Open are: ${open.join(', ')}.` : 'None is open.'}`,
  );
};

/** The rollout halted by who commands, with the news of it. */
export const halted = (
  rollout: Rollout,
  why: HaltReason,
  { by, why: words }: Command,
  { policy, now }: World,
): Rollout => {
  const { waiting: _, ...rest } = rollout;
  const state = { is: 'halted', why, at: now, by, words } as const;
  const more = { sentence: haltSentence(state), changes: listedChanges([]) };
  return tell({ ...rest, state }, { type: 'Rollout Halted', more }, policy, now);
};

/** Of the groups that were judged those of a cluster, or one of them. */
export const groupsIn = (
  { judged }: World,
  { cluster, nodeGroup }: { cluster: string; nodeGroup?: string },
) =>
  judged.filter(
    ({ group }) => group.cluster === cluster && (nodeGroup === undefined || group.nodeGroup === nodeGroup),
  );
