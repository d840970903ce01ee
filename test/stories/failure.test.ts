/** What happens when things are not healthy: failed updates, refusals, faults of AWS, crashes, doubled events. */
import { describe, expect, it } from 'vitest';
import { day, home, policyWith, tellStory } from './story.ts';

const train = 'al2023 v20260610';

describe('an update that fails', () => {
  it('is tried again hours later when pods could not be evicted, then left behind, named with its nodes', async () => {
    const { stack, cloud, changes, told, updates } = await tellStory();
    cloud.estate.script({
      cluster: 'staging',
      nodeGroup: 'general',
      failure: { code: 'PodEvictionFailure', times: 'always' },
    });
    await stack.runUntil(day(29));
    expect(updates('staging', 'general').slice(0, 2)).toEqual(['Failed', 'Failed']);
    expect(changes(train)).toEqual([
      'started dev/general',
      'done dev/general',
      'started staging/general',
      'retrying staging/general',
      'started staging/general',
      'failed staging/general',
      'started prod/general',
      'done prod/general',
    ]);
    expect(told('Rollout Completed')[0]).toMatchObject({
      train,
      leftBehind: {
        items: [
          {
            cluster: 'staging',
            nodeGroup: 'general',
            code: 'PodEvictionFailure',
            resources: [expect.stringContaining('ip-')],
          },
        ],
      },
    });
  });

  it('halts the train when new nodes do not join: no other group gets it, and the next train takes over', async () => {
    const { stack, cloud, told, updates, runs } = await tellStory();
    cloud.estate.breakRelease({ releaseVersion: '1.34.8-20260610', code: 'NodeCreationFailure' });
    await stack.runUntil(day(25));
    expect(told('Rollout Halted')).toMatchObject([
      { train, state: { is: 'halted', why: 'releaseBreaksNodes' } },
    ]);
    expect(updates('dev', 'general')).toEqual(['Failed']);
    expect(updates('staging', 'general')).toEqual([]);
    await stack.runUntil(day(45));
    expect(runs()['prod/general']).toMatch(/-202606(18|25)$/);
    expect(updates('staging', 'general')).not.toContain('Failed');
  });

  it('halts the rollout when a wave’s failure budget is spent', async () => {
    const { stack, cloud, told, updates } = await tellStory();
    cloud.estate.script({
      cluster: 'dev',
      nodeGroup: 'general',
      failure: { code: 'AccessDenied', times: 'always' },
    });
    await stack.runUntil(day(24));
    expect(told('Rollout Halted')).toMatchObject([{ train, state: { why: 'failureBudgetSpent' } }]);
    expect(updates('staging', 'general')).toEqual([]);
  });

  it('halts in the soak when a group that was done becomes unhealthy', async () => {
    const { stack, cloud, told, updates } = await tellStory();
    await stack.runUntil(day(18, '12:00'));
    expect(updates('dev', 'general')).toEqual(['Successful']);
    cloud.estate.degrade({
      cluster: 'dev',
      nodeGroup: 'general',
      issue: { code: 'NodeCreationFailure', message: 'Unhealthy nodes in the kubernetes cluster' },
    });
    await stack.runUntil(day(24));
    expect(told('Rollout Halted')).toMatchObject([{ train, state: { why: 'degradedInSoak' } }]);
    expect(updates('staging', 'general')).toEqual([]);
  });
});

describe('a release that is withdrawn while it is rolled', () => {
  it('stops within one look and one tick: nothing else gets it', async () => {
    const { stack, cloud, told, updates, runs } = await tellStory();
    await stack.runUntil(day(18, '12:00'));
    cloud.shelf.withdraw(home.region, 'AL2023_x86_64_STANDARD', '1.34.8-20260610');
    await stack.runUntil(day(18, '12:25'));
    expect(told('AMI Release Withdrawn')).toMatchObject([{ train }]);
    expect(told('Rollout Halted')).toMatchObject([{ train, state: { is: 'halted', why: 'withdrawn' } }]);
    await stack.runUntil(day(24));
    expect(updates('staging', 'general')).toEqual([]);
    expect(runs()['prod/general']).toBe('1.34.7-20260505');
  });
});

describe('a fleet that changes while it is rolled', () => {
  it('goes on without a group that was deleted', async () => {
    const { stack, cloud, changes } = await tellStory();
    await stack.runUntil(day(18, '12:00'));
    cloud.estate.deleteNodeGroup({ cluster: 'staging', nodeGroup: 'general' });
    await stack.runUntil(day(25));
    expect(changes(train).slice(2)).toEqual([
      'gone staging/general',
      'started prod/general',
      'done prod/general',
    ]);
  });

  it('takes in a group that was created meanwhile, in its wave', async () => {
    const { stack, cloud, changes } = await tellStory();
    await stack.runUntil(day(18, '12:00'));
    cloud.estate.addNodeGroup({ cluster: 'prod', name: 'late', releaseVersion: '1.34.7-20260505' });
    await stack.runUntil(day(25, '16:00'));
    expect(changes(train)).toContain('joined prod/late');
    expect(changes(train)).toContain('done prod/late');
  });
});

describe('AWS that does not answer well', () => {
  it.each([
    [
      'EKS throttled behind by EC2',
      { service: 'eks', operation: 'UpdateNodegroupVersion', times: 2, as: 'throttledBehind' },
    ],
    [
      'EKS throttled for longer than the SDK retries',
      { service: 'eks', operation: '*', times: 6, as: 'throttled' },
    ],
    [
      'an update that started though its answer was lost',
      { service: 'eks', operation: 'UpdateNodegroupVersion', times: 6, as: 'failsAfterDoingIt' },
    ],
    [
      'a bus that takes nothing for a while',
      { service: 'events', operation: 'PutEvents', times: 6, as: 'serverError' },
    ],
    ['a table that throttles', { service: 'dynamodb', operation: '*', times: 6, as: 'throttled' }],
    ['EC2 that throttles', { service: 'ec2', operation: '*', times: 6, as: 'throttled' }],
  ] as const)('changes nothing but the time: %s', async (_case, fault) => {
    const { stack, cloud, changes, updates } = await tellStory();
    await stack.runUntil(day(18, '07:57'));
    const injected = cloud.faults.add(fault);
    await stack.runUntil(day(25));
    expect(injected.failed()).toBe(fault.times);
    expect(changes(train).filter((change) => /^(done|failed)/.test(change))).toEqual([
      'done dev/general',
      'done staging/general',
      'done prod/general',
    ]);
    for (const cluster of ['dev', 'staging', 'prod'])
      expect(updates(cluster, 'general').slice(0, 1)).toEqual(['Successful']);
    expect(updates('dev', 'general').length).toBe(1);
    const heads = cloud.slack
      .messages()
      .filter(({ text, thread_ts }) => !thread_ts && text.startsWith(`Rollout ${train}:`));
    expect(heads.length).toBe(1);
  });

  it('keeps the event of a run that fails three times, and finishes when AWS is back', async () => {
    const { stack, cloud, updates } = await tellStory();
    await stack.runUntil(day(18, '07:57'));
    const dead = () =>
      cloud.queues
        .all()
        .find(({ name }) => name === 'drydock-prod-dead-letters')
        ?.messages().length;
    const outage = cloud.faults.add({
      service: 'eks',
      operation: 'DescribeNodegroup',
      times: 'always',
      as: 'serverError',
    });
    await stack.runUntil(day(18, '08:20'));
    expect(dead()).toBeGreaterThan(0);
    outage.remove();
    await stack.runUntil(day(18, '10:00'));
    expect(updates('dev', 'general')).toEqual(['Successful']);
  });
});

describe('a rollout whose tick fails every time', () => {
  it('does not hold up the younger ones, which leave it its room; the run fails', async () => {
    const { stack, cloud, updates } = await tellStory(
      (cloud) => {
        cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34', tags: { environment: 'dev' } });
        cloud.estate.addNodeGroup({ cluster: 'dev', name: 'first', releaseVersion: '1.34.7-20260505' });
        cloud.estate.addCluster({ ...home, name: 'spare', version: '1.34', tags: { environment: 'dev' } });
        const rocket = cloud.shelf
          .all(home.region)
          .find(
            ({ amiType, minor }) => amiType === 'BOTTLEROCKET_x86_64' && minor === '1.34',
          )?.releaseVersion;
        if (!rocket) throw new Error('nothing is published');
        for (const cluster of ['dev', 'spare'])
          cloud.estate.addNodeGroup({
            cluster,
            name: 'second',
            amiType: 'BOTTLEROCKET_x86_64',
            releaseVersion: rocket,
          });
      },
      { from: day(18, '04:55') },
    );
    await stack.runUntil(day(18, '07:57'));
    cloud.faults.add({
      service: 'events',
      operation: 'PutEvents',
      when: (input: unknown) => JSON.stringify(input).includes(train),
      times: 'always',
      as: 'serverError',
    });
    await stack.runUntil(day(18, '08:04'));
    expect([updates('dev', 'first'), updates('dev', 'second')]).toEqual([['InProgress'], []]);
    expect(updates('spare', 'second')).toEqual(['InProgress']);
    const run = stack.invocations.find(
      ({ function: name, error }) => name === 'roll-node-groups' && error !== undefined,
    );
    expect(run?.error?.message).toContain('the rest went on');
  });
});

describe('a cluster that cannot be read', () => {
  it('hides neither the others nor itself: they are looked at, and the run fails', async () => {
    const { stack, cloud, told, updates } = await tellStory(undefined, { from: day(18, '03:00') });
    const ofProd = (input: unknown) => (input as { clusterName?: string }).clusterName === 'prod';
    cloud.faults.add({
      service: 'eks',
      operation: 'ListNodegroups',
      when: ofProd,
      times: 'always',
      as: 'serverError',
    });
    await stack.runUntil(day(18, '03:30'));
    expect(told('AMI Release Detected')).toMatchObject([{ train }]);
    const [first] = stack.invocations.filter(({ function: name }) => name === 'detect-releases');
    expect(first?.error?.message).toContain('1 reads failed');
    await stack.runUntil(day(18, '10:00'));
    expect(updates('dev', 'general')).toEqual(['Successful']);
  });
});

describe('events that come twice', () => {
  it('start one update when two ticks run at once', async () => {
    // The window opens between two ticks of the schedule, so that these two find it open first.
    const policy = policyWith(["from: '08:00'", "from: '08:02'"]);
    const { stack, cloud, updates } = await tellStory(undefined, { policy });
    await stack.runUntil(day(18, '08:03'));
    const answers = await Promise.all([
      stack.invoke('roll-node-groups', {}),
      stack.invoke('roll-node-groups', {}),
    ]);
    expect(answers).toContainEqual({ rollouts: 1, skipped: 'another tick is at work' });
    expect(updates('dev', 'general').length).toBe(1);
    expect(cloud.callCounts()['eks:UpdateNodegroupVersion']).toBe(1);
  });

  it('are told once in Slack', async () => {
    const { stack, cloud } = await tellStory();
    await stack.runUntil(day(19));
    const before = cloud.slack.messages().length;
    for (const { type, detail } of [...stack.news])
      cloud.events.send(home, { source: 'drydock', detailType: type, detail, bus: 'drydock-prod' });
    await stack.runUntil(day(19, '01:00'));
    expect(cloud.slack.messages().length).toBe(before);
  });
});

describe('Slack that does not answer', () => {
  it('gets everything in order when it is back after hours', async () => {
    const calm = await tellStory();
    await calm.stack.runUntil(day(22));
    const { stack, cloud } = await tellStory();
    await stack.runUntil(day(18, '07:00'));
    const outage = cloud.faults.add({ service: 'slack', operation: '*', times: 'always', as: 'serverError' });
    await stack.runUntil(day(18, '16:00'));
    outage.remove();
    await stack.runUntil(day(22));
    const texts = (messages: typeof cloud.slack) => messages.messages().map(({ text }) => text);
    expect(texts(cloud.slack)).toEqual(texts(calm.cloud.slack));
  });

  it('does not hold up the rollout, and a message it cannot read is dropped and counted', async () => {
    const { stack, cloud, updates } = await tellStory();
    cloud.queues
      .all()
      .find(({ name }) => name === 'drydock-prod-slack.fifo')
      ?.send({ body: 'no news', group: 'drydock' });
    await stack.runUntil(day(19));
    expect(updates('dev', 'general')).toEqual(['Successful']);
    expect(cloud.slack.messages().length).toBeGreaterThan(1);
    expect(stack.logs.some(({ entry }) => entry.EventDropped === 1)).toBe(true);
  });
});
