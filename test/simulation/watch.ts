/**
 * Watches a run for what must never be: too many updates at once, one outside the window, one of a group
 * that is held or ignored, a wave that begins before the one before it is done and has soaked.
 *
 * Knows nothing of how Drydock decides: it looks at what EKS has, and at the scenario.
 *
 * Pure, but for what it has seen.
 */
import type { Cloud } from '../cloud/cloud.ts';
import type { NodeGroup } from '../cloud/estate/node-group.ts';
import type { Update } from '../cloud/estate/update.ts';
import { home } from '../stories/open-story.ts';
import { environments, type Scenario } from './scenario.ts';

const hourMs = 3_600_000;

type Seen = { readonly group: NodeGroup; readonly update: Update };

const updatesOf = (cloud: Cloud): readonly Seen[] =>
  [...cloud.estate.place(home).clusters.values()].flatMap(({ nodeGroups }) =>
    [...nodeGroups.values()].flatMap((group) =>
      [...group.updates.values()].map((update) => ({ group, update })),
    ),
  );

const nameOf = ({ cluster, name }: NodeGroup) => `${cluster.name}/${name}`;
const underWay = ({ update }: Seen) => update.status === 'InProgress';

export const watch = (cloud: Cloud, scenario: Scenario) => {
  const broken = new Set<string>();
  const tagOf = ({ cluster, name }: NodeGroup) =>
    scenario.clusters
      .find(({ environment }) => environment === cluster.name)
      ?.groups.find((group) => group.name === name)?.tag;

  const limits = (seen: readonly Seen[], now: Date) => {
    const busy = seen.filter(underWay);
    if (busy.length > scenario.perRegion)
      broken.add(`${busy.length} updates at once in the region, at ${now.toISOString()}`);
    for (const cluster of environments) {
      const there = busy.filter(({ group }) => group.cluster.name === cluster).length;
      if (there > scenario.perCluster) broken.add(`${there} updates at once in ${cluster}`);
    }
  };

  const starts = (seen: readonly Seen[]) => {
    for (const { group, update } of seen) {
      const at = update.createdAt.toISOString();
      const time = at.slice(11, 16);
      if (time < scenario.window.from || time >= scenario.window.to)
        broken.add(`${nameOf(group)} was started outside its window, at ${at}`);
      if (tagOf(group) !== 'none') broken.add(`${nameOf(group)} was started though its tag says not to`);
    }
  };

  const waves = (seen: readonly Seen[]) => {
    const spans = environments.flatMap((environment) => {
      const there = seen.filter(({ group }) => group.cluster.name === environment);
      if (there.length === 0) return [];
      const times = there.map(({ update }) => update);
      return [
        {
          environment,
          from: Math.min(...times.map(({ createdAt }) => createdAt.getTime())),
          to: Math.max(...times.map(({ endedAt }) => endedAt?.getTime() ?? Number.POSITIVE_INFINITY)),
        },
      ];
    });
    for (const [i, span] of spans.entries()) {
      const before = spans[i - 1];
      if (before && span.from < before.to + scenario.soakHours * hourMs)
        broken.add(`${span.environment} began before ${before.environment} was done and had soaked`);
    }
  };

  return {
    look: (now: Date): void => {
      const seen = updatesOf(cloud);
      limits(seen, now);
      starts(seen);
    },
    /** What was broken, once the run is over. */
    end: (): readonly string[] => {
      const seen = updatesOf(cloud);
      starts(seen);
      waves(seen);
      const denied = cloud.permissions.denied.map((one) => `not allowed: ${one}`);
      const missing = cloud.notSimulated.map((one) => `not simulated: ${one}`);
      return [...broken, ...denied, ...missing, ...cloud.broken.map(({ stack }) => `simulation: ${stack}`)];
    },
  };
};
