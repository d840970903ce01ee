/**
 * Answers "why?": how a group, cluster or rollout stands, when it is looked at again, and what would
 * change it.
 *
 * Pure.
 */
import { type Hold, holdOn } from './hold.ts';
import { haltSentence } from './news.ts';
import { runsNow } from './node-group.ts';
import type { Judged } from './plan.ts';
import type { Policy } from './policy.ts';
import { policyFor } from './purpose.ts';
import { type HoldReason, holdReasons, trainName } from './release.ts';
import {
  leaveReasons,
  type Rollout,
  type RolloutGroup,
  type Waiting,
  waitReasons,
  waveOf,
} from './rollout.ts';
import { type Stop, stoppedSentence } from './situation.ts';
import { groupKey } from './target.ts';
import { type Instant, shownAt } from './time.ts';

/** What ends each reason to hold a group. */
const remedies = {
  heldByTag: 'Take the tag drydock:hold from the group and its cluster.',
  ignoredByTag: 'Take the tag drydock:ignore from the group and its cluster.',
  heldByPerson: 'It ends by itself, or with the command release-hold.',
  ownedElsewhere: 'Take the tag away, or change ownedElsewhere in the policy.',
  outsidePolicy: 'Name its cluster under clusters in the policy.',
  patchedSince: 'A release that came out after its nodes were patched, once that is old enough.',
  rolledRecently: 'It ends by itself; roll-now with skip cadence does not wait.',
  tooFresh: 'It ends by itself; roll-now with skip age does not wait.',
  runsNewer: 'The next release that is newer than what it runs.',
  noRelease: 'The next release, or a shorter deny list.',
  parameterMissing: 'Create the parameter, or correct its name in ownImages.',
  parameterUnreadable: 'Give the parameter the id of an image.',
  imageUnseen: 'A parameter that names an image which this account can see.',
  publishingEnded: 'A node group of another AMI type; this one will never be behind again.',
  unknownAmiType: 'A newer version of Drydock.',
  unreadableVersion: 'A release version that Drydock can read; roll the group once by hand.',
  unknownImage: 'Name a parameter for it under ownImages in the policy.',
  unknownAge: 'An image whose creation date EC2 tells this account.',
  notActive: 'EKS calling it ACTIVE again: look at its status and health.',
  unhealthy: 'Mend what its health issues name: EKS refuses updates until then.',
  minorUnknown: 'EKS giving its Kubernetes version.',
} as const satisfies Record<HoldReason, string>;

export type Scene = {
  readonly rollouts: readonly Rollout[];
  readonly holds: readonly Hold[];
  readonly stop: Stop | undefined;
  readonly policy: Policy;
  readonly now: Instant;
};

const waitingSentence = ({ why, until, freeze, alarms }: Waiting): string =>
  [
    waitReasons[why],
    freeze && `(${freeze})`,
    alarms && `(${alarms.join(', ')})`,
    until ? `Until ${shownAt(until)}.` : 'Looked at again within five minutes.',
  ]
    .filter((part) => part)
    .join(' ');

const statesOf = ({ state }: RolloutGroup): string => {
  if (state.is === 'held') return `left alone: ${{ ...holdReasons, ...leaveReasons }[state.why]}`;
  if (state.is === 'failed') return `failed with ${state.code}${state.message ? `: “${state.message}”` : ''}`;
  if (state.is === 'done') return `done since ${shownAt(state.at)}`;
  if (state.is === 'gone') return 'gone';
  if (state.is !== 'waiting') return `under way since ${shownAt(state.since)}`;
  return state.notBefore ? `waiting; tried again after ${shownAt(state.notBefore)}` : 'waiting for its turn';
};

const standing = (rollout: Rollout): string => {
  const { state, waiting } = rollout;
  if (state.is === 'closed') return `It ended ${shownAt(state.at)}.`;
  if (state.is === 'halted') return `It is halted since ${shownAt(state.at)}: ${haltSentence(state)}`;
  return waiting ? `${waitingSentence(waiting)}` : 'It goes on at the next tick.';
};

const whatNext = ({ id, state }: Rollout): readonly string[] =>
  state.is === 'halted' ? [`What would change it: resume, roll-back or abandon of ${id}.`] : [];

export const explainRollout = (rollout: Rollout, { policy, stop }: Scene): readonly string[] => {
  const { waves } = policyFor(rollout, policy);
  const lines = waves.flatMap((wave) => {
    const groups = rollout.groups.filter((group) => waveOf(group, waves) === wave);
    const counts = Map.groupBy(groups, ({ state }) => state.is);
    const told = [...counts].map(([state, members]) => `${members.length} ${state}`).join(', ');
    return groups.length > 0 ? [`Wave ${wave.name}: ${told}.`] : [];
  });
  const stopped = stop ? [stoppedSentence(stop)] : [];
  return [
    `Rollout ${rollout.id} to ${trainName(rollout.train)}.`,
    ...stopped,
    standing(rollout),
    ...lines,
    ...whatNext(rollout),
  ];
};

const openRolloutOf = (key: string, rollouts: readonly Rollout[]) => {
  const having = rollouts.filter((rollout) => rollout.groups.some((group) => groupKey(group) === key));
  const newestLast = having.toSorted((a, b) => (a.openedAt < b.openedAt ? -1 : 1));
  return newestLast.findLast(({ state }) => state.is !== 'closed') ?? newestLast.at(-1);
};

const verdictSentence = ({ group, verdict }: Judged, { holds, now }: Scene): readonly string[] => {
  if (verdict.is === 'current') return ['It is current: it runs the newest release that may be rolled.'];
  if (verdict.is === 'behind')
    return [`It is ${verdict.days} days behind ${trainName(verdict.target.train)}, which is old enough.`];
  const until = verdict.until ? ` Until ${shownAt(verdict.until)}.` : '';
  const hold = verdict.why === 'heldByPerson' ? holdOn(group, holds, now) : undefined;
  const who = hold ? ` ${hold.by}: ${hold.why}` : '';
  return [
    `It is held. ${holdReasons[verdict.why]}${who}${until}`,
    `What would change it: ${remedies[verdict.why]}`,
  ];
};

const inRollout = (key: string, scene: Scene): readonly string[] => {
  const rollout = openRolloutOf(key, scene.rollouts);
  const mine = rollout?.groups.find((group) => groupKey(group) === key);
  if (!rollout || !mine) return ['No rollout has it; the next plan judges it again, daily at 05:00 UTC.'];
  const wave = waveOf(mine, policyFor(rollout, scene.policy).waves)?.name ?? mine.wave;
  const place = `In the rollout ${rollout.id}, wave ${wave}: ${statesOf(mine)}.`;
  return rollout.state.is === 'closed' ? [place] : [place, standing(rollout), ...whatNext(rollout)];
};

/** A sentence or more for each group. */
export const explainGroups = (judged: readonly Judged[], scene: Scene): readonly string[] => {
  const { stop } = scene;
  const stopped = stop ? [stoppedSentence(stop)] : [];
  const groups = judged.map((one) => {
    const { cluster, nodeGroup } = one.group;
    const told = [...verdictSentence(one, scene), ...inRollout(groupKey(one.group), scene)];
    return `${cluster}/${nodeGroup} runs ${runsNow(one.group)}. ${told.join(' ')}`;
  });
  return [...stopped, ...groups];
};
