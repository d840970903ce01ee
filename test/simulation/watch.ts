/**
 * Watches a run for what must never be: too many updates at once, one outside the window, one of a group
 * that is held, ignored or another tool's, a wave that begins before the one before it is done and has soaked.
 *
 * Knows nothing of how Drydock decides: it looks at what EKS has, and at the limits. A cluster is a wave.
 *
 * Pure, but for what it has seen.
 */
import type { Cloud } from '../cloud/cloud.ts';
import type { NodeGroup } from '../cloud/estate/node-group.ts';
import type { Update } from '../cloud/estate/update.ts';
import { home } from '../stories/open-story.ts';
import { environments } from './scenario.ts';
import type { Limits, Staging } from './staging.ts';

const hourMs = 3_600_000;
const untouchable = ['drydock:hold', 'drydock:ignore', 'terraform'];

/** Groups and their updates wherever, named as `dev/a`, elsewhere `444455556666 us-east-1 dev/a`. */
export const groupsOf = (cloud: Cloud): readonly (readonly [string, NodeGroup])[] =>
  cloud.estate
    .everywhere()
    .flatMap(({ account, region, clusters }) =>
      [...clusters.values()].flatMap(({ name, nodeGroups }) =>
        [...nodeGroups.values()].map((group): [string, NodeGroup] => [
          `${account === home.account ? '' : `${account} ${region} `}${name}/${group.name}`,
          group,
        ]),
      ),
    );

type Seen = { readonly name: string; readonly group: NodeGroup; readonly update: Update };

const updatesOf = (cloud: Cloud): readonly Seen[] =>
  groupsOf(cloud).flatMap(([name, group]) =>
    [...group.updates.values()].map((update) => ({ name, group, update })),
  );

const tooMany = (seen: readonly Seen[], limits: Limits, now: Date): readonly string[] => {
  const busy = seen.filter(({ update }) => update.status === 'InProgress');
  const at = `at ${now.toISOString()}`;
  const regions = Map.groupBy(busy, ({ group }) => group.cluster.arn.split(':').slice(3, 5).join(' '));
  const clusters = Map.groupBy(busy, ({ group }) => group.cluster.arn);
  const waves = Map.groupBy(busy, ({ group }) => group.cluster.name);
  const over = (some: ReadonlyMap<string, readonly Seen[]>, most: number, what: string) =>
    [...some].flatMap(([name, { length }]) =>
      length > most ? [`${length} updates at once in ${what} ${name}, ${at}`] : [],
    );
  return [
    ...over(regions, limits.perRegion, 'the region'),
    ...over(clusters, limits.perCluster, 'the cluster'),
    ...over(waves, limits.perWave, 'the wave of'),
  ];
};

const wrongStarts = (seen: readonly Seen[], { limits: { window }, atAnyTime }: Staging): readonly string[] =>
  seen.flatMap(({ name, group, update }) => {
    const at = update.createdAt.toISOString();
    const time = at.slice(11, 16);
    const tag = untouchable.find((one) => one in group.tags);
    return [
      ...(!atAnyTime && (time < window.from || time >= window.to)
        ? [`${name} was started outside its window, at ${at}`]
        : []),
      ...(tag === undefined ? [] : [`${name} was started though it is tagged ${tag}`]),
    ];
  });

const tooEarly = (seen: readonly Seen[], { soakHours }: Limits): readonly string[] => {
  const spans = environments.flatMap((environment) => {
    const there = seen.filter(({ group }) => group.cluster.name === environment);
    if (there.length === 0) return [];
    const from = Math.min(...there.map(({ update }) => update.createdAt.getTime()));
    const to = Math.max(...there.map(({ update }) => update.endedAt?.getTime() ?? Number.POSITIVE_INFINITY));
    return [{ environment, from, to }];
  });
  return spans.flatMap(({ environment, from }, i) => {
    const before = spans[i - 1];
    return before && from < before.to + soakHours * hourMs
      ? [`${environment} began before ${before.environment} was done and had soaked`]
      : [];
  });
};

export const watch = (cloud: Cloud, staging: Staging) => {
  const broken = new Set<string>();
  const note = (says: readonly string[]) => {
    for (const one of says) broken.add(one);
  };
  return {
    look: (now: Date): void => {
      const seen = updatesOf(cloud);
      note(tooMany(seen, staging.limits, now));
      note(wrongStarts(seen, staging));
    },
    /** What was broken, once the run is over. */
    end: (): readonly string[] => {
      const seen = updatesOf(cloud);
      note(wrongStarts(seen, staging));
      note(tooEarly(seen, staging.limits));
      note(cloud.permissions.denied.map((one) => `not allowed: ${one}`));
      note(cloud.notSimulated.map((one) => `not simulated: ${one}`));
      note(cloud.broken.map(({ stack }) => `simulation: ${stack}`));
      return [...broken];
    },
  };
};
