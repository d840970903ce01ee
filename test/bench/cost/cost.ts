/**
 * Reckons what a month of Drydock costs, for one cluster and for two hundred.
 *
 * The small fleet is measured as it is. Of the large one two smaller ones are measured, and the straight line
 * through them is followed: the survey's figures show that it is one. The large fleet is rolled on every day
 * on which the window of the default policy opens, the small one for each release of AL2023.
 */
import { recordedTrains } from '../../cloud/release-trains.ts';
import type { Shape } from '../fleets.ts';
import { table } from '../table.ts';
import {
  measureQuiet,
  measureRolling,
  type Quiet,
  type Rolling,
  rollingDay,
  wholeRollout,
} from './measure.ts';
import { type Month, metricSeries, quantitiesOf } from './month.ts';
import { dollarsFor, type Item, prices, type Quantities } from './prices.ts';
import { daysInAMonth, type StackFacts, stackFacts } from './stack-facts.ts';
import { nothing, onTheLine, type Sized } from './usage.ts';

const oneCluster: Shape = { clusters: 1, groupsPerCluster: 3, nodesPerGroup: 3 };
const large: Shape = { clusters: 200, groupsPerCluster: 20, nodesPerGroup: 50 };
/** What is measured of the large fleet: as many groups and nodes in each cluster, and fewer clusters. */
const measured = { small: 3, large: 9 } as const;
/** A tick does not see nodes of groups that wait: those of fewer nodes do for rolling. */
const fewNodes = 3;

/** Monday to Thursday, by the default policy. */
const rollingDaysInAMonth = (4 / 7) * daysInAMonth;

type FleetCost = {
  readonly shape: Shape;
  readonly groupsRolled: number;
  readonly metricSeries: number;
  readonly quantities: Quantities;
};

export type CostFigures = { readonly releasesInAMonth: number; readonly fleets: readonly FleetCost[] };

const costOf = (shape: Shape, month: Month, facts: StackFacts): FleetCost => ({
  shape,
  groupsRolled: month.rolling.groups * month.rollings,
  metricSeries: metricSeries(month),
  quantities: quantitiesOf(month, facts),
});

const releasesInAMonth = (): number => {
  const [from, to] = [new Date('2025-06-01'), new Date('2026-06-01')];
  const trains = recordedTrains().filter(
    ({ family, publishedAt }) => family === 'al2023' && publishedAt >= from && publishedAt < to,
  );
  return trains.length / 12;
};

const quietOnTheLine = (a: Sized<Quiet>, b: Sized<Quiet>, clusters: number): Quiet => {
  const share = (clusters - a.clusters) / (b.clusters - a.clusters);
  const along = (name: string) =>
    onTheLine(
      { ...a, of: a.of.runs.get(name) ?? nothing },
      { ...b, of: b.of.runs.get(name) ?? nothing },
      clusters,
    );
  return {
    runs: new Map([...a.of.runs.keys()].map((name) => [name, along(name)])),
    tableBytes: a.of.tableBytes + (b.of.tableBytes - a.of.tableBytes) * share,
  };
};

/** As many ticks, messages and groups as the larger: the policy sets them, not the fleet. */
const rollingOnTheLine = (a: Sized<Rolling>, b: Sized<Rolling>, clusters: number): Rolling => ({
  ...b.of,
  tick: onTheLine({ ...a, of: a.of.tick }, { ...b, of: b.of.tick }, clusters),
  message: onTheLine({ ...a, of: a.of.message }, { ...b, of: b.of.message }, clusters),
});

const measureSmall = async (facts: StackFacts): Promise<FleetCost> => {
  const rolling = await measureRolling(oneCluster, wholeRollout, facts);
  const quiet = await measureQuiet(oneCluster, facts);
  return costOf(oneCluster, { quiet, rolling, rollings: releasesInAMonth() }, facts);
};

const measureLarge = async (facts: StackFacts): Promise<FleetCost> => {
  const sized = async <T>(
    clusters: number,
    nodesPerGroup: number,
    measure: (shape: Shape) => Promise<T>,
  ): Promise<Sized<T>> => ({ clusters, of: await measure({ ...large, clusters, nodesPerGroup }) });
  const quietOf = (clusters: number) =>
    sized(clusters, large.nodesPerGroup, (shape) => measureQuiet(shape, facts));
  const rollingOf = (clusters: number) =>
    sized(clusters, fewNodes, (shape) => measureRolling(shape, rollingDay, facts));
  const rolling = rollingOnTheLine(
    await rollingOf(measured.small),
    await rollingOf(measured.large),
    large.clusters,
  );
  const quiet = quietOnTheLine(await quietOf(measured.small), await quietOf(measured.large), large.clusters);
  return costOf(large, { quiet, rolling, rollings: rollingDaysInAMonth }, facts);
};

export const measureCost = async (): Promise<CostFigures> => {
  const facts = stackFacts();
  return {
    releasesInAMonth: releasesInAMonth(),
    fleets: [await measureSmall(facts), await measureLarge(facts)],
  };
};

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

const amount = (quantity: number): string =>
  quantity >= 100 ? Math.round(quantity).toLocaleString('en-US') : quantity.toPrecision(2);

const nameOf = ({ clusters, groupsPerCluster, nodesPerGroup }: Shape): string =>
  clusters === 1
    ? `1 cluster, ${groupsPerCluster} groups of ${nodesPerGroup}`
    : `${clusters} clusters × ${groupsPerCluster} groups × ${nodesPerGroup} nodes`;

export const showCost = ({ fleets, releasesInAMonth: releases }: CostFigures): readonly string[] => {
  const items = Object.keys(prices) as Item[];
  const total = (quantities: Quantities): number =>
    items.reduce((sum, item) => sum + dollarsFor(item, quantities[item]), 0);
  return [
    'A month in us-east-1, without the free tier; other regions differ by up to a quarter.',
    '',
    ...table([
      ['', 'unit', ...fleets.flatMap(({ shape }) => [nameOf(shape), 'a month'])],
      ...items.map((item) => [
        `${prices[item].what}${prices[item].confirmed ? '' : ' (price not confirmed)'}`,
        prices[item].unit,
        ...fleets.flatMap(({ quantities }) => [
          amount(quantities[item]),
          dollars(dollarsFor(item, quantities[item])),
        ]),
      ]),
      ['all', '', ...fleets.flatMap(({ quantities }) => ['', dollars(total(quantities))])],
    ]),
    '',
    `Rolled: ${fleets.map(({ shape, groupsRolled }) => `${amount(groupsRolled)} groups (${nameOf(shape)})`).join(', ')};`,
    `${releases.toFixed(1)} releases of AL2023 a month, by the year to June 2026.`,
    ...fleets.map(
      ({ shape, metricSeries: series }) =>
        `Own metrics are paid by the hour, most are sent daily; every hour they would cost ${dollars(dollarsFor('metrics', series))} (${nameOf(shape)}).`,
    ),
    `The large fleet on the line through ${measured.small} and ${measured.large} clusters. Counted: all but GB-seconds and requests of SQS.`,
    'Of the GB-seconds are measured: the clock with 50 ms a call, the processor. Assumed: that Lambda’s is as fast,',
    'and that every start is cold. Reads of EKS wait for Drydock’s own pace of 5 a second.',
  ];
};
