/**
 * Checks what all simulated services have in common, through the SDK's real clients over HTTP: who
 * calls, pages, refusals of each protocol, the ledger.
 */
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { clientOf, home, refusalOf } from './sdk-clients.ts';

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startCloud({ start: new Date('2026-07-20T06:00:00Z'), pageSize: 2, record: true });
  for (const name of ['blue', 'green', 'red']) cloud.estate.addCluster({ ...home, name, version: '1.34' });
});

afterEach(async () => {
  expect(cloud.broken).toEqual([]);
  await cloud.close();
});

describe('who calls', () => {
  it('takes any credentials for the home account and the region from the signature', async () => {
    expect(await clientOf(STSClient, cloud).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: home.account,
    });
    const elsewhere = clientOf(EKSClient, cloud, { region: 'us-east-1' });
    expect((await elsewhere.send(new ListClustersCommand({}))).clusters).toEqual([]);
  });

  it('gives a role that is known a key which leads to its account', async () => {
    const sts = clientOf(STSClient, cloud);
    const role = { RoleArn: 'arn:aws:iam::222233334444:role/drydock', RoleSessionName: 'survey' };
    expect(await refusalOf(sts.send(new AssumeRoleCommand(role)))).toEqual({
      name: 'AccessDenied',
      status: 403,
    });

    cloud.identities.addRole(role.RoleArn);
    cloud.estate.addCluster({
      account: '222233334444',
      region: home.region,
      name: 'theirs',
      version: '1.34',
    });
    const { Credentials: credentials } = await sts.send(new AssumeRoleCommand(role));
    const theirs = clientOf(EKSClient, cloud, { accessKeyId: credentials?.AccessKeyId ?? '' });
    expect((await theirs.send(new ListClustersCommand({}))).clusters).toEqual(['theirs']);
    expect(cloud.calls.at(-1)).toMatchObject({ account: '222233334444', operation: 'ListClusters' });
  });
});

it('gives small pages, however many are asked for', async () => {
  const eks = clientOf(EKSClient, cloud);
  const first = await eks.send(new ListClustersCommand({ maxResults: 100 }));
  expect(first.clusters).toEqual(['blue', 'green']);
  const second = await eks.send(new ListClustersCommand({ nextToken: first.nextToken }));
  expect(second).toMatchObject({ clusters: ['red'] });
  expect(second.nextToken).toBeUndefined();
});

describe('refusals', () => {
  const refused: [string, () => Promise<unknown>, { name: string; status: number }][] = [
    [
      'REST: a modelled error with its status',
      () => clientOf(EKSClient, cloud).send(new DescribeClusterCommand({ name: 'grey' })),
      { name: 'ResourceNotFoundException', status: 404 },
    ],
    [
      'JSON: always 400 for the caller',
      () => clientOf(SSMClient, cloud).send(new GetParameterCommand({ Name: '/none' })),
      { name: 'ParameterNotFound', status: 400 },
    ],
    [
      'query: the code, told by the SDK as its exception',
      () => clientOf(SNSClient, cloud).send(new PublishCommand({ TopicArn: 'arn:none', Message: 'x' })),
      { name: 'NotFoundException', status: 404 },
    ],
    [
      'EC2: a code that no model knows',
      () =>
        clientOf(EC2Client, cloud).send(
          new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: 'lt-00000000000000000' }),
        ),
      { name: 'InvalidLaunchTemplateId.NotFound', status: 400 },
    ],
    [
      'what is not simulated',
      () =>
        clientOf(CloudWatchClient, cloud).send(
          new PutMetricAlarmCommand({
            AlarmName: 'x',
            EvaluationPeriods: 1,
            ComparisonOperator: 'GreaterThanThreshold',
          }),
        ),
      { name: 'NotSimulated', status: 501 },
    ],
  ];

  it.each(refused)('%s', async (_case, call, refusal) => {
    expect(await refusalOf(call())).toEqual(refusal);
  });

  it('remembers what was not simulated', async () => {
    await refusalOf(refused.at(-1)?.[1]() ?? Promise.resolve());
    expect(cloud.notSimulated).toEqual(['cloudwatch:PutMetricAlarm']);
  });
});

describe('the ledger', () => {
  it('counts calls and keeps them with what came of them', async () => {
    const eks = clientOf(EKSClient, cloud);
    await eks.send(new DescribeClusterCommand({ name: 'blue' }));
    await refusalOf(eks.send(new DescribeClusterCommand({ name: 'grey' })));
    expect(cloud.callCounts()).toEqual({ 'eks:DescribeCluster': 2 });
    expect(cloud.calls).toMatchObject([
      {
        service: 'eks',
        operation: 'DescribeCluster',
        input: { name: 'blue' },
        region: 'eu-west-1',
        outcome: 'ok',
      },
      { outcome: 'ResourceNotFoundException' },
    ]);
  });

  it('moves the revision for a change and for time, not for a look', async () => {
    const before = cloud.revision;
    await clientOf(EKSClient, cloud).send(new ListClustersCommand({}));
    await clientOf(CloudWatchClient, cloud).send(new DescribeAlarmsCommand({}));
    expect(cloud.revision).toBe(before);
    await clientOf(SSMClient, cloud).send(
      new PutParameterCommand({ Name: '/a', Value: '1', Type: 'String' }),
    );
    const changed = cloud.revision;
    expect(changed).toBeGreaterThan(before);
    cloud.shelf.scheduleOnto(cloud.clock, [home.region], {
      from: new Date('2026-07-28'),
      to: new Date('2026-08-06'),
    });
    const scheduled = cloud.revision;
    await cloud.clock.advanceTo(new Date('2026-08-04'));
    expect(cloud.revision).toBe(scheduled);
    await cloud.clock.advanceTo(new Date('2026-08-06'));
    expect(cloud.revision).toBeGreaterThan(scheduled);
  });
});

it('shows alarms as the test set them', async () => {
  cloud.alarms.set(home, 'errors', 'ALARM');
  cloud.alarms.set(home, 'latency', 'OK');
  const describe = new DescribeAlarmsCommand({ AlarmNames: ['errors', 'gone'] });
  const { MetricAlarms } = await clientOf(CloudWatchClient, cloud).send(describe);
  expect(MetricAlarms).toMatchObject([{ AlarmName: 'errors', StateValue: 'ALARM' }]);
});
