/**
 * Carries out `stop`: nothing new starts, in one rollout or in all.
 *
 * Pure.
 */
import { haltSentence } from '../news.ts';
import { shownAt } from '../time.ts';
import { type Carry, counted, finishes, halted, refused, saves, underWayIn, withRollout } from './world.ts';

export const stop: Carry<'stop'> = (command, world) => {
  const { rollout: id, by, why } = command;
  const open = world.rollouts.filter(({ state }) => state.is !== 'closed');
  if (id === undefined) {
    if (world.stop)
      return {
        accepted: true,
        says: [`Everything is stopped already, by ${world.stop.by} since ${shownAt(world.stop.at)}.`],
        deeds: [],
      };
    return {
      accepted: true,
      says: [
        `Nothing new starts in any of ${counted(open.length, 'open rollout')}, nor in one that opens later.`,
        ...finishes(underWayIn(open)),
        'To go on: the command resume without a rollout.',
      ],
      deeds: [{ is: 'stop', stop: { by, why, at: world.now } }],
    };
  }
  return withRollout(id, world, (rollout) => {
    if (rollout.state.is === 'closed') return refused(`The rollout ${id} has ended.`);
    if (rollout.state.is === 'halted')
      return {
        accepted: true,
        says: [`It is halted already. ${haltSentence(rollout.state)}`],
        deeds: [],
      };
    return {
      accepted: true,
      says: [
        `Nothing new starts in ${id}.`,
        ...finishes(underWayIn([rollout])),
        `To go on: the command resume with the rollout ${id}.`,
      ],
      deeds: saves([halted(rollout, 'stopped', command, world)]),
    };
  });
};
