/** The alarms and the dashboard of the packaged stack: about what really is counted, told where Slack is not needed. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nextDue } from '../cloud/schedule.ts';
import { type Properties, readTemplate } from '../cloud/template.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

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

  it('rings for what waits in any of the queues that a function reads', () => {
    const { Metrics, Threshold } = byName('work-waits') ?? {};
    const [most, ...parts] = Metrics;
    expect([most.Expression, Threshold]).toEqual(['MAX(METRICS())', 2 * 3_600]);
    const ofSlack = byName('slack-waits') ?? {};
    const watched = [ofSlack, ...parts.map(({ MetricStat }: Properties) => MetricStat.Metric)];
    for (const { Namespace, MetricName } of watched)
      expect([Namespace, MetricName]).toEqual(['AWS/SQS', 'ApproximateAgeOfOldestMessage']);
    const read = ofType('AWS::Lambda::EventSourceMapping').map(({ properties }) =>
      properties.EventSourceArn.split(':').at(-1),
    );
    expect(read.length).toBe(6);
    expect(watched.map(({ Dimensions }) => Dimensions[0].Value).toSorted()).toEqual(read.toSorted());
    const queues = ofType('AWS::SQS::Queue').filter(({ properties }) => read.includes(properties.QueueName));
    // Three tries, each hidden for as long as the function may run, are no wait.
    for (const { properties } of queues)
      expect(3 * properties.VisibilityTimeout).toBeLessThan(Math.min(Threshold, ofSlack.Threshold));
    for (const { properties } of queues)
      expect(properties.RedrivePolicy.deadLetterTargetArn).toMatch(/dead-letters(\.fifo)?$/);
  });

  it('that news waits for Slack rings after that Slack fails, and before SQS deletes any', () => {
    const [fails, waits] = [byName('slack-fails'), byName('slack-waits')];
    expect(waits?.Statistic).toBe('Maximum');
    expect(waits?.Threshold).toBeGreaterThan(2 * fails?.Period * fails?.EvaluationPeriods);
    const [queue] = ofType('AWS::SQS::Queue').filter(({ properties }) =>
      /slack\.fifo$/.test(properties.QueueName),
    );
    expect(waits?.Threshold).toBeLessThan(queue?.properties.MessageRetentionPeriod / 2);
  });

  it('that a command is lost rings for what Lambda gives up on, of control alone', () => {
    const { Namespace, MetricName, Dimensions, Statistic, Threshold } = byName('command-lost') ?? {};
    expect([Namespace, MetricName, Statistic, Threshold]).toEqual([
      'AWS/Lambda',
      'AsyncEventsDropped',
      'Sum',
      0,
    ]);
    expect(Dimensions).toEqual([{ Name: 'FunctionName', Value: 'drydock-prod-control' }]);
  });

  const every = (minutes: number) => Array.from({ length: 600 / minutes }, (_, i) => i * minutes);

  it.each([
    ['every five minutes', every(5), 1, true],
    ['when its lease lets it, as a tick that is cut off', every(20), 15, true],
    ['once, with its two tries', [300, 301, 303], 1, false],
  ])('that functions fail rings for one that fails %s', (_case, starts, minutes, rings) => {
    const { Metrics, EvaluationPeriods, DatapointsToAlarm, Threshold } = byName('errors') ?? {};
    const [, { MetricStat }] = Metrics;
    expect(Threshold).toBe(0);
    const period = MetricStat.Period / 60;
    // Whenever CloudWatch looks, and wherever its periods begin.
    const judged = Array.from({ length: 300 }, (_, i) => {
      const now = 200 + i;
      // Lambda counts an error when the run began, and tells it when the run ends, or a minute later.
      const told = starts.filter((start) => start + minutes + 1 <= now);
      const failed = told.map((start) => Math.floor((now - 1 - start) / period));
      return new Set(failed.filter((ago) => ago < EvaluationPeriods)).size >= DatapointsToAlarm;
    });
    expect(new Set(judged)).toEqual(new Set([rings]));
  });

  it('that no release comes rings for the most silent of several regions', () => {
    expect(byName('no-release')?.Statistic).toBe('Maximum');
  });

  it.each<[string, string, (story: Story) => Promise<unknown>]>([
    [
      'that Slack refuses the token',
      'slack-token-refused',
      async ({ cloud }) => cloud.slack.revoke('xoxb-simulated'),
    ],
    [
      'that an event was dropped',
      'event-dropped',
      ({ stack }) => stack.invoke('control', { command: 'stop', by: 'anna' }),
    ],
  ])('%s counts what is counted then: %s', async (_case, name, happens) => {
    const story = await tellStory();
    const { stack } = story;
    await happens(story);
    await stack.runUntil(day(16, '01:00'));
    const all = new Set(stack.logs.flatMap(({ entry }) => emitted(entry as Metrics)));
    const { Namespace, MetricName, Dimensions } = byName(name) ?? {};
    const watched = [
      Namespace,
      MetricName,
      ...Dimensions.map(({ Name, Value }: { Name: string; Value: string }) => `${Name}=${Value}`),
    ];
    expect([...all]).toContain(watched.join(' '));
  });

  it('that Slack is not told rings when it refuses for an hour, and not for what a try or two mends', async () => {
    const { cloud, stack } = await tellStory();
    const { Namespace, MetricName, Dimensions, Period, EvaluationPeriods, Threshold } =
      byName('slack-fails') ?? {};
    expect([Namespace, MetricName, Threshold]).toEqual(['AWS/Lambda', 'Errors', 0]);
    expect(Dimensions).toEqual([{ Name: 'FunctionName', Value: 'drydock-prod-notify-slack' }]);
    const rings = (until: Date) =>
      Array.from({ length: EvaluationPeriods }, (_, i) => until.getTime() - i * Period * 1_000).every((end) =>
        stack.invocations.some(
          ({ function: name, error, at }) =>
            name === 'notify-slack' && error && at.getTime() > end - Period * 1_000 && at.getTime() <= end,
        ),
      );
    cloud.faults.add({ service: 'slack', operation: 'chat.postMessage', times: 2, as: 'serverError' });
    await stack.runUntil(day(16, '03:00'));
    cloud.faults.add({
      service: 'slack',
      operation: 'chat.postMessage',
      times: 'always',
      as: 'serverError',
    });
    await stack.runUntil(day(18, '10:00'));
    expect(rings(day(16, '01:00'))).toBe(false);
    expect(rings(day(18, '09:00'))).toBe(true);
  });

  it.each([
    ['no-tick', 'roll-node-groups'],
    ['no-look', 'detect-releases'],
    ['no-patch-tick', 'patch-nodes'],
  ])('%s rings when %s misses its schedule several times, and not before', async (name, functionName) => {
    const { stack } = await tellStory(undefined, { everyTick: true });
    await stack.runUntil(day(16, '12:00'));
    const runs = stack.invocations.filter((run) => run.function === functionName);
    const { Period, EvaluationPeriods, Threshold, TreatMissingData, Dimensions } = byName(name) ?? {};
    expect(Dimensions).toEqual([{ Name: 'FunctionName', Value: `drydock-prod-${functionName}` }]);
    expect(TreatMissingData).toBe('breaching');
    const perPeriod = (runs.length / (12 * 3_600)) * Period;
    expect(perPeriod).toBeGreaterThanOrEqual(2 * Threshold);
    expect(Period * EvaluationPeriods).toBeLessThanOrEqual(2 * 3_600);
  });

  it.each([
    ['no-plan', 'plan-rollouts', 24],
    ['no-audit', 'audit-nodes', 24],
    ['no-digest', 'digest-findings', 7 * 24],
  ])(
    '%s rings when %s misses its turn, %i hours after the last, and not before',
    (name, functionName, hours) => {
      const { Period, EvaluationPeriods, Threshold, TreatMissingData, Dimensions } = byName(name) ?? {};
      const schedule = ofType('AWS::Events::Rule').find(
        ({ properties }) =>
          properties.ScheduleExpression &&
          properties.Targets[0].Arn.endsWith(`:drydock-prod-${functionName}`),
      );
      const start = new Date('2026-06-01T08:00:00Z');
      const first = nextDue(schedule?.properties.ScheduleExpression, start);
      const second = nextDue(schedule?.properties.ScheduleExpression, first);
      expect((second.getTime() - first.getTime()) / 3_600_000).toBe(hours);
      expect(Dimensions).toEqual([{ Name: 'FunctionName', Value: `drydock-prod-${functionName}` }]);
      expect([TreatMissingData, Threshold]).toEqual(['breaching', 1]);
      // CloudWatch looks back seven days, and no further.
      const watched = (Period * EvaluationPeriods) / 3_600;
      expect(watched).toBeGreaterThanOrEqual(hours);
      expect(watched).toBeLessThanOrEqual(Math.min(hours + 2, 7 * 24));
    },
  );

  it('that nobody looks at compliance watches looks at all nodes, and no change of a few', async () => {
    const { Namespace, MetricName, Dimensions, Period, EvaluationPeriods, Threshold, TreatMissingData } =
      byName('no-compliance-look') ?? {};
    expect([Namespace, Dimensions]).toEqual(['drydock-prod', [{ Name: 'service', Value: 'drydock' }]]);
    expect([TreatMissingData, Threshold, Period * EvaluationPeriods]).toEqual(['breaching', 1, 26 * 3_600]);
    const { cloud, stack } = await tellStory();
    cloud.faults.add({ service: 'eks', operation: 'ListClusters', times: 'always', as: 'serverError' });
    const looks = () => stack.logs.filter(({ entry }) => entry[MetricName] !== undefined).length;
    const Records = [{ messageId: 'm-1', body: '{}' }];
    await stack.invoke('track-compliance', { Records });
    await stack.runUntil(day(17));
    expect(looks()).toBe(0);
    cloud.faults.clear();
    await stack.runUntil(day(18));
    expect(looks()).toBe(1);
  });

  it.each([
    ['errors', 'Errors', []],
    ['throttled', 'Throttles', ['answer-slack']],
  ])('%s sums %s of every function but %j', (name, metric, but) => {
    const { Metrics } = byName(name) ?? {};
    const [sum, ...parts] = Metrics;
    expect(sum.Expression).toBe('SUM(METRICS())');
    // An alarm takes ten metrics.
    expect(parts.length).toBeLessThanOrEqual(10);
    const stats = parts.map(
      ({ MetricStat }: { MetricStat: { Metric: { MetricName: string } } }) => MetricStat,
    );
    for (const { Metric } of stats) expect(Metric.MetricName).toBe(metric);
    expect(stats.map(({ Metric }: Properties) => Metric.Dimensions[0].Value).toSorted()).toEqual(
      ofType('AWS::Lambda::Function')
        .map(({ properties }) => properties.FunctionName)
        .filter((one) => !but.some((other) => one.endsWith(`-${other}`)))
        .toSorted(),
    );
  });

  it('of a rollout or of the releases watches what is counted while all is well, below its threshold', async () => {
    const { stack } = await tellStory();
    await stack.runUntil(day(18, '12:00'));
    for (const name of ['rollouts-stalled', 'no-release']) {
      const { MetricName, Threshold } = byName(name) ?? {};
      const values = stack.logs.flatMap(({ entry }) => entry[MetricName] ?? []);
      expect(values.length).toBeGreaterThan(3);
      for (const value of values) expect(Number(value)).toBeLessThanOrEqual(Threshold);
    }
  });
});

it('a rollout that EKS does not take up rings within its first window', async () => {
  const { cloud, stack } = await tellStory();
  cloud.faults.add({
    service: 'eks',
    operation: 'UpdateNodegroupVersion',
    times: 'always',
    as: 'throttledBehind',
  });
  const counted = (from: Date) =>
    stack.logs
      .filter(({ at }) => at >= from)
      .flatMap(({ entry }) => entry.RolloutsStalled ?? [])
      .map(Number);
  await stack.runUntil(day(18, '07:59'));
  expect(counted(day(16))).toContain(0);
  expect(counted(day(16))).not.toContain(1);
  await stack.runUntil(day(18, '14:55'));
  const { Period, EvaluationPeriods, Statistic, Threshold } = byName('rollouts-stalled') ?? {};
  expect([Statistic, Threshold]).toEqual(['Minimum', 0]);
  const since = new Date(day(18, '14:55').getTime() - Period * EvaluationPeriods * 1_000);
  expect(counted(since).length).toBeGreaterThan(50);
  expect(new Set(counted(since))).toEqual(new Set([1]));
});

it('a rollout that EKS does not take up rings though its windows are shorter than the alarm waits', async () => {
  const policy = policyWith(["to: '15:00'", "to: '09:00'"]);
  const { cloud, stack, updates } = await tellStory(undefined, { policy });
  cloud.faults.add({
    service: 'eks',
    operation: 'UpdateNodegroupVersion',
    times: 'always',
    as: 'throttledBehind',
  });
  await stack.runUntil(day(18, '16:00'));
  // Ticks that would see the same are left out of the story.
  const counted = stack.logs
    .filter(({ at }) => at > day(18, '09:00'))
    .flatMap(({ entry }) => entry.RolloutsStalled ?? []);
  expect(counted.length).toBeGreaterThan(0);
  expect(new Set(counted)).toEqual(new Set([1]));
  await stack.runUntil(day(22, '07:00'));
  expect(updates('dev', 'general')).toEqual([]);
  cloud.faults.clear();
  await stack.runUntil(day(22, '08:30'));
  expect(stack.logs.flatMap(({ entry }) => entry.RolloutsStalled ?? []).at(-1)).toBe(0);
});

/** Whether `ArnLike` holds: a star stands for anything but the colon between parts. */
const isLike = (arn: string, patterns: string | readonly string[]) =>
  [patterns].flat().some((one) => {
    const parts = one.split('*').map((part) => RegExp.escape(part));
    return new RegExp(`^${parts.join('[^:]*')}$`).test(arn);
  });
const arnOf = (service: string, rest: string) => `arn:aws:${service}:${home.region}:${home.account}:${rest}`;

it('every alarm may tell the topic, and no other alarm of the account', () => {
  const [policy] = ofType('AWS::SNS::TopicPolicy').map(({ properties }) => properties.PolicyDocument);
  const [{ Condition }] = policy.Statement;
  expect(Condition.StringEquals).toEqual({ 'aws:SourceAccount': home.account });
  const may = (name: string) =>
    isLike(arnOf('cloudwatch', `alarm:${name}`), Condition.ArnLike['aws:SourceArn']);
  expect(alarms.map(({ AlarmName }) => AlarmName).filter((name) => !may(name))).toEqual([]);
  expect(may('shop-errors')).toBe(false);
});

it('a queue of dead letters takes them from the queues that name it, and from no other', () => {
  const queues = ofType('AWS::SQS::Queue').map(({ properties }) => properties);
  const deadLetters = queues.filter(({ QueueName }) => /dead-letters/.test(QueueName));
  expect(deadLetters.length).toBe(2);
  for (const { QueueName, RedriveAllowPolicy } of deadLetters) {
    const sources = queues.filter(
      ({ RedrivePolicy }) => RedrivePolicy?.deadLetterTargetArn === arnOf('sqs', QueueName),
    );
    expect(RedriveAllowPolicy.redrivePermission).toBe('byQueue');
    expect(RedriveAllowPolicy.sourceQueueArns.toSorted()).toEqual(
      sources.map((source) => arnOf('sqs', source.QueueName)).toSorted(),
    );
  }
});

it('every rule keeps what it could not deliver, where it may, and no other rule of the account does', () => {
  const targets = ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties.EventPattern)
    .flatMap(({ properties }) => properties.Targets);
  expect(targets.length).toBeGreaterThan(6);
  const policies = ofType('AWS::SQS::QueuePolicy').map(
    ({ properties }) => properties.PolicyDocument.Statement[0],
  );
  for (const { DeadLetterConfig } of targets) {
    expect(DeadLetterConfig.Arn).toMatch(/:drydock-prod-dead-letters$/);
    expect(policies).toContainEqual(
      expect.objectContaining({
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: DeadLetterConfig.Arn,
      }),
    );
  }
  const [{ Condition }] = policies.filter(({ Resource }) => /:drydock-prod-dead-letters$/.test(Resource));
  const may = (rule: string) => isLike(arnOf('events', `rule/${rule}`), Condition.ArnLike['aws:SourceArn']);
  // CloudFormation names after the stack what has no name; rules of a bus stand behind its name.
  const named = ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties.EventPattern)
    .map(({ id, properties: { Name = `drydock-prod-${id}-1A2B3C`, EventBusName } }) =>
      [EventBusName ?? [], Name].flat().join('/'),
    );
  expect(named).toContainEqual(expect.stringMatching(/^drydock-prod\/drydock-prod-SlackRule-/));
  expect(named.filter((rule) => !may(rule))).toEqual([]);
  expect(['shop-orders', 'shop/drydock-prod-orders'].filter(may)).toEqual([]);
});

describe('the dashboard', () => {
  const [dashboard] = ofType('AWS::CloudWatch::Dashboard').map(({ properties }) => properties);
  const { widgets } = JSON.parse(dashboard?.DashboardBody) as { widgets: { properties: Properties }[] };
  const rows = widgets.flatMap(({ properties }) => properties.metrics as unknown[][]);

  it('draws what is counted: each metric of Drydock’s own, with its dimensions', async () => {
    const { stack } = await tellStory(
      (cloud) => {
        cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34', tags: { environment: 'dev' } });
        cloud.estate.addNodeGroup({ cluster: 'dev', name: 'fresh', releaseVersion: '1.34.8-20260610' });
        cloud.estate.addNodeGroup({ cluster: 'dev', name: 'old', releaseVersion: '1.34.7-20260505' });
        cloud.estate.addNodeGroup({
          cluster: 'dev',
          name: 'late',
          releaseVersion: '1.34.7-20260505',
          tags: { 'drydock:hold': 'true' },
        });
      },
      { from: day(16) },
    );
    await stack.runUntil(day(18, '12:00'));
    const all = new Set(stack.logs.flatMap(({ entry }) => emitted(entry as Metrics)));
    const own = rows
      .filter(([namespace]) => namespace === 'drydock-prod')
      .map((row) => {
        const [namespace, name, dimension, value] = row;
        return `${namespace} ${name} ${dimension}=${value}`;
      });
    expect(own.length).toBeGreaterThan(8);
    expect(own.filter((one) => !all.has(one))).toEqual([]);
    const searches = rows.flatMap(([first]) => (first as { expression?: string }).expression ?? []);
    expect(searches.length).toBe(7);
    for (const search of searches) {
      const [, dimensions = '', metric = ''] =
        /SEARCH\('\{"drydock-prod",([^}]+)\} MetricName="(\w+)"'/.exec(search) ?? [];
      const shapes = [...all]
        .filter((one) => one.startsWith(`drydock-prod ${metric} `))
        .map((one) =>
          one
            .split(' ')
            .slice(2)
            .map((part) => part.split('=')[0])
            .toSorted()
            .join(','),
        );
      expect(shapes).toContain(dimensions.split(',').toSorted().join(','));
    }
  });

  it('draws queues and functions that the stack has', () => {
    const names = rows.filter(([namespace]) => /^AWS\//.test(String(namespace))).map((row) => row[3]);
    const made = [
      ...ofType('AWS::SQS::Queue').map(({ properties }) => properties.QueueName),
      ...ofType('AWS::Lambda::Function').map(({ properties }) => properties.FunctionName),
    ];
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !made.includes(name))).toEqual([]);
  });
});
