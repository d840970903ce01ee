/**
 * Says what a patch job is: nodes that a person wants patched in place, in batches, and what became of each.
 *
 * Everything here is stored; what AWS can be asked for is not.
 *
 * Pure.
 */
import type { Severity } from '../finding.ts';
import type { News } from '../news.ts';
import { type GroupId, groupKey, type Target } from '../target.ts';
import type { Instant } from '../time.ts';

/** `any`: every node that Patch Manager can patch, whatever its last scan says. */
export type WantedSeverity = Severity | 'any';

/** Why a node is left as it is. */
export const leftReasons = {
  readOnly: 'Its system has no packages: a newer image is the way, command roll-now.',
  lockedRelease:
    'Its repository is locked to the release of its image, so that nothing could be installed: a newer release is the way, command roll-now.',
  nothingOpen: 'Its last scan found nothing to install.',
  lessSevere: 'Nothing that it lacks is as severe as asked for.',
  notKnown: 'Nobody knows what it lacks: its scan is missing or too old. Severity any takes it all the same.',
  notManaged: 'Systems Manager does not manage it.',
  agentLost: 'Its SSM agent is silent.',
  heldByTag: 'Its group carries the tag drydock:hold.',
  heldByPerson: 'A person holds its group.',
  ignoredByTag: 'Its group carries the tag drydock:ignore.',
  outsidePolicy: 'The policy leaves its cluster out.',
  ownedElsewhere: 'The tags of its group say that another tool keeps it.',
  launchedElsewhere: 'No managed node group launched it: whoever did must patch or replace it.',
  inAnotherJob: 'Another patch job has it.',
  vanished: 'It is gone: new nodes come up from the image of its group.',
  refused: 'Systems Manager refused it.',
  stopped: 'The job ended before its turn.',
} as const;
export type LeftReason = keyof typeof leftReasons;

export const patchFailures = {
  installFailed: 'The installation failed.',
  timedOut: 'It took longer than the policy allows, and was cancelled.',
  notBack: 'Its agent did not come back after the reboot.',
} as const;
export type PatchFailure = keyof typeof patchFailures;

export const patchStops = {
  stopped: 'A person stopped it.',
  rejected: 'A person rejected it.',
  notApproved: 'Nobody approved it in time, which means no.',
  failureBudgetSpent: 'More nodes failed than the failure budget allows.',
  snapshotExpired:
    'It took longer than the three days for which its snapshot of the patches is good: later nodes would get other patches.',
  refusedBySsm: 'Systems Manager refused the command itself.',
} as const;
export type PatchStop = keyof typeof patchStops;

export const patchWaits = {
  approvalMissing: 'It needs a person’s approval.',
  underWay: 'Commands are under way.',
  groupBusy: 'EKS is busy with a group, or reports health issues of it.',
  rebooted: 'A node that rebooted is being watched.',
  otherJob: 'Another patch job is at work in the cluster.',
  unknown: 'What AWS has of the next nodes was not read yet, or could not be.',
} as const;
export type PatchWait = keyof typeof patchWaits;

export type PatchNodeState =
  | { readonly is: 'waiting' }
  | { readonly is: 'installing'; readonly batch: number }
  /** Patched, and waits for the reboot that was asked for. */
  | { readonly is: 'installed'; readonly at: Instant }
  | { readonly is: 'rebooting'; readonly batch: number }
  /** Rebooted, and is watched. */
  | { readonly is: 'settling'; readonly since: Instant }
  | { readonly is: 'patched'; readonly at: Instant; readonly rebooted: boolean }
  | { readonly is: 'failed'; readonly at: Instant; readonly why: PatchFailure; readonly message: string }
  | { readonly is: 'left'; readonly at: Instant; readonly why: LeftReason };

export type PatchNode = {
  readonly instanceId: string;
  readonly cluster: string;
  readonly nodeGroup: string;
  /** Availability zone name. */
  readonly zone: string;
  /** How often a command with it was refused. */
  readonly refusals?: number;
  readonly state: PatchNodeState;
};

/** One command of Run Command. Without `commandId` it was decided on, and sent or not: it is looked for. */
export type PatchBatch = {
  readonly number: number;
  readonly cluster: string;
  readonly reboots: boolean;
  readonly decidedAt: Instant;
  /** Run Command terminates the rest once one more has failed. */
  readonly maxErrors: number;
  readonly commandId?: string;
  readonly cancelledAt?: Instant;
};

export type PatchJobState =
  | { readonly is: 'asking'; readonly until: Instant }
  | { readonly is: 'patching' }
  /** What is under way is being cancelled. */
  | { readonly is: 'stopping'; readonly why: PatchStop; readonly by?: string; readonly words?: string }
  | {
      readonly is: 'closed';
      readonly at: Instant;
      readonly why?: PatchStop;
      readonly by?: string;
      readonly words?: string;
    };

/** A person's yes to a job that asked. */
export type PatchApproval = { readonly by: string; readonly why: string; readonly at: Instant };

export type PatchJob = {
  readonly id: string;
  /** How often it was stored; a write of an older one is refused. 0: never. */
  readonly revision: number;
  readonly target: Target;
  readonly by: string;
  readonly why: string;
  readonly severity: WantedSeverity;
  readonly reboot: boolean;
  readonly openedAt: Instant;
  readonly state: PatchJobState;
  readonly approved?: PatchApproval;
  readonly nodes: readonly PatchNode[];
  /** How many nodes each group had, by `cluster/node group`; shares are of these. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Under way. */
  readonly batches: readonly PatchBatch[];
  /** Number of the last batch. */
  readonly lastBatch: number;
  /** When the first command was decided on: the snapshot counts from there. */
  readonly startedAt?: Instant;
  readonly waiting?: { readonly why: PatchWait; readonly until?: Instant };
  /** Number of the last piece of news. */
  readonly sequence: number;
  /** News that is not yet published. */
  readonly outbox: readonly News[];
};

export const isPatchSettled = ({ state }: PatchNode): boolean =>
  state.is === 'patched' || state.is === 'failed' || state.is === 'left';

/** `blue/workers`. */
export const sizeKey = ({ cluster, nodeGroup }: Pick<PatchNode, 'cluster' | 'nodeGroup'>): string =>
  `${cluster}/${nodeGroup}`;

export const groupIdOf = (
  { target }: Pick<PatchJob, 'target'>,
  { cluster, nodeGroup }: Pick<PatchNode, 'cluster' | 'nodeGroup'>,
): GroupId => ({ target, cluster, nodeGroup });

export const groupKeyOf = (
  job: Pick<PatchJob, 'target'>,
  node: Pick<PatchNode, 'cluster' | 'nodeGroup'>,
): string => groupKey(groupIdOf(job, node));

/** Nodes of a batch that are not through with it. */
export const nodesIn = ({ nodes }: Pick<PatchJob, 'nodes'>, { number }: PatchBatch): readonly PatchNode[] =>
  nodes.filter(
    ({ state }) => (state.is === 'installing' || state.is === 'rebooting') && state.batch === number,
  );
