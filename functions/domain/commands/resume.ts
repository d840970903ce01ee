/**
 * Carries out `resume`: lifts the stop of everything, or lets a halted rollout go on.
 *
 * Pure.
 */
import { currentWave, soakOver } from '../course.ts';
import { isDenied, isUnproved } from '../danger.ts';
import { haltSentence, listedChanges, tell } from '../news.ts';
import { policyFor, type RolloutPolicy } from '../purpose.ts';
import type { Rollout } from '../rollout.ts';
import { type Instant, minutesAfter, minutesBetween, shownAt } from '../time.ts';
import {
  type Carry,
  counted,
  type Of,
  refused,
  saves,
  untilResumed,
  type World,
  withRollout,
} from './world.ts';

/** Why no resume ends its halt, with what to do instead. A withdrawal may be over: the tick halts it again if not. */
const whyFinal = ({ rollBack, state, ...rollout }: Rollout, { policy }: World): string | undefined => {
  if (rollBack) return 'It is taken back.';
  if (state.is === 'halted' && state.why === 'abandoned')
    return 'It was given up: the next release, or roll-now, takes its groups.';
  return isDenied(rollout, policy.releases.deny)
    ? 'The policy denies its release: take it from releases.deny and deploy, or abandon it.'
    : undefined;
};

const again = (rollout: Rollout, { retryFailed, force }: Of<'resume'>): Rollout['groups'] =>
  rollout.groups.map((group) =>
    group.state.is === 'failed' && retryFailed
      ? { ...group, state: { is: 'waiting', attempt: 1, ...(force && { force: true as const }) } }
      : group,
  );

/** Nobody watched while it was halted: a soak that was not over then goes on where it was. */
const soakingOn = (rollout: Rollout, { waves }: RolloutPolicy, now: Instant): Rollout['waveDoneAt'] => {
  const { state, waveDoneAt } = rollout;
  if (state.is !== 'halted') return waveDoneAt;
  const later = waves.flatMap((wave) => {
    const doneAt = waveDoneAt[wave.name];
    if (!doneAt || wave.soakHours === 0 || (soakOver(rollout, wave) ?? '') <= state.at) return [];
    const unwatched = Math.min(minutesBetween(doneAt, now), minutesBetween(state.at, now));
    return [[wave.name, minutesAfter(doneAt, unwatched)]];
  });
  return { ...waveDoneAt, ...Object.fromEntries(later) };
};

const resumed = (rollout: Rollout, command: Of<'resume'>, { policy, now }: World): Rollout => {
  const rules = policyFor(rollout, policy);
  const wave = currentWave(rollout, rules.waves);
  const approvals = Object.fromEntries(
    Object.entries(rollout.approvals).filter(([name, { approved }]) => approved || name !== wave?.name),
  );
  const groups = again(rollout, command);
  const waveDoneAt = Object.fromEntries(
    Object.entries(soakingOn(rollout, rules, now)).filter(
      ([name]) => !groups.some((group) => group.wave === name && group.state.is === 'waiting'),
    ),
  );
  const state = { is: 'rolling' } as const;
  // What is tried once more may still prove it.
  const unproved =
    rollout.state.is === 'halted' &&
    rollout.state.why === 'nothingProved' &&
    isUnproved({ ...rollout, groups }, rules);
  const more = {
    groups,
    approvals,
    waveDoneAt,
    resumedAt: now,
    ...(unproved && { goesUnproved: true as const }),
  };
  const rolling = { ...rollout, state, ...more };
  return tell(rolling, { type: 'Rollout Progressed', more: { changes: listedChanges([]) } }, policy, now);
};

export const resume: Carry<'resume'> = (command, world) => {
  const { rollout: id } = command;
  if (id === undefined) {
    const still = world.rollouts.filter(({ state }) => state.is === 'halted').map((rollout) => rollout.id);
    const alone = still.length > 0 ? [`Still halted, to be resumed one by one: ${still.join(', ')}.`] : [];
    return world.stop
      ? {
          accepted: true,
          says: ['What was stopped as a whole goes on at the next tick.', ...alone],
          deeds: [{ is: 'lift stop', stop: world.stop }],
        }
      : { ...refused('Nothing is stopped as a whole.', ...alone), accepted: true };
  }
  return withRollout(id, world, (rollout) => {
    const { state } = rollout;
    if (state.is === 'closed') return refused(`The rollout ${id} has ended.`);
    if (state.is === 'rolling') return { ...refused('It is not halted.'), accepted: true };
    const instead = whyFinal(rollout, world);
    if (instead) return refused(`${id} cannot be resumed. ${instead}`);
    // Nobody looked at what halted it since.
    if (command.haltedAt !== undefined && command.haltedAt < state.at)
      return refused(
        `${id} was halted anew ${shownAt(state.at)}: ${haltSentence(state)}`,
        'Look at that, then press Resume in its newest message, or give the command without haltedAt.',
      );
    const failed = rollout.groups.filter((group) => group.state.is === 'failed').length;
    const tried = `${counted(failed, 'failed group')} ${failed === 1 ? 'is' : 'are'} tried once more${command.force ? ', with force: pods that cannot be evicted are deleted' : ''}.`;
    return {
      accepted: true,
      says: [
        `${id} goes on at the next tick; what halted it (${haltSentence(state)}) halts it again only if it happens anew or still holds.`,
        ...(command.retryFailed && failed > 0 ? [tried] : []),
        ...untilResumed(world),
      ],
      deeds: saves([resumed(rollout, command, world)]),
    };
  });
};
