/**
 * Checks that calls fail as scripted, through the SDK's real clients over HTTP.
 */
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import type { Fault } from './faults.ts';
import { clientOf, home, refusalOf } from './sdk-clients.ts';
import { Refusal } from './service.ts';

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startCloud({ start: new Date('2026-07-20T06:00:00Z'), pageSize: 2, record: true });
  for (const name of ['blue', 'red']) cloud.estate.addCluster({ ...home, name, version: '1.34' });
});

afterEach(async () => {
  expect(cloud.broken).toEqual([]);
  await cloud.close();
});

describe('scripted failures', () => {
  const list = (attempts = 1) =>
    clientOf(EKSClient, cloud, { maxAttempts: attempts }).send(new ListClustersCommand({}));
  const fail = (as: Fault['as'], more: Partial<Fault> = {}) =>
    cloud.faults.add({ service: 'eks', operation: 'ListClusters', times: 1, as, ...more });

  it.each([
    ['EKS throttled', 'throttled', { name: 'ThrottlingException', status: 429 }],
    ['EKS throttled by EC2', 'throttledBehind', { name: 'InvalidRequestException', status: 400 }],
    ['a server error', 'serverError', { name: 'ServerException', status: 500 }],
    [
      'a refusal of the test',
      new Refusal('AccessDeniedException', 'no'),
      { name: 'AccessDeniedException', status: 403 },
    ],
  ] as const)('%s', async (_case, as, refusal) => {
    fail(as);
    expect(await refusalOf(list())).toEqual(refusal);
    expect((await list()).clusters).toHaveLength(2);
  });

  it.each([
    [
      'SSM',
      'ssm',
      'ThrottlingException',
      400,
      () => clientOf(SSMClient, cloud).send(new GetParameterCommand({ Name: '/x' })),
    ],
    [
      'EC2',
      'ec2',
      'RequestLimitExceeded',
      503,
      () => clientOf(EC2Client, cloud).send(new DescribeImagesCommand({})),
    ],
  ] as const)('%s is throttled in its own way', async (_case, service, name, status, call) => {
    cloud.faults.add({ service, operation: '*', times: 'always', as: 'throttled' });
    expect(await refusalOf(call())).toEqual({ name, status });
  });

  it('cuts a connection off, and the SDK tries again', async () => {
    const fault = fail('timeOut');
    expect((await list(3)).clusters).toHaveLength(2);
    expect(fault.failed()).toBe(1);
    expect(cloud.calls.map((call) => call.outcome)).toEqual(['TimeOut', 'ok']);
  });

  it('does what was asked and answers that it failed', async () => {
    cloud.faults.add({ service: 'ssm', operation: 'PutParameter', times: 1, as: 'failsAfterDoingIt' });
    const put = new PutParameterCommand({ Name: '/mine', Value: '1', Type: 'String' });
    expect(await refusalOf(clientOf(SSMClient, cloud).send(put))).toMatchObject({ status: 500 });
    expect(cloud.ssm.get(home, '/mine')?.value).toBe('1');
  });

  it('does what was asked once, and answers every try of it that it failed', async () => {
    cloud.faults.add({ service: 'ssm', operation: 'PutParameter', times: 1, as: 'keepsFailingAfterDoingIt' });
    const put = (Value: string) =>
      clientOf(SSMClient, cloud, { maxAttempts: 3 }).send(
        new PutParameterCommand({ Name: '/mine', Value, Type: 'String', Overwrite: true }),
      );
    expect(await refusalOf(put('1'))).toMatchObject({ status: 500 });
    expect(cloud.calls.map(({ operation }) => operation)).toEqual(Array(3).fill('PutParameter'));
    expect(cloud.ssm.get(home, '/mine')).toMatchObject({ value: '1', version: 1 });
    await put('2');
    expect(cloud.ssm.get(home, '/mine')?.value).toBe('2');
  });

  it.each([
    ['one', ['a'], []],
    ['three', ['a', 'b', 'c'], ['b', 'c']],
  ])('refuses the first of a batch of %s, and does the others', async (_case, types, done) => {
    cloud.faults.add({ service: 'events', operation: 'PutEvents', times: 1, as: 'refusesOne' });
    const told: string[] = [];
    cloud.events.onEvents((event) => told.push(event['detail-type']));
    const Entries = types.map((DetailType) => ({ Source: 'shop', DetailType, Detail: '{}' }));
    const answer = await clientOf(EventBridgeClient, cloud).send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      'InternalFailure',
      ...done.map(() => undefined),
    ]);
    expect(told).toEqual(done);
  });

  it('strikes after some calls, only where the input fits, and ends when told', async () => {
    const describe = (name: string) =>
      refusalOf(clientOf(EKSClient, cloud).send(new DescribeClusterCommand({ name })));
    const when = (input: { name: string }) => input.name === 'red';
    const fault = cloud.faults.add({
      service: '*',
      operation: '*',
      when,
      after: 1,
      times: 'always',
      as: 'throttled',
    });
    expect(await describe('red')).toBe('no refusal');
    expect(await describe('blue')).toBe('no refusal');
    expect(await describe('red')).toMatchObject({ status: 429 });
    fault.remove();
    expect(await describe('red')).toBe('no refusal');
  });
});
