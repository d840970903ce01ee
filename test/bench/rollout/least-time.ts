/**
 * Says how soon a fleet could be rolled at best, if nobody ever waited but for what the policy asks for.
 *
 * Knows of the policy: waves one after the other, their soaks, the windows and freezes, how many groups at
 * once in a wave, a cluster and the region. Each update takes as long as it did. Of the groups that could
 * start, one of the cluster that has most to do goes first: the best order where updates take equally long.
 *
 * Pure.
 */
import type { Policy } from '../../../functions/domain/policy.ts';
import { nextOpening } from '../../../functions/domain/window.ts';

export type Move = { readonly wave: string; readonly cluster: string; readonly ms: number };

type UnderWay = { readonly cluster: string; readonly endsAt: number };

const byClusterWithMost = (waiting: readonly Move[]): readonly Move[] => {
  const clusters = Map.groupBy(waiting, ({ cluster }) => cluster);
  return waiting.toSorted(
    (a, b) => (clusters.get(b.cluster)?.length ?? 0) - (clusters.get(a.cluster)?.length ?? 0),
  );
};

const rollWave = (
  moves: readonly Move[],
  { windows, freezes, limits, waves }: Policy,
  name: string,
  from: number,
): number => {
  const wave = waves.find((one) => one.name === name);
  if (!wave) throw new Error(`the policy has no wave ${name}`);
  const window = wave.window === undefined ? undefined : windows[wave.window];
  const atOnce = Math.min(wave.concurrency, limits.perRegion);
  let [waiting, underWay, now]: [readonly Move[], UnderWay[], number] = [moves, [], from];
  while (waiting.length > 0) {
    const opening = nextOpening(window, freezes, new Date(now).toISOString());
    if (opening === undefined) throw new Error(`the window of ${name} never opens`);
    now = Date.parse(opening);
    underWay = underWay.filter(({ endsAt }) => endsAt > now);
    const next = byClusterWithMost(waiting).find(
      ({ cluster }) => underWay.filter((one) => one.cluster === cluster).length < limits.perCluster,
    );
    if (next && underWay.length < atOnce) {
      underWay.push({ cluster: next.cluster, endsAt: now + next.ms });
      waiting = waiting.filter((move) => move !== next);
    } else now = Math.min(...underWay.map(({ endsAt }) => endsAt));
  }
  return Math.max(now, ...underWay.map(({ endsAt }) => endsAt));
};

/** When the last group is done that begins at `from` at the earliest. */
export const leastEnd = (moves: readonly Move[], policy: Policy, from: Date): Date => {
  const byWave = Map.groupBy(moves, ({ wave }) => wave);
  let [end, soakedAt] = [from.getTime(), from.getTime()];
  for (const { name, soakHours } of policy.waves) {
    const its = byWave.get(name);
    if (!its) continue;
    end = rollWave(its, policy, name, soakedAt);
    soakedAt = end + soakHours * 3_600_000;
  }
  return new Date(end);
};
