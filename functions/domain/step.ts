/**
 * Decides the next step of a rollout: danger first, then waiting, then work.
 *
 * Given what is stored, what EKS reports now, the policy and the time it answers the rollout as
 * it is to be stored, with its news, and the groups to start. It may be asked late, twice or not
 * at all: it looks only at facts, never at how often it was asked.
 *
 * Pure.
 */
import { failureFacts } from './failure.ts';
import { follow, type Sight } from './follow.ts';
import { type Change, changeOf, haltSentence, listed, tell } from './news.ts';
import type { Policy, WavePolicy } from './policy.ts';
import { trainName } from './release.ts';
import {
  addLoad,
  type HaltReason,
  isSettled,
  isUnderWay,
  type Load,
  loadOf,
  type Rollout,
  type RolloutGroup,
  type Waiting,
  waveOf,
} from './rollout.ts';
import { nextInLine, startWave } from './start.ts';
import { groupKey } from './target.ts';
import { type Instant, minutesAfter } from './time.ts';

export type Step = { readonly rollout: Rollout; readonly starts: readonly RolloutGroup[] };

const changesBetween = (before: readonly RolloutGroup[], after: readonly RolloutGroup[]): Change[] =>
  after.flatMap((group, i) => {
    const was = before[i]?.state;
    const { state } = group;
    if (!was || was.is === state.is) return [];
    if (state.is === 'updating') return [changeOf(group, 'started')];
    if (state.is === 'waiting') return [changeOf(group, 'retrying')];
    if (state.is === 'verifying') return was.is === 'waiting' ? [changeOf(group, 'alreadyDone')] : [];
    return [changeOf(group, state.is)];
  });

/** Names and ids that the policy denies are those of trains, of release versions and of images. */
const isDenied = ({ train, groups }: Rollout, deny: readonly string[]): boolean =>
  deny.includes(trainName(train)) ||
  groups.some(
    ({ goal }) =>
      deny.includes(goal.imageId) || (goal.by === 'release version' && deny.includes(goal.releaseVersion)),
  );

/** Whether the next groups would get a release that no group before them has proved. */
const isUnproved = (rollout: Rollout, waves: readonly WavePolicy[]): boolean => {
  const wave = currentWave(rollout, waves);
  const earlier = wave ? waves.slice(0, waves.indexOf(wave)) : [];
  const before = rollout.groups.filter((group) => earlier.some((one) => one === waveOf(group, waves)));
  return before.length > 0 && before.every(({ state }) => state.is !== 'done');
};

const dangerOf = (
  rollout: Rollout,
  { waves, releases }: Policy,
  sight: Sight,
  withdrawn: ReadonlySet<string>,
  now: Instant,
): HaltReason | undefined => {
  if (withdrawn.has(trainName(rollout.train))) return 'withdrawn';
  if (isDenied(rollout, releases.deny)) return 'denied';
  const failures = rollout.groups.flatMap((group) =>
    group.state.is === 'failed' ? [{ group, code: group.state.code }] : [],
  );
  if (failures.some(({ code }) => failureFacts(code).reaction.is === 'halt')) return 'releaseBreaksNodes';
  for (const wave of waves)
    if (failures.filter(({ group }) => waveOf(group, waves) === wave).length > wave.failureBudget)
      return 'failureBudgetSpent';
  if (sickOf(rollout, waves, sight, now).length > 0) return 'degradedInSoak';
  return isUnproved(rollout, waves) ? 'nothingProved' : undefined;
};

/** Groups that were done and became unhealthy while they are watched, told like failures. */
const sickOf = (rollout: Rollout, waves: readonly WavePolicy[], sight: Sight, now: Instant): Change[] =>
  watched(rollout, waves, now).flatMap((group) => {
    const seen = sight.get(groupKey(group));
    const issues = seen?.is === 'seen' ? (seen.nodeGroup?.healthIssues ?? []) : [];
    if (issues.length === 0) return [];
    const message = issues.map((issue) => `${issue.code}: ${issue.message}`).join('; ');
    return [
      changeOf(
        { ...group, state: { is: 'failed', at: now, code: 'Unhealthy', message, resources: [] } },
        'failed',
      ),
    ];
  });

const soakOver = ({ waveDoneAt }: Rollout, { name, soakHours }: WavePolicy): Instant | undefined => {
  const doneAt = waveDoneAt[name];
  return doneAt && minutesAfter(doneAt, soakHours * 60);
};

/** Groups that are done and still watched, as their wave soaks. */
const watched = (rollout: Rollout, waves: readonly WavePolicy[], now: Instant): readonly RolloutGroup[] => {
  if (rollout.state.is !== 'rolling' || rollout.groups.every(isSettled)) return [];
  return rollout.groups.filter((group) => {
    const wave = waveOf(group, waves);
    return group.state.is === 'done' && wave && (soakOver(rollout, wave) ?? now) > now;
  });
};

const currentWave = (rollout: Rollout, waves: readonly WavePolicy[]): WavePolicy | undefined =>
  waves.find((wave) => rollout.groups.some((group) => waveOf(group, waves) === wave && !isSettled(group)));

/** The wait that holds the whole wave back; `undefined` when groups may start. */
const waveWait = (rollout: Rollout, wave: WavePolicy, policy: Policy, now: Instant): Waiting | undefined => {
  for (const earlier of policy.waves.slice(0, policy.waves.indexOf(wave))) {
    const until = soakOver(rollout, earlier);
    if (until && until > now) return { why: 'soaking', wave: earlier.name, until };
  }
  return undefined;
};

/** The groups whose facts the next step needs; the others need not be asked for. `load`: of the other rollouts. */
export const groupsToSee = (
  rollout: Rollout,
  policy: Policy,
  load: Load,
  now: Instant,
): readonly RolloutGroup[] => {
  const underWay = rollout.groups.filter(isUnderWay);
  const wave = rollout.state.is === 'rolling' ? currentWave(rollout, policy.waves) : undefined;
  if (!wave) return underWay;
  const soaking = watched(rollout, policy.waves, now);
  if (waveWait(rollout, wave, policy, now)) return [...underWay, ...soaking];
  return [...underWay, ...soaking, ...nextInLine(rollout, wave, policy, load, now)];
};

const withWavesDone = (
  rollout: Rollout,
  waves: readonly WavePolicy[],
  now: Instant,
): { rollout: Rollout; done: string | undefined } => {
  const done = waves.filter((wave) => {
    const groups = rollout.groups.filter((group) => waveOf(group, waves) === wave);
    return (
      !rollout.waveDoneAt[wave.name] &&
      groups.some(({ state }) => state.is === 'done' || state.is === 'failed') &&
      groups.every(isSettled)
    );
  });
  const waveDoneAt = { ...rollout.waveDoneAt, ...Object.fromEntries(done.map(({ name }) => [name, now])) };
  return { rollout: { ...rollout, waveDoneAt }, done: done.at(-1)?.name };
};

const withoutWaiting = ({ waiting: _, ...rollout }: Rollout): Rollout => rollout;

const sameWait = (a: Waiting | undefined, b: Waiting | undefined) =>
  a?.why === b?.why && a?.until === b?.until && a?.wave === b?.wave;

/**
 * `load`: what the other open rollouts have under way; `withdrawn`: names of the trains of which some
 * source took a release back.
 */
export const nextStep = (
  rollout: Rollout,
  sight: Sight,
  policy: Policy,
  load: Load,
  now: Instant,
  withdrawn: ReadonlySet<string> = new Set(),
): Step => {
  if (rollout.state.is === 'closed') return { rollout, starts: [] };
  const { waves } = policy;
  const followed = {
    ...rollout,
    groups: rollout.groups.map((group) => follow(group, sight.get(groupKey(group)), now)),
  };
  const again = followed.groups.filter(({ state }) => state.is === 'updating' && !state.updateId);
  const { rollout: counted, done: waveDone } = withWavesDone(followed, waves, now);
  const changes = (more: readonly Change[] = []) =>
    listed([...changesBetween(rollout.groups, counted.groups), ...more]);

  if (counted.state.is === 'rolling') {
    const danger = dangerOf(counted, policy, sight, withdrawn, now);
    if (danger) {
      const halted = withoutWaiting({ ...counted, state: { is: 'halted', why: danger, at: now } });
      const sick = danger === 'degradedInSoak' ? sickOf(counted, waves, sight, now) : [];
      const more = { sentence: haltSentence(halted.state), changes: changes(sick) };
      return { rollout: tell(halted, { type: 'Rollout Halted', more }, waves, now), starts: again };
    }
  }
  if (counted.groups.every(isSettled) && (counted.state.is === 'rolling' || counted.overtakenBy)) {
    const closed = withoutWaiting({ ...counted, state: { is: 'closed', at: now } });
    const left = closed.groups.filter(({ state }) => state.is === 'failed' || state.is === 'held');
    const leftBehind = listed(
      left.map((group) => changeOf(group, group.state.is === 'failed' ? 'failed' : 'held')),
    );
    return {
      rollout: tell(
        closed,
        { type: 'Rollout Completed', more: { changes: changes(), leftBehind } },
        waves,
        now,
      ),
      starts: [],
    };
  }

  const wave = counted.state.is === 'rolling' ? currentWave(counted, waves) : undefined;
  const wait = wave && waveWait(counted, wave, policy, now);
  const own = addLoad(load, loadOf(counted.groups));
  // A wave whose turn has just come was not looked at in this tick; the next one starts it.
  const due = wave && !wait && wave === currentWave(rollout, waves);
  const { groups, waiting } = due
    ? startWave(counted, wave, sight, policy, own, now)
    : { groups: counted.groups, waiting: wait };
  const stepped: Rollout = { ...withoutWaiting(counted), groups, ...(waiting && { waiting }) };
  const starts = [
    ...again,
    ...groups.filter(
      (group, i) => group.state.is === 'updating' && counted.groups[i]?.state.is === 'waiting',
    ),
  ];

  const changed = listed(changesBetween(rollout.groups, groups));
  if (changed.items.length === 0 && !waveDone && sameWait(rollout.waiting, stepped.waiting))
    return { rollout: stepped, starts };
  const more = { changes: changed, ...(waveDone && { waveDone }) };
  return { rollout: tell(stepped, { type: 'Rollout Progressed', more }, waves, now), starts };
};
