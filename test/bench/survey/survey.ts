/**
 * Measures surveys of fleets of growing size: how many calls, how long, how much memory.
 *
 * `plan-rollouts` reads clusters and node groups, `audit-nodes` their nodes, volumes and all else as well.
 * The counts are exact. The times are of this machine: what matters is how they grow, and what they are
 * against the calls that must follow one another.
 *
 * Effect: runs processes against a simulated cloud in this one.
 */
import { day, type Story } from '../../stories/open-story.ts';
import { fleetOf, nodesIn, type Shape } from '../fleets.ts';
import { inStory, sum } from '../in-story.ts';
import { type Run, runFunction } from '../run-function.ts';
import { ratio, table, verdict } from '../table.ts';
import { throttle } from './api-rates.ts';
import { criticalPath, leastReads, type Surveyor } from './least-calls.ts';

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
  ...at(slowCallMs, [100, 400]),
  ...at(slowCallMs, [400], true),
];
const longCases = [...at(0, [10_000]), ...at(slowCallMs, [2_000, 10_000]), ...at(slowCallMs, [2_000], true)];

export type SurveyFigures = Case & {
  readonly surveyor: Surveyor;
  readonly shape: Shape;
  readonly nodes: number;
  readonly reads: number;
  readonly leastReads: number;
  /** To the table and the bus. */
  readonly writes: number;
  readonly throttled: number;
  readonly run: Run;
  /** With calls of this length; 0 with calls of none. */
  readonly criticalPathMs: number;
};

const isRead = (name: string): boolean => /:(Get|List|Describe|Query)/.test(name);

const splitCalls = (counts: Readonly<Record<string, number>>) => {
  const entries = Object.entries(counts);
  const total = (which: typeof entries) => sum(which.map(([, count]) => count));
  return {
    reads: total(entries.filter(([name]) => isRead(name))),
    writes: total(entries.filter(([name]) => !isRead(name))),
  };
};

const measureOne = async (story: Story, surveyor: Surveyor, one: Case): Promise<SurveyFigures> => {
  const shape = shapeOf(one.groups);
  const { cloud } = story;
  cloud.forgetCalls();
  cloud.pace.callMs = one.callMs;
  const rates = one.atApiRates ? throttle(cloud) : undefined;
  const { answer: run } = await runFunction(story, surveyor);
  rates?.end();
  cloud.pace.callMs = 0;
  if (run.failure && !one.atApiRates) throw new Error(`${surveyor} failed: ${run.failure}`);
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
    run,
    criticalPathMs: criticalPath(surveyor, shape) * one.callMs,
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
    ['function', 'groups', 'nodes', 'reads', 'least', 'reads / least', '', 'writes'],
    ...figures
      .filter(({ callMs }) => callMs === 0)
      .map(({ surveyor, groups, nodes, reads, leastReads: least, writes }) => [
        surveyor,
        String(groups),
        String(nodes),
        String(reads),
        String(least),
        ratio(reads / least),
        verdict(reads / least, mostReads),
        String(writes),
      ]),
  ]);

/** How time grows from the size before: 1 where it doubles with the fleet, more where it grows faster. */
const growth = (before: SurveyFigures | undefined, { run, groups }: SurveyFigures): string =>
  before ? (Math.log(run.ms / before.run.ms) / Math.log(groups / before.groups)).toFixed(2) : '';

const timeTable = (figures: readonly SurveyFigures[]): readonly string[] =>
  table([
    ['function', 'groups', 's at 0 ms', 'grows as N^', 's of CPU', 'peak MB', ''],
    ...surveyors.flatMap((surveyor) => {
      const its = figures.filter((one) => one.callMs === 0 && one.surveyor === surveyor);
      return its.map((one, i) => [
        surveyor,
        String(one.groups),
        seconds(one.run.ms),
        growth(its[i - 1], one),
        seconds(one.run.cpuMs),
        megabytes(one.run.peakBytes),
        verdict(one.run.peakBytes, mostBytes),
      ]);
    }),
  ]);

const slowTable = (figures: readonly SurveyFigures[]): readonly string[] =>
  table([
    ['function', 'groups', 'at AWS’s rates', 's', 'critical path', 'ratio', '15 min', 'throttled', 'outcome'],
    ...figures
      .filter(({ callMs }) => callMs > 0)
      .map(({ surveyor, groups, atApiRates, run, criticalPathMs, throttled }) => [
        surveyor,
        String(groups),
        atApiRates ? 'yes' : 'no',
        seconds(run.ms),
        seconds(criticalPathMs),
        ratio(run.ms / criticalPathMs),
        verdict(run.ms, mostMs),
        String(throttled),
        run.failure ?? 'all read',
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
  'and throttled as AWS does it (EC2 20 reads a second up to 100; EKS 10 up to 20, an assumption).',
  '',
  ...slowTable(figures),
];
