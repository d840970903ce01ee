/**
 * Puts node groups into waves: the first wave whose selectors mean a group takes it, the last
 * takes what none selects, and a wave that wants at least so many takes the smallest of the rest. A group
 * without nodes shows nothing of a release: it does not count, and is the last that is taken.
 *
 * The tag `drydock:wave` puts a group into the wave of that name.
 *
 * Pure.
 */
import { type NodeGroup, tagsOf } from './node-group.ts';
import type { WavePolicy } from './policy.ts';
import { matches } from './selector.ts';
import { groupKey } from './target.ts';

const hasNodes = ({ desiredSize }: NodeGroup): boolean => desiredSize > 0;

/** Name of the wave of each group, by group key. `taken` counts the groups that each wave has already. */
export const assignWaves = (
  groups: readonly NodeGroup[],
  waves: readonly WavePolicy[],
  taken: Readonly<Record<string, number>> = {},
): ReadonlyMap<string, string> => {
  const assigned = new Map<string, string>();
  const names = new Set(waves.map(({ name }) => name));
  for (const group of groups) {
    const tagged = tagsOf(group)['drydock:wave'];
    if (tagged && names.has(tagged)) assigned.set(groupKey(group), tagged);
  }
  for (const wave of waves) {
    const last = wave === waves.at(-1);
    const rest = () => groups.filter((group) => !assigned.has(groupKey(group)));
    for (const group of rest())
      if (last || wave.select.some((selector) => matches(selector, group)))
        assigned.set(groupKey(group), wave.name);
    const mine = groups.filter((group) => assigned.get(groupKey(group)) === wave.name && hasNodes(group));
    const has = (taken[wave.name] ?? 0) + mine.length;
    const smallest = rest().sort(
      (a, b) =>
        Number(hasNodes(b)) - Number(hasNodes(a)) ||
        a.desiredSize - b.desiredSize ||
        groupKey(a).localeCompare(groupKey(b)),
    );
    for (const group of smallest.slice(0, Math.max(0, wave.atLeast - has)))
      assigned.set(groupKey(group), wave.name);
  }
  return assigned;
};
