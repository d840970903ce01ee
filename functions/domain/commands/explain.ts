/**
 * Carries out `explain`, which changes nothing.
 *
 * Pure.
 */
import { explainGroups, explainRollout } from '../explain.ts';
import { type Carry, groupsIn, refused, withRollout } from './world.ts';

export const explain: Carry<'explain'> = (command, world) => {
  if ('rollout' in command)
    return withRollout(command.rollout, world, (rollout) => ({
      accepted: true,
      says: explainRollout(rollout, world),
      deeds: [],
    }));
  const groups = groupsIn(world, command);
  if (groups.length === 0)
    return refused(
      `No node group is known there.${world.unread > 0 ? ' Not everything could be read.' : ''}`,
    );
  return { accepted: true, says: explainGroups(groups, world), deeds: [] };
};
