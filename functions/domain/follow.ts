/**
 * Follows a group's update: from what EKS reports to what becomes of the group.
 *
 * A group is done only when EKS says so, it is ACTIVE without health issues, and every instance
 * runs the target image: a failed update leaves a mixed group that looks ACTIVE.
 *
 * Pure.
 */
import { failureFacts } from './failure.ts';
import { isBusy, type NodeGroup, runsNow } from './node-group.ts';
import {
  type Failure,
  type GroupState,
  goalIsMet,
  isUnderWay,
  isWanted,
  type Rollout,
  type RolloutGroup,
} from './rollout.ts';
import { type Instant, minutesAfter, minutesBetween } from './time.ts';

export type Update = {
  readonly status: 'InProgress' | 'Successful' | 'Failed' | 'Cancelled';
  readonly errors: readonly Failure[];
};

/** What AWS said of a group at this tick. Absent members were not asked for. */
export type Seen =
  | { readonly is: 'gone' }
  | {
      readonly is: 'seen';
      readonly update?: Update;
      readonly nodeGroup?: NodeGroup;
      /** Image of every instance of the group that is pending or running. */
      readonly images?: readonly { readonly instanceId: string; readonly imageId: string }[];
    };

/** By group key; a group that is missing could not be read: unknown, so nothing is done with it. */
export type Sight = ReadonlyMap<string, Seen>;

/** After a success EKS may still be removing old nodes; later than this they stay. */
const settlingMinutes = 60;

const failed = (group: RolloutGroup, at: Instant, failure: Failure): RolloutGroup => {
  const failures = 'attempt' in group.state ? group.state.attempt : 1;
  return { ...group, state: { is: 'failed', at, ...failure, ...(failures > 1 && { failures }) } };
};

/** Health issues that name a want of machines, not a fault of the release. */
const launchIssues = new Set([
  'AsgInstanceLaunchFailures',
  'InstanceLimitExceeded',
  'InsufficientFreeAddresses',
]);

/** What ails the group beside a want of machines: EKS calls it DEGRADED for that until it could launch some. */
export const faultsOf = ({ healthIssues }: NodeGroup): NodeGroup['healthIssues'] =>
  healthIssues.filter(({ code }) => !launchIssues.has(code));

const isHealthy = (nodeGroup: NodeGroup): boolean => {
  const lacksMachines = nodeGroup.status === 'DEGRADED' && nodeGroup.healthIssues.length > 0;
  return faultsOf(nodeGroup).length === 0 && (nodeGroup.status === 'ACTIVE' || lacksMachines);
};

/** EKS ends an update whose new nodes could not be launched at all like one whose new nodes do not join. */
const trueFailure = (failure: Failure, nodeGroup: NodeGroup | undefined): Failure => {
  const issue = nodeGroup?.healthIssues.find(({ code }) => launchIssues.has(code));
  return failure.code === 'NodeCreationFailure' && issue
    ? { ...failure, code: 'LaunchFailure', message: `${issue.code}: ${issue.message}` }
    : failure;
};

/** Of several errors the one that asks for the most care decides. */
const gravity = { retry: 0, fail: 1, halt: 2 } as const;
const gravityOf = ({ code }: Failure): number => gravity[failureFacts(code).reaction.is];

const afterFailure = (
  group: RolloutGroup,
  attempt: number,
  { errors, status }: Update,
  nodeGroup: NodeGroup | undefined,
  now: Instant,
): RolloutGroup => {
  const [gravest] = errors
    .map((failure) => trueFailure(failure, nodeGroup))
    .sort((a, b) => gravityOf(b) - gravityOf(a));
  const after = gravest ?? {
    code: status === 'Cancelled' ? 'Cancelled' : 'Unknown',
    message: '',
    resources: [],
  };
  const { reaction } = failureFacts(after.code);
  if (reaction.is !== 'retry' || attempt > reaction.times) return failed(group, now, after);
  const notBefore = minutesAfter(now, reaction.afterMinutes);
  return { ...group, state: { is: 'waiting', attempt: attempt + 1, notBefore, after } };
};

type Verifying = Extract<GroupState, { is: 'verifying' }>;

const verified = (
  group: RolloutGroup,
  { since, startedAt }: Verifying,
  { nodeGroup, images }: Extract<Seen, { is: 'seen' }>,
  now: Instant,
): RolloutGroup => {
  if (!nodeGroup || !images || isBusy(nodeGroup)) return group;
  const healthy = isHealthy(nodeGroup);
  const others = images.filter(({ imageId }) => !isWanted(group.goal, imageId));
  if (healthy && others.length === 0 && goalIsMet(group.goal, nodeGroup.image)) {
    const took = startedAt ? { minutes: Math.round(minutesBetween(startedAt, now)) } : {};
    const empty = images.length === 0 ? { empty: true as const } : {};
    return { ...group, state: { is: 'done', at: now, ...took, ...empty } };
  }
  if (minutesBetween(since, now) < settlingMinutes) return group;
  if (runsNow(nodeGroup) !== group.before && !goalIsMet(group.goal, nodeGroup.image))
    return { ...group, state: { is: 'held', why: 'changedMeanwhile' } };
  if (healthy)
    return failed(group, now, {
      code: 'MixedImages',
      message: `${others.length} of ${images.length} nodes run another image`,
      resources: others.map(({ instanceId }) => instanceId),
    });
  const issues = nodeGroup.healthIssues.map(({ code, message }) => `${code}: ${message}`).join('; ');
  return failed(group, now, { code: 'Unhealthy', message: issues || nodeGroup.status, resources: [] });
};

type Updating = Extract<GroupState, { is: 'updating' }>;

const waitsAgain = (group: RolloutGroup, { attempt, force }: Updating): RolloutGroup => ({
  ...group,
  state: { is: 'waiting', attempt, ...(force && { force }) },
});

const toVerifying = (state: Updating, now: Instant): Verifying => ({
  is: 'verifying',
  attempt: state.attempt,
  since: now,
  startedAt: state.since,
});

/**
 * A group of whose update EKS knows nothing, as it has just begun it, or as the group was made anew: it has arrived
 * when it runs what is wanted, and waits again when it still does not after an hour.
 */
const withoutUpdate = (
  group: RolloutGroup,
  state: Updating,
  nodeGroup: NodeGroup | undefined,
  now: Instant,
): RolloutGroup => {
  if (!nodeGroup || isBusy(nodeGroup)) return group;
  if (goalIsMet(group.goal, nodeGroup.image)) return { ...group, state: toVerifying(state, now) };
  return minutesBetween(state.since, now) < settlingMinutes ? group : waitsAgain(group, state);
};

/** Follows a group that is under way as far as what was seen allows. */
export const follow = (group: RolloutGroup, seen: Seen | undefined, now: Instant): RolloutGroup => {
  if (!isUnderWay(group) || !seen) return group;
  if (seen.is === 'gone') return { ...group, state: { is: 'gone', at: now } };
  const { state } = group;
  if (state.is === 'verifying') return verified(group, state, seen, now);
  if (state.is !== 'updating') return group;
  if (!seen.update) return state.updateId ? withoutUpdate(group, state, seen.nodeGroup, now) : group;
  if (seen.update.status === 'InProgress') return group;
  if (seen.update.status !== 'Successful')
    return afterFailure(group, state.attempt, seen.update, seen.nodeGroup, now);
  const verifying = toVerifying(state, now);
  return verified({ ...group, state: verifying }, verifying, seen, now);
};

/** Whether its update was decided on, and EKS has not named it yet. */
export const isUnasked = ({ state }: RolloutGroup): boolean => state.is === 'updating' && !state.updateId;

/**
 * A group whose update was decided on, and may not start any more: EKS is not asked again. It is
 * followed when EKS was asked after all, and waits again when EKS shows that it was not.
 */
export const takenBack = (group: RolloutGroup, seen: Seen | undefined, now: Instant): RolloutGroup => {
  const { state } = group;
  if (state.is !== 'updating' || state.updateId || seen?.is !== 'seen' || !seen.nodeGroup) return group;
  if (goalIsMet(group.goal, seen.nodeGroup.image)) return { ...group, state: toVerifying(state, now) };
  return isBusy(seen.nodeGroup) ? group : waitsAgain(group, state);
};

/** What EKS answered when it was asked to start an update. */
export type StartAnswer =
  | { readonly is: 'started'; readonly updateId: string }
  /** Another update runs, or EC2 throttles EKS: the same request may pass later. */
  | { readonly is: 'busy' }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'gone' };

/** EC2 may not show a new version of a launch template at once: EKS then refuses what it takes a little later. */
const unseenMinutes = 15;

const mayBeTooNew = ({ goal }: RolloutGroup, { since }: Updating, now: Instant): boolean =>
  goal.by === 'launch template' && minutesBetween(since, now) < unseenMinutes;

/** Takes down what EKS answered to a start; whether a busy EKS may be asked once more, the next tick decides. */
export const answered = (
  { purpose }: Pick<Rollout, 'purpose'>,
  group: RolloutGroup,
  answer: StartAnswer,
  now: Instant,
): RolloutGroup => {
  const { state } = group;
  if (state.is !== 'updating' || answer.is === 'busy') return group;
  if (answer.is === 'refused' && mayBeTooNew(group, state, now)) return group;
  if (answer.is === 'started') return { ...group, state: { ...state, updateId: answer.updateId } };
  if (answer.is === 'gone') return { ...group, state: { is: 'gone', at: now } };
  return failed(group, now, {
    code: purpose.is === 'rollBack' ? 'RollBackRefused' : 'Refused',
    message: answer.message,
    resources: [],
  });
};
