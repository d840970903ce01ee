/**
 * Adds up what a month of a fleet uses, from what was measured of its runs.
 *
 * Knows what nobody counts by calling: Lambda polls each queue that it takes events from with five pollers
 * that wait 20 seconds each (an assumption, as no page of AWS's says it), a message is sent, received and
 * deleted, and own metrics are paid for by the hour in which they are sent (by experience; the pricing page
 * that says so could not be read again).
 *
 * Pure.
 */
import type { Quiet, Rolling } from './measure.ts';
import type { Quantities } from './prices.ts';
import { daysInAMonth, type StackFacts } from './stack-facts.ts';
import { nothing, plus, times, type Usage } from './usage.ts';

export type Month = {
  readonly quiet: Quiet;
  readonly rolling: Rolling;
  /** How often what was measured of rolling happens. */
  readonly rollings: number;
};

const pollsOfAQueue = 5 * 3 * 60 * 24 * daysInAMonth;
const requestsOfAMessage = 3;
const gigabyte = 1024 ** 3;
const hoursInADay = 24;

/** Runs in a month and what each uses, by function; the working ticks instead of as many idle ones. */
const runsOf = ({ quiet, rolling, rollings }: Month, { runsInAMonth }: StackFacts) => {
  const scheduled = [...runsInAMonth].map(([name, runs]) => ({
    name,
    runs,
    each: quiet.runs.get(name) ?? nothing,
  }));
  const idle = quiet.runs.get('roll-node-groups') ?? nothing;
  const working = rolling.ticks * rollings;
  return [
    ...scheduled,
    { name: 'roll-node-groups', runs: working, each: rolling.tick },
    { name: 'roll-node-groups', runs: -working, each: idle },
    { name: 'notify-slack', runs: rolling.messages * rollings, each: rolling.message },
  ];
};

/** Own metrics that there are at all; each would be a metric-month if it were sent every hour. */
export const metricSeries = ({ quiet, rolling }: Month): number =>
  [...quiet.runs.values()].reduce((sum, { metrics }) => sum + metrics, rolling.message.metrics);

/** A metric that is sent once a day is paid for an hour of it. */
const metricMonths = ({ quiet, rolling, rollings }: Month, { runsInAMonth }: StackFacts): number => {
  const share = (runs: number): number => Math.min(1, runs / daysInAMonth / hoursInADay);
  const scheduled = [...runsInAMonth].map(
    ([name, runs]) => (quiet.runs.get(name)?.metrics ?? 0) * share(runs),
  );
  const told = rolling.message.metrics * share(rolling.messages * rollings);
  return scheduled.reduce((sum, one) => sum + one, told);
};

export const quantitiesOf = (month: Month, facts: StackFacts): Quantities => {
  const runs = runsOf(month, facts);
  const used = runs.reduce<Usage>((sum, { runs: count, each }) => plus(sum, times(each, count)), nothing);
  const gbSeconds = runs.reduce(
    (sum, { name, runs: count, each }) =>
      sum + (each.seconds * count * (facts.memoryMb.get(name) ?? 0)) / 1024,
    0,
  );
  const messages = month.rolling.messages * month.rollings;
  const { fifo, standard } = facts.polledQueues;
  return {
    lambdaRequests: runs.reduce((sum, { runs: count }) => sum + count, 0),
    lambdaGbSeconds: gbSeconds,
    tableWrites: used.tableWrites,
    tableReads: used.tableReads,
    tableStorage: month.quiet.tableBytes / gigabyte,
    tableRecovery: month.quiet.tableBytes / gigabyte,
    events: used.events,
    fifoRequests: fifo * pollsOfAQueue + messages * requestsOfAMessage,
    queueRequests: standard * pollsOfAQueue,
    metrics: metricMonths(month, facts),
    alarmMetrics: facts.alarmMetrics,
    dashboards: facts.dashboards,
    logs: used.logBytes / gigabyte,
    decrypts: used.decrypts,
  };
};
