/**
 * Plays a scenario with its troubles from beginning to end, through the built bundles, and says what came of it.
 *
 * Days are counted as in the stories: one release is a week old on the 18th, and none comes after it, so
 * that however late a run is it ends with the same release.
 */
import type { Cloud } from '../cloud/cloud.ts';
import type { Mischief } from '../cloud/deployment.ts';
import type { Failure } from '../cloud/faults.ts';
import { day, home, openStory, policyWith, type Story } from '../stories/open-story.ts';
import { anna, person } from './person.ts';
import { readIn, retold, type Taken } from './retold.ts';
import type { Scenario, Trouble } from './scenario.ts';
import { watch } from './watch.ts';

export type Outcome = {
  /** Release version or image of every node group. */
  readonly runs: Readonly<Record<string, string>>;
  /** `dev/a Successful`, for each update that was ever made. */
  readonly updates: readonly string[];
  /** Each change of a group, finding and release that was told on the bus, once by its id. */
  readonly news: readonly string[];
  /** What must never be, and was. */
  readonly broken: readonly string[];
  /** What Slack reads, and what it should. */
  readonly reads: readonly string[];
  readonly shouldRead: readonly string[];
  readonly calls: number;
  readonly starts: number;
};

const from = day(18);
const hourMs = 3_600_000;
const old = '1.34.7-20260505';

const furnish = (cloud: Cloud, { clusters }: Scenario): void => {
  const image = cloud.shelf.find(home.region, 'AL2023_x86_64_STANDARD', old)?.imageId ?? '';
  for (const { environment, groups } of clusters) {
    cloud.estate.addCluster({ ...home, name: environment, version: '1.34', tags: { environment } });
    for (const { name, nodes, ownImage, tag, blockedOnce } of groups) {
      cloud.estate.addNodeGroup({
        cluster: environment,
        name,
        desiredSize: nodes,
        ...(ownImage ? { ownImage: { imageId: image } } : { releaseVersion: old }),
        ...(tag !== 'none' && { tags: { [`drydock:${tag}`]: 'true' } }),
      });
      if (blockedOnce)
        cloud.estate.script({
          cluster: environment,
          nodeGroup: name,
          failure: { code: 'PodEvictionFailure', times: 1 },
        });
    }
  }
};

const policyOf = ({ soakHours, window, perCluster, perRegion, person }: Scenario): string =>
  policyWith(
    ['soakHours: 24', `soakHours: ${soakHours}`],
    ['days: [mon, tue, wed, thu]', 'days: [mon, tue, wed, thu, fri, sat, sun]'],
    ["from: '08:00'", `from: '${window.from}'`],
    ["to: '15:00'", `to: '${window.to}'`],
    ['perCluster: 1', `perCluster: ${perCluster}`],
    ['perRegion: 20', `perRegion: ${perRegion}`],
    // The first message to a channel that is known by its name alone cannot be looked for.
    ["channel: '#drydock'", 'channel: C0DRYDOCK'],
    ['  allow: {}', `  allow: { all: [${anna}] }`],
    ...(person === 'approves'
      ? [['  - name: rest\n', '  - name: rest\n    approval: { timeoutHours: 96 }\n'] as const]
      : []),
  );

type Item = Readonly<Record<string, unknown>>;

/** What a group, a finding or a release did, by the words of the news alone: no times, no order. */
const newsOf = ({ stack }: Story): readonly string[] => {
  const once = new Map(stack.news.map((one) => [`${one.type} ${one.detail.id}`, one]));
  return [...once.values()].flatMap(({ type, detail }) => {
    const { train, changes } = detail as { train?: string; changes?: { items?: readonly Item[] } };
    const items = (changes?.items ?? []).map(
      ({ is, cluster, nodeGroup, finding, fingerprint }) =>
        `${type}: ${train ?? ''} ${is} ${cluster ?? ''}/${nodeGroup ?? ''} ${fingerprint ?? (finding as Item | undefined)?.fingerprint ?? ''}`,
    );
    return items.length > 0 ? items : [`${type}: ${train ?? detail.command ?? ''}`];
  });
};

/** Moments as numbers of calls or starts, of so many. */
const numbered = <As>(troubles: readonly { at: number; as: As }[], total: number): ReadonlyMap<number, As> =>
  new Map(troubles.map(({ at, as }) => [Math.floor((at * total) / 10_000), as]));

/** The calls and starts that go wrong, by their numbers from 0. */
export type Wrong = {
  readonly calls: ReadonlyMap<number, Failure>;
  readonly starts: ReadonlyMap<number, Mischief>;
};

const nothingWrong: Wrong = { calls: new Map(), starts: new Map() };

/** Lays troubles over the calls and starts of an untroubled run. */
export const wrongIn = ({ calls, starts }: Outcome, trouble: Trouble): Wrong => ({
  calls: numbered(trouble.calls, calls),
  starts: numbered(trouble.starts, starts),
});

export const play = async (scenario: Scenario, wrong: Wrong = nothingWrong): Promise<Outcome> => {
  const policy = policyOf(scenario);
  let starts = 0;
  const story = await openStory((cloud) => furnish(cloud, scenario), {
    policy,
    from,
    releasesUntil: from,
    mischief: () => wrong.starts.get(starts++),
  });
  const { cloud, stack } = story;
  try {
    const taken: Taken[] = [];
    for (const queue of cloud.queues.all())
      if (queue.name.endsWith('-slack.fifo')) queue.onTaken = (message) => taken.push(message);
    cloud.slack.users.set(anna, 'anna');
    cloud.faults.number(wrong.calls);
    const watched = watch(cloud, scenario);
    const acts = person(story, scenario);
    for (let hour = from.getTime(); hour <= day(scenario.until, '20:00').getTime(); hour += hourMs) {
      await stack.runUntil(new Date(hour), watched.look);
      await acts(new Date(hour));
    }
    return {
      runs: story.runs(),
      updates: scenario.clusters
        .flatMap(({ environment, groups }) =>
          groups.flatMap(({ name }) =>
            story.updates(environment, name).map((status) => `${environment}/${name} ${status}`),
          ),
        )
        .toSorted(),
      news: newsOf(story).toSorted(),
      broken: watched.end(),
      reads: readIn(story),
      shouldRead: await retold(taken, policy, from),
      calls: cloud.faults.made,
      starts,
    };
  } finally {
    await cloud.close();
  }
};
