/**
 * Turns verdicts into rollouts: one for each release train, opened, extended or reopened.
 *
 * A newer train takes over the groups of an older rollout that have not started; what is
 * updating there finishes there. A group that failed in a train's rollout, or that somebody
 * changed after it was done, is not taken up again by the same train.
 *
 * Pure.
 */

import { factsOf } from './ami-type.ts';
import { forecast } from './forecast.ts';
import { changeOf, type LeftAlone, listed, listedChanges, tell } from './news.ts';
import { type GroupVerdict, type NodeGroup, runsNow, windowTagOf } from './node-group.ts';
import type { Policy } from './policy.ts';
import { policyFor } from './purpose.ts';
import { type HoldReason, holdReasons, madeAt, type Release, type Train, trainName } from './release.ts';
import {
  type Goal,
  type GroupState,
  isGivenUp,
  isSettled,
  isUnderWay,
  type Purpose,
  type Rollout,
  type RolloutGroup,
  rolloutId,
  waveOf,
} from './rollout.ts';
import type { Unread } from './round.ts';
import { mayMeanAt } from './selector.ts';
import { keepingWindow } from './start.ts';
import { groupKey } from './target.ts';
import { earliest, type Instant } from './time.ts';
import { assignWaves } from './wave.ts';

export type Judged = { readonly group: NodeGroup; readonly verdict: GroupVerdict };

/** Those whom a newer train overtook again and again come before those that the last one moved. */
export const mostBehindFirst = (judged: readonly Judged[]): readonly Judged[] => {
  const days = ({ verdict }: Judged): number => (verdict.is === 'behind' ? verdict.days : 0);
  return judged.toSorted((a, b) => days(b) - days(a));
};

const goalOf = (group: NodeGroup, { imageId, version }: Release): Goal | undefined => {
  if (group.image.is === 'own')
    return { by: 'launch template', launchTemplateId: group.image.launchTemplate.id, imageId };
  return version && { by: 'release version', minor: group.minor, releaseVersion: version.text, imageId };
};

const familyOf = ({ verdict: { source } }: Judged): string | undefined =>
  source && (source.is === 'aws' ? factsOf(source.amiType).family : source.parameter);

/** Reasons that no rollout of the group's own family will ever tell: every rollout does. */
const untoldElsewhere: readonly HoldReason[] = [
  'publishingEnded',
  'noRelease',
  'parameterMissing',
  'parameterUnreadable',
  'unreadableVersion',
  'unknownAge',
];

/** Who stays as it is although the train would suit its family, or because no train ever will. */
const leftAlone = (judged: readonly Judged[], train: Train): LeftAlone[] =>
  judged.flatMap((one) => {
    const { group, verdict } = one;
    const family = familyOf(one);
    if (verdict.is !== 'held') return [];
    if (family !== undefined && family !== train.family && !untoldElsewhere.includes(verdict.why)) return [];
    const { target, cluster, nodeGroup } = group;
    const { why, until } = verdict;
    return [{ target, cluster, nodeGroup, why, sentence: holdReasons[why], ...(until && { until }) }];
  });

/** A group to roll, with the release it gets. */
export type Wanted = {
  readonly group: NodeGroup;
  readonly release: Release;
  readonly days: number;
  /** Image of what it runs now; `undefined` when nobody knows it any more. */
  readonly runningImageId: string | undefined;
};

/** Groups as they join a rollout. `has`: groups that it has already, whose waves are counted. */
export const membersOf = (
  wanted: readonly Wanted[],
  has: readonly RolloutGroup[],
  policy: Policy,
): readonly RolloutGroup[] => {
  const taken: Record<string, number> = {};
  for (const { wave } of has) taken[wave] = (taken[wave] ?? 0) + 1;
  const groups = wanted.map(({ group }) => group);
  const waves = assignWaves(groups, policy.waves, taken);
  return wanted.flatMap(({ group, release, days, runningImageId }): RolloutGroup[] => {
    const goal = goalOf(group, release);
    const wave = waves.get(groupKey(group));
    if (!goal || !wave) return [];
    const { target, cluster, nodeGroup } = group;
    const window = windowTagOf(group);
    return [
      {
        target,
        cluster,
        nodeGroup,
        wave,
        ...(window && { window }),
        before: runsNow(group),
        ...(runningImageId && { beforeImageId: runningImageId }),
        days,
        goal,
        madeAt: madeAt(release),
        state: { is: 'waiting', attempt: 1 },
      },
    ];
  });
};

/** Over by itself, in hours or days: who is held so is waited for. */
const soonOver: ReadonlySet<HoldReason> = new Set(['rolledRecently', 'tooFresh']);

type Kept = { readonly group: NodeGroup; readonly soon: boolean };

/** Groups that the train is for, and that cannot join it now. `taken`: those that are free again soon. */
const keptFrom = (
  id: string,
  judged: readonly Judged[],
  wanted: readonly Wanted[],
  taken: ReadonlySet<string>,
  barred: ReadonlySet<string>,
): readonly Kept[] => [
  ...wanted
    .map(({ group }) => ({ group, soon: taken.has(groupKey(group)) }))
    .filter(({ group, soon }) => soon || barred.has(groupKey(group))),
  ...judged.flatMap(({ group, verdict }) =>
    verdict.is === 'held' && verdict.train && rolloutId(verdict.train) === id
      ? [{ group, soon: soonOver.has(verdict.why) }]
      : [],
  ),
];

/**
 * What a new rollout lacks whose first groups are not of the first wave: groups of an earlier one that can join
 * soon, or are read soon; or whatever else should have proved the release before, in a place that refuses too.
 */
const lackedBy = (
  incoming: readonly RolloutGroup[],
  kept: readonly Kept[],
  unread: readonly Unread[],
  { waves }: Policy,
): 'soon' | 'proof' | undefined => {
  const first = waves.findIndex(({ name }) => incoming.some(({ wave }) => wave === name));
  const earlier = waves.slice(0, first);
  const waveOfKept = assignWaves(
    kept.map(({ group }) => group),
    waves,
  );
  const before = kept.filter(({ group }) =>
    earlier.some(({ name }) => name === waveOfKept.get(groupKey(group))),
  );
  const unseen = unread.filter(({ target }) =>
    earlier.some(({ select }) => select.some((selector) => mayMeanAt(selector, target))),
  );
  if (before.some(({ soon }) => soon) || unseen.some(({ refused }) => !refused)) return 'soon';
  return before.length > 0 || unseen.length > 0 ? 'proof' : undefined;
};

export const newRollout = (
  id: string,
  train: Train,
  purpose: Purpose,
  groups: readonly RolloutGroup[],
  publishedAt: Instant,
  now: Instant,
): Rollout => ({
  id,
  revision: 0,
  train,
  purpose,
  publishedAt,
  openedAt: now,
  state: { is: 'rolling' },
  groups,
  waveDoneAt: {},
  approvals: {},
  sequence: 0,
  outbox: [],
});

/** `history`: rollouts that tell how long updates take. */
export const tellOpened = (
  rollout: Rollout,
  others: readonly LeftAlone[],
  history: readonly Rollout[],
  policy: Policy,
  now: Instant,
): Rollout => {
  const groups = listedChanges(rollout.groups.map((group) => changeOf(group, 'joined')));
  const expected = forecast(rollout, history, policy, now);
  return tell(
    rollout,
    { type: 'Rollout Opened', more: { groups, leftAlone: listed(others), forecast: expected } },
    policy,
    now,
  );
};

/** Whether the groups that are left would begin the rollout in place of some that should have gone before them. */
const losesItsFirst = (
  older: Rollout,
  moved: readonly RolloutGroup[],
  left: readonly RolloutGroup[],
  policy: Policy,
): boolean => {
  const { waves } = policyFor(older, policy);
  const place = ({ wave }: RolloutGroup) => {
    const at = waves.findIndex(({ name }) => name === wave);
    return at < 0 ? waves.length - 1 : at;
  };
  const next = left.filter((group) => !isSettled(group)).map(place);
  return next.length > 0 && moved.some((group) => next.every((at) => place(group) < at));
};

/** Whether all that failed in it goes on in a later rollout, now that one takes these groups. */
const movesFailed = (older: Rollout, rollouts: readonly Rollout[], taken: ReadonlySet<string>): boolean => {
  const later = rollouts.filter(({ id, openedAt }) => id !== older.id && openedAt > older.openedAt);
  const movedOn = new Set(later.flatMap(({ groups }) => groups.map(groupKey)));
  const failed = older.groups.filter(({ state }) => state.is === 'failed').map(groupKey);
  return failed.some((key) => taken.has(key)) && failed.every((key) => taken.has(key) || movedOn.has(key));
};

/**
 * The older rollouts without the waiting groups that the newer one takes; only those that changed. One that halted
 * when its last groups failed has nothing left to do when these move on.
 */
export const overtaken = (
  rollouts: readonly Rollout[],
  newer: Rollout,
  taken: ReadonlySet<string>,
  policy: Policy,
  now: Instant,
): readonly Rollout[] =>
  rollouts.flatMap((older) => {
    const moves = (group: RolloutGroup) => group.state.is === 'waiting' && taken.has(groupKey(group));
    const moved = older.groups.filter(moves);
    const retries = older.state.is === 'halted' && movesFailed(older, rollouts, taken);
    if (older.id === newer.id || older.state.is === 'closed' || (moved.length === 0 && !retries)) return [];
    const groups = older.groups.filter((group) => !moves(group));
    const changes = listedChanges(moved.map((group) => changeOf(group, 'movedOver')));
    const kept: Rollout = {
      ...older,
      groups,
      overtakenBy: trainName(newer.train),
      ...(losesItsFirst(older, moved, groups, policy) && { unproved: true }),
    };
    return [tell(kept, { type: 'Rollout Progressed', more: { changes } }, policy, now)];
  });

/** A closed rollout as it goes on: halted, if it was when a newer train took over. */
const reopened = (rollout: Rollout): Rollout => {
  if (rollout.state.is !== 'closed') return rollout;
  const { overtakenBy: _, ...rest } = rollout;
  return { ...rest, state: rollout.state.halted ?? { is: 'rolling' } };
};

/** Answers, and questions about groups that still wait; any other is asked anew. */
const askedStill = ({ approvals, groups }: Rollout, { waves }: Policy): Rollout['approvals'] =>
  Object.fromEntries(
    Object.entries(approvals).filter(
      ([name, { approved }]) =>
        approved ||
        groups.some((group) => group.state.is === 'waiting' && waveOf(group, waves)?.name === name),
    ),
  );

const extended = (
  rollout: Rollout,
  incoming: readonly RolloutGroup[],
  policy: Policy,
  now: Instant,
): Rollout => {
  const joining = new Set(incoming.map(groupKey));
  const changes = listedChanges(incoming.map((group) => changeOf(group, 'joined')));
  const longer: Rollout = {
    ...reopened(rollout),
    approvals: askedStill(rollout, policy),
    groups: [...rollout.groups.filter((group) => !joining.has(groupKey(group))), ...incoming],
  };
  return tell(longer, { type: 'Rollout Progressed', more: { changes } }, policy, now);
};

/** What each train would move, by rollout id. */
export const wantedByTrain = (judged: readonly Judged[]): ReadonlyMap<string, readonly Wanted[]> => {
  const wanted = judged.flatMap(({ group, verdict }) =>
    verdict.is === 'behind'
      ? [
          {
            group,
            release: verdict.target,
            days: verdict.days,
            runningImageId: verdict.runningImageId,
          },
        ]
      : [],
  );
  return Map.groupBy(wanted, ({ release }) => rolloutId(release.train));
};

/** Groups that no routine rollout may take now: under way, or in the hands of a person's rollout. */
export const takenGroups = (rollouts: readonly Rollout[]): ReadonlySet<string> =>
  new Set(
    rollouts.flatMap(({ groups, purpose, state }) => {
      const keepsWaiting = purpose.is !== 'routine' && state.is === 'rolling';
      const taken = groups.filter(
        (group) => isUnderWay(group) || (keepsWaiting && group.state.is === 'waiting'),
      );
      return taken.map(groupKey);
    }),
  );

/** Whether a rollout of the same train has the group for good: it waits there, or moved or failed, or was given up. */
const isBarred = (state: GroupState): boolean =>
  state.is === 'held' ? state.why === 'abandoned' || state.why === 'rolledBack' : state.is !== 'gone';

/** Groups that the train's rollouts, a person's too, keep from joining one of it. */
const barredFrom = (id: string, rollouts: readonly Rollout[]): ReadonlySet<string> =>
  new Set(
    rollouts
      .filter(({ train, purpose }) => purpose.is !== 'rollBack' && rolloutId(train) === id)
      .flatMap(({ groups }) => groups.filter(({ state }) => isBarred(state)).map(groupKey)),
  );

/** An open rollout in whose turn the windows count that the tags of waiting groups name now. */
const withWindows = (rollout: Rollout, judged: ReadonlyMap<string, NodeGroup>): Rollout => {
  if (rollout.state.is === 'closed') return rollout;
  const groups = rollout.groups.map((group) => {
    const nodeGroup = group.state.is === 'waiting' ? judged.get(groupKey(group)) : undefined;
    return nodeGroup ? keepingWindow(group, nodeGroup) : group;
  });
  return groups.some((group, i) => group !== rollout.groups[i]) ? { ...rollout, groups } : rollout;
};

/** What is planned with. `rollouts`: all that are stored, open and closed; `unread`: what was not read. */
export type Scene = {
  readonly judged: readonly Judged[];
  readonly unread: readonly Unread[];
  readonly rollouts: readonly Rollout[];
  readonly policy: Policy;
  readonly now: Instant;
};

/**
 * `changed`: older rollouts first, as a group leaves its old rollout before it joins the new one, so that a crash
 * between the two leaves it for the next plan. `postponed`: trains whose rollout a later plan opens, when groups that
 * should go first can join; meanwhile an older rollout keeps the others.
 */
export type Plan = { readonly changed: readonly Rollout[]; readonly postponed: readonly Train[] };

export const planRollouts = ({ judged, unread, rollouts, policy, now }: Scene): Plan => {
  const seen = new Map(judged.map(({ group }) => [groupKey(group), group]));
  const tagged = rollouts.map((rollout) => withWindows(rollout, seen));
  const current = new Map(tagged.map((rollout) => [rollout.id, rollout]));
  const left = new Set(tagged.filter((rollout, i) => rollout !== rollouts[i]).map(({ id }) => id));
  const joined = new Set<string>();
  const postponed: Train[] = [];
  const taken = takenGroups(rollouts);
  for (const [id, wanted] of wantedByTrain(judged)) {
    const rollout = current.get(id);
    const barred = barredFrom(id, rollouts);
    const free = wanted.filter(({ group }) => !taken.has(groupKey(group)) && !barred.has(groupKey(group)));
    const [first] = free;
    if (!first || (rollout && isGivenUp(rollout))) continue;
    const keys = new Set(free.map(({ group }) => groupKey(group)));
    const stay = rollout?.groups.filter((group) => !keys.has(groupKey(group))) ?? [];
    const incoming = membersOf(free, stay, policy);
    const { train } = first.release;
    const lacks = rollout
      ? undefined
      : lackedBy(incoming, keptFrom(id, judged, wanted, taken, barred), unread, policy);
    if (lacks === 'soon') {
      postponed.push(train);
      continue;
    }
    const next = rollout
      ? extended(rollout, incoming, policy, now)
      : tellOpened(
          {
            ...newRollout(id, train, { is: 'routine' }, incoming, publishedOf(wanted, now), now),
            ...(lacks && { unproved: true }),
          },
          leftAlone(judged, train),
          rollouts,
          policy,
          now,
        );
    current.set(id, next);
    joined.add(id);
    for (const older of overtaken(
      [...current.values()],
      next,
      new Set(incoming.map(groupKey)),
      policy,
      now,
    )) {
      current.set(older.id, older);
      left.add(older.id);
    }
  }
  return {
    changed: [...left, ...joined.difference(left)].flatMap((id) => current.get(id) ?? []),
    postponed,
  };
};

export const publishedOf = (wanted: readonly Wanted[], now: Instant): Instant =>
  earliest(wanted.map(({ release }) => release.publishedAt)) ?? now;
