/**
 * Decides the next step of a rollout: danger first, then waiting, then work.
 *
 * Given what is stored, what EKS reports now, the policy and the time it answers the rollout as
 * it is to be stored, with its news, and the groups to start. It may be asked late, twice or not
 * at all: it looks only at facts, never at how often it was asked.
 *
 * Pure.
 */
import { alarmWait } from './alarm-gate.ts';
import { approvalWait, askApproval } from './approval.ts';
import { currentWave, groupsOf, soakWait, watched, withWavesDone, witnesses } from './course.ts';
import { type Danger, dangerOf } from './danger.ts';
import { answered, follow, isUnasked, type StartAnswer, takenBack } from './follow.ts';
import { type Change, changeOf, haltSentence, listedChanges, tell } from './news.ts';
import type { Policy, WavePolicy } from './policy.ts';
import { policyFor, type RolloutPolicy } from './purpose.ts';
import {
  addLoad,
  isAbandoned,
  isGivenUp,
  isSettled,
  isUnderWay,
  type Load,
  leaveRest,
  loadOf,
  type Rollout,
  type RolloutGroup,
  type Waiting,
  waveOf,
} from './rollout.ts';
import type { Situation } from './situation.ts';
import { mayAskAgain, nextInLine, startWave, windowWait, withTaggedWindow } from './start.ts';
import { groupKey } from './target.ts';
import { earliest, type Instant } from './time.ts';

export type Step = { readonly rollout: Rollout; readonly starts: readonly RolloutGroup[] };

const changesBetween = (before: readonly RolloutGroup[], after: readonly RolloutGroup[]): readonly Change[] =>
  after.flatMap((group, i) => {
    const was = before[i]?.state;
    const { state } = group;
    if (!was || was.is === state.is) return [];
    if (state.is === 'updating') return [changeOf(group, 'started')];
    if (state.is === 'waiting') return state.after ? [changeOf(group, 'retrying')] : [];
    if (state.is === 'verifying') return was.is === 'waiting' ? [changeOf(group, 'alreadyDone')] : [];
    return [changeOf(group, state.is)];
  });

/** A soak may end while the next wave's window is shut: then both times matter. */
const withOpening = (soak: Waiting, rollout: Rollout, wave: WavePolicy, rules: RolloutPolicy): Waiting => {
  const { until } = soak;
  const waiting = groupsOf(rollout, wave, rules.waves).filter(({ state }) => state.is === 'waiting');
  const [first, ...others] = [...new Map(waiting.map((group) => [group.window, group])).values()];
  if (!until || !first) return soak;
  const shut = [first, ...others].map((group) => windowWait(group, wave, rules, until));
  const opens = shut.some((wait) => !wait) ? undefined : earliest(shut.map((wait) => wait?.until));
  return opens ? { ...soak, next: { wave: wave.name, opens } } : soak;
};

/** What holds the whole wave back; `undefined` when groups may start. */
const waveWait = (
  rollout: Rollout,
  wave: WavePolicy,
  rules: RolloutPolicy,
  situation: Situation,
): Waiting | undefined => {
  if (situation.stop) return { why: 'stopped', wave: wave.name };
  const soak = soakWait(rollout, wave, rules.waves, situation.now);
  return (
    (soak && withOpening(soak, rollout, wave, rules)) ??
    approvalWait(rollout, wave) ??
    alarmWait(rollout, wave, rules, situation)
  );
};

/** The groups whose facts the next step needs; the others need not be asked for. `load`: of the other rollouts. */
export const groupsToSee = (
  rollout: Rollout,
  policy: Policy,
  load: Load,
  now: Instant,
): readonly RolloutGroup[] => {
  const rules = policyFor(rollout, policy);
  const underWay = rollout.groups.filter(isUnderWay);
  const wave = rollout.state.is === 'rolling' ? currentWave(rollout, rules.waves) : undefined;
  if (!wave) return underWay;
  const soaking = watched(rollout, rules.waves, now);
  if (soakWait(rollout, wave, rules.waves, now) ?? approvalWait(rollout, wave))
    return [...underWay, ...soaking];
  const next = nextInLine(rollout, wave, rules, load, now);
  return [
    ...underWay,
    ...soaking,
    ...next,
    ...(next.length > 0 ? witnesses(rollout, wave, rules.waves) : []),
  ];
};

const withoutWaiting = ({ waiting: _, ...rollout }: Rollout): Rollout => rollout;

const sameWait = (a: Waiting | undefined, b: Waiting | undefined) =>
  a?.why === b?.why &&
  a?.until === b?.until &&
  a?.wave === b?.wave &&
  String(a?.alarms) === String(b?.alarms);

/** Decided on, and not known to EKS as far as we know: its answer was never stored, or was to come back later. */
const isToBeAsked = (
  rollout: Rollout,
  group: RolloutGroup,
  rules: RolloutPolicy,
  situation: Situation,
): boolean => {
  if (rollout.state.is !== 'rolling' || !isUnasked(group)) return false;
  const wave = currentWave(rollout, rules.waves);
  return (
    wave !== undefined &&
    wave === waveOf(group, rules.waves) &&
    !waveWait(rollout, wave, rules, situation) &&
    mayAskAgain(group, wave, rules, situation)
  );
};

const followed = (rollout: Rollout, rules: RolloutPolicy, situation: Situation): Rollout => {
  const { sight, now } = situation;
  const groups = rollout.groups.map((group) => {
    const seen = sight.get(groupKey(group));
    const further = withTaggedWindow(follow(group, seen, now), seen);
    return isToBeAsked(rollout, further, rules, situation) ? further : takenBack(further, seen, now);
  });
  return { ...rollout, groups };
};

const halt = (
  before: Rollout,
  rollout: Rollout,
  danger: Danger,
  policy: Policy,
  situation: Situation,
): Step => {
  const { now, sight } = situation;
  const { why, words, sick } = danger;
  const groups = rollout.groups.map((group) => takenBack(group, sight.get(groupKey(group)), now));
  const state = { is: 'halted', why, at: now, ...(words && { words }) } as const;
  const halted = withoutWaiting({ ...rollout, groups, state });
  const changes = listedChanges([...changesBetween(before.groups, groups), ...sick]);
  const more = { sentence: haltSentence(state), changes };
  return { rollout: tell(halted, { type: 'Rollout Halted', more }, policy, now), starts: [] };
};

/** Nothing is left to do: of a rollout that rolls, was given up or taken back, or was overtaken. */
const isOver = (rollout: Rollout): boolean =>
  rollout.groups.every(isSettled) &&
  (rollout.rollBack
    ? rollout.rollBack.to !== undefined
    : rollout.state.is === 'rolling' || rollout.overtakenBy !== undefined || isAbandoned(rollout));

const close = (before: Rollout, rollout: Rollout, policy: Policy, now: Instant): Step => {
  const state = {
    is: 'closed',
    at: now,
    ...(isGivenUp(rollout) && { abandoned: true as const }),
    ...(rollout.state.is === 'halted' && { halted: rollout.state }),
  } as const;
  const closed = withoutWaiting({ ...rollout, state });
  const left = closed.groups.flatMap((group) =>
    group.state.is === 'failed' || group.state.is === 'held' ? [changeOf(group, group.state.is)] : [],
  );
  const more = {
    changes: listedChanges(changesBetween(before.groups, closed.groups)),
    leftBehind: listedChanges(left),
  };
  return { rollout: tell(closed, { type: 'Rollout Completed', more }, policy, now), starts: [] };
};

/** Takes down what EKS answered to the starts, by group key, and tells what will not be updated. */
export const withAnswers = (
  rollout: Rollout,
  answers: ReadonlyMap<string, StartAnswer>,
  policy: Policy,
  now: Instant,
): Rollout => {
  const groups = rollout.groups.map((group) => {
    const answer = answers.get(groupKey(group));
    return answer ? answered(rollout, group, answer, now) : group;
  });
  return tellProgress(rollout, { ...rollout, groups }, undefined, policy, now);
};

export const nextStep = (rollout: Rollout, situation: Situation, policy: Policy): Step => {
  if (rollout.state.is === 'closed') return { rollout, starts: [] };
  const { now } = situation;
  const rules = policyFor(rollout, policy);
  const seen = followed(rollout, rules, situation);
  const { rollout: counted, done: waveDone } = withWavesDone(
    isAbandoned(seen) ? leaveRest(seen, 'abandoned') : seen,
    rules.waves,
    now,
  );
  const rolls = counted.state.is === 'rolling';
  const danger = rolls ? dangerOf(counted, rules, situation) : undefined;
  if (danger) return halt(rollout, counted, danger, policy, situation);
  if (isOver(counted)) return close(rollout, counted, policy, now);

  const wave = rolls ? currentWave(counted, rules.waves) : undefined;
  const { groups, waiting } = work(rollout, counted, wave, rules, situation);
  const starts = [
    ...counted.groups.filter((group) => isToBeAsked(counted, group, rules, situation)),
    ...groups.filter(
      (group, i) => group.state.is === 'updating' && counted.groups[i]?.state.is === 'waiting',
    ),
  ];
  const stepped: Rollout = { ...withoutWaiting(counted), groups, ...(waiting && { waiting }) };
  const told = tellProgress(rollout, stepped, waveDone, policy, now);
  if (!wave || waiting?.why !== 'approvalMissing') return { rollout: told, starts };
  return { rollout: askApproval(told, wave, rules, policy, now), starts };
};

/** A wave whose turn has just come was not looked at in this tick; the next one starts it. */
const work = (
  before: Rollout,
  rollout: Rollout,
  wave: WavePolicy | undefined,
  rules: RolloutPolicy,
  situation: Situation,
): { readonly groups: readonly RolloutGroup[]; readonly waiting: Waiting | undefined } => {
  const wait = wave && waveWait(rollout, wave, rules, situation);
  if (!wave || wait || wave !== currentWave(before, rules.waves))
    return { groups: rollout.groups, waiting: wait };
  const load = addLoad(situation.load, loadOf(rollout.groups));
  const started = startWave(rollout, wave, rules, { ...situation, load });
  const begins = started.groups.some((group) => isUnderWay(group) && waveOf(group, rules.waves) === wave);
  const unseen = witnesses(rollout, wave, rules.waves).find((group) => !situation.sight.has(groupKey(group)));
  return begins && unseen
    ? { groups: rollout.groups, waiting: { why: 'earlierUnknown', wave: unseen.wave } }
    : started;
};

const tellProgress = (
  before: Rollout,
  rollout: Rollout,
  waveDone: string | undefined,
  policy: Policy,
  now: Instant,
): Rollout => {
  const changes = listedChanges(changesBetween(before.groups, rollout.groups));
  // A wait for an approval that is asked for in this very tick is told by the question.
  const asks = rollout.waiting?.why === 'approvalMissing' && !rollout.waiting.until;
  const waitsAsBefore = asks || sameWait(before.waiting, rollout.waiting);
  if (changes.items.length === 0 && !waveDone && waitsAsBefore) return rollout;
  const more = { changes, ...(waveDone && { waveDone }) };
  return tell(rollout, { type: 'Rollout Progressed', more }, policy, now);
};
