/**
 * Decides which groups of a wave start now, and why the others wait.
 *
 * Looks at the group's tags, whether somebody changed or patched it, whether EKS would refuse, its window, the
 * freezes, and the room that the limits leave, in this order.
 *
 * Pure.
 */
import type { Seen } from './follow.ts';
import { isBusy, type NodeGroup, runsNow, whyKept, whyNotUpdatable, windowTagOf } from './node-group.ts';
import { bookingOf, lacksPatches } from './patching/booking.ts';
import type { Policy, WavePolicy } from './policy.ts';
import type { RolloutPolicy } from './purpose.ts';
import type { HoldReason } from './release.ts';
import {
  addLoad,
  goalIsMet,
  isUnderWay,
  type LeaveReason,
  type Load,
  type Rollout,
  type RolloutGroup,
  type Waiting,
  waveOf,
} from './rollout.ts';
import type { Situation } from './situation.ts';
import { clusterKey, groupKey, regionKey } from './target.ts';
import { earliest, type Instant, minutesBetween } from './time.ts';
import { freezeAt, nextOpening } from './window.ts';

export const windowWait = (
  group: RolloutGroup,
  wave: WavePolicy,
  policy: RolloutPolicy,
  now: Instant,
): Waiting | undefined => {
  if (policy.anyTime) return undefined;
  const name = group.window ?? waveOf(group, policy.ownWaves)?.window;
  const window = name !== undefined && Object.hasOwn(policy.windows, name) ? policy.windows[name] : undefined;
  // A name that the policy does not know (a tag's, say) is not taken for "always".
  if (name !== undefined && !window) return { why: 'neverOpens', wave: group.wave };
  const opens = nextOpening(window, policy.freezes, now);
  if (opens === undefined) return { why: 'neverOpens', wave: wave.name };
  if (opens <= now) return undefined;
  const freeze = freezeAt(policy.freezes, now);
  return freeze
    ? { why: 'frozen', wave: wave.name, until: opens, freeze: freeze.name }
    : { why: 'windowShut', wave: wave.name, until: opens };
};

/** The group with the window that its tags, where they were read, name now. */
export const withTaggedWindow = (group: RolloutGroup, seen: Seen | undefined): RolloutGroup =>
  seen?.is === 'seen' && seen.nodeGroup ? keepingWindow(group, seen.nodeGroup) : group;

/** The group with the window that its tags name; the same object when it has that already. */
export const keepingWindow = (group: RolloutGroup, nodeGroup: NodeGroup): RolloutGroup => {
  const tagged = windowTagOf(nodeGroup);
  if (group.window === tagged) return group;
  const { window: _, ...rest } = group;
  return tagged === undefined ? rest : { ...rest, window: tagged };
};

/** Whether its tag names a window that the policy has not. */
const namesNoWindow = ({ window }: RolloutGroup, { windows }: Policy): boolean =>
  window !== undefined && !Object.hasOwn(windows, window);

type Room = { readonly limits: Policy['limits']; readonly load: Load };

const hasRoom = ({ limits, load }: Room, group: RolloutGroup): boolean =>
  (load[clusterKey(group)] ?? 0) < limits.perCluster &&
  (load[regionKey(group.target)] ?? 0) < limits.perRegion;

/** How long a group that EKS was busy with comes after the others in the line, so that it holds nobody up. */
const busyMinutes = 30;

/**
 * The waiting groups that could start now, no more than could have room if all that is under way ended:
 * of 2,000 groups only these need be looked at.
 */
export const nextInLine = (
  rollout: Rollout,
  wave: WavePolicy,
  policy: RolloutPolicy,
  others: Load,
  now: Instant,
): readonly RolloutGroup[] => {
  const inWave = rollout.groups.filter((group) => waveOf(group, policy.waves) === wave);
  let load = others;
  let left = wave.concurrency;
  let unknown = wave.concurrency;
  const busyAt = ({ state }: RolloutGroup) => (state.is === 'waiting' ? (state.busyAt ?? '') : '');
  const line = inWave
    .filter(({ state }) => state.is === 'waiting' && !(state.notBefore && state.notBefore > now))
    .sort((a, b) => (busyAt(a) < busyAt(b) ? -1 : busyAt(a) > busyAt(b) ? 1 : 0));
  return line.filter((group) => {
    // Somebody may have mended the tag.
    if (!policy.anyTime && namesNoWindow(group, policy)) return unknown-- > 0;
    if (left <= 0 || !hasRoom({ limits: policy.limits, load }, group)) return false;
    if (windowWait(group, wave, policy, now)) return false;
    load = addLoad(load, { [clusterKey(group)]: 1, [regionKey(group.target)]: 1 });
    left--;
    return true;
  });
};

type Waits = Extract<RolloutGroup['state'], { is: 'waiting' }>;

/** Why somebody would not have the group updated any more. */
const whyUnwanted = (
  { before, goal, madeAt }: RolloutGroup,
  nodeGroup: NodeGroup,
  policy: Policy,
  { holds, bookings, now }: Situation,
): HoldReason | LeaveReason | undefined => {
  const kept = whyKept(nodeGroup, policy, holds, now);
  if (kept) return kept.why;
  if (madeAt !== undefined && lacksPatches(madeAt, bookingOf(nodeGroup, bookings))) return 'patchedSince';
  if (goal.by === 'release version' && nodeGroup.minor !== goal.minor) return 'minorChanged';
  if (goalIsMet(goal, nodeGroup.image)) return undefined;
  return runsNow(nodeGroup) === before ? undefined : 'changedMeanwhile';
};

/** Why the group leaves the rollout now that its turn has come. */
const whyLeave = (
  group: RolloutGroup,
  nodeGroup: NodeGroup,
  policy: Policy,
  situation: Situation,
): HoldReason | LeaveReason | undefined => {
  const unwanted = whyUnwanted(group, nodeGroup, policy, situation);
  if (unwanted || goalIsMet(group.goal, nodeGroup.image)) return unwanted;
  const refusal = whyNotUpdatable(nodeGroup);
  return refusal === 'notActive' && isBusy(nodeGroup) ? undefined : refusal;
};

/** What was decided on was made from another version of the launch template than the one in use now. */
const hasAnotherTemplate = ({ state }: RolloutGroup, { image }: NodeGroup): boolean =>
  state.is === 'updating' &&
  image.is === 'own' &&
  image.launchTemplate.version !== state.launchTemplate?.version;

/**
 * Whether EKS may be asked again for an update that was decided on in an earlier tick, and that it may not have
 * heard of: the window is still open, and nobody has taken the group away. Nothing is asked for a group that
 * could not be read.
 */
export const mayAskAgain = (
  group: RolloutGroup,
  wave: WavePolicy,
  policy: RolloutPolicy,
  situation: Situation,
): boolean => {
  const seen = situation.sight.get(groupKey(group));
  if (seen?.is !== 'seen' || !seen.nodeGroup) return false;
  const { nodeGroup } = seen;
  return (
    !windowWait(group, wave, policy, situation.now) &&
    !whyUnwanted(group, nodeGroup, policy, situation) &&
    !hasAnotherTemplate(group, nodeGroup) &&
    !goalIsMet(group.goal, nodeGroup.image)
  );
};

const startedNow = (
  group: RolloutGroup,
  { attempt, after, force }: Waits,
  { image }: NodeGroup,
  { purpose }: Rollout,
  wave: WavePolicy,
  now: Instant,
): RolloutGroup => {
  const blocked = wave.forceWhenBlocked && after?.code === 'PodEvictionFailure';
  const forced = force || blocked || (purpose.is === 'rollNow' && purpose.force);
  return {
    ...group,
    state: {
      is: 'updating',
      attempt,
      since: now,
      ...(image.is === 'own' && { launchTemplate: image.launchTemplate }),
      ...(forced && { force: true }),
    },
  };
};

const ifBusy = (group: RolloutGroup, state: Waits, now: Instant): RolloutGroup => {
  const recent = state.busyAt !== undefined && minutesBetween(state.busyAt, now) < busyMinutes;
  return recent ? group : { ...group, state: { ...state, busyAt: now } };
};

/** What becomes of a group whose turn it could be: a new state, or the reason to wait. */
const tryStart = (
  group: RolloutGroup,
  state: Waits,
  rollout: Rollout,
  wave: WavePolicy,
  policy: RolloutPolicy,
  situation: Situation,
): RolloutGroup | Waiting => {
  const { now, load, sight } = situation;
  if (state.notBefore && state.notBefore > now)
    return { why: 'retryLater', wave: wave.name, until: state.notBefore };
  const seen: Seen | undefined = sight.get(groupKey(group));
  if (seen?.is === 'gone') return { ...group, state: { is: 'gone', at: now } };
  const leaves = seen?.nodeGroup && whyLeave(group, seen.nodeGroup, policy, situation);
  if (leaves) return { ...group, state: { is: 'held', why: leaves } };
  const shut = windowWait(group, wave, policy, now);
  if (shut) return shut;
  if (!hasRoom({ limits: policy.limits, load }, group)) return { why: 'limitReached', wave: wave.name };
  if (!seen?.nodeGroup) return { why: 'unknown', wave: wave.name };
  const { nodeGroup } = seen;
  if (goalIsMet(group.goal, nodeGroup.image))
    return { ...group, state: { is: 'verifying', attempt: state.attempt, since: now } };
  if (isBusy(nodeGroup)) return ifBusy(group, state, now);
  return startedNow(group, state, nodeGroup, rollout, wave, now);
};

/** Starts what may start in the wave, in the order of the groups; answers them all, and why the rest waits. */
export const startWave = (
  rollout: Rollout,
  wave: WavePolicy,
  policy: RolloutPolicy,
  situation: Situation,
) => {
  let { load } = situation;
  const waits: Waiting[] = [];
  const inWave = (group: RolloutGroup) => waveOf(group, policy.waves) === wave;
  let underWay = rollout.groups.filter((group) => inWave(group) && isUnderWay(group)).length;
  const groups = rollout.groups.map((group) => {
    if (!inWave(group) || group.state.is !== 'waiting') return group;
    const tried =
      underWay >= wave.concurrency
        ? ({ why: 'limitReached', wave: wave.name } as const)
        : tryStart(group, group.state, rollout, wave, policy, { ...situation, load });
    if ('why' in tried) {
      waits.push(tried);
      return group;
    }
    if (tried.state.is === 'waiting') waits.push({ why: 'groupBusy', wave: wave.name });
    if (isUnderWay(tried)) {
      underWay++;
      load = addLoad(load, { [clusterKey(tried)]: 1, [regionKey(tried.target)]: 1 });
    }
    return tried;
  });
  return { groups, waiting: underWay > 0 ? ({ why: 'updating', wave: wave.name } as const) : soonest(waits) };
};

const soonest = (waits: readonly Waiting[]): Waiting | undefined => {
  const until = earliest(waits.map((wait) => wait.until));
  return (
    waits.find((wait) => wait.until === undefined && wait.why !== 'limitReached') ??
    waits.find((wait) => wait.until === until)
  );
};
