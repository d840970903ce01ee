/**
 * Says what a rollout is: one release train, the groups that are to get it, each with a pinned goal.
 *
 * Everything here is stored; what AWS can be asked for is not.
 *
 * Pure.
 */

import type { Skip } from './command.ts';
import type { News } from './news.ts';
import type { GroupImage, LaunchTemplate } from './node-group.ts';
import type { WavePolicy } from './policy.ts';
import { type HoldReason, type Train, trainName } from './release.ts';
import { clusterKey, type GroupId, regionKey } from './target.ts';
import type { Instant } from './time.ts';

/** What a group shall run when it is done, and the way EKS is asked for it. */
export type Goal =
  | {
      readonly by: 'release version';
      readonly minor: string;
      readonly releaseVersion: string;
      /** `undefined`, on the way back, when nobody knows the image of that release any more. */
      readonly imageId: string | undefined;
      /** Then no node may keep this one. */
      readonly leaves?: string;
    }
  | { readonly by: 'launch template'; readonly launchTemplateId: string; readonly imageId: string };

/** What went wrong with an update: EKS's error code or ours, EKS's words, and what they name. */
export type Failure = {
  readonly code: string;
  readonly message: string;
  readonly resources: readonly string[];
};

export type GroupState =
  | {
      readonly is: 'waiting';
      readonly attempt: number;
      readonly notBefore?: Instant;
      /** When EKS was last found busy with it; others are looked at before it. */
      readonly busyAt?: Instant;
      /** Why the attempt before failed. */
      readonly after?: Failure;
      /** A person asked for `force` at the next attempt. */
      readonly force?: true;
    }
  /** Without `updateId` the update was decided on, and is (again) asked for with the same token. */
  | {
      readonly is: 'updating';
      readonly attempt: number;
      readonly since: Instant;
      readonly launchTemplate?: LaunchTemplate;
      readonly updateId?: string;
      /** EKS deletes pods that cannot be evicted. */
      readonly force?: true;
    }
  /** `startedAt`: when EKS was asked; absent when the group ran the release already. */
  | {
      readonly is: 'verifying';
      readonly attempt: number;
      readonly since: Instant;
      readonly startedAt?: Instant;
    }
  /** `minutes`: how long the update took. `empty`: it has no node, so nothing ran the release. */
  | { readonly is: 'done'; readonly at: Instant; readonly minutes?: number; readonly empty?: true }
  /** `failures`: how often it was tried. */
  | ({ readonly is: 'failed'; readonly at: Instant; readonly failures?: number } & Failure)
  | { readonly is: 'held'; readonly why: HoldReason | LeaveReason }
  | { readonly is: 'gone'; readonly at: Instant };

export type RolloutGroup = GroupId & {
  readonly wave: string;
  /** Window that its tag `drydock:window` names, instead of the wave's. */
  readonly window?: string;
  /** What it ran when the rollout took it in: a release version, or an image id. */
  readonly before: string;
  /** The image of it, where it is known. */
  readonly beforeImageId?: string;
  /** How many days it was behind then. */
  readonly days: number;
  readonly goal: Goal;
  /** When its release was made (`madeAt`); absent on the way back. */
  readonly madeAt?: Instant;
  readonly state: GroupState;
};

/** Why a group leaves its rollout without having moved, beside the reasons to hold any group. */
export const leaveReasons = {
  changedMeanwhile: 'Somebody changed what it runs after the rollout was planned.',
  minorChanged: 'It was moved to another Kubernetes minor; the next plan judges it again.',
  abandoned: 'A person gave the rollout up before its turn.',
  rolledBack: 'The rollout was taken back before its turn.',
} as const;
export type LeaveReason = keyof typeof leaveReasons;

/** Why the rollout exists; decides which rules of the policy hold for it (purpose.ts). */
export type Purpose =
  /** The policy wants it. */
  | { readonly is: 'routine' }
  /** A person wants it now. */
  | {
      readonly is: 'rollNow';
      readonly by: string;
      readonly why: string;
      readonly skip: readonly Skip[];
      readonly canaryFirst: boolean;
      readonly force: boolean;
    }
  /** Groups go back to what they ran before the rollout `of`. */
  | { readonly is: 'rollBack'; readonly by: string; readonly why: string; readonly of: string };

/** A wave that may begin only when a person says so. */
export type Approval = {
  readonly askedAt: Instant;
  /** No answer until then means no. */
  readonly until: Instant;
  readonly approved?: { readonly by: string; readonly why: string; readonly at: Instant };
};

export const haltReasons = {
  stopped: 'A person stopped it.',
  abandoned: 'A person gave it up.',
  rejected: 'A person rejected it.',
  notApproved: 'Nobody approved it in time, which means no.',
  alarmRinging: 'A CloudWatch alarm of the wave rings.',
  withdrawn: 'The release was withdrawn.',
  denied: 'The policy denies the release.',
  nothingProved: 'No earlier wave of it has got the release, so nothing shows that it works.',
  releaseBreaksNodes: 'New nodes do not come up healthy on this release.',
  failureBudgetSpent: 'More groups of the wave failed than its budget allows.',
  degradedInSoak: 'A group that was done became unhealthy while it was watched.',
} as const;
export type HaltReason = keyof typeof haltReasons;

export const waitReasons = {
  stopped: 'A person stopped everything.',
  approvalMissing: 'It needs a person’s approval.',
  alarmUnknown: 'An alarm of the wave is not OK, or could not be read.',
  soaking: 'The wave before is being watched.',
  windowShut: 'The window is shut.',
  frozen: 'A freeze is in force.',
  neverOpens: 'Its window never opens: look at the policy.',
  updating: 'Updates are under way.',
  retryLater: 'A failed update is tried again later.',
  limitReached: 'As many groups are under way as the limits allow.',
  groupBusy: 'EKS is busy with the group, or it is not ACTIVE.',
  earlierUnknown: 'Groups of the wave before could not be read, so nothing says that they are well.',
  unknown: 'What EKS has of the next groups was not read yet, or could not be.',
} as const;
export type WaitReason = keyof typeof waitReasons;

/** Why nothing starts now. `until` is known for times only; otherwise the next tick looks again. */
export type Waiting = {
  readonly why: WaitReason;
  readonly wave: string;
  readonly until?: Instant;
  readonly freeze?: string;
  /** After a soak: which wave starts when, where its window opens later than the soak ends. */
  readonly next?: { readonly wave: string; readonly opens: Instant };
  /** Alarms that are not OK. */
  readonly alarms?: readonly string[];
};

/** `by` and `words`: of the person who halted it; the alarms that ring. */
export type Halted = {
  readonly is: 'halted';
  readonly why: HaltReason;
  readonly at: Instant;
  readonly by?: string;
  readonly words?: string;
};

export type RolloutState =
  | { readonly is: 'rolling' }
  | Halted
  /** `halted`: as it was when a newer train took over what waited. */
  | {
      readonly is: 'closed';
      readonly at: Instant;
      readonly abandoned?: true;
      readonly halted?: Halted;
    };

export type Rollout = {
  readonly id: string;
  /** How often it was stored; a write of an older one is refused. 0: never. */
  readonly revision: number;
  readonly train: Train;
  readonly purpose: Purpose;
  /** When the first source named the release. */
  readonly publishedAt: Instant;
  readonly openedAt: Instant;
  readonly state: RolloutState;
  readonly groups: readonly RolloutGroup[];
  /** The groups that should have gone first are not in it. */
  readonly unproved?: true;
  /** A person lets it go on although nothing proved the release. */
  readonly goesUnproved?: true;
  /** When each wave was complete for the first time; its soak counts from there. */
  readonly waveDoneAt: Readonly<Record<string, Instant>>;
  /** By wave. */
  readonly approvals: Readonly<Record<string, Approval>>;
  /** When a person last resumed it: failures before do not halt it again. */
  readonly resumedAt?: Instant;
  /** Who wants its groups taken back, once nothing of it is under way; `to`: the rollout that does it. */
  readonly rollBack?: { readonly by: string; readonly why: string; readonly to?: string };
  readonly waiting?: Waiting;
  /** Since when nothing says why it does not move; of a wait that is over unless that is later than its last move. */
  readonly unexplainedSince?: Instant;
  /** The newer train that took over the groups that had not started. */
  readonly overtakenBy?: string;
  /** Number of the last piece of news. */
  readonly sequence: number;
  /** News that is not yet published. */
  readonly outbox: readonly News[];
};

/** `al2023-v20260714`; safe in a key, a token and a file name. */
export const rolloutId = (train: Train): string => rolloutIdOf(trainName(train));

/** By the train's name. */
export const rolloutIdOf = (name: string): string =>
  name.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replace(/^-/, '');

/** The train that a rollout is about was given up, or is taken back: no other group joins it. */
export const isGivenUp = ({ state, rollBack }: Rollout): boolean =>
  rollBack !== undefined ||
  (state.is === 'closed' && state.abandoned === true) ||
  (state.is === 'halted' && state.why === 'abandoned');

/** Whether it keeps groups from its train for good: they failed on it, or somebody gave it up. */
export const barsGroups = (rollout: Rollout): boolean =>
  isGivenUp(rollout) || rollout.groups.some(({ state }) => state.is === 'failed');

/** Given up, and nothing is taken back: what is under way ends, and nothing else happens. */
export const isAbandoned = (rollout: Rollout): boolean => isGivenUp(rollout) && !rollout.rollBack;

/** The rollout without hope for the groups that wait: they leave it. */
export const leaveRest = (rollout: Rollout, why: LeaveReason): Rollout => ({
  ...rollout,
  groups: rollout.groups.map((group) =>
    group.state.is === 'waiting' ? { ...group, state: { is: 'held', why } } : group,
  ),
});

export const isUnderWay = ({ state }: RolloutGroup): boolean =>
  state.is === 'updating' || state.is === 'verifying';

/** Whether nodes of the group came up healthy on the release. */
export const hasProved = ({ state }: RolloutGroup): boolean => state.is === 'done' && !state.empty;

/** Whether the rollout has nothing more to do with the group. */
export const isSettled = (group: RolloutGroup): boolean => group.state.is !== 'waiting' && !isUnderWay(group);

/** A wave that the policy no longer knows is the last one. */
export const waveOf = ({ wave }: RolloutGroup, waves: readonly WavePolicy[]): WavePolicy | undefined =>
  waves.find(({ name }) => name === wave) ?? waves.at(-1);

export const goalIsMet = (goal: Goal, image: GroupImage): boolean =>
  goal.by === 'release version'
    ? image.is === 'eks' && image.releaseVersion === goal.releaseVersion
    : image.is === 'own' && image.imageId === goal.imageId;

/** Whether a node runs what the goal wants, as far as its image tells. */
export const isWanted = (goal: Goal, imageId: string): boolean =>
  goal.imageId === undefined
    ? !(goal.by === 'release version' && goal.leaves === imageId)
    : imageId === goal.imageId;

/** What is under way, by cluster and by region; limits count against it. */
export type Load = Readonly<Record<string, number>>;

export const loadOf = (groups: readonly RolloutGroup[]): Load => {
  const load: Record<string, number> = {};
  for (const group of groups.filter(isUnderWay))
    for (const key of [clusterKey(group), regionKey(group.target)]) load[key] = (load[key] ?? 0) + 1;
  return load;
};

export const addLoad = (a: Load, b: Load): Load => {
  const sum: Record<string, number> = { ...a };
  for (const [key, number] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + number;
  return sum;
};
