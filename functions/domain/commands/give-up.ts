/**
 * Carries out `abandon` and `roll-back`: a rollout ends where it stands, or goes back.
 *
 * Pure.
 */
import { movedGroups, openRollBack } from '../roll-back.ts';
import { leaveRest, type Rollout } from '../rollout.ts';
import {
  type Carry,
  counted,
  finishes,
  halted,
  refused,
  saves,
  underWayIn,
  untilResumed,
  withRollout,
} from './world.ts';

export const abandon: Carry<'abandon'> = (command, world) =>
  withRollout(command.rollout, world, (rollout) => {
    if (rollout.state.is === 'closed') return refused('It has ended.');
    const waiting = rollout.groups.filter(({ state }) => state.is === 'waiting').length;
    // A way back that is not open yet is given up too.
    const { rollBack, ...kept } = rollout;
    const goesBack = rollBack !== undefined && rollBack.to === undefined;
    const given = goesBack ? kept : rollout;
    return {
      accepted: true,
      says: [
        ...(goesBack ? ['No group of it goes back.'] : []),
        `${counted(waiting, 'group')} that had not started ${waiting === 1 ? 'stays as it is' : 'stay as they are'}; the next release, or roll-now, takes them.`,
        ...finishes(underWayIn([rollout])),
      ],
      deeds: saves([halted(leaveRest(given, 'abandoned'), 'abandoned', command, world)]),
    };
  });

export const rollBack: Carry<'roll-back'> = (command, world) =>
  withRollout(command.rollout, world, (rollout) => {
    const { by, why } = command;
    if (rollout.purpose.is === 'rollBack') return refused('It is itself a way back; there is none from it.');
    if (rollout.rollBack)
      return refused(
        `${rollout.rollBack.by} asked for that already${rollout.rollBack.to ? `: it is the rollout ${rollout.rollBack.to}` : '; it waits for updates under way'}.`,
      );
    const moved = movedGroups(rollout).length;
    const busy = underWayIn([rollout]);
    if (moved + busy === 0) return refused('No group of it has moved: there is nothing to take back.');
    const asked: Rollout = { ...rollout, rollBack: { by, why } };
    const first = asked.state.is === 'rolling' ? halted(asked, 'stopped', command, world) : asked;
    const opened = openRollBack(first, world.policy, world.now);
    return {
      accepted: true,
      says: [
        busy > 0
          ? `${counted(moved + busy, 'group')} will go back as soon as ${counted(busy, 'update')} under way ${busy === 1 ? 'is' : 'are'} through, at once and without soak or window.`
          : `${counted(moved, 'group')} will go back to what they ran before, without soak or window.`,
        'Groups with EKS’s own images go back only if EKS accepts an earlier release version; AWS documents that it does not, users report that it does. What it refuses is told group by group.',
        ...untilResumed(world),
      ],
      deeds: saves(opened.length > 0 ? opened : [first]),
    };
  });
