/**
 * Foretells when each wave of a rollout will probably end, and whether that is inside its window.
 *
 * Plays the rollout through: groups start as the limits and windows let them, each takes as long as
 * it took last time, else as long as groups take in the middle, else 45 minutes (users report 25 to
 * 60: containers-roadmap#1560, #1619; 2026-11). Failures, alarms and the time until a person approves are not
 * foreseen.
 *
 * Pure.
 */
import { groupsOf } from './course.ts';
import { minutesTaken } from './history.ts';
import type { Policy, WavePolicy } from './policy.ts';
import { policyFor, type RolloutPolicy } from './purpose.ts';
import { isSettled, type Rollout, type RolloutGroup, type Waiting } from './rollout.ts';
import { windowWait } from './start.ts';
import { clusterKey, groupKey, regionKey } from './target.ts';
import { earliest, type Instant, minutesAfter } from './time.ts';

export type WaveForecast = {
  readonly wave: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** `false`: its last updates will probably still run when the window has shut. */
  readonly insideWindow: boolean;
  /** It waits for a person first, for nobody knows how long. */
  readonly afterApproval: boolean;
};

export type Forecast = {
  /** How many of the groups were timed before; the others are guessed. */
  readonly timed: number;
  /** Waves that can be foretold; one whose window never opens ends the list. */
  readonly waves: readonly WaveForecast[];
};

const guessMinutes = 45;
/** A tick finds out about an end, and the next one starts what follows. */
const tickMinutes = 10;

type Timing = (group: RolloutGroup) => number;

const timingOf = (taken: ReadonlyMap<string, number>): Timing => {
  const sorted = [...taken.values()].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? guessMinutes;
  return (group) => (taken.get(groupKey(group)) ?? middle) + tickMinutes;
};

type Running = { readonly group: RolloutGroup; readonly endsAt: Instant };

/** What each group of the wave waits for at a time; asked of each window once, as there may be 2,000 groups. */
const waitsAt = (wave: WavePolicy, rules: RolloutPolicy, now: Instant) => {
  const known = new Map<string | undefined, Waiting | undefined>();
  return (group: RolloutGroup): Waiting | undefined => {
    if (!known.has(group.window)) known.set(group.window, windowWait(group, wave, rules, now));
    return known.get(group.window);
  };
};

const hasRoom = (running: readonly Running[], group: RolloutGroup, { limits }: Policy): boolean => {
  const inCluster = running.filter((one) => clusterKey(one.group) === clusterKey(group)).length;
  const inRegion = running.filter((one) => regionKey(one.group.target) === regionKey(group.target)).length;
  return inCluster < limits.perCluster && inRegion < limits.perRegion;
};

/** Plays one wave from a time on; `undefined` when some group can never start. */
const play = (
  groups: readonly RolloutGroup[],
  wave: WavePolicy,
  rules: RolloutPolicy,
  from: Instant,
  timing: Timing,
): { readonly startsAt: Instant; readonly endsAt: Instant } | undefined => {
  let [now, startsAt]: [Instant, Instant | undefined] = [from, undefined];
  let waiting = [...groups];
  let running: readonly Running[] = [];
  for (;;) {
    const waitOf = waitsAt(wave, rules, now);
    running = running.filter(({ endsAt }) => endsAt > now);
    for (const group of waiting) {
      if (running.length >= wave.concurrency) break;
      if (!hasRoom(running, group, rules) || waitOf(group)) continue;
      running = [...running, { group, endsAt: minutesAfter(now, timing(group)) }];
      startsAt ??= now;
    }
    const started = new Set(running.map(({ group }) => group));
    waiting = waiting.filter((group) => !started.has(group));
    const ends = running.map(({ endsAt }) => endsAt).sort();
    if (waiting.length === 0) return { startsAt: startsAt ?? now, endsAt: ends.at(-1) ?? now };
    const opens = waiting.map((group) => waitOf(group)?.until);
    const next = earliest([ends[0], ...opens]);
    if (next === undefined || next <= now) return undefined;
    now = next;
  }
};

/** `history`: rollouts from which to learn how long updates take. */
export const forecast = (
  rollout: Rollout,
  history: readonly Rollout[],
  policy: Policy,
  now: Instant,
): Forecast => {
  const rules = policyFor(rollout, policy);
  const taken = minutesTaken(history);
  const timing = timingOf(taken);
  const waves: WaveForecast[] = [];
  let from = now;
  for (const wave of rules.waves) {
    const groups = groupsOf(rollout, wave, rules.waves).filter((group) => !isSettled(group));
    if (groups.length === 0) continue;
    const played = play(groups, wave, rules, from, timing);
    if (!played) break;
    const insideWindow = !groups.some(waitsAt(wave, rules, played.endsAt));
    waves.push({ wave: wave.name, ...played, insideWindow, afterApproval: wave.approval !== undefined });
    from = minutesAfter(played.endsAt, wave.soakHours * 60);
  }
  return { timed: rollout.groups.filter((group) => taken.has(groupKey(group))).length, waves };
};
