/**
 * Checks Parameter Store and EventBridge through the SDK's real clients: public and own parameters,
 * their pages and refusals, and the events that changes make.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { clientOf, home } from './sdk-clients.ts';
import type { BusEvent } from './services/eventbridge.ts';

const standard = '/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/standard';
const bottlerocket = '/aws/service/bottlerocket/aws-k8s-1.34-nvidia/arm64';
const windows = '/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-1.34';

let cloud: Cloud;
let ssm: SSMClient;

beforeEach(async () => {
  cloud = await startCloud({ start: new Date('2026-04-07T00:00:00Z'), pageSize: 3 });
  ssm = clientOf(SSMClient, cloud);
  cloud.shelf.scheduleOnto(cloud.clock, [home.region], {
    from: cloud.clock.now(),
    to: new Date('2026-12-01'),
  });
});

afterEach(async () => {
  expect(cloud.broken).toEqual([]);
  await cloud.close();
});

const values = async (...names: string[]) => {
  const { Parameters: found = [] } = await ssm.send(new GetParametersCommand({ Names: names }));
  return Object.fromEntries(found.map(({ Name, Value }) => [Name, Value]));
};

describe('public parameters', () => {
  it('name the recommended release of every family', async () => {
    expect(
      await values(
        `${standard}/recommended/release_version`,
        `${bottlerocket}/latest/image_version`,
        windows,
      ),
    ).toMatchObject({
      [`${standard}/recommended/release_version`]: '1.34.4-20260318',
      [`${bottlerocket}/latest/image_version`]: expect.stringMatching(/^1\.58\.0-[0-9a-f]{8}$/),
      [windows]: expect.stringContaining('"release_version":"1.34-2026.02.16"'),
    });
  });

  it('go back when a release is withdrawn, and count it as a change', async () => {
    const name = `${bottlerocket}/latest/image_version`;
    const before = await ssm.send(new GetParameterCommand({ Name: name }));
    await cloud.clock.advanceTo(new Date('2026-04-10'));
    const after = await ssm.send(new GetParameterCommand({ Name: name }));
    expect(after.Parameter).toMatchObject({
      Value: expect.stringMatching(/^1\.57\.0-/),
      Version: (before.Parameter?.Version ?? 0) + 1,
      LastModifiedDate: new Date('2026-04-09T18:00:00Z'),
    });
    const pinned = await values(`${bottlerocket}/1.58.0/image_id`);
    expect(pinned[`${bottlerocket}/1.58.0/image_id`]).toMatch(/^ami-[0-9a-f]{17}$/);
  });

  it('stand in no account, know their versions and stay what they were when pinned', async () => {
    const pinned = `${standard}/amazon-eks-node-al2023-x86_64-standard-1.34-v20260318/release_version`;
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `${pinned}:1` }));
    expect(Parameter).toMatchObject({
      Name: pinned,
      Selector: ':1',
      Value: '1.34.4-20260318',
      ARN: `arn:aws:ssm:eu-west-1::parameter${pinned}`,
      LastModifiedDate: new Date('2026-03-18T20:00:00Z'),
    });
  });

  it('are listed below a path, sorted, in pages of which the first may be empty', async () => {
    const first = await ssm.send(new GetParametersByPathCommand({ Path: standard, Recursive: true }));
    expect(first).toMatchObject({ Parameters: [], NextToken: expect.any(String) });
    const names: string[] = [];
    const asked = { Path: `${standard}/recommended`, Recursive: true };
    for await (const page of paginateGetParametersByPath({ client: ssm, pageSize: 10 }, asked)) {
      expect(page.Parameters?.length).toBeLessThanOrEqual(3);
      names.push(...(page.Parameters ?? []).map(({ Name = '' }) => Name.slice(standard.length)));
    }
    expect(names).toEqual([
      '/recommended/image_id',
      '/recommended/image_name',
      '/recommended/release_version',
    ]);
  });

  it('keep their history to themselves and cannot be written', async () => {
    await expect(ssm.send(new GetParameterHistoryCommand({ Name: windows }))).rejects.toThrow('No access');
    const put = new PutParameterCommand({ Name: '/aws/mine', Value: 'x', Type: 'String' });
    await expect(ssm.send(put)).rejects.toThrow('reserved');
  });
});

describe('GetParameters', () => {
  it('tells the missing ones apart and refuses an eleventh name', async () => {
    const answer = await ssm.send(new GetParametersCommand({ Names: ['/none', windows] }));
    expect(answer.InvalidParameters).toEqual(['/none']);
    const names = Array.from({ length: 11 }, (_, index) => `/p/${index}`);
    await expect(ssm.send(new GetParametersCommand({ Names: names }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('own parameters', () => {
  it('tell on the default bus that they changed, and keep what they were', async () => {
    const events: BusEvent[] = [];
    cloud.events.onEvents((event) => events.push(event));
    const put = { Name: '/golden/ami', Value: 'ami-1', Type: 'String' } as const;
    await ssm.send(new PutParameterCommand(put));
    await expect(ssm.send(new PutParameterCommand(put))).rejects.toMatchObject({
      name: 'ParameterAlreadyExists',
    });
    await ssm.send(new PutParameterCommand({ ...put, Value: 'ami-2', Overwrite: true }));
    expect(events).toMatchObject([
      { source: 'aws.ssm', 'detail-type': 'Parameter Store Change', detail: { operation: 'Create' } },
      { detail: { operation: 'Update', name: '/golden/ami', type: 'String' } },
    ]);
    const history = await ssm.send(new GetParameterHistoryCommand({ Name: '/golden/ami' }));
    expect(history.Parameters).toMatchObject([
      { Value: 'ami-1', Version: 1 },
      { Value: 'ami-2', Version: 2 },
    ]);
  });

  it('show a secret only to those who ask for it decrypted', async () => {
    cloud.ssm.put(home, { name: '/token', value: 'xoxb', type: 'SecureString' });
    const sealed = await ssm.send(new GetParameterCommand({ Name: '/token' }));
    expect(sealed.Parameter?.Value).not.toContain('xoxb');
    const open = await ssm.send(new GetParameterCommand({ Name: '/token', WithDecryption: true }));
    expect(open.Parameter?.Value).toBe('xoxb');
  });
});

describe('PutEvents', () => {
  const entry = {
    Source: 'drydock',
    DetailType: 'Rollout Opened',
    Detail: '{"id":1}',
    EventBusName: 'drydock',
  };
  const put = (...Entries: object[]) =>
    clientOf(EventBridgeClient, cloud).send(new PutEventsCommand({ Entries }));

  it('hands on what is good and fails the rest alone', async () => {
    const told: [string, unknown][] = [];
    cloud.events.onEvents(({ detail }, bus) => told.push([bus, detail]));
    const answer = await put(
      entry,
      { ...entry, Detail: '[]' },
      { ...entry, Source: 'aws.eks' },
      { ...entry, DetailType: '' },
    );
    expect(answer.FailedEntryCount).toBe(3);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'NotAuthorizedForSourceException',
      'InvalidArgument',
    ]);
    expect(told).toEqual([['drydock', { id: 1 }]]);
  });

  it.each([
    ['eleven entries', Array.from({ length: 11 }, () => entry)],
    ['no entry', []],
    ['more than 256 KB', [{ ...entry, Detail: JSON.stringify({ text: 'x'.repeat(256 * 1024) }) }]],
  ])('refuses %s', async (_case, entries) => {
    await expect(put(...entries)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
