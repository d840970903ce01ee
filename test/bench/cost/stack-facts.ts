/**
 * Reads from the packaged template what costs money whatever happens: schedules, alarms, queues, dashboards.
 *
 * Reads the template.
 */
import { join } from 'node:path';
import { homeAccount } from '../../cloud/identities.ts';
import { nextDue } from '../../cloud/schedule.ts';
import { readTemplate } from '../../cloud/template.ts';

export type StackFacts = {
  /** By the name of the function. */
  readonly runsInAMonth: ReadonlyMap<string, number>;
  readonly memoryMb: ReadonlyMap<string, number>;
  readonly alarmMetrics: number;
  readonly dashboards: number;
  /** That a function takes its events from. */
  readonly polledQueues: { readonly fifo: number; readonly standard: number };
};

export const daysInAMonth = 365 / 12;

const runsOf = (expression: string): number => {
  // Any year will do; this one has 365 days.
  const [from, to] = [new Date('2026-01-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z')];
  let runs = 0;
  for (let due = nextDue(expression, from); due < to; due = nextDue(expression, due)) runs++;
  return runs / 12;
};

const nameOf = (handler: string): string => handler.split('/')[1] ?? '';

export const stackFacts = (): StackFacts => {
  const file = join(import.meta.dirname, '../../../.serverless/cloudformation-template-update-stack.json');
  const place = { account: homeAccount, region: 'eu-central-1' };
  const resources = readTemplate(file, place);
  const ofType = (type: string) =>
    resources.filter((one) => one.type === type).map(({ properties }) => properties);
  const functions = ofType('AWS::Lambda::Function');
  const byArn = new Map(
    functions.map(({ FunctionName, Handler }) => [
      `arn:aws:lambda:${place.region}:${place.account}:function:${FunctionName}`,
      nameOf(Handler),
    ]),
  );
  const runsInAMonth = new Map<string, number>();
  for (const { ScheduleExpression, Targets } of ofType('AWS::Events::Rule'))
    for (const { Arn } of ScheduleExpression ? Targets : []) {
      const name = byArn.get(Arn) ?? '';
      runsInAMonth.set(name, (runsInAMonth.get(name) ?? 0) + runsOf(ScheduleExpression));
    }
  const polled = ofType('AWS::Lambda::EventSourceMapping').map(({ EventSourceArn }) =>
    String(EventSourceArn).endsWith('.fifo'),
  );
  return {
    runsInAMonth,
    memoryMb: new Map(functions.map(({ Handler, MemorySize }) => [nameOf(Handler), MemorySize])),
    alarmMetrics: ofType('AWS::CloudWatch::Alarm').reduce(
      (sum, { Metrics }) =>
        sum + (Metrics?.filter((one: { MetricStat?: object }) => one.MetricStat).length ?? 1),
      0,
    ),
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    polledQueues: {
      fifo: polled.filter((fifo) => fifo).length,
      standard: polled.filter((fifo) => !fifo).length,
    },
  };
};
