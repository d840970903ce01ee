/**
 * Follows a group's update: from what EKS reports to what becomes of the group.
 *
 * A group is done only when EKS says so, it is ACTIVE without health issues, and every instance
 * runs the target image: a failed update leaves a mixed group that looks ACTIVE.
 *
 * Pure.
 */
import { failureFacts } from './failure.ts';
import type { NodeGroup } from './node-group.ts';
import { goalIsMet, isUnderWay, type RolloutGroup } from './rollout.ts';
import { type Instant, minutesAfter, minutesBetween } from './time.ts';

export type Update = {
  readonly status: 'InProgress' | 'Successful' | 'Failed' | 'Cancelled';
  readonly errors: readonly {
    readonly code: string;
    readonly message: string;
    readonly resources: readonly string[];
  }[];
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

const failed = (
  group: RolloutGroup,
  at: Instant,
  code: string,
  message: string,
  resources: readonly string[] = [],
): RolloutGroup => ({
  ...group,
  state: { is: 'failed', at, code, message, resources },
});

/** Of several errors the one that asks for the most care decides. */
const gravity = { retry: 0, fail: 1, halt: 2 } as const;

const afterFailure = (
  group: RolloutGroup,
  attempt: number,
  { errors, status }: Update,
  now: Instant,
): RolloutGroup => {
  const gravest = errors.toSorted(
    (a, b) => gravity[failureFacts(b.code).reaction.is] - gravity[failureFacts(a.code).reaction.is],
  )[0];
  const { code, message, resources } = gravest ?? {
    code: status === 'Cancelled' ? 'Cancelled' : 'Unknown',
    message: '',
    resources: [],
  };
  const { reaction } = failureFacts(code);
  if (reaction.is === 'retry' && attempt <= reaction.times)
    return {
      ...group,
      state: { is: 'waiting', attempt: attempt + 1, notBefore: minutesAfter(now, reaction.afterMinutes) },
    };
  return failed(group, now, code, message, resources);
};

const verified = (
  group: RolloutGroup,
  since: Instant,
  { nodeGroup, images }: Extract<Seen, { is: 'seen' }>,
  now: Instant,
): RolloutGroup => {
  if (!nodeGroup || !images) return group;
  const healthy = nodeGroup.status === 'ACTIVE' && nodeGroup.healthIssues.length === 0;
  const others = images.filter(({ imageId }) => imageId !== group.goal.imageId);
  if (healthy && others.length === 0 && goalIsMet(group.goal, nodeGroup.image))
    return { ...group, state: { is: 'done', at: now } };
  if (minutesBetween(since, now) < settlingMinutes) return group;
  return healthy
    ? failed(
        group,
        now,
        'MixedImages',
        `${others.length} of ${images.length} nodes run another image`,
        others.map(({ instanceId }) => instanceId),
      )
    : failed(
        group,
        now,
        'Unhealthy',
        nodeGroup.healthIssues.map(({ code, message }) => `${code}: ${message}`).join('; ') ||
          nodeGroup.status,
      );
};

/** Follows a group that is under way as far as what was seen allows. */
export const follow = (group: RolloutGroup, seen: Seen | undefined, now: Instant): RolloutGroup => {
  if (!isUnderWay(group) || !seen) return group;
  if (seen.is === 'gone') return { ...group, state: { is: 'gone', at: now } };
  const { state } = group;
  if (state.is === 'verifying') return verified(group, state.since, seen, now);
  if (state.is !== 'updating' || !seen.update || seen.update.status === 'InProgress') return group;
  if (seen.update.status !== 'Successful') return afterFailure(group, state.attempt, seen.update, now);
  return verified(
    { ...group, state: { is: 'verifying', attempt: state.attempt, since: now } },
    now,
    seen,
    now,
  );
};

/** What EKS answered when it was asked to start an update. */
export type StartAnswer =
  | { readonly is: 'started'; readonly updateId: string }
  /** Another update runs, or EC2 throttles EKS: the same request may pass later. */
  | { readonly is: 'busy' }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'gone' };

/** A group that EKS is busy with is looked at again at the next tick after this. */
const busyMinutes = 5;

/** Takes down what EKS answered to a start. */
export const answered = (group: RolloutGroup, answer: StartAnswer, now: Instant): RolloutGroup => {
  const { state } = group;
  if (state.is !== 'updating') return group;
  if (answer.is === 'started') return { ...group, state: { ...state, updateId: answer.updateId } };
  if (answer.is === 'gone') return { ...group, state: { is: 'gone', at: now } };
  if (answer.is === 'refused') return failed(group, now, 'Refused', answer.message);
  return {
    ...group,
    state: { is: 'waiting', attempt: state.attempt, notBefore: minutesAfter(now, busyMinutes) },
  };
};
