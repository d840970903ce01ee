/** Rollouts as a user would tell of them: the built bundles in the packaged wiring, over six simulated weeks. */
import { describe, expect, it } from 'vitest';
import { day, home, policyWith, tellStory } from './story.ts';

describe('a fresh deployment', () => {
  it('finds what is in use within a quarter of an hour and tells it once', async () => {
    const { stack, told, cloud } = await tellStory();
    await stack.runUntil(day(16, '00:15'));
    expect(told('AMI Release Detected')).toMatchObject([
      {
        train: 'al2023 v20260610',
        releases: { items: [{ source: 'AL2023_x86_64_STANDARD 1.34', releaseVersion: '1.34.8-20260610' }] },
      },
    ]);
    await stack.runUntil(day(17));
    expect(cloud.slack.messages().map(({ text }) => text)).toEqual(['Release in use: al2023 v20260610']);
  });

  it('rolls at once to an older release when the newest is too young, from the history AWS keeps', async () => {
    const { stack, cloud, told } = await tellStory((cloud) => {
      const old = { releaseVersion: '1.34.7-20260423' };
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34' });
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'general', ...old });
    });
    await stack.runUntil(day(3));
    expect(told('Rollout Opened')).toMatchObject([
      { train: 'al2023 v20260505', groups: { items: [{ before: '1.34.7-20260423' }] } },
    ]);
    expect(cloud.callCounts()['ssm:GetParametersByPath']).toBeGreaterThan(0);
  });
});

describe('a healthy fleet', () => {
  it('is rolled once, wave by wave, soaked, in its window, to the pinned release', async () => {
    const { stack, changes, told, runs, updates, cloud } = await tellStory();
    await stack.runUntil(day(31));
    expect(changes('al2023 v20260610')).toEqual([
      'started dev/general',
      'done dev/general',
      'started staging/general',
      'done staging/general',
      'started prod/general',
      'done prod/general',
    ]);
    expect(told('Rollout Completed')[0]).toMatchObject({
      train: 'al2023 v20260610',
      leftBehind: { items: [] },
    });
    // v20260618 came while v20260610 rolled, and was not followed: prod has it still before it.
    expect(runs()).toEqual({
      'dev/general': '1.34.9-20260618',
      'staging/general': '1.34.9-20260618',
      'prod/general': '1.34.8-20260610',
    });
    for (const cluster of ['dev', 'staging', 'prod'])
      expect(new Set(updates(cluster, 'general'))).toEqual(new Set(['Successful']));
    const started = stack.news.filter(({ detail }) =>
      JSON.stringify(detail.changes ?? '').includes('"is":"started"'),
    );
    for (const { at } of started) {
      expect([1, 2, 3, 4]).toContain(at.getUTCDay());
      expect(at.getUTCHours()).toBeGreaterThanOrEqual(8);
      expect(at.getUTCHours()).toBeLessThan(15);
    }
    expect(cloud.notSimulated).toEqual([]);
    expect(cloud.broken).toEqual([]);
    expect(stack.invocations.filter(({ error }) => error)).toEqual([]);
  });

  it('is read to the last page', async () => {
    const { stack, changes } = await tellStory(undefined, { pageSize: 1 });
    await stack.runUntil(day(25));
    expect(changes('al2023 v20260610').filter((change) => change.startsWith('done'))).toEqual([
      'done dev/general',
      'done staging/general',
      'done prod/general',
    ]);
  });

  it('has one group of a cluster under way at a time, however many are behind', async () => {
    const { stack, cloud, changes } = await tellStory((cloud) => {
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34', tags: { environment: 'dev' } });
      for (const name of ['a', 'b', 'c']) cloud.estate.addNodeGroup({ cluster: 'dev', name });
    });
    let most = 0;
    await stack.runUntil(day(25), () => {
      const groups = [...(cloud.estate.place(home).clusters.get('dev')?.nodeGroups.values() ?? [])];
      const underWay = groups.flatMap(({ updates }) =>
        [...updates.values()].filter(({ status }) => status === 'InProgress'),
      );
      most = Math.max(most, underWay.length);
    });
    expect(most).toBe(1);
    expect(changes('al2023 v20260610').filter((change) => change.startsWith('done'))).toEqual([
      'done dev/a',
      'done dev/b',
      'done dev/c',
    ]);
  });

  it.each([
    ['starts', 0, 1],
    ['does not start, as the window has shut meanwhile', 10, 0],
  ])('%s what it read for %i minutes in the last five of the window', async (_case, minutes, started) => {
    const policy = policyWith(["from: '08:00'", "from: '14:55'"]);
    const { stack, cloud, updates } = await tellStory(undefined, { policy });
    const isRead = () => {
      if (cloud.clock.now().getTime() === day(18, '14:55').getTime()) cloud.clock.pass(minutes * 60_000);
      return false;
    };
    const fault = { service: 'eks', operation: 'DescribeNodegroup', when: isRead } as const;
    cloud.faults.add({ ...fault, times: 'always', as: 'serverError' });
    await stack.runUntil(day(18, '18:00'));
    expect(updates('dev', 'general')).toHaveLength(started);
    await stack.runUntil(day(22, '18:00'));
    expect(updates('dev', 'general')).toEqual(['Successful']);
  });

  it('makes no EKS update call and few others while nothing is new', async () => {
    const { stack, cloud } = await tellStory(undefined, { everyTick: true });
    await stack.runUntil(day(16, '06:00'));
    const before = cloud.callCounts();
    await stack.runUntil(day(16, '07:00'));
    const after = cloud.callCounts();
    const made = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
    expect(made('eks:UpdateNodegroupVersion')).toBe(0);
    // Four looks for releases: one batch of parameters each, one of images, and two reads of the table.
    expect(made('ssm:GetParameters')).toBe(4);
    expect(made('ec2:DescribeImages')).toBe(4);
    expect(made('eks:ListClusters')).toBe(0);
  });
});

describe('what each kind of group gets', () => {
  const only = (name: string, group: Record<string, unknown>) =>
    tellStory((cloud) => {
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34', tags: { environment: 'dev' } });
      cloud.estate.addNodeGroup({ cluster: 'dev', name, ...group } as never);
    });

  it.each([
    ['Bottlerocket gets Bottlerocket', 'BOTTLEROCKET_x86_64', /^1\.6\d\.\d+-[0-9a-f]{8}$/],
    ['Bottlerocket on Arm gets Bottlerocket', 'BOTTLEROCKET_ARM_64', /^1\.6\d\.\d+-[0-9a-f]{8}$/],
    ['Windows gets Windows', 'WINDOWS_CORE_2022_x86_64', /^1\.34-2026\.06\.\d\d$/],
    ['accelerated AL2023 gets its own', 'AL2023_x86_64_NVIDIA', /^1\.34\.\d+-202606\d\d$/],
  ])('%s', async (_case, amiType, version) => {
    const { stack, runs, updates } = await only('one', { amiType });
    await stack.runUntil(day(31));
    expect(runs()['dev/one']).toMatch(version);
    expect(updates('dev', 'one').length).toBeGreaterThan(0);
  });

  it('an own image that is AWS’s by name moves by a new launch template version', async () => {
    const { stack, runs, cloud, updates } = await tellStory((cloud) => {
      const old = cloud.shelf.recommended(home.region, 'AL2023_x86_64_STANDARD', '1.34');
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34', tags: { environment: 'dev' } });
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'own', ownImage: { imageId: old?.imageId ?? '' } });
    });
    const before = runs()['dev/own'];
    await stack.runUntil(day(20));
    const wanted = cloud.shelf
      .all(home.region)
      .find(({ imageName }) => imageName === 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260610');
    expect(runs()['dev/own']).not.toBe(before);
    expect(runs()['dev/own']).toBe(wanted?.imageId);
    expect(updates('dev', 'own')).toEqual(['Successful']);
    expect(
      [...cloud.estate.nodeGroup({ cluster: 'dev', nodeGroup: 'own' }).instances].every(
        ({ imageId }) => imageId === wanted?.imageId,
      ),
    ).toBe(true);
  });

  it('AL2 is held with the date and what to do, and does not end the run for the others', async () => {
    const { stack, told, updates } = await tellStory((cloud) => {
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.32', tags: { environment: 'dev' } });
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'old', amiType: 'AL2_x86_64' });
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'new' });
    });
    await stack.runUntil(day(20));
    expect(updates('dev', 'old')).toEqual([]);
    expect(updates('dev', 'new')).toEqual(['Successful']);
    const held = stack.logs.filter(
      ({ entry }) => entry.message === 'group is held' && String(entry.group).endsWith('/old'),
    );
    expect(held.at(-1)?.entry).toMatchObject({ why: 'publishingEnded' });
    expect(told('Rollout Opened').length).toBe(1);
  });
});

describe('a person’s tags', () => {
  it.each([
    ['drydock:hold leaves a group alone', { 'drydock:hold': 'true' }, 'heldByTag'],
    ['drydock:ignore leaves a group alone', { 'drydock:ignore': 'true' }, 'ignoredByTag'],
  ])('%s', async (_case, tags, why) => {
    const { stack, updates, told } = await tellStory((cloud) => {
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34' });
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'tagged', tags });
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'plain' });
    });
    await stack.runUntil(day(20));
    expect(updates('dev', 'tagged')).toEqual([]);
    expect(updates('dev', 'plain')).toEqual(['Successful']);
    expect(told('Rollout Opened')).toMatchObject([{ leftAlone: { items: [{ nodeGroup: 'tagged', why }] } }]);
  });

  it('drydock:hold set while the rollout waits keeps the group from starting', async () => {
    const { stack, cloud, updates, changes } = await tellStory();
    await stack.runUntil(day(18, '12:00'));
    cloud.estate.tag({ cluster: 'prod', nodeGroup: 'general', tags: { 'drydock:hold': 'true' } });
    await stack.runUntil(day(25));
    expect(changes('al2023 v20260610')).toContain('held prod/general');
    expect(updates('prod', 'general')).toEqual([]);
  });
});
