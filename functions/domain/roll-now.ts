/**
 * Makes the rollouts of an emergency: the groups that a person names, to the newest release, with
 * only that skipped which the person named.
 *
 * Each train gets a rollout of its own beside the routine one, which gives its waiting groups up to
 * it. Its id comes from the command's, so that the same command asked twice is one rollout.
 *
 * Pure.
 */
import type { Command } from './command.ts';
import {
  type Judged,
  membersOf,
  newRollout,
  overtaken,
  publishedOf,
  takenGroups,
  tellOpened,
  type Wanted,
  wantedByTrain,
} from './plan.ts';
import type { Policy } from './policy.ts';
import { trainName } from './release.ts';
import type { Rollout } from './rollout.ts';
import { groupKey } from './target.ts';
import type { Instant } from './time.ts';

export type RollNow = Extract<Command, { command: 'roll-now' }>;

/** The policy by which the groups of an emergency are judged: without the ages that it skips. */
export const emergencyPolicy = (policy: Policy, { skip }: RollNow): Policy => ({
  ...policy,
  releases: {
    ...policy.releases,
    ...(skip.includes('age') && { minimumAgeDays: 0 }),
    ...(skip.includes('cadence') && { atMostEveryDays: 0 }),
  },
});

export type Emergency = {
  readonly opened: readonly Rollout[];
  /** Rollouts that gave groups up. */
  readonly overtaken: readonly Rollout[];
  /** Groups that are under way elsewhere, and stay there. */
  readonly busy: readonly string[];
};

/** `judged`: the groups that the command means, by `emergencyPolicy`. `suffix`: of the rollouts' ids. */
export const rollNow = (
  judged: readonly Judged[],
  rollouts: readonly Rollout[],
  { by, why, skip, canaryFirst, force }: RollNow,
  suffix: string,
  policy: Policy,
  now: Instant,
): Emergency => {
  const purpose = { is: 'rollNow', by, why, skip, canaryFirst, force } as const;
  const taken = takenGroups(rollouts);
  const current = new Map(rollouts.map((rollout) => [rollout.id, rollout]));
  const opened: Rollout[] = [];
  const gaveUp = new Set<string>();
  const busy: string[] = [];
  const isFree = ({ group }: Wanted) => !taken.has(groupKey(group));
  for (const [train, wanted] of wantedByTrain(judged)) {
    busy.push(...wanted.filter((one) => !isFree(one)).map(({ group }) => groupKey(group)));
    const [first] = wanted.filter(isFree);
    const id = `${train}-now-${suffix}`;
    if (!first || current.has(id)) continue;
    const groups = membersOf(wanted.filter(isFree), [], policy);
    const rollout = newRollout(id, first.release.train, purpose, groups, publishedOf(wanted, now), now);
    opened.push(tellOpened(rollout, [], rollouts, policy, now));
    const keys = new Set(groups.map(groupKey));
    for (const older of overtaken([...current.values()], rollout, keys, policy, now)) {
      current.set(older.id, older);
      gaveUp.add(older.id);
    }
  }
  return { opened, overtaken: [...gaveUp].flatMap((id) => current.get(id) ?? []), busy };
};

export const emergencyLine = ({ id, train, groups }: Rollout): string =>
  `${groups.length} ${groups.length === 1 ? 'group goes' : 'groups go'} to ${trainName(train)} in the rollout ${id}.`;
