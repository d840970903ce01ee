/**
 * Makes the rollout that takes groups back to what they ran before another one.
 *
 * An own image goes back by a launch template version with the image before. For EKS's images AWS
 * documents that a node group cannot return to an earlier AMI version; users report since 2021-03
 * that it can. Drydock asks, and tells what EKS answers. Nobody could try it here (2026-11-23).
 *
 * Pure.
 */
import { newRollout, tellOpened } from './plan.ts';
import type { Policy } from './policy.ts';
import { type Goal, isUnderWay, leaveRest, type Rollout, type RolloutGroup } from './rollout.ts';
import type { Instant } from './time.ts';

const goalBack = ({ goal, before, beforeImageId }: RolloutGroup): Goal =>
  goal.by === 'launch template'
    ? { ...goal, imageId: before }
    : {
        ...goal,
        releaseVersion: before,
        imageId: beforeImageId,
        ...(goal.imageId !== undefined && { leaves: goal.imageId }),
      };

const isMoved = ({ state }: RolloutGroup): boolean => state.is === 'done' || state.is === 'failed';

const back = (group: RolloutGroup): RolloutGroup => {
  const { goal, beforeImageId: _, madeAt: __, ...rest } = group;
  const runs = goal.by === 'release version' ? goal.releaseVersion : goal.imageId;
  return {
    ...rest,
    before: runs ?? '',
    ...(goal.imageId !== undefined && { beforeImageId: goal.imageId }),
    days: 0,
    goal: goalBack(group),
    state: { is: 'waiting', attempt: 1 },
  };
};

const rollBackId = ({ id }: Rollout): string => `${id}-back`;

/** How many groups of the rollout would go back. */
export const movedGroups = ({ groups }: Rollout): readonly RolloutGroup[] => groups.filter(isMoved);

/**
 * The rollout back, and the first one with its name taken down; none while something of the first
 * is under way, as that group would be left out, and none a second time. When nothing has moved after all, the first
 * one alone, as if nobody had asked.
 */
export const openRollBack = (of: Rollout, policy: Policy, now: Instant): readonly Rollout[] => {
  if (!of.rollBack || of.rollBack.to !== undefined || of.groups.some(isUnderWay)) return [];
  const { rollBack, ...unasked } = of;
  if (movedGroups(of).length === 0) return [unasked];
  const { by, why } = rollBack;
  const id = rollBackId(of);
  const purpose = { is: 'rollBack', by, why, of: of.id } as const;
  const groups = movedGroups(of).map(back);
  const opened = newRollout(id, of.train, purpose, groups, of.publishedAt, now);
  const left = leaveRest({ ...of, rollBack: { by, why, to: id } }, 'rolledBack');
  return [tellOpened(opened, [], [of], policy, now), left];
};

/** The rollout as it asks to be taken back by the policy, where it has just halted for what that names. */
export const wantsBack = (before: Rollout, rollout: Rollout, { rollBackOn }: Policy): Rollout => {
  const { state, purpose, rollBack, groups } = rollout;
  if (before.state.is !== 'rolling' || state.is !== 'halted' || !rollBackOn.includes(state.why))
    return rollout;
  const hasMoved = groups.some((group) => isMoved(group) || isUnderWay(group));
  return purpose.is === 'rollBack' || rollBack || !hasMoved
    ? rollout
    : { ...rollout, rollBack: { by: 'the policy', why: `rollBackOn: ${state.why}` } };
};
