/** Patching in place as a user would tell of it: what is asked for, what happens to which node, when it stops. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { tableBookings, tablePatchJobs } from '../../functions/aws/dynamodb-patching.ts';
import { dynamoDbTable } from '../../functions/aws/dynamodb-table.ts';
import type { PatchNow } from '../../functions/domain/patching/patch-plan.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { Refusal } from '../cloud/service.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

const old = '1.34.7-20260505';
const latest = ['al2023Repository: locked', 'al2023Repository: latest'] as const;
const followsLatest = policyWith(latest);
/** Asks for approval, and waits for a command for an hour. */
const asksFirst = policyWith(
  latest,
  ['timeoutMinutes: 120', 'timeoutMinutes: 60'],
  ['  rebootSoakMinutes: 10', '  rebootSoakMinutes: 10\n  approval: { timeoutHours: 4 }'],
);
const openssl = { id: 'openssl.x86_64', severity: 'Critical', cves: ['CVE-2026-1111'] } as const;
const kernel = { id: 'kernel.x86_64', severity: 'Important', reboot: true } as const;

/** The table as the functions have it. */
const tableOf = (cloud: Cloud) => {
  const credentials = { accessKeyId: 'AKIAPERSON', secretAccessKey: 'simulated' };
  return dynamoDbTable(
    new DynamoDBClient({ endpoint: cloud.url, region: home.region, credentials }),
    'drydock-prod',
  );
};

type Patching = Story & {
  /** What the command answers. */
  patchNow(wish?: Partial<PatchNow>): Promise<readonly string[]>;
  answer(command: 'approve-patching' | 'reject-patching' | 'cancel-patching'): Promise<boolean>;
  /** `patched i-1`, in the order told, without the starts. */
  nodes(): readonly string[];
  /** The state that was told last. */
  state(): Record<string, unknown>;
  minutes(number: number): Promise<void>;
};

/** A second cluster like it. */
const withGreen = (cloud: Cloud) => {
  cloud.estate.addCluster({ ...home, name: 'green', version: '1.34', tags: { 'drydock:wave': 'rest' } });
  cloud.estate.addNodeGroup({ cluster: 'green', name: 'workers', desiredSize: 8, releaseVersion: old });
  cloud.patching.enrol({ cluster: 'green', scanAt: '03:00' });
};
/** Something happens while a command is being sent; nothing fails. */
const atSend = (cloud: Cloud, happen: () => void) => {
  const when = () => {
    happen();
    return false;
  };
  cloud.faults.add({ service: 'ssm', operation: 'SendCommand', when, times: 'always', as: 'timeOut' });
};
const nodesOfCommands = ({ commands }: Cloud) =>
  commands.accepted.map(({ instanceIds }) => instanceIds.length);

/** One cluster with a group of eight in two zones, all of whose nodes lack a critical patch. */
const tell = async (more: (cloud: Cloud) => void = () => {}, policy = followsLatest): Promise<Patching> => {
  const story = await tellStory(
    (cloud) => {
      cloud.estate.addCluster({ ...home, name: 'blue', version: '1.34', tags: { 'drydock:wave': 'rest' } });
      const zones = ['eu-central-1a', 'eu-central-1b'];
      cloud.estate.addNodeGroup({
        cluster: 'blue',
        name: 'workers',
        desiredSize: 8,
        zones,
        releaseVersion: old,
      });
      cloud.patching.enrol({ cluster: 'blue', scanAt: '03:00' });
      cloud.patching.publish({ ...openssl, releasedAt: day(15) });
      more(cloud);
    },
    { from: day(16), policy },
  );
  const { cloud, stack, told } = story;
  const table = tableOf(cloud);
  const jobs = tablePatchJobs(table);
  const command = async (asked: object) =>
    (await stack.invoke('control', { by: 'ada', why: 'CVE-2026-1111', ...asked })) as {
      accepted: boolean;
      says: readonly string[];
    };
  await stack.runUntil(day(16, '06:00'));
  return {
    ...story,
    patchNow: async (wish = {}) => {
      const { says } = await command({
        command: 'patch-now',
        select: [{ clusters: ['blue'] }],
        severity: 'high',
        ...wish,
      });
      return says;
    },
    answer: async (name) => {
      const [open] = await jobs.open();
      return (await command({ command: name, job: open?.id ?? '', by: 'grace', why: 'agreed' })).accepted;
    },
    nodes: () =>
      told('Patching Progressed')
        .flatMap(({ changes }) => (changes as { items: { is: string; instanceId: string }[] }).items)
        .filter(({ is }) => is !== 'started')
        .map(({ is, instanceId }) => `${is} ${instanceId}`),
    state: () => (told('Patching Progressed').at(-1)?.state ?? {}) as Record<string, unknown>,
    minutes: (number) => stack.runUntil(new Date(cloud.clock.now().getTime() + number * 60_000)),
  };
};

const group = (cloud: Cloud, nodeGroup = 'workers') => [
  ...cloud.estate.nodeGroup({ cluster: 'blue', nodeGroup }).instances,
];
const missing = (cloud: Cloud) =>
  group(cloud).filter(({ id }) =>
    cloud.patching.record(id)?.results.some(({ state }) => state === 'Missing' || state === 'Failed'),
  ).length;
const count = (changes: readonly string[], is: string) => changes.filter((one) => one.startsWith(is)).length;

describe('patch-now', () => {
  it('says first what it would do, and does nothing in a dry run', async () => {
    const { patchNow, cloud, minutes } = await tell();
    expect((await patchNow({ dryRun: true })).slice(0, 3)).toEqual([
      '8 nodes of 1 node group get what their baseline approves, by AWS-RunPatchBaseline, all from one snapshot of the patches.',
      'blue/workers: 8 of 8 nodes, 4 in eu-central-1a and 4 in eu-central-1b; 2 at a time.',
      'One zone of a cluster at a time, 10 nodes of a command at once. It stops when more than 1 node failed.',
    ]);
    await minutes(30);
    expect(cloud.commands.accepted).toEqual([]);
  });

  it('patches every node without a reboot, a share of the group and one zone at a time, from one snapshot', async () => {
    const { patchNow, cloud, minutes, nodes, state, stack } = await tell();
    await patchNow();
    await minutes(10);
    // What comes out in between is not for the later nodes either.
    cloud.patching.publish({ id: 'late.x86_64', severity: 'Critical' });
    await minutes(60);
    const { accepted } = cloud.commands;
    const zoneOf = new Map(group(cloud).map(({ id, subnet }) => [id, subnet.zone]));
    expect(accepted.map(({ instanceIds }) => instanceIds.length)).toEqual([2, 2, 2, 2]);
    expect(accepted.map(({ instanceIds }) => [...new Set(instanceIds.map((id) => zoneOf.get(id)))])).toEqual([
      ['eu-central-1a'],
      ['eu-central-1a'],
      ['eu-central-1b'],
      ['eu-central-1b'],
    ]);
    const parameters = new Set(accepted.map(({ parameters }) => JSON.stringify(parameters)));
    expect([...parameters]).toEqual([
      expect.stringMatching(
        /^\{"Operation":\["Install"\],"RebootOption":\["NoReboot"\],"SnapshotId":\["[0-9a-f-]{36}"\]\}$/,
      ),
    ]);
    expect(accepted[0]).toMatchObject({ maxErrors: '1', maxConcurrency: '10' });
    expect(count(nodes(), 'patched')).toBe(8);
    expect(missing(cloud)).toBe(0);
    expect(state()).toMatchObject({ is: 'closed' });
    expect(stack.invocations.filter(({ error }) => error)).toEqual([]);
    expect(cloud.notSimulated).toEqual([]);
  });

  it('goes on at once when a command ends, and on its schedule where the events are lost', async () => {
    const ends = async (lost: boolean) => {
      const story = await tell((cloud) => {
        if (lost) cloud.events.lose('EC2 Command Status-change Notification');
      });
      await story.patchNow();
      await story.minutes(120);
      expect(count(story.nodes(), 'patched')).toBe(8);
      return Date.parse(String(story.state().at));
    };
    expect(await ends(false)).toBeLessThan(await ends(true));
  });

  it('tells one thread in Slack, kept up to date, with replies for the beginning and the end', async () => {
    const { patchNow, cloud, minutes } = await tell();
    await patchNow();
    await minutes(60);
    const messages = cloud.slack.messages().filter(({ text }) => text.startsWith('Patching in place'));
    const [head, ...replies] = messages;
    expect(head?.text).toBe('Patching in place: 8 of 8 nodes');
    expect(replies.map(({ text }) => text)).toEqual([
      'Patching in place: patching',
      'Patching in place: closed',
    ]);
    expect(replies.every(({ thread_ts: thread }) => thread === head?.ts)).toBe(true);
  });

  it('refuses read-only systems and nodes nobody manages, with the better way', async () => {
    const { patchNow, minutes, cloud } = await tell((cloud) => {
      cloud.estate.addNodeGroup({ cluster: 'blue', name: 'rocks', amiType: 'BOTTLEROCKET_x86_64' });
      cloud.estate.addCluster({ ...home, name: 'red', version: '1.34' });
      cloud.estate.addNodeGroup({ cluster: 'red', name: 'bare', releaseVersion: old });
    });
    const says = await patchNow({ select: [{ nodeGroups: ['rocks', 'bare'] }], severity: 'any' });
    expect(says.join(' ')).toContain('a newer image is the way, command roll-now');
    expect(says.join(' ')).toContain('Systems Manager does not manage it');
    await minutes(15);
    expect(cloud.commands.accepted).toEqual([]);
  });
});

describe('a job that asks first', () => {
  it('begins when a person approves', async () => {
    const { patchNow, answer, minutes, nodes, cloud } = await tell(undefined, asksFirst);
    await patchNow();
    await minutes(30);
    expect(cloud.commands.accepted).toEqual([]);
    expect(await answer('approve-patching')).toBe(true);
    await minutes(60);
    expect(count(nodes(), 'patched')).toBe(8);
  });

  it.each([
    ['ends when a person rejects', true, 'rejected'],
    ['ends when nobody answers: silence means no', false, 'notApproved'],
  ])('%s', async (_case, answers, why) => {
    const { patchNow, answer, minutes, state, cloud } = await tell(undefined, asksFirst);
    await patchNow();
    await minutes(10);
    if (answers) await answer('reject-patching');
    await minutes(300);
    expect(state()).toMatchObject({ is: 'closed', why });
    expect(cloud.commands.accepted).toEqual([]);
  });
});

describe('a job that goes wrong', () => {
  it('stops when more nodes fail than the budget allows; the others are not touched', async () => {
    const { patchNow, minutes, cloud, nodes, state } = await tell((cloud) => {
      cloud.patching.script({ cluster: 'blue' }, 'fails');
    });
    cloud.patching.script({ cluster: 'blue' }, 'fails');
    await patchNow();
    await minutes(120);
    expect(state()).toMatchObject({ is: 'closed', why: 'failureBudgetSpent' });
    expect([count(nodes(), 'failed'), count(nodes(), 'left')]).toEqual([2, 6]);
    expect(cloud.commands.accepted.length).toBe(1);
  });

  it('goes on after a failure that the budget allows, and tells Systems Manager’s words', async () => {
    const { patchNow, minutes, cloud, nodes, told } = await tell();
    const [bad] = group(cloud);
    cloud.patching.script({ instanceId: bad?.id ?? '' }, 'fails');
    await patchNow();
    await minutes(120);
    expect([count(nodes(), 'patched'), count(nodes(), 'failed')]).toEqual([7, 1]);
    expect(JSON.stringify(told('Patching Progressed'))).toContain('Unable to install patches');
  });

  it('cancels a command that never ends, and goes on', async () => {
    const { patchNow, answer, minutes, cloud, nodes } = await tell(undefined, asksFirst);
    const hangs = group(cloud).find(({ subnet }) => subnet.zone === 'eu-central-1a');
    cloud.patching.script({ instanceId: hangs?.id ?? '' }, 'hangs');
    await patchNow();
    await answer('approve-patching');
    await minutes(5 * 60);
    expect(nodes()).toContain(`failed ${hangs?.id}`);
    expect(count(nodes(), 'patched')).toBe(7);
    expect(cloud.callCounts()['ssm:CancelCommand']).toBeGreaterThan(0);
  });

  it('goes on without a node that vanishes mid-command, and without one whose agent is silent', async () => {
    const { patchNow, minutes, cloud, nodes, state } = await tell();
    const [first, silent] = group(cloud).filter(({ subnet }) => subnet.zone === 'eu-central-1a');
    cloud.patching.agents.lose(silent?.id ?? '');
    await patchNow();
    await minutes(2);
    const running = cloud.commands.accepted[0]?.instanceIds[0] ?? first?.id ?? '';
    cloud.estate.terminateInstance({ ...home, instanceId: running });
    await minutes(90);
    expect(nodes()).toContain(`left ${running}`);
    expect(nodes()).toContain(`left ${silent?.id}`);
    expect(state()).toMatchObject({ is: 'closed' });
    expect(count(nodes(), 'patched')).toBe(6);
  });

  it('looks again when Systems Manager refuses a command for one of its nodes', async () => {
    const { patchNow, minutes, cloud, nodes } = await tell();
    const inFirstZone = group(cloud).filter(({ subnet }) => subnet.zone === 'eu-central-1a');
    const [first] = inFirstZone.map(({ id }) => id).sort();
    await patchNow();
    // Gone between the look and the command, in AWS's words.
    cloud.faults.add({
      service: 'ssm',
      operation: 'SendCommand',
      times: 1,
      as: new Refusal(
        'InvalidInstanceId',
        `Instances [[${first}]] not in a valid state for account ${home.account}`,
      ),
    });
    await minutes(90);
    expect([count(nodes(), 'left'), count(nodes(), 'patched')]).toEqual([1, 7]);
  });

  it('waits while EKS replaces the nodes of the group', async () => {
    const { patchNow, minutes, cloud } = await tell();
    const workers = cloud.estate.nodeGroup({ cluster: 'blue', nodeGroup: 'workers' });
    workers.status = 'UPDATING';
    await patchNow();
    await minutes(30);
    expect(cloud.commands.accepted).toEqual([]);
    workers.status = 'ACTIVE';
    await minutes(60);
    expect(missing(cloud)).toBe(0);
  });
});

describe('a person who stops it', () => {
  it('cancels what runs; nothing new begins, and what is patched stays so', async () => {
    const { patchNow, answer, minutes, cloud, nodes, state } = await tell();
    await patchNow();
    await minutes(7);
    await answer('cancel-patching');
    await minutes(60);
    expect(state()).toMatchObject({ is: 'closed', why: 'stopped', by: 'grace' });
    expect(cloud.commands.accepted.length).toBe(2);
    expect(count(nodes(), 'patched') + count(nodes(), 'left')).toBe(8);
  });

  it('stops it with everything else', async () => {
    const { patchNow, minutes, cloud, state, stack } = await tell();
    await patchNow();
    await minutes(2);
    await stack.invoke('control', { command: 'stop', by: 'bob', why: 'outage' });
    await minutes(60);
    expect(state()).toMatchObject({ is: 'closed', why: 'stopped', by: 'bob', words: 'outage' });
    expect(cloud.commands.accepted.length).toBe(1);
  });

  it('holds the group: what runs goes on, the others are left', async () => {
    const { patchNow, minutes, cloud, nodes, stack } = await tell();
    await patchNow();
    await minutes(2);
    const until = day(20).toISOString();
    await stack.invoke('control', { command: 'hold', by: 'bob', why: 'sale', cluster: 'blue', until });
    await minutes(60);
    expect(cloud.commands.accepted.length).toBe(1);
    expect([count(nodes(), 'patched'), count(nodes(), 'left')]).toEqual([2, 6]);
  });
});

describe('reboots', () => {
  it('happen only when asked for: one node at a time, watched before the next', async () => {
    const { patchNow, minutes, cloud, nodes } = await tell((cloud) =>
      cloud.patching.publish({ ...kernel, releasedAt: day(15) }),
    );
    await patchNow({ reboot: true });
    await minutes(6 * 60);
    expect(count(nodes(), 'rebooted')).toBe(8);
    const reboots = cloud.commands.accepted.filter(
      ({ parameters }) => parameters.RebootOption?.[0] === 'RebootIfNeeded',
    );
    expect(reboots.map(({ instanceIds }) => instanceIds.length)).toEqual(Array(8).fill(1));
    for (const [i, { requestedAt }] of reboots.slice(1).entries())
      expect(requestedAt.getTime() - (reboots[i]?.requestedAt.getTime() ?? 0)).toBeGreaterThanOrEqual(
        17 * 60_000,
      );
    for (const { id } of group(cloud))
      expect(cloud.patching.record(id)?.results.every(({ state }) => state === 'Installed')).toBe(true);
  });

  it('never happen in a group of one', async () => {
    const { patchNow, minutes, cloud, nodes } = await tell((cloud) => {
      cloud.estate.addNodeGroup({ cluster: 'blue', name: 'lonely', desiredSize: 1, releaseVersion: old });
    });
    await patchNow({ select: [{ nodeGroups: ['lonely'] }], reboot: true });
    await minutes(120);
    expect(nodes().map((change) => change.split(' ')[0])).toContain('patched');
    expect(cloud.commands.accepted.length).toBe(1);
  });
});

describe('a job that dies in the middle', () => {
  it.each([
    [
      'Run Command took it, and its answer was lost',
      { service: 'ssm', operation: 'SendCommand', times: 2, as: 'failsAfterDoingIt' },
    ],
    ['Run Command did not take it', { service: 'ssm', operation: 'SendCommand', times: 2, as: 'timeOut' }],
    ['Run Command throttles', { service: 'ssm', operation: 'SendCommand', times: 3, as: 'throttled' }],
    [
      'the table takes nothing after the command was sent',
      { service: 'dynamodb', operation: 'PutItem', after: 2, times: 6, as: 'serverError' },
    ],
    [
      'Systems Manager answers nothing for a while',
      { service: 'ssm', operation: '*', times: 20, as: 'throttled' },
    ],
    [
      'the bus takes nothing for a while',
      { service: 'events', operation: 'PutEvents', times: 6, as: 'serverError' },
    ],
    ['EC2 answers nothing for a while', { service: 'ec2', operation: '*', times: 12, as: 'throttled' }],
    ['EKS answers nothing for a while', { service: 'eks', operation: '*', times: 12, as: 'serverError' }],
  ] as const)('patches every node once when %s', async (_case, fault) => {
    const { patchNow, minutes, cloud, nodes, state, told } = await tell();
    await patchNow();
    const injected = cloud.faults.add(fault);
    await minutes(4 * 60);
    expect(injected.failed()).toBe(fault.times);
    const sent = cloud.commands.accepted.flatMap(({ instanceIds }) => instanceIds);
    expect(sent.toSorted()).toEqual(
      group(cloud)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(count(nodes(), 'patched')).toBe(8);
    expect(state()).toMatchObject({ is: 'closed' });
    const ids = told('Patching Progressed').map(({ id }) => id);
    expect(new Set(ids).size).toBeGreaterThan(1);
  });

  it('sends each batch once when two ticks run at once', async () => {
    const { patchNow, stack, cloud, minutes } = await tell();
    await patchNow();
    const answers = await Promise.all([stack.invoke('patch-nodes', {}), stack.invoke('patch-nodes', {})]);
    expect(answers).toContainEqual({ jobs: 1, skipped: 'another tick is at work' });
    await minutes(60);
    expect(cloud.commands.accepted.length).toBe(4);
  });
});

describe('a batch that Run Command did not take', () => {
  const notTaken = { service: 'ssm', operation: 'SendCommand', times: 1, as: 'timeOut' } as const;

  it('is not sent to a group that somebody holds meanwhile', async () => {
    const { patchNow, minutes, cloud, nodes, stack, state } = await tell();
    cloud.faults.add(notTaken);
    await patchNow();
    await minutes(2);
    const until = day(20).toISOString();
    await stack.invoke('control', { command: 'hold', by: 'bob', why: 'sale', cluster: 'blue', until });
    await minutes(60);
    expect(cloud.commands.accepted).toEqual([]);
    expect(count(nodes(), 'left')).toBe(8);
    expect(state()).toMatchObject({ is: 'closed' });
  });

  it('is not sent while EKS replaces the nodes of the group', async () => {
    const { patchNow, minutes, cloud, nodes } = await tell();
    const workers = cloud.estate.nodeGroup({ cluster: 'blue', nodeGroup: 'workers' });
    cloud.faults.add(notTaken);
    await patchNow();
    await minutes(2);
    workers.status = 'UPDATING';
    await minutes(60);
    expect(cloud.commands.accepted).toEqual([]);
    workers.status = 'ACTIVE';
    await minutes(60);
    expect(count(nodes(), 'patched')).toBe(8);
  });

  it('has the time that the policy gives it when it is sent hours later', async () => {
    const { patchNow, minutes, cloud, nodes } = await tell();
    cloud.faults.add(notTaken);
    const noList = { service: 'ssm', operation: 'ListCommands', times: 'always', as: 'serverError' } as const;
    const unlisted = cloud.faults.add(noList);
    await patchNow();
    await minutes(3 * 60);
    expect(cloud.commands.accepted).toEqual([]);
    unlisted.remove();
    await minutes(60);
    expect(count(nodes(), 'patched')).toBe(8);
    expect(cloud.callCounts()['ssm:CancelCommand']).toBeUndefined();
  });

  it('is heard of in every quarter of an hour for as long as it lasts', async () => {
    const { patchNow, minutes, cloud, stack, nodes } = await tell();
    const untaken = cloud.faults.add({ ...notTaken, times: 'always' });
    await patchNow();
    for (let quarter = 0; quarter < 4; quarter++) {
      const before = stack.invocations.length;
      await minutes(15);
      expect(stack.invocations.slice(before).some(({ error }) => error)).toBe(true);
    }
    untaken.remove();
    await minutes(60);
    expect(count(nodes(), 'patched')).toBe(8);
  });

  it('is not sent when those before it took so long that what was seen may have changed', async () => {
    const { patchNow, minutes, cloud, nodes } = await tell(withGreen);
    atSend(cloud, () => cloud.clock.pass(2 * 60_000));
    await patchNow({ select: [{ clusters: ['blue', 'green'] }] });
    await minutes(1);
    expect(nodesOfCommands(cloud)).toEqual([2]);
    await minutes(90);
    expect(count(nodes(), 'patched')).toBe(16);
    expect(nodesOfCommands(cloud).reduce((sum, nodes) => sum + nodes, 0)).toBe(16);
  });
});

describe('a second job in the same tick', () => {
  const person = { by: 'bob', why: 'outage' };
  const stop = { key: { pk: 'switch', sk: 'stop' }, body: { ...person, at: day(16).toISOString() } };
  const hold = (cluster: string) => ({
    key: { pk: 'hold', sk: cluster },
    body: { ...person, cluster, until: day(20).toISOString() },
  });
  const twoJobs = async () => {
    const story = await tell(withGreen);
    const throttled = { service: 'ssm', operation: 'SendCommand', times: 'always', as: 'throttled' } as const;
    const waiting = story.cloud.faults.add(throttled);
    await story.patchNow();
    await story.patchNow({ select: [{ clusters: ['green'] }] });
    await story.minutes(1);
    waiting.remove();
    return { ...story, table: tableOf(story.cloud) };
  };

  it.each([
    ['stopped', [stop]],
    ['held', [hold('blue'), hold('green')]],
  ])('sends nothing when it is %s while the first one is sent', async (_case, changes) => {
    const { minutes, cloud, table } = await twoJobs();
    let written: Promise<unknown> | undefined;
    atSend(cloud, () => {
      written ??= Promise.all(changes.map((change) => table.write({ ...change, revision: 0 })));
    });
    await minutes(30);
    await written;
    expect(nodesOfCommands(cloud)).toEqual([2]);
  });

  it('is decided on at its own time', async () => {
    const { minutes, cloud, table } = await twoJobs();
    let sends = 0;
    atSend(cloud, () => {
      if (sends++ === 0) cloud.clock.pass(3 * 60_000);
    });
    await minutes(5);
    const open = await tablePatchJobs(table).open();
    const decided = open.flatMap(({ batches }) => batches.map(({ decidedAt }) => decidedAt));
    expect(decided.toSorted()).toEqual([day(16, '06:05').toISOString(), day(16, '06:08').toISOString()]);
  });
});

describe('news that the bus does not take', () => {
  const told = (input: unknown) => JSON.stringify(input).includes('Patching Progressed');
  const refused = { service: 'events', operation: 'PutEvents', when: told, as: 'serverError' } as const;

  it('holds up no node, and is told when the bus takes it', async () => {
    const { patchNow, minutes, cloud, nodes, state } = await tell();
    const fault = cloud.faults.add({ ...refused, times: 'always' });
    await patchNow();
    await minutes(120);
    expect(missing(cloud)).toBe(0);
    expect(nodes()).toEqual([]);
    fault.remove();
    await minutes(10);
    expect(count(nodes(), 'patched')).toBe(8);
    expect(state()).toMatchObject({ is: 'closed' });
  });

  it('keeps nobody from cancelling what runs', async () => {
    const { patchNow, minutes, cloud, answer } = await tell();
    cloud.faults.add({ ...refused, times: 'always' });
    await patchNow();
    await minutes(1);
    await answer('cancel-patching');
    await minutes(2);
    expect(cloud.callCounts()['ssm:CancelCommand']).toBeGreaterThan(0);
  });
});

describe('many nodes', () => {
  it('2,000 of them in ten clusters are patched within a day, every command within Run Command’s limits', async () => {
    const story = await tell((cloud) => {
      for (let i = 0; i < 10; i++) {
        cloud.estate.addCluster({
          ...home,
          name: `c${i}`,
          version: '1.34',
          tags: { 'drydock:hold': 'false' },
        });
        cloud.estate.addNodeGroup({
          cluster: `c${i}`,
          name: 'workers',
          desiredSize: 200,
          releaseVersion: old,
        });
        cloud.patching.enrol({ cluster: `c${i}`, scanAt: '03:00' });
      }
    });
    await story.patchNow({ select: [{ clusters: ['c*'] }] });
    for (let hours = 0; hours < 24 && story.state().is !== 'closed'; hours++) await story.minutes(60);
    expect(story.state()).toMatchObject({ is: 'closed' });
    expect(story.told('Patching Progressed').at(-1)?.nodes).toMatchObject({ patched: 2000 });
    expect(Math.max(...story.cloud.commands.accepted.map(({ instanceIds }) => instanceIds.length))).toBe(50);
  }, 300_000);
});

describe('afterwards', () => {
  const findings = ({ told }: Story) =>
    told('Findings Changed').flatMap((detail) =>
      (['opened', 'resolved'] as const).flatMap((is) =>
        (detail[is] as { items: { rule: string }[] }).items.map(({ rule }) => `${is} ${rule}`),
      ),
    );

  it('the patches are told as made good, and the group as one whose new nodes come up without them', async () => {
    const story = await tell();
    expect(findings(story)).toContain('opened missing-patches');
    await story.patchNow();
    await story.minutes(60);
    await story.stack.runUntil(day(17, '07:00'));
    expect(findings(story).slice(-2).toSorted()).toEqual([
      'opened unpatched-template',
      'resolved missing-patches',
    ]);
    expect(await tableBookings(tableOf(story.cloud)).all()).toMatchObject([
      { cluster: 'blue', nodeGroup: 'workers' },
    ]);
  });

  it('a group that was patched again since its booking was read stays booked', async () => {
    const { patchNow, minutes, cloud } = await tell();
    await patchNow();
    await minutes(60);
    const bookings = tableBookings(tableOf(cloud));
    const [read] = await bookings.all();
    if (!read) throw new Error('nothing is booked');
    const { revision: _, ...booking } = read;
    const again = { ...booking, patchedAt: day(17).toISOString() };
    await bookings.save(again);
    await bookings.delete(read);
    expect(await bookings.all()).toMatchObject([again]);
    for (const kept of await bookings.all()) await bookings.delete(kept);
    expect(await bookings.all()).toEqual([]);
  });

  it('the group is rolled first, and not to a release that is older than its patches', async () => {
    const story = await tell((cloud) =>
      cloud.estate.addNodeGroup({ cluster: 'blue', name: 'apples', desiredSize: 2, releaseVersion: old }),
    );
    const { stack, changes, told } = story;
    await story.patchNow({ select: [{ nodeGroups: ['workers'] }] });
    await stack.runUntil(day(24));
    expect(changes('al2023 v20260610')).toEqual(['started blue/apples', 'done blue/apples']);
    expect(told('Rollout Opened')[0]?.leftAlone).toMatchObject({
      items: [{ nodeGroup: 'workers', why: 'patchedSince' }],
    });
    await stack.runUntil(day(31));
    expect(changes('al2023 v20260618').filter((change) => change.startsWith('started'))).toEqual([
      'started blue/workers',
      'started blue/apples',
    ]);
    expect(await tableBookings(tableOf(story.cloud)).all()).toEqual([]);
    expect(findings(story)).toContain('resolved unpatched-template');
  });
});
