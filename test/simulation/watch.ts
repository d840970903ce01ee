/**
 * Watches a run for what must never be: too many updates at once, one outside the window, one of a group
 * that is held, ignored or another tool's, or a patch of its nodes, the same update twice, a wave that begins
 * before the one before it is done and has soaked, or though all groups before it are held; and for groups that do
 * not end where they must.
 *
 * Knows nothing of how Drydock decides: it looks at what EKS and Run Command have, and at the limits. The clusters
 * of an environment are a wave, of each train.
 *
 * Pure, but for what it has seen.
 */
import { amiNames } from '../cloud/ami-names.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { NodeGroup } from '../cloud/estate/node-group.ts';
import type { Update } from '../cloud/estate/update.ts';
import { home } from '../stories/open-story.ts';
import { environments } from './scenario.ts';
import { type Limits, newest, type Staging } from './staging.ts';

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

/** Images of one's own are Amazon Linux here. */
const trainOf = ({ amiType }: NodeGroup): string =>
  amiNames[amiType === 'CUSTOM' ? 'AL2023_x86_64_STANDARD' : amiType]?.family ?? amiType;

const environmentOf = ({ cluster }: NodeGroup): string => cluster.tags.environment ?? '';

const tooMany = (seen: readonly Seen[], limits: Limits, now: Date): readonly string[] => {
  const busy = seen.filter(({ update }) => update.status === 'InProgress');
  const at = `at ${now.toISOString()}`;
  const regions = Map.groupBy(busy, ({ group }) => group.cluster.arn.split(':').slice(3, 5).join(' '));
  const clusters = Map.groupBy(busy, ({ group }) => group.cluster.arn);
  const waves = Map.groupBy(busy, ({ group }) => `${trainOf(group)} ${environmentOf(group)}`);
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

const tooEarly = (seen: readonly Seen[], limits: Limits): readonly string[] =>
  [...Map.groupBy(seen, ({ group }) => trainOf(group)).values()].flatMap((train) =>
    tooEarlyIn(train, limits),
  );

const tooEarlyIn = (train: readonly Seen[], { soakHours }: Limits): readonly string[] => {
  const spans = environments.flatMap((environment) => {
    const there = train.filter(({ group }) => environmentOf(group) === environment);
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

/** A wave that began while the first one that the train has groups of had none that could prove anything. */
const unproved = (cloud: Cloud, seen: readonly Seen[], { atAnyTime }: Staging): readonly string[] => {
  if (atAnyTime) return [];
  const all = groupsOf(cloud).map(([, group]) => group);
  const theirs = (group: NodeGroup) => 'drydock:ignore' in group.tags || 'terraform' in group.tags;
  return [...Map.groupBy(seen, ({ group }) => trainOf(group))].flatMap(([train, some]) => {
    const wanted = all.filter((group) => trainOf(group) === train && !theirs(group));
    const first = environments.find((environment) =>
      wanted.some((group) => environmentOf(group) === environment),
    );
    return some.some(({ group }) => environmentOf(group) === first)
      ? []
      : [`${train} was rolled though nothing of ${first} had it`];
  });
};

const twice = (seen: readonly Seen[]): readonly string[] => {
  const done = seen.filter(({ update }) => update.status === 'Successful');
  const same = Map.groupBy(done, ({ name, update }) => `${name} to ${update.params.join(', ')}`);
  return [...same].flatMap(([what, { length }]) => (length > 1 ? [`${length} updates of ${what}`] : []));
};

const wrongPatches = (cloud: Cloud): readonly string[] => {
  const patched = new Set(cloud.commands.accepted.flatMap(({ instanceIds }) => instanceIds));
  return groupsOf(cloud).flatMap(([name, { tags, instances }]) => {
    const tag = untouchable.find((one) => one in tags);
    return tag !== undefined && [...instances].some(({ id }) => patched.has(id))
      ? [`nodes of ${name} were patched though it is tagged ${tag}`]
      : [];
  });
};

const notReached = (cloud: Cloud, { reaches }: Staging): readonly string[] => {
  const own = cloud.shelf.find(home.region, 'AL2023_x86_64_STANDARD', newest.AL2023_x86_64_STANDARD)?.imageId;
  const wanted = new Set<string>([...Object.values(newest), ...(own ? [own] : [])]);
  const runs = new Map(groupsOf(cloud).map(([name, { image }]) => [name, image.releaseVersion]));
  return reaches.flatMap((name) =>
    wanted.has(runs.get(name) ?? 'nothing') ? [] : [`${name} runs ${runs.get(name)} at the end`],
  );
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
      note(unproved(cloud, seen, staging));
      note(twice(seen));
      note(wrongPatches(cloud));
      note(notReached(cloud, staging));
      note(cloud.permissions.denied.map((one) => `not allowed: ${one}`));
      note(cloud.notSimulated.map((one) => `not simulated: ${one}`));
      note(cloud.broken.map(({ stack }) => `simulation: ${stack}`));
      return [...broken];
    },
  };
};
