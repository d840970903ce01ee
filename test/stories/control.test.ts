/** What a person commands, by hand and from the bus, and what becomes of the rollouts. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { clientOf } from '../cloud/sdk-clients.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

const train = 'al2023 v20260610';
const rollout = 'al2023-v20260610';
const who = { by: 'anna', why: 'Incident 4711' };

type Answer = { accepted: boolean; says: string[]; dropped?: string[] };
const commander =
  ({ stack }: Story) =>
  async (command: object): Promise<Answer> =>
    (await stack.invoke('control', { ...who, ...command })) as Answer;

/** As a button does, or a customer's own rule; `times` over. */
const ask = async ({ cloud }: Story, id: string, command: object, times = 1): Promise<void> => {
  const detail = { schema: 1, id, at: day(18).toISOString(), command: { ...who, ...command } };
  const entry = {
    EventBusName: 'drydock-prod',
    Source: 'drydock',
    DetailType: 'Command Requested',
    Detail: JSON.stringify(detail),
  };
  const events = clientOf(EventBridgeClient, cloud, home);
  await events.send(new PutEventsCommand({ Entries: Array.from({ length: times }, () => entry) }));
};

/** What is asked for is asked for by us. */
const isByFunction = (input: object): boolean => !JSON.stringify(input).includes('Command Requested');

describe('stop', () => {
  it('lets nothing new start in any rollout until resumed; what is under way finishes', async () => {
    const story = await tellStory();
    const { stack, updates, told } = story;
    const command = commander(story);
    await stack.runUntil(day(18, '08:10'));
    expect(updates('dev', 'general')).toEqual(['InProgress']);
    const answer = await command({ command: 'stop' });
    expect(answer.accepted).toBe(true);
    expect(answer.says).toContain('1 update under way will finish: EKS cannot stop them.');
    const all = [{ clusters: ['*'] }];
    const stopped = 'Everything is stopped by anna since 2026-06-18 08:10 UTC: Incident 4711';
    const rollNow = { command: 'roll-now', select: all, skip: ['age'], dryRun: true };
    expect((await command(rollNow)).says.slice(-2)).toEqual([
      stopped,
      'Nothing starts until the command resume without a rollout.',
    ]);
    expect(await command({ command: 'patch-now', select: all })).toMatchObject({
      accepted: false,
      says: [stopped, expect.stringContaining('resume without a rollout first')],
    });
    await stack.runUntil(day(19, '14:00'));
    expect(updates('dev', 'general')).toEqual(['Successful']);
    expect(updates('staging', 'general')).toEqual([]);
    expect(told('Command Done')).toMatchObject([{ command: 'stop', by: 'anna', accepted: true }]);
    await command({ command: 'resume' });
    await stack.runUntil(day(22, '09:00'));
    expect(updates('staging', 'general')).toHaveLength(1);
  });

  it('halts one rollout, names who and why, and resume goes on', async () => {
    const story = await tellStory();
    const { stack, updates, told } = story;
    const command = commander(story);
    await stack.runUntil(day(18, '12:00'));
    await command({ command: 'stop', rollout });
    await stack.runUntil(day(22, '12:00'));
    expect(updates('staging', 'general')).toEqual([]);
    expect(told('Rollout Halted')).toMatchObject([
      { train, state: { why: 'stopped', by: 'anna', words: 'Incident 4711' } },
    ]);
    await command({ command: 'resume', rollout });
    await stack.runUntil(day(24));
    expect(updates('staging', 'general')).toEqual(['Successful']);
  });
});

describe('a command', () => {
  it('asked as a dry run says what would happen and does nothing', async () => {
    const story = await tellStory();
    const command = commander(story);
    await story.stack.runUntil(day(18, '08:30'));
    const before = story.cloud.callCounts();
    const answer = await command({ command: 'stop', rollout, dryRun: true });
    expect(answer).toMatchObject({ accepted: true, dryRun: true });
    const writes = (counts: Readonly<Record<string, number>>) =>
      Object.entries(counts).filter(([call]) => /Put|Delete|Update|Create/.test(call));
    expect(writes(story.cloud.callCounts())).toEqual(writes(before));
    expect(story.told('Command Done')).toEqual([]);
  });

  it.each(['stop', 'resume'])('by hand is told though the run died after the deed: %s', async (name) => {
    const story = await tellStory();
    const { cloud, told } = story;
    const command = commander(story);
    if (name === 'resume') await command({ command: 'stop' });
    const operation = 'TransactWriteItems';
    cloud.faults.add({ service: 'dynamodb', operation, times: 1, as: 'diesAfterDoingIt' });
    await expect(command({ command: name })).rejects.toThrow();
    expect(told('Command Done').filter((one) => one.command === name)).toEqual([]);
    await command({ command: name });
    const [done, ...more] = told('Command Done').filter((one) => one.command === name);
    expect(done).toMatchObject({ by: 'anna', why: 'Incident 4711', accepted: true });
    expect(more).toEqual([]);
    await command({ command: 'explain', rollout });
    await command({ command: name, dryRun: true });
    expect(told('Command Done')).toHaveLength(name === 'stop' ? 1 : 2);
  });

  it('that cannot be carried out says why, and what is open', async () => {
    const story = await tellStory();
    await story.stack.runUntil(day(18, '08:30'));
    expect(await commander(story)({ command: 'approve', rollout: 'al2023-v1', wave: 'rest' })).toMatchObject({
      accepted: false,
      says: [`There is no rollout al2023-v1. Open are: ${rollout}.`],
    });
  });

  it('that is misspelt is dropped with every problem named', async () => {
    const story = await tellStory();
    const answer = await story.stack.invoke('control', { command: 'hold', by: 'anna', clutser: 'dev' });
    expect((answer as Answer).dropped).toEqual([
      expect.stringContaining('why'),
      expect.stringContaining('cluster'),
      expect.stringContaining('until'),
      expect.stringContaining('clutser'),
    ]);
  });

  it('from the bus is carried out once, however often it comes', async () => {
    const story = await tellStory();
    const { stack, told } = story;
    await stack.runUntil(day(18, '08:10'));
    await ask(story, 'press-1', { command: 'stop', rollout }, 2);
    await stack.runUntil(day(19));
    expect(told('Command Done')).toMatchObject([{ id: 'press-1', command: 'stop', accepted: true }]);
    expect(told('Rollout Halted')).toHaveLength(1);
  });

  it.each([
    ['before it is done', 'dynamodb', 'TransactWriteItems', 'dies'],
    ['as soon as it is done', 'dynamodb', 'TransactWriteItems', 'diesAfterDoingIt'],
    ['when it is told', 'events', 'PutEvents', 'diesAfterDoingIt'],
  ] as const)('whose run dies %s is told as what it was', async (_moment, service, operation, as) => {
    const story = await tellStory();
    const { stack, cloud, told } = story;
    await stack.runUntil(day(18, '08:10'));
    cloud.faults.add({ service, operation, when: isByFunction, times: 1, as });
    await ask(story, 'press-1', { command: 'abandon', rollout });
    await stack.runUntil(day(19));
    const done = told('Command Done');
    expect(done.length).toBeGreaterThan(0);
    for (const one of done) expect(one).toMatchObject({ id: 'press-1', command: 'abandon', accepted: true });
    expect(told('Rollout Halted')).toHaveLength(1);
    expect(stack.invocations.some(({ error }) => error)).toBe(true);
  });

  it('to resume lifts the stop that was there when it was asked, and none that came after', async () => {
    const story = await tellStory();
    const { stack, cloud } = story;
    const command = commander(story);
    await stack.runUntil(day(18, '08:10'));
    await command({ command: 'stop' });
    cloud.faults.add({
      service: 'events',
      operation: 'PutEvents',
      when: isByFunction,
      times: 1,
      as: 'diesAfterDoingIt',
    });
    await ask(story, 'press-1', { command: 'resume', retryFailed: false, force: false });
    await stack.runUntil(day(18, '08:11'));
    await command({ command: 'stop', why: 'Incident 4712' });
    await stack.runUntil(day(19));
    expect(await command({ command: 'stop' })).toMatchObject({
      accepted: true,
      says: [expect.stringContaining('already')],
    });
  });
});

describe('approval', () => {
  const asks = () => policyWith(['soakHours: 0', 'soakHours: 0\n    approval: { timeoutHours: 24 }']);

  it('is asked once when it is the wave’s turn, with what moves and the risk; approved, the wave goes on', async () => {
    const story = await tellStory(undefined, { policy: asks() });
    const { stack, told, updates } = story;
    await stack.runUntil(day(24));
    expect(told('Approval Requested')).toMatchObject([
      {
        train,
        wave: 'rest',
        groups: { items: [{ cluster: 'prod', nodeGroup: 'general' }] },
        risk: { notes: expect.stringContaining('v20260610') },
      },
    ]);
    expect(updates('prod', 'general')).toEqual([]);
    await commander(story)({ command: 'approve', rollout, wave: 'rest' });
    await stack.runUntil(day(26));
    expect(updates('prod', 'general')).toHaveLength(1);
    expect(told('Approval Requested')).toHaveLength(1);
  });

  it('that nobody gives in time means no; resumed, it is asked again', async () => {
    const story = await tellStory(undefined, { policy: asks() });
    const { stack, told, updates } = story;
    await stack.runUntil(day(25));
    expect(told('Rollout Halted')).toMatchObject([{ state: { why: 'notApproved' } }]);
    expect(updates('prod', 'general')).toEqual([]);
    await commander(story)({ command: 'resume', rollout });
    await stack.runUntil(day(25, '01:00'));
    expect(told('Approval Requested')).toHaveLength(2);
  });

  it('that is rejected halts the rollout with who and why', async () => {
    const story = await tellStory(undefined, { policy: asks() });
    await story.stack.runUntil(day(24));
    await commander(story)({ command: 'reject', rollout, wave: 'rest' });
    await story.stack.runUntil(day(25));
    expect(story.told('Rollout Halted')).toMatchObject([{ state: { why: 'rejected', by: 'anna' } }]);
    expect(story.updates('prod', 'general')).toEqual([]);
  });
});

describe('alarms', () => {
  const gated = () => policyWith(['soakHours: 24\n', 'soakHours: 24\n    alarms: [dev-errors]\n']);

  it('must exist and be OK before their wave starts', async () => {
    const { stack, cloud, updates } = await tellStory(undefined, { policy: gated() });
    await stack.runUntil(day(18, '12:00'));
    expect(updates('dev', 'general')).toEqual([]);
    cloud.alarms.set(home, 'dev-errors', 'INSUFFICIENT_DATA');
    await stack.runUntil(day(18, '13:00'));
    expect(updates('dev', 'general')).toEqual([]);
    cloud.alarms.set(home, 'dev-errors', 'OK');
    await stack.runUntil(day(18, '14:00'));
    expect(updates('dev', 'general')).toHaveLength(1);
  });

  it('that ring in the soak halt the rollout; the groups go back where the policy says, once', async () => {
    const policy = policyWith(
      ['soakHours: 24\n', 'soakHours: 24\n    alarms: [dev-errors]\n'],
      ['rollBackOn: []', 'rollBackOn: [alarmRinging]'],
    );
    const { stack, cloud, runs, told } = await tellStory(undefined, { policy });
    cloud.alarms.set(home, 'dev-errors', 'OK');
    await stack.runUntil(day(18, '12:00'));
    expect(runs()['dev/general']).toBe('1.34.8-20260610');
    cloud.alarms.set(home, 'dev-errors', 'ALARM');
    await stack.runUntil(day(20));
    expect(told('Rollout Halted')).toMatchObject([{ state: { why: 'alarmRinging', words: 'dev-errors.' } }]);
    expect(runs()['dev/general']).toBe('1.34.7-20260505');
    expect(
      told('Rollout Opened').filter(({ purpose }) => (purpose as { is: string }).is === 'rollBack'),
    ).toHaveLength(1);
    expect(runs()['staging/general']).toBe('1.34.7-20260505');
  });
});

describe('roll-back', () => {
  it('takes the groups that moved to what they ran before, and the plan does not roll them to it again', async () => {
    const story = await tellStory();
    const { stack, runs, told } = story;
    await stack.runUntil(day(18, '12:00'));
    await commander(story)({ command: 'roll-back', rollout });
    await stack.runUntil(day(24));
    expect(runs()['dev/general']).toBe('1.34.7-20260505');
    expect(told('Rollout Completed')).toMatchObject([
      { rollout, leftBehind: { items: [{ code: 'rolledBack' }, { code: 'rolledBack' }] } },
      { rollout: `${rollout}-back`, leftBehind: { items: [] } },
    ]);
  });

  it('says plainly, group by group, when EKS refuses, with what a person can do', async () => {
    const story = await tellStory(undefined, { olderReleases: 'refused' });
    const { stack, runs, told } = story;
    await stack.runUntil(day(18, '12:00'));
    await commander(story)({ command: 'roll-back', rollout });
    await stack.runUntil(day(20));
    expect(runs()['dev/general']).toBe('1.34.8-20260610');
    const [back] = told('Rollout Completed').filter((one) => one.rollout === `${rollout}-back`);
    expect(back).toMatchObject({
      leftBehind: {
        items: [{ cluster: 'dev', code: 'RollBackRefused', sentence: expect.stringContaining('Create') }],
      },
    });
  });
});

describe('roll-now', () => {
  it('skips only what it names: age and window, canary first, beside the routine rollout', async () => {
    const story = await tellStory();
    const { stack, runs, changes } = story;
    await stack.runUntil(day(20, '02:00'));
    const answer = await commander(story)({
      command: 'roll-now',
      select: [{ clusters: ['*'] }],
      skip: ['age', 'window', 'soak'],
    });
    expect(answer).toMatchObject({ accepted: true });
    await stack.runUntil(day(21));
    expect(new Set(Object.values(runs()))).toEqual(new Set(['1.34.9-20260618']));
    expect(changes('al2023 v20260618').filter((change) => change.startsWith('done'))).toEqual([
      'done dev/general',
      'done staging/general',
      'done prod/general',
    ]);
  });

  it('reads no cluster whose name it does not mean', async () => {
    const story = await tellStory(undefined, { record: true });
    const { stack, cloud } = story;
    await stack.runUntil(day(18, '04:00'));
    const before = cloud.calls.length;
    await commander(story)({ command: 'roll-now', select: [{ clusters: ['dev'] }, { clusters: ['stag*'] }] });
    const read = cloud.calls
      .slice(before)
      .filter(({ operation }) => operation === 'DescribeCluster')
      .map(({ input }) => (input as { name: string }).name);
    expect(read.toSorted()).toEqual(['dev', 'staging']);
  });

  it('leaves no group out for a call that goes wrong once', async () => {
    const story = await tellStory();
    const { stack, cloud } = story;
    await stack.runUntil(day(18, '04:00'));
    const fault = cloud.faults.add({
      service: 'eks',
      operation: 'DescribeNodegroup',
      times: 3,
      as: 'throttledBehind',
    });
    const asked = { command: 'roll-now', select: [{ clusters: ['*'] }] };
    expect(await commander(story)(asked)).toMatchObject({
      accepted: true,
      says: expect.not.arrayContaining([expect.stringContaining('could not be read')]),
    });
    expect(fault.failed()).toBe(3);
  });

  it('rolls everything at once, with force, only where it says so', async () => {
    const story = await tellStory(undefined, { record: true });
    const { stack, cloud, updates } = story;
    await stack.runUntil(day(18, '08:30'));
    const { says } = await commander(story)({
      command: 'roll-now',
      select: [{ clusters: ['*'] }],
      skip: ['age'],
      canaryFirst: false,
      force: true,
    });
    expect(says).toContain('All groups at once, within the limits. Skipped: age.');
    await stack.runUntil(day(18, '08:45'));
    // The group of dev was under way already, and stays in its rollout.
    expect(['dev', 'staging', 'prod'].map((cluster) => updates(cluster, 'general').length)).toEqual([
      1, 1, 1,
    ]);
    const asked = cloud.calls.filter(({ operation }) => operation === 'UpdateNodegroupVersion');
    expect(asked.map(({ input }) => (input as { force?: boolean }).force)).toEqual([undefined, true, true]);
  });

  it('leaves held groups alone and says so', async () => {
    const story = await tellStory((cloud) => {
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34' });
      cloud.estate.addNodeGroup({
        cluster: 'dev',
        name: 'general',
        releaseVersion: '1.34.7-20260505',
        tags: { 'drydock:hold': 'true' },
      });
    });
    await story.stack.runUntil(day(1, '01:00'));
    expect(
      await commander(story)({ command: 'roll-now', select: [{ clusters: ['*'] }], skip: ['age'] }),
    ).toMatchObject({
      accepted: false,
      says: [
        'No group that is meant can be rolled.',
        'Left out: dev/general. It carries the tag drydock:hold.',
      ],
    });
  });
});

describe('hold', () => {
  it('leaves a cluster alone until its date, then it is rolled', async () => {
    const story = await tellStory();
    const { stack, updates } = story;
    await stack.runUntil(day(17));
    const answer = await commander(story)({ command: 'hold', cluster: 'dev', until: day(24).toISOString() });
    expect(answer.says[0]).toMatch(/^1 group is left alone until 2026-06-24/);
    await stack.runUntil(day(24));
    expect(updates('dev', 'general')).toEqual([]);
    await stack.runUntil(day(26));
    expect(updates('dev', 'general')).toHaveLength(1);
  });
});

describe('release-hold', () => {
  it('ends a hold before its date', async () => {
    const story = await tellStory();
    const { stack, updates } = story;
    const command = commander(story);
    const place = { cluster: 'dev', nodeGroup: 'general' };
    await stack.runUntil(day(17));
    await command({ command: 'hold', ...place, until: day(40).toISOString() });
    await stack.runUntil(day(22));
    expect(updates('dev', 'general')).toEqual([]);
    expect(await command({ command: 'release-hold', cluster: 'dev' })).toMatchObject({
      says: ['There is no hold on dev. Holds: dev/general.'],
    });
    expect(await command({ command: 'release-hold', ...place })).toMatchObject({ accepted: true });
    await stack.runUntil(day(23, '12:00'));
    expect(updates('dev', 'general')).toHaveLength(1);
  });
});

describe('explain', () => {
  it('answers for a rollout: where it stands, wave by wave, what would change it', async () => {
    const story = await tellStory();
    const command = commander(story);
    await story.stack.runUntil(day(18, '12:00'));
    await command({ command: 'stop', rollout });
    expect((await command({ command: 'explain', rollout })).says).toEqual([
      `Rollout ${rollout} to ${train}.`,
      expect.stringMatching(/^It is halted since 2026-06-18 12:00 UTC: A person stopped it\./),
      'Wave canary: 1 done.',
      'Wave staging: 1 waiting.',
      'Wave rest: 1 waiting.',
      `What would change it: resume, roll-back or abandon of ${rollout}.`,
    ]);
  });

  it('answers for a group: verdict, wave, what it waits for', async () => {
    const story = await tellStory();
    await story.stack.runUntil(day(18, '12:00'));
    const { says } = await commander(story)({ command: 'explain', cluster: 'prod' });
    expect(says).toEqual([
      expect.stringMatching(
        /^prod\/general runs 1\.34\.7-20260505\. It is \d+ days behind al2023 v20260610, which is old enough\. In the rollout al2023-v20260610, wave rest: waiting for its turn\. The wave before is being watched\. Until 2026-06-19/,
      ),
    ]);
  });
});

describe('abandon', () => {
  it('gives a rollout up: its groups stay, and only a newer train takes them', async () => {
    const story = await tellStory();
    const { stack, updates, runs, told } = story;
    await stack.runUntil(day(18, '12:00'));
    await commander(story)({ command: 'abandon', rollout });
    await stack.runUntil(day(24));
    expect(updates('staging', 'general')).toEqual([]);
    expect(told('Rollout Completed')).toMatchObject([{ rollout, state: { abandoned: true } }]);
    await stack.runUntil(day(40));
    expect(runs()['staging/general']).not.toBe('1.34.7-20260505');
    expect(runs()['staging/general']).not.toBe('1.34.8-20260610');
  });
});

describe('cadence', () => {
  it('leaves a group alone for the days the policy names after Drydock rolled it', async () => {
    const policy = policyWith(['atMostEveryDays: 0', 'atMostEveryDays: 30']);
    const { stack, updates } = await tellStory(undefined, { policy });
    await stack.runUntil(day(45));
    expect(updates('dev', 'general')).toHaveLength(1);
    await stack.runUntil(day(52));
    expect(updates('dev', 'general')).toHaveLength(2);
  });
});

describe('ownership', () => {
  it('never touches a group whose tags say that another tool rolls it', async () => {
    const policy = policyWith(['ownedElsewhere: []', "ownedElsewhere: [{ tags: { terraform: '*' } }]"]);
    const { stack, cloud, updates } = await tellStory(undefined, { policy });
    cloud.estate.tag({ cluster: 'prod', nodeGroup: 'general', tags: { terraform: 'true' } });
    await stack.runUntil(day(26));
    expect(updates('prod', 'general')).toEqual([]);
    expect(updates('dev', 'general')).toHaveLength(1);
  });
});
