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
import { type Change, changeOf, type LeftAlone, listed, tell } from './news.ts';
import { type GroupVerdict, type NodeGroup, tagsOf } from './node-group.ts';
import type { Policy } from './policy.ts';
import { type HoldReason, holdReasons, type Release, type Train, trainName } from './release.ts';
import { type Goal, isUnderWay, type Rollout, type RolloutGroup, rolloutId } from './rollout.ts';
import { groupKey } from './target.ts';
import type { Instant } from './time.ts';
import { assignWaves } from './wave.ts';

export type Judged = { readonly group: NodeGroup; readonly verdict: GroupVerdict };

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

const overtake = (
  older: Rollout,
  taken: ReadonlySet<string>,
  by: string,
  policy: Policy,
  now: Instant,
): Rollout => {
  const moves = (group: RolloutGroup) => group.state.is === 'waiting' && taken.has(groupKey(group));
  const moved = older.groups.filter(moves);
  const kept = { ...older, groups: older.groups.filter((group) => !moves(group)), overtakenBy: by };
  const changes = listed(moved.map((group) => changeOf(group, 'movedOver')));
  return tell(kept, { type: 'Rollout Progressed', more: { changes } }, policy.waves, now);
};

const take = (
  rollout: Rollout | undefined,
  train: Train,
  incoming: readonly RolloutGroup[],
  others: LeftAlone[],
  policy: Policy,
  now: Instant,
): Rollout => {
  const joining = new Set(incoming.map(groupKey));
  const told = (is: Change['is']) => listed(incoming.map((group) => changeOf(group, is)));
  if (!rollout) {
    const opened: Rollout = {
      id: rolloutId(train),
      revision: 0,
      train,
      openedAt: now,
      state: { is: 'rolling' },
      groups: incoming,
      waveDoneAt: {},
      sequence: 0,
      outbox: [],
    };
    return tell(
      opened,
      { type: 'Rollout Opened', more: { groups: told('joined'), leftAlone: listed(others) } },
      policy.waves,
      now,
    );
  }
  const extended: Rollout = {
    ...rollout,
    state: rollout.state.is === 'closed' ? { is: 'rolling' } : rollout.state,
    groups: [...rollout.groups.filter((group) => !joining.has(groupKey(group))), ...incoming],
  };
  return tell(extended, { type: 'Rollout Progressed', more: { changes: told('joined') } }, policy.waves, now);
};

/**
 * `rollouts`: every open one, and closed ones of the trains that groups are behind of.
 * Answers the rollouts that changed, older ones first: a group leaves its old rollout before it
 * joins the new one, so that a crash between the two leaves it for the next plan.
 */
export const planRollouts = (
  judged: readonly Judged[],
  rollouts: readonly Rollout[],
  policy: Policy,
  now: Instant,
): readonly Rollout[] => {
  const trains = new Map<string, { train: Train; wanted: { group: NodeGroup; release: Release }[] }>();
  for (const { group, verdict } of judged) {
    if (verdict.is !== 'behind') continue;
    const { train } = verdict.target;
    const known = trains.get(rolloutId(train)) ?? { train, wanted: [] };
    known.wanted.push({ group, release: verdict.target });
    trains.set(rolloutId(train), known);
  }

  const current = new Map(rollouts.map((rollout) => [rollout.id, rollout]));
  const left = new Set<string>();
  const joined = new Set<string>();
  const underWay = new Set(rollouts.flatMap(({ groups }) => groups.filter(isUnderWay).map(groupKey)));
  for (const [id, { train, wanted }] of trains) {
    const rollout = current.get(id);
    const has = new Map(rollout?.groups.map((group) => [groupKey(group), group]));
    const free = wanted.filter(({ group }) => {
      const mine = has.get(groupKey(group))?.state.is;
      return !underWay.has(groupKey(group)) && (mine === undefined || mine === 'held' || mine === 'gone');
    });
    if (free.length === 0) continue;
    const taken: Record<string, number> = {};
    const comesAgain = new Set(free.map(({ group }) => groupKey(group)));
    for (const group of rollout?.groups ?? [])
      if (!comesAgain.has(groupKey(group))) taken[group.wave] = (taken[group.wave] ?? 0) + 1;
    const waves = assignWaves(
      free.map(({ group }) => group),
      policy.waves,
      taken,
    );
    const incoming = free.flatMap(({ group, release }): RolloutGroup[] => {
      const goal = goalOf(group, release);
      const wave = waves.get(groupKey(group));
      if (!goal || !wave) return [];
      const { target, cluster, nodeGroup, image } = group;
      const before = image.is === 'eks' ? image.releaseVersion : image.imageId;
      const window = tagsOf(group)['drydock:window'];
      return [
        {
          target,
          cluster,
          nodeGroup,
          wave,
          ...(window && { window }),
          before,
          goal,
          state: { is: 'waiting', attempt: 1 },
        },
      ];
    });
    current.set(id, take(rollout, train, incoming, leftAlone(judged, train), policy, now));
    joined.add(id);

    const keys = new Set(incoming.map(groupKey));
    for (const other of current.values()) {
      const moves = other.groups.some((group) => group.state.is === 'waiting' && keys.has(groupKey(group)));
      if (other.id === id || other.state.is === 'closed' || !moves) continue;
      current.set(other.id, overtake(other, keys, trainName(train), policy, now));
      left.add(other.id);
    }
  }
  return [...left, ...joined.difference(left)].flatMap((id) => current.get(id) ?? []);
};
