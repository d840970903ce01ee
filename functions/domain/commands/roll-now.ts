/**
 * Carries out `roll-now`, and says what of the named groups is left out.
 *
 * Pure.
 */
import { holdReasons } from '../release.ts';
import { emergencyLine, type RollNow, rollNow } from '../roll-now.ts';
import { matches } from '../selector.ts';
import { type Carry, counted, refused, saves, untilResumed, type World } from './world.ts';

const leftOut = ({ judged, unread }: World): readonly string[] => {
  const reasons = new Map<string, string[]>();
  for (const { group, verdict } of judged) {
    if (verdict.is === 'behind') continue;
    const why = verdict.is === 'current' ? 'It runs the newest release already.' : holdReasons[verdict.why];
    reasons.set(why, [...(reasons.get(why) ?? []), `${group.cluster}/${group.nodeGroup}`]);
  }
  const lines = [...reasons].map(([why, groups]) => {
    const shownGroups = groups.slice(0, 10).join(', ');
    return `Left out: ${shownGroups}${groups.length > 10 ? ` and ${groups.length - 10} more` : ''}. ${why}`;
  });
  return unread > 0
    ? [
        ...lines,
        `${counted(unread, 'part')} of the fleet could not be read and ${unread === 1 ? 'is' : 'are'} left out.`,
      ]
    : lines;
};

export const emergency: Carry<'roll-now'> = (command: RollNow, world) => {
  const { rollouts, policy, now, id } = world;
  const mine = world.judged.filter(({ group }) =>
    command.select.some((selector) => matches(selector, group)),
  );
  const known = rollouts.filter((rollout) => rollout.id.endsWith(`-now-${id}`));
  if (known.length > 0)
    return { accepted: true, says: [...known.map(emergencyLine), ...untilResumed(world)], deeds: [] };
  const { opened, overtaken, busy } = rollNow(mine, rollouts, command, id, policy, now);
  const out = leftOut({ ...world, judged: mine });
  const elsewhere = busy.length > 0 ? [`Under way already, elsewhere: ${busy.join(', ')}.`] : [];
  if (opened.length === 0)
    return refused(
      mine.length === 0 ? 'No node group is meant.' : 'No group that is meant can be rolled.',
      ...elsewhere,
      ...out,
    );
  const [first] = opened;
  const skips = command.skip.length > 0 ? `Skipped: ${command.skip.join(', ')}.` : 'Nothing is skipped.';
  return {
    accepted: true,
    says: [
      ...opened.map(emergencyLine),
      command.canaryFirst ? `Wave by wave. ${skips}` : `All groups at once, within the limits. ${skips}`,
      ...(command.force ? ['With force: pods that cannot be evicted are deleted.'] : []),
      ...elsewhere,
      ...out,
      ...untilResumed(world),
    ],
    ...(first && { rollout: first.id }),
    // A group leaves its old rollout before it joins the new one.
    deeds: saves([...overtaken, ...opened]),
  };
};
