/** The alarms of the packaged stack: about what really is counted, told where Slack is not needed. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTemplate } from '../cloud/template.ts';
import { day, home, tellStory } from './story.ts';

const template = join(import.meta.dirname, '../../.serverless/cloudformation-template-update-stack.json');
const resources = readTemplate(template, home);
const ofType = (type: string) => resources.filter((resource) => resource.type === type);
const alarms = ofType('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
const byName = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `drydock-prod-${name}`);

type Metrics = {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
} & Readonly<Record<string, unknown>>;

/** `Drydock SlackTokenRefused service=drydock`, of every metric that a log line holds. */
const emitted = (entry: Metrics): readonly string[] =>
  (entry._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((names) =>
        [Namespace, Name, ...names.map((name) => `${name}=${entry[name]}`)].join(' '),
      ),
    ),
  );

describe('an alarm', () => {
  it.each(alarms.map((alarm) => [String(alarm.AlarmName), alarm] as const))(
    '%s says what to do, and tells the topic when it rings and when it is over',
    (_name, { AlarmDescription, AlarmActions, OKActions, ActionsEnabled }) => {
      const [topic] = ofType('AWS::SNS::TopicPolicy').map(({ properties }) => properties.Topics[0]);
      expect(topic).toMatch(/:drydock-prod-alarms$/);
      expect(AlarmActions).toEqual([topic]);
      expect(OKActions).toEqual([topic]);
      expect(ActionsEnabled).toBeUndefined();
      expect(AlarmDescription.length).toBeGreaterThan(80);
    },
  );

  it('rings for every queue of dead letters that nobody would look into', () => {
    const watched = alarms
      .filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible')
      .map(({ Dimensions }) => Dimensions[0].Value);
    const targets = ofType('AWS::SQS::Queue')
      .map(({ properties }) => properties.QueueName)
      .filter((name) => /dead-letters/.test(name));
    expect(watched.toSorted()).toEqual(targets.toSorted());
  });

  it('that Slack refuses the token counts what notify-slack counts then', async () => {
    const { cloud, stack } = await tellStory();
    cloud.slack.revoke('xoxb-simulated');
    await stack.runUntil(day(16, '01:00'));
    const all = new Set(stack.logs.flatMap(({ entry }) => emitted(entry as Metrics)));
    const { Namespace, MetricName, Dimensions } = byName('slack-token-refused') ?? {};
    const watched = [
      Namespace,
      MetricName,
      ...Dimensions.map(({ Name, Value }: { Name: string; Value: string }) => `${Name}=${Value}`),
    ];
    expect([...all]).toContain(watched.join(' '));
  });

  it.each([
    ['no-tick', 'roll-node-groups'],
    ['no-look', 'detect-releases'],
  ])('%s rings when %s misses its schedule several times, and not before', async (name, functionName) => {
    const { stack } = await tellStory(undefined, { everyTick: true });
    await stack.runUntil(day(16, '12:00'));
    const runs = stack.invocations.filter((run) => run.function === functionName);
    const { Period, EvaluationPeriods, Threshold, TreatMissingData, Dimensions } = byName(name) ?? {};
    expect(Dimensions).toEqual([{ Name: 'FunctionName', Value: `drydock-prod-${functionName}` }]);
    expect(TreatMissingData).toBe('breaching');
    const perPeriod = (runs.length / (12 * 3_600)) * Period;
    expect(perPeriod).toBeGreaterThanOrEqual(2 * Threshold);
    expect(Period * EvaluationPeriods).toBeLessThanOrEqual(3_600);
  });
});
