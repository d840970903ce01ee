/**
 * Measures a rollout by the default policy: how long the fleet takes against the least that the policy
 * allows, and what it costs in ticks, calls and messages.
 *
 * Time is simulated, so that all of it is exact. Ticks that would find the world as they left it are jumped
 * over and not counted: they cost what an idle tick costs, whether anything is rolled or not.
 */
import { join } from 'node:path';
import { readPolicy } from '../../../infra/bundle/read-policy.ts';
import { recordedTrains } from '../../cloud/release-trains.ts';
import { day, home, type Story } from '../../stories/open-story.ts';
import { fleetOf, groupsIn, type Shape } from '../fleets.ts';
import { callsOf, countOperations, inStory, sum } from '../in-story.ts';
import { ratio, table } from '../table.ts';
import { leastEnd, type Move } from './least-time.ts';

const policy = readPolicy(join(import.meta.dirname, '../../../infra/policy.yml'));

/**
 * Two days before it is old enough, with nothing newer to come. Ticks come three minutes after windows open,
 * and an update in two zones takes 28 minutes: neither fits the ticks by chance.
 */
const start = day(16, '00:03');
const train = 'v20260610';
const before = {
  releaseVersion: '1.34.7-20260505',
  zones: ['a', 'b'].map((letter) => `${home.region}${letter}`),
};

/** As `fleetOf` tags the clusters. */
const waveOf = (environment = ''): string =>
  ({ dev: 'canary', staging: 'staging' })[environment] ?? policy.waves.at(-1)?.name ?? '';

export type RolloutFigures = {
  readonly shape: Shape;
  readonly groups: number;
  /** When the release is old enough for the policy. */
  readonly from: Date;
  readonly completedAt: Date;
  readonly leastEnd: Date;
  /** Of `roll-node-groups` that found something to do or to see. */
  readonly ticks: number;
  /** Of `roll-node-groups`, by operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** News published, by type. */
  readonly news: Readonly<Record<string, number>>;
  readonly slack: {
    readonly posted: number;
    readonly edited: number;
    /** By method. */
    readonly calls: Readonly<Record<string, number>>;
  };
};

const movesOf = ({ cloud }: Story): readonly Move[] =>
  [...cloud.estate.place(home).clusters.values()].flatMap(({ name, tags, nodeGroups }) =>
    [...nodeGroups.values()].map(({ updates }) => {
      const [update, more] = [...updates.values()];
      if (!update?.endedAt || more) throw new Error(`a group of ${name} was not updated once`);
      return {
        wave: waveOf(tags.environment),
        cluster: name,
        ms: update.endedAt.getTime() - update.createdAt.getTime(),
      };
    }),
  );

const oldEnough = (): Date => {
  const found = recordedTrains().find(({ family, name }) => family === 'al2023' && name === train);
  if (!found) throw new Error(`there is no al2023 ${train} on record`);
  return new Date(found.publishedAt.getTime() + policy.releases.minimumAgeDays * 24 * 3_600_000);
};

const runToTheEnd = async ({ stack }: Story): Promise<Date> => {
  for (let today = 17; today < 365; today++) {
    await stack.runUntil(day(today));
    const completed = stack.news.find(({ type }) => type === 'Rollout Completed');
    if (completed) return completed.at;
  }
  throw new Error('the rollout was not completed within a year');
};

const count = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]));

export const slackCounts = ({ cloud }: Story): RolloutFigures['slack'] => {
  const messages = cloud.slack.messages();
  return {
    posted: messages.length,
    edited: sum(messages.map(({ edits }) => edits.length)),
    calls: Object.fromEntries(
      Object.entries(cloud.callCounts()).filter(([name]) => name.startsWith('slack:')),
    ),
  };
};

const roll = (shape: Shape): Promise<RolloutFigures> =>
  inStory(fleetOf(shape, before), { record: true, from: start, releasesUntil: start }, async (story) => {
    const completedAt = await runToTheEnd(story);
    const from = oldEnough();
    return {
      shape,
      groups: groupsIn(shape),
      from,
      completedAt,
      leastEnd: leastEnd(movesOf(story), policy, from),
      ticks: story.stack.invocations.filter((one) => one.function === 'roll-node-groups').length,
      calls: countOperations(callsOf(story, 'roll-node-groups')),
      news: count(story.stack.news.map(({ type }) => type)),
      slack: slackCounts(story),
    };
  });

const measured = new Map<string, Promise<RolloutFigures>>();

/** Once for each fleet, whichever parts of the bench ask. */
export const measureRollout = (shape: Shape): Promise<RolloutFigures> => {
  const key = JSON.stringify(shape);
  const figures = measured.get(key) ?? roll(shape);
  measured.set(key, figures);
  return figures;
};

const fleets: readonly Shape[] = [
  { clusters: 3, groupsPerCluster: 1, nodesPerGroup: 3 },
  { clusters: 12, groupsPerCluster: 3, nodesPerGroup: 3 },
];
const longFleets: readonly Shape[] = [{ clusters: 42, groupsPerCluster: 10, nodesPerGroup: 3 }];

export const measureRollouts = async (long: boolean): Promise<readonly RolloutFigures[]> => {
  const figures: RolloutFigures[] = [];
  for (const shape of [...fleets, ...(long ? longFleets : [])]) figures.push(await measureRollout(shape));
  return figures;
};

const hours = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 3_600_000;

export const showRollouts = (figures: readonly RolloutFigures[]): readonly string[] => [
  'From the time the release is old enough until the rollout is complete, by the default policy (three waves,',
  'two soaks of a day, a window from Monday to Thursday), against the least that the policy allows.',
  '',
  ...table([
    [
      'clusters',
      'groups',
      'hours',
      'least',
      'ratio',
      'hours more',
      'ticks / group',
      'calls / group',
      'EKS',
      'EC2',
      'table',
      'bus',
    ],
    ...figures.map(({ shape, groups, from, completedAt, leastEnd: end, ticks, calls }) => {
      const of = (service: string) =>
        sum(Object.entries(calls).flatMap(([name, made]) => (name.startsWith(`${service}:`) ? [made] : [])));
      const each = (made: number) => (made / groups).toFixed(1);
      return [
        String(shape.clusters),
        String(groups),
        hours(from, completedAt).toFixed(1),
        hours(from, end).toFixed(1),
        ratio(hours(from, completedAt) / hours(from, end)),
        hours(end, completedAt).toFixed(1),
        each(ticks),
        each(sum(Object.values(calls))),
        ...['eks', 'ec2', 'dynamodb', 'events'].map((service) => each(of(service))),
      ];
    }),
  ]),
  '',
  'Ticks and calls are those of roll-node-groups that found something to do or to see.',
];
