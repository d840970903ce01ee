/**
 * Carries out `hold` and `release-hold`.
 *
 * Pure.
 */
import { holdKey } from '../hold.ts';
import { isUnderWay } from '../rollout.ts';
import { shownAt } from '../time.ts';
import { type Carry, counted, finishes, groupsIn, refused } from './world.ts';

export const hold: Carry<'hold'> = ({ cluster, nodeGroup, until, by, why }, world) => {
  if (until <= world.now) return refused(`The date until has passed: ${shownAt(until)}.`);
  const place = { cluster, ...(nodeGroup !== undefined && { nodeGroup }) };
  const groups = groupsIn(world, place);
  if (groups.length === 0)
    return refused(
      `No node group is known as ${holdKey(place)}.${world.unread > 0 ? ' Not everything could be read.' : ''}`,
    );
  const keys = new Set(groups.map(({ group }) => `${group.cluster}/${group.nodeGroup}`));
  const busy = world.rollouts.flatMap((rollout) =>
    rollout.groups.filter((one) => isUnderWay(one) && keys.has(`${one.cluster}/${one.nodeGroup}`)),
  ).length;
  return {
    accepted: true,
    says: [
      `${counted(groups.length, 'group')} ${groups.length === 1 ? 'is' : 'are'} left alone until ${shownAt(until)}; the plan after that judges them again.`,
      ...finishes(busy),
    ],
    deeds: [{ is: 'hold', hold: { ...place, until, by, why } }],
  };
};

export const releaseHold: Carry<'release-hold'> = ({ cluster, nodeGroup }, { holds }) => {
  const key = holdKey({ cluster, ...(nodeGroup !== undefined && { nodeGroup }) });
  if (!holds.some((one) => holdKey(one) === key)) {
    const known = holds.map(holdKey).join(', ') || 'none';
    return { ...refused(`There is no hold on ${key}. Holds: ${known}.`), accepted: true };
  }
  return {
    accepted: true,
    says: [`${key} is judged again by the next plan, daily at 05:00 UTC.`],
    deeds: [{ is: 'release hold', key }],
  };
};
