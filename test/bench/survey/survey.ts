/**
 * Measures surveys of fleets of growing size: how many calls, how long, how much memory.
 *
 * `plan-rollouts` reads clusters and node groups, `audit-nodes` their nodes, volumes and all else as well. More
 * clusters than a run takes are handed out in shares: the counts are of all runs, the longest decides on time.
 * The counts are exact. The times are of this machine: what matters is how they grow, and what they are
 * against the calls that must follow one another.
 *
 * Effect: runs processes against a simulated cloud in this one.
 */
import { day, type Story } from '../../stories/open-story.ts';
import { pacedMs } from '../eks-pace.ts';
import { fleetOf, nodesIn, type Shape } from '../fleets.ts';
import { inStory, sum } from '../in-story.ts';
import { ratio, table, verdict } from '../table.ts';
import { throttle } from './api-rates.ts';
import { criticalPath, eksReadsOf, leastReads, type Surveyor } from './least-calls.ts';
import { type Look, runLook } from './look.ts';

/** At most so many times the least reads. */
const mostReads = 1.05;
const mostBytes = 512 * 1024 * 1024;
const mostMs = 15 * 60_000;
const slowCallMs = 50;

const surveyors: readonly Surveyor[] = ['plan-rollouts', 'audit-nodes'];

const shapeOf = (groups: number): Shape => ({
  clusters: groups / 20,
  groupsPerCluster: 20,
  nodesPerGroup: 20,
});

type Case = { readonly groups: number; readonly callMs: number; readonly atApiRates: boolean };

const at = (callMs: number, groups: readonly number[], atApiRates = false): readonly Case[] =>
  groups.map((one) => ({ groups: one, callMs, atApiRates }));

const usualCases = [
  ...at(0, [100, 400, 2_000]),
  ...at(slowCallMs, [100, 400, 2_000]),
  ...at(slowCallMs, [400], true),
];
const longCases = [...at(0, [10_000]), ...at(slowCallMs, [10_000]), ...at(slowCallMs, [2_000], true)];

export type SurveyFigures = Case & {
  readonly surveyor: Surveyor;
  readonly shape: Shape;
  readonly nodes: number;
  readonly reads: number;
  readonly leastReads: number;
  /** To the table and the bus. */
  readonly writes: number;
  readonly throttled: number;
  readonly look: Look;
  /** Of the largest share, with calls of this length; 0 with calls of none. */
  readonly criticalPathMs: number;
};

/** As serverless.yml has it; the simulation sets both so that nothing waits. */
const asDeployed = { CALL_PACE_PERCENT: '100', AWS_RETRY_MODE: 'adaptive' };

const isRead = (name: string): boolean => /:(Get|List|Describe|Query)/.test(name);

const splitCalls = (counts: Readonly<Record<string, number>>) => {
  const entries = Object.entries(counts);
  const total = (which: typeof entries) => sum(which.map(([, count]) => count));
  return {
    reads: total(entries.filter(([name]) => isRead(name))),
    writes: total(entries.filter(([name]) => !isRead(name))),
  };
};

/** What one run surveys, where the first has handed all out to the others. */
const largestShare = (shape: Shape, { runs }: Look): Shape =>
  runs === 1 ? shape : { ...shape, clusters: Math.ceil(shape.clusters / (runs - 1)) };

const leastMs = (surveyor: Surveyor, shape: Shape, { callMs, atApiRates }: Case): number =>
  Math.max(criticalPath(surveyor, shape) * callMs, atApiRates ? pacedMs(eksReadsOf(surveyor, shape)) : 0);

const measureOne = async (story: Story, surveyor: Surveyor, one: Case): Promise<SurveyFigures> => {
  const shape = shapeOf(one.groups);
  const { cloud } = story;
  cloud.forgetCalls();
  cloud.pace.callMs = one.callMs;
  const rates = one.atApiRates ? throttle(cloud) : undefined;
  const look = await runLook(story, surveyor, one.atApiRates ? asDeployed : {});
  rates?.end();
  cloud.pace.callMs = 0;
  if (look.failure && !one.atApiRates) throw new Error(`${surveyor} failed: ${look.failure}`);
  const throttled = rates?.failed() ?? 0;
  const { reads, writes } = splitCalls(cloud.callCounts());
  return {
    ...one,
    surveyor,
    shape,
    nodes: nodesIn(shape),
    reads: reads - throttled,
    leastReads: sum(Object.values(leastReads(surveyor, shape))),
    writes,
    throttled,
    look,
    criticalPathMs: leastMs(surveyor, largestShare(shape, look), one),
  };
};

/** Each size in a cloud of its own; what one run stores the next one finds, as it is from day to day. */
export const measureSurvey = async (long: boolean): Promise<readonly SurveyFigures[]> => {
  const cases = [...usualCases, ...(long ? longCases : [])];
  const figures: SurveyFigures[] = [];
  for (const groups of new Set(cases.map((one) => one.groups)))
    await inStory(fleetOf(shapeOf(groups)), { from: day(20) }, async (story) => {
      for (const surveyor of surveyors)
        for (const one of cases.filter((other) => other.groups === groups))
          figures.push(await measureOne(story, surveyor, one));
    });
  return figures;
};

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);

const countTable = (figures: readonly SurveyFigures[]): readonly string[] =>
  table([
    ['function', 'groups', 'nodes', 'runs', 'reads', 'least', 'reads / least', '', 'writes'],
    ...figures
      .filter(({ callMs }) => callMs === 0)
      .map(({ surveyor, groups, nodes, look, reads, leastReads: least, writes }) => [
        surveyor,
        String(groups),
        String(nodes),
        String(look.runs),
        String(reads),
        String(least),
        ratio(reads / least),
        verdict(reads / least, mostReads),
        String(writes),
      ]),
  ]);

/** How time grows from the size before: 1 where it doubles with the fleet, more where it grows faster. */
const growth = (before: SurveyFigures | undefined, { look, groups }: SurveyFigures): string =>
  before ? (Math.log(look.ms / before.look.ms) / Math.log(groups / before.groups)).toFixed(2) : '';

const timeTable = (figures: readonly SurveyFigures[]): readonly string[] =>
  table([
    ['function', 'groups', 's at 0 ms', 'grows as N^', 'longest run', 's of CPU', 'peak MB', ''],
    ...surveyors.flatMap((surveyor) => {
      const its = figures.filter((one) => one.callMs === 0 && one.surveyor === surveyor);
      return its.map((one, i) => [
        surveyor,
        String(one.groups),
        seconds(one.look.ms),
        growth(its[i - 1], one),
        seconds(one.look.longestMs),
        seconds(one.look.cpuMs),
        megabytes(one.look.peakBytes),
        verdict(one.look.peakBytes, mostBytes),
      ]);
    }),
  ]);

const slowTable = (figures: readonly SurveyFigures[]): readonly string[] =>
  table([
    [
      'function',
      'groups',
      'at AWS’s rates',
      'longest run, s',
      'critical path',
      'ratio',
      '15 min',
      'throttled',
      'outcome',
    ],
    ...figures
      .filter(({ callMs }) => callMs > 0)
      .map(({ surveyor, groups, atApiRates, look, criticalPathMs, throttled }) => [
        surveyor,
        String(groups),
        atApiRates ? 'yes' : 'no',
        seconds(look.longestMs),
        seconds(criticalPathMs),
        ratio(look.longestMs / criticalPathMs),
        verdict(look.longestMs, mostMs),
        String(throttled),
        look.failure ?? 'all read',
      ]),
  ]);

export const showSurvey = (figures: readonly SurveyFigures[]): readonly string[] => [
  `Reads against the least: 1 for 100 clusters, 2 a cluster, 1 a node group, and the pages of the rest; target ${ratio(mostReads)}.`,
  '20 node groups of 20 nodes in each cluster.',
  '',
  ...countTable(figures),
  '',
  `In a fresh process with Lambda's flags for 512 MB, at once answered; target below ${megabytes(mostBytes)} MB, and N^1.`,
  '',
  ...timeTable(figures),
  '',
  `With ${slowCallMs} ms a call, against the reads that must follow one another with as many at once as the adapters let;`,
  'and with Drydock’s own pace, by a cloud that throttles as AWS does (EC2 20 reads a second up to 100; EKS 10',
  'up to 20, an assumption), against the least time at that pace. Shares are at work side by side.',
  '',
  ...slowTable(figures),
];
