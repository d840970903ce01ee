/**
 * Checks the simulated Patch Manager and Run Command through the SDK's real client: what is managed, what
 * a scan finds, how a command runs, is bounded, fails, is cancelled, and what the default bus is told.
 */
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  DescribeInstancePatchesCommand,
  DescribeInstancePatchStatesCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  ListResourceComplianceSummariesCommand,
  paginateDescribeInstanceInformation,
  SendCommandCommand,
  type SendCommandCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { clientOf, home, refusalOf } from './sdk-clients.ts';
import type { BusEvent } from './services/eventbridge.ts';

const old = '1.34.6-20260409';
let cloud: Cloud;
let ssm: SSMClient;
let events: BusEvent[];

const minutes = (number: number) =>
  cloud.clock.advanceTo(new Date(cloud.clock.now().getTime() + number * 60_000));
const nodes = (nodeGroup: string) =>
  [...cloud.estate.nodeGroup({ cluster: 'blue', nodeGroup }).instances].map(({ id }) => id);
const workers = () => nodes('workers');

beforeEach(async () => {
  cloud = await startCloud({ start: new Date('2026-06-01T06:00:00Z') });
  ssm = clientOf(SSMClient, cloud);
  events = [];
  cloud.events.onEvents((event) => events.push(event));
  cloud.shelf.scheduleOnto(cloud.clock, [home.region], {
    from: cloud.clock.now(),
    to: new Date('2026-12-01'),
  });
  cloud.estate.addCluster({ ...home, name: 'blue', version: '1.34' });
  cloud.estate.addNodeGroup({ cluster: 'blue', name: 'workers', desiredSize: 4, releaseVersion: old });
  await minutes(5);
});

afterEach(async () => {
  expect(cloud.broken).toEqual([]);
  await cloud.close();
});

const agents = async (MaxResults = 50) => {
  const found = [];
  for await (const page of paginateDescribeInstanceInformation({ client: ssm, pageSize: MaxResults }, {}))
    found.push(...(page.InstanceInformationList ?? []));
  return found;
};
const states = async (InstanceIds = workers()) =>
  (await ssm.send(new DescribeInstancePatchStatesCommand({ InstanceIds }))).InstancePatchStates ?? [];

describe('managed nodes', () => {
  it('are none unless somebody lets Systems Manager manage them', async () => {
    expect(await agents()).toEqual([]);
  });

  it('are told page by page, with platform and ping, new ones a while after their launch', async () => {
    cloud.patching.enrol({ cluster: 'blue' });
    cloud.estate.addNodeGroup({ cluster: 'blue', name: 'rocks', amiType: 'BOTTLEROCKET_x86_64' });
    expect((await agents(5)).length).toBe(4);
    await minutes(2);
    expect((await agents(5)).map(({ PlatformName, PingStatus }) => `${PlatformName} ${PingStatus}`)).toEqual([
      ...Array(4).fill('Amazon Linux Online'),
      ...Array(2).fill('Bottlerocket Online'),
    ]);
  });

  it('lose their agent, or vanish an hour after their termination', async () => {
    cloud.patching.enrol({ cluster: 'blue' });
    const [lost = '', gone = ''] = workers();
    cloud.patching.agents.lose(lost);
    cloud.estate.terminateInstance({ ...home, instanceId: gone });
    const silent = (await agents()).filter(({ PingStatus }) => PingStatus === 'ConnectionLost');
    expect(silent.map(({ InstanceId }) => InstanceId)).toEqual([lost, gone]);
    await minutes(61);
    expect((await agents()).map(({ InstanceId }) => InstanceId)).not.toContain(gone);
  });

  it.each([
    ['fewer than 5 a page', { MaxResults: 4 }],
    ['more than 50 a page', { MaxResults: 51 }],
    ['more than 100 ids', { Filters: [{ Key: 'InstanceIds', Values: Array(101).fill('i-1') }] }],
  ])('are refused for %s', async (_case, input) => {
    expect(await refusalOf(ssm.send(new DescribeInstanceInformationCommand(input)))).toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('a scan', () => {
  beforeEach(() => {
    cloud.patching.enrol({ cluster: 'blue', scanAt: '03:00' });
    cloud.patching.publish({
      id: 'kernel.x86_64',
      severity: 'Critical',
      cves: ['CVE-2026-1111', 'CVE-2026-2222'],
      reboot: true,
    });
    cloud.patching.publish({ id: 'zlib.x86_64', classification: 'Bugfix', severity: 'Low' });
    cloud.patching.publish({ id: 'old.x86_64', releasedAt: new Date('2026-01-01') });
  });

  it('has found nothing before it came, and counts what came out after the image', async () => {
    expect(await states()).toEqual([]);
    await cloud.clock.advanceTo(new Date('2026-06-02T03:00:00Z'));
    const found = await states();
    expect(found.length).toBe(4);
    expect(found[0]).toMatchObject({
      MissingCount: 2,
      InstalledCount: 1,
      // The default baseline has no compliance level: its count of criticals says nothing of severity.
      CriticalNonCompliantCount: 0,
      SecurityNonCompliantCount: 1,
      OtherNonCompliantCount: 1,
      Operation: 'Scan',
      OperationEndTime: new Date('2026-06-02T03:00:00Z'),
    });
  });

  it.each([
    ['samples', 'Missing'],
    ['model', 'MISSING'],
  ] as const)(
    'tells patches as the %s spell them, with the epoch for what is missing',
    async (spelling, State) => {
      cloud.patching.scan({ cluster: 'blue' });
      cloud.patching.spelling = spelling;
      const { Patches } = await ssm.send(
        new DescribeInstancePatchesCommand({
          InstanceId: workers()[0],
          Filters: [{ Key: 'State', Values: ['Missing', 'Failed'] }],
        }),
      );
      expect(Patches?.[0]).toMatchObject({
        KBId: 'kernel.x86_64',
        Severity: 'Critical',
        CVEIds: 'CVE-2026-1111,CVE-2026-2222',
        State,
        InstalledTime: new Date(0),
      });
    },
  );

  it('is summed up by node, and filtered', async () => {
    const summaries = async (Values: string[]) =>
      (
        await ssm.send(
          new ListResourceComplianceSummariesCommand({
            Filters: [
              { Key: 'ComplianceType', Values: ['Patch'], Type: 'EQUAL' },
              { Key: 'Status', Values, Type: 'EQUAL' },
            ],
          }),
        )
      ).ResourceComplianceSummaryItems?.length;
    cloud.patching.scan({ instanceId: workers()[0] ?? '' });
    expect([await summaries(['NON_COMPLIANT']), await summaries(['COMPLIANT'])]).toEqual([1, 0]);
  });

  it('tells the default bus of a node when its compliance changes, not at every scan; or the event is lost', () => {
    const told = () => events.filter((event) => event['detail-type'].startsWith('Configuration')).length;
    cloud.patching.scan({ cluster: 'blue' });
    cloud.patching.scan({ cluster: 'blue' });
    expect(told()).toBe(4);
    expect(events.at(-1)?.detail).toMatchObject({
      'compliance-status': 'non_compliant',
      'compliance-type': 'Patch',
    });
    cloud.events.lose('Configuration Compliance State Change');
    cloud.estate.addNodeGroup({ cluster: 'blue', name: 'more' });
    cloud.patching.scan({ cluster: 'blue' });
    expect(told()).toBe(4);
  });

  it('of a locked AL2023 sees nothing newer than its image; of Bottlerocket there is none', async () => {
    cloud.patching.enrol({ cluster: 'blue', nodeGroup: 'workers', lockedRepository: true });
    cloud.estate.addNodeGroup({ cluster: 'blue', name: 'rocks', amiType: 'BOTTLEROCKET_x86_64' });
    await minutes(3);
    cloud.patching.scan({ cluster: 'blue' });
    expect((await states()).map(({ MissingCount }) => MissingCount)).toEqual([0, 0, 0, 0]);
    expect(await states(nodes('rocks'))).toEqual([]);
  });

  it('takes 50 ids a call and no more', async () => {
    expect(await refusalOf(states(Array(51).fill('i-1')))).toMatchObject({ name: 'ValidationException' });
  });
});

describe('AWS-RunPatchBaseline', () => {
  const snapshot = '11111111-2222-3333-4444-555555555555';
  const send = async (input: Partial<SendCommandCommandInput> = {}) => {
    const { Command } = await ssm.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunPatchBaseline',
        InstanceIds: workers(),
        Parameters: { Operation: ['Install'], RebootOption: ['NoReboot'], SnapshotId: [snapshot] },
        ...input,
      }),
    );
    return Command?.CommandId ?? '';
  };
  const details = async (CommandId: string) =>
    (
      (await ssm.send(new ListCommandInvocationsCommand({ CommandId, Details: true }))).CommandInvocations ??
      []
    ).map(({ StatusDetails }) => StatusDetails);

  beforeEach(() => {
    cloud.patching.enrol({ cluster: 'blue' });
    cloud.patching.publish({ id: 'openssl.x86_64', severity: 'Critical' });
    cloud.patching.publish({ id: 'kernel.x86_64', reboot: true });
  });

  it('is not told of at once, and leaves nodes patched but for a reboot', async () => {
    const id = await send({ Comment: 'drydock job 1' });
    const [InstanceId = ''] = workers();
    const invocation = new GetCommandInvocationCommand({ CommandId: id, InstanceId });
    expect(await details(id)).toEqual([]);
    expect(await refusalOf(ssm.send(invocation))).toMatchObject({ name: 'InvocationDoesNotExist' });
    await minutes(1);
    expect(await details(id)).toEqual(Array(4).fill('InProgress'));
    expect(await ssm.send(invocation)).toMatchObject({ Status: 'InProgress' });
    await minutes(4);
    expect(await details(id)).toEqual(Array(4).fill('Success'));
    expect((await states())[0]).toMatchObject({
      Operation: 'Install',
      SnapshotId: snapshot,
      MissingCount: 0,
      InstalledPendingRebootCount: 1,
    });
    const { Commands } = await ssm.send(
      new ListCommandsCommand({
        Filters: [
          { key: 'DocumentName', value: 'AWS-RunPatchBaseline' },
          { key: 'InvokedAfter', value: '2026-06-01T06:00:00Z' },
        ],
      }),
    );
    expect(Commands).toMatchObject([{ CommandId: id, Comment: 'drydock job 1', Status: 'Success' }]);
  });

  it('with one snapshot gives late nodes what early ones got', async () => {
    const [first = '', second = ''] = workers();
    await send({ InstanceIds: [first] });
    await minutes(5);
    cloud.patching.publish({ id: 'late.x86_64' });
    await send({ InstanceIds: [second] });
    await minutes(5);
    const found = await states([first, second]);
    expect(found.map(({ InstalledCount }) => InstalledCount)).toEqual([1, 1]);
  });

  it('reboots unless told not to: the agent is away meanwhile, and nothing is pending after', async () => {
    await send({ Parameters: { Operation: ['Install'] } });
    await minutes(5);
    expect(new Set((await agents()).map(({ PingStatus }) => PingStatus))).toEqual(
      new Set(['ConnectionLost']),
    );
    await minutes(3);
    expect((await states())[0]).toMatchObject({ InstalledPendingRebootCount: 0, InstalledCount: 2 });
  });

  it('runs so many at a time, and terminates the rest once one more than MaxErrors has failed', async () => {
    cloud.patching.script({ cluster: 'blue' }, 'fails');
    const id = await send({ MaxConcurrency: '1', MaxErrors: '1' });
    await minutes(1);
    expect(await details(id)).toEqual(['InProgress', 'Pending', 'Pending', 'Pending']);
    await minutes(8);
    expect(await details(id)).toEqual(['Failed', 'Failed', 'Terminated', 'Terminated']);
    const { Commands } = await ssm.send(new ListCommandsCommand({ CommandId: id }));
    expect(Commands).toMatchObject([{ Status: 'Failed', StatusDetails: 'Failed', ErrorCount: 2 }]);
  });

  it('does not count who could not be reached', async () => {
    const [lost = ''] = workers();
    cloud.patching.agents.lose(lost);
    const id = await send({ MaxConcurrency: '1', TimeoutSeconds: 600 });
    await minutes(40);
    expect(await details(id)).toEqual(['DeliveryTimedOut', 'Success', 'Success', 'Success']);
  });

  it('ends after two hours on a node where it never ends, or that has vanished', async () => {
    const [hangs = '', vanishes = ''] = workers();
    cloud.patching.script({ instanceId: hangs }, 'hangs');
    const id = await send();
    await minutes(1);
    cloud.estate.terminateInstance({ ...home, instanceId: vanishes });
    await minutes(10);
    expect(await details(id)).toEqual(['InProgress', 'InProgress', 'Success', 'Success']);
    await minutes(120);
    expect(await details(id)).toEqual(['ExecutionTimedOut', 'ExecutionTimedOut', 'Success', 'Success']);
  });

  it('is cancelled: who waits at once, who runs a moment later', async () => {
    cloud.patching.script({ cluster: 'blue' }, 'hangs');
    const id = await send({ MaxConcurrency: '2' });
    await minutes(1);
    await ssm.send(new CancelCommandCommand({ CommandId: id }));
    expect(await details(id)).toEqual(['Cancelling', 'Cancelling', 'Cancelled', 'Cancelled']);
    await minutes(2);
    expect(await details(id)).toEqual(Array(4).fill('Cancelled'));
  });

  it('tells the default bus of the command and of every node', async () => {
    const id = await send();
    await minutes(5);
    const told = (type: string) =>
      events
        .filter((event) => event['detail-type'] === type)
        .map(({ detail }) => (detail as { status: string; 'command-id': string }).status);
    expect(told('EC2 Command Status-change Notification')).toEqual(['InProgress', 'Success']);
    expect(told('EC2 Command Invocation Status-change Notification').length).toBe(8);
    expect(events.at(-1)?.detail).toMatchObject({
      'command-id': id,
      'document-name': 'AWS-RunPatchBaseline',
    });
  });

  it.each([
    ['a node that nobody manages', { InstanceIds: ['i-00000000000000000'] }, 'InvalidInstanceId'],
    ['the same node twice', { InstanceIds: ['i-1', 'i-1'] }, 'DuplicateInstanceId'],
    [
      'more than 50 nodes',
      { InstanceIds: Array.from({ length: 51 }, (_, i) => `i-${i}`) },
      'ValidationException',
    ],
    ['another document', { DocumentName: 'AWS-RunShellScript' }, 'InvalidDocument'],
    ['a parameter it does not have', { Parameters: { Operation: ['Destroy'] } }, 'InvalidParameters'],
    ['a comment that is too long', { Comment: 'x'.repeat(101) }, 'ValidationException'],
  ])('refuses %s', async (_case, input, name) => {
    expect(await refusalOf(send(input))).toMatchObject({ name });
  });
});
