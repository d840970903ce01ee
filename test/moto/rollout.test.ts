/**
 * A rollout on moto, as far as it goes: planned, told, gated, halted, and begun by a launch template version.
 * EKS's part, `UpdateNodegroupVersion`, moto has not.
 */
import { PutMetricAlarmCommand, SetAlarmStateCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import { DeregisterImageCommand, DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import sample from '../../events/tell-slack.sqs.json' with { type: 'json' };
import { tableRollouts } from '../../functions/aws/dynamodb-stores.ts';
import { dynamoDbTable } from '../../functions/aws/dynamodb-table.ts';
import { addGoldenFleet, type Golden, goldenPolicy, parameter } from './golden-fleet.ts';
import { type MotoStory, passDays, tableName, tellMotoStory } from './story.ts';

const canary = '  - name: canary\n';

/** A story in which the second image is old enough, and planned. */
const untilPlanned = async (policy = goldenPolicy()) => {
  const story = await tellMotoStory(policy);
  const golden = await addGoldenFleet(story);
  await story.put(parameter, golden.images[1]);
  await story.run('detect-releases');
  await passDays(story, 8);
  await story.settle();
  return { story, golden };
};

const stored = ({ dynamoDb }: MotoStory) => tableRollouts(dynamoDbTable(dynamoDb, tableName)).all();
const groupsOf = async (story: MotoStory) =>
  (await stored(story)).flatMap(({ groups }) => groups.map(({ nodeGroup, state }) => [nodeGroup, state.is]));
const told = ({ news }: MotoStory, type: string) =>
  news.filter((one) => one.type === type).map(({ detail }) => detail);

const versionsOf = async ({ ec2 }: MotoStory, { templateId }: Golden) => {
  const asked = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: templateId });
  const { LaunchTemplateVersions = [] } = await ec2.send(asked);
  return LaunchTemplateVersions.map(({ LaunchTemplateData }) => LaunchTemplateData?.ImageId);
};

it('is opened by the release that was detected, once that is old enough', async () => {
  const { story, golden } = await untilPlanned();
  expect(await stored(story)).toMatchObject([
    {
      id: `golden-image-id-${golden.images[1]}`,
      state: { is: 'rolling' },
      groups: [{ cluster: 'dev', nodeGroup: 'own', wave: 'canary', state: { is: 'waiting' } }],
    },
  ]);
  expect(story.simulatedCalls()).toEqual([]);
});

it('makes the launch template version; that EKS does not answer fails the run and is not forgotten', async () => {
  const { story, golden } = await untilPlanned();
  await expect(story.run('roll-node-groups')).rejects.toThrow(
    '1 groups or rollouts could not be read, started or told',
  );
  expect(await versionsOf(story, golden)).toEqual(golden.images);
  expect(await groupsOf(story)).toEqual([['own', 'updating']]);
  await story.settle();
  await expect(story.run('roll-node-groups')).rejects.toThrow(
    '1 groups or rollouts could not be read, started or told',
  );
  await story.settle();
  expect(told(story, 'Rollout Opened')).toMatchObject([
    { groups: { items: [{ is: 'joined', before: golden.images[0], after: golden.images[1] }] } },
  ]);
  expect(told(story, 'Rollout Progressed')).toHaveLength(1);
  const texts = story.cloud.slack.messages().map(({ text }) => text);
  expect(texts).toContain(`1 group will move to ${parameter} ${golden.images[1]}`);
});

it('halts when its image is gone, before anything starts', async () => {
  const { story, golden } = await untilPlanned();
  await story.ec2.send(new DeregisterImageCommand({ ImageId: golden.images[1] }));
  await story.run('detect-releases');
  await story.run('roll-node-groups');
  await story.settle();
  expect(told(story, 'Rollout Halted')).toMatchObject([{ state: { why: 'withdrawn' } }]);
  expect(await versionsOf(story, golden)).toEqual([golden.images[0]]);
});

const alarm = 'checkout-errors';
const setAlarm = async ({ cloudWatch }: MotoStory, StateValue: StateValue) => {
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: alarm,
      Namespace: 'Shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: alarm, StateValue, StateReason: 'told so' }));
};
const gated = () => goldenPolicy([canary, `${canary}    alarms: [${alarm}]\n`]);

it('starts nothing while CloudWatch does not know the alarm of its wave', async () => {
  const { story, golden } = await untilPlanned(gated());
  await story.run('roll-node-groups');
  expect(await stored(story)).toMatchObject([{ waiting: { why: 'alarmUnknown', alarms: [alarm] } }]);
  await setAlarm(story, 'INSUFFICIENT_DATA');
  await story.run('roll-node-groups');
  expect(await stored(story)).toMatchObject([{ waiting: { why: 'alarmUnknown', alarms: [alarm] } }]);
  expect(await versionsOf(story, golden)).toEqual([golden.images[0]]);
});

it('halts when the alarm of its wave rings, and starts when it is OK', async () => {
  const { story, golden } = await untilPlanned(gated());
  await setAlarm(story, 'OK');
  await expect(story.run('roll-node-groups')).rejects.toThrow();
  expect(await versionsOf(story, golden)).toEqual(golden.images);
  await setAlarm(story, 'ALARM');
  await story.run('roll-node-groups');
  await story.settle();
  expect(told(story, 'Rollout Halted')).toMatchObject([{ state: { why: 'alarmRinging' } }]);
});

it('asks in Slack, and halts when somebody presses Reject', async () => {
  const { story, golden } = await untilPlanned(
    goldenPolicy(
      [canary, `${canary}    approval: { timeoutHours: 48 }\n`],
      ['  allow: {}', '  allow: { all: [U0ALICE] }'],
    ),
  );
  await story.run('roll-node-groups');
  await story.settle();
  const { slack, press } = story.cloud;
  const question = slack.messages().find(({ text }) => /asks for approval/.test(text));
  const { channel = '', ts = '' } = question ?? {};
  expect(await press({ channel, ts, actionId: 'drydock-reject', user: 'U0ALICE' })).toMatchObject({
    status: 200,
  });
  await story.settle();
  expect(told(story, 'Command Done')).toMatchObject([{ command: 'reject', accepted: true }]);
  expect(told(story, 'Rollout Halted')).toMatchObject([{ state: { why: 'rejected' } }]);
  expect(await versionsOf(story, golden)).toEqual([golden.images[0]]);
});

it('is told in one thread, though the queue brings the news twice', async () => {
  const story = await tellMotoStory();
  expect(await story.run('notify-slack', sample)).toEqual({ told: 1 });
  const told = story.cloud.slack.messages().map(({ text }) => text);
  expect(told).toEqual([
    expect.stringContaining('Rollout al2023 v20260610'),
    '3 groups will move to al2023 v20260610',
  ]);
  await story.run('notify-slack', sample);
  expect(story.cloud.slack.messages().map(({ text }) => text)).toEqual(told);
});
