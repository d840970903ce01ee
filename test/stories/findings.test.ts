/** Findings as a platform team would tell of them: what is audited, told once, resolved, muted, and never lost. */
import { describe, expect, it } from 'vitest';
import type { FindingsChanged } from '../../functions/domain/finding-news.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { Refusal } from '../cloud/service.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

/** Nothing rolls it, so that its nodes stay. */
const held = { 'drydock:hold': 'true' };

/** Kafka on nodes that can hardly attach a volume, and attach one. */
const addKafka = (cloud: Cloud, cluster = 'data') => {
  cloud.estate.addCluster({ ...home, name: cluster, version: '1.34' });
  const { instances } = cloud.estate.addNodeGroup({
    cluster,
    name: 'kafka',
    instanceTypes: ['d3.8xlarge'],
    interfacesPerNode: 1,
    tags: held,
  });
  for (const { id } of instances) cloud.estate.attachVolumes({ ...home, instanceId: id, count: 1 });
};

type Detail = FindingsChanged['detail'];

/** `opened data/kafka d3.8xlarge`, for each time that few slots were told. */
const slotNews = ({ told }: Story): readonly string[] =>
  told('Findings Changed').flatMap((detail) =>
    (['opened', 'worsened', 'resolved'] as const).flatMap((is) =>
      (detail as unknown as Detail)[is].items
        .filter(({ rule }) => rule === 'ebs-slots')
        .map(({ cluster, nodeGroup, detail }) => `${is} ${cluster}/${nodeGroup} ${detail}`),
    ),
  );

const slackTexts = ({ cloud }: Story): readonly string[] =>
  cloud.slack
    .messages()
    .flatMap(({ text, blocks }) => (text.startsWith('Findings:') ? [JSON.stringify(blocks)] : []));

const failed = ({ stack }: Story) =>
  stack.invocations
    .filter((run) => run.function === 'audit-nodes' && run.error)
    .map(({ error }) => error?.message);

const slotsOf = (story: Story) =>
  (story.told('Findings Changed') as unknown as Detail[])
    .flatMap(({ opened }) => opened.items)
    .find(({ rule }) => rule === 'ebs-slots');

describe('nodes that can attach few volumes', () => {
  it('are told once, not again the next day, and as resolved when they go', async () => {
    const story = await tellStory((cloud) => addKafka(cloud));
    const { stack, cloud } = story;
    await stack.runUntil(day(1, '06:00'));
    expect(slotNews(story)).toEqual(['opened data/kafka d3.8xlarge']);
    expect(slotsOf(story)).toMatchObject({
      severity: 'high',
      fingerprint: `ebs-slots ${home.account}/${home.region}/data/kafka/d3.8xlarge`,
      // Three in all, and one is taken by the root volume.
      evidence: { slots: 2 },
      firstSeenAt: day(1, '05:30').toISOString(),
    });
    expect(slackTexts(story)).toEqual([expect.stringContaining('d3.8xlarge in node group kafka of data')]);

    await stack.runUntil(day(3));
    expect(slotNews(story)).toHaveLength(1);
    expect(slackTexts(story)).toHaveLength(1);

    cloud.estate.deleteNodeGroup({ cluster: 'data', nodeGroup: 'kafka' });
    await stack.runUntil(day(6));
    expect(slotNews(story)).toEqual(['opened data/kafka d3.8xlarge', 'resolved data/kafka d3.8xlarge']);
    expect(slackTexts(story)).toEqual([expect.anything(), expect.stringContaining('Resolved')]);
    expect([failed(story), cloud.notSimulated, cloud.broken]).toEqual([[], [], []]);
  });

  it('are told as resolved when their whole cluster goes', async () => {
    const story = await tellStory((cloud) => addKafka(cloud));
    await story.stack.runUntil(day(2));
    story.cloud.estate.deleteCluster({ cluster: 'data' });
    await story.stack.runUntil(day(3));
    expect(slotNews(story)).toEqual(['opened data/kafka d3.8xlarge', 'resolved data/kafka d3.8xlarge']);
  });

  it('are found on every page', async () => {
    const story = await tellStory(
      (cloud) => {
        for (const cluster of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) addKafka(cloud, cluster);
      },
      { pageSize: 5 },
    );
    await story.stack.runUntil(day(1, '06:00'));
    expect(slotNews(story).toSorted()).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((cluster) => `opened ${cluster}/kafka d3.8xlarge`),
    );
  });
});

it('a cluster that cannot be read neither resolves its findings nor hides those of others', async () => {
  const story = await tellStory((cloud) => addKafka(cloud));
  const { stack, cloud } = story;
  await stack.runUntil(day(2));
  addKafka(cloud, 'late');
  cloud.faults.add({
    service: 'eks',
    operation: '*',
    when: ({ name, clusterName }: { name?: string; clusterName?: string }) =>
      (name ?? clusterName) === 'data',
    times: 'always',
    as: new Refusal('AccessDeniedException', 'not authorized', { status: 403 }),
  });
  await stack.runUntil(day(3));
  expect(slotNews(story)).toEqual(['opened data/kafka d3.8xlarge', 'opened late/kafka d3.8xlarge']);
  // Lambda tries three times; each says so.
  expect(failed(story)).toEqual(
    Array(3).fill('not all of the data plane could be read (failures: 1); the rest was audited'),
  );

  cloud.faults.clear();
  await stack.runUntil(day(4));
  expect(slotNews(story)).toHaveLength(2);
  expect(failed(story)).toHaveLength(3);
});

it('volumes that one call could not read make no finding graver, nor tell one twice', async () => {
  const story = await tellStory((cloud) => {
    cloud.estate.addCluster({ ...home, name: 'logs', version: '1.34' });
    // Its nodes start with a second volume, and no pod has one.
    cloud.estate.addNodeGroup({
      cluster: 'logs',
      name: 'bottlerocket',
      amiType: 'BOTTLEROCKET_x86_64',
      instanceTypes: ['d3.8xlarge'],
      interfacesPerNode: 1,
      tags: held,
    });
    cloud.faults.add({
      service: 'ec2',
      operation: 'DescribeVolumes',
      as: 'keepsFailingAfterDoingIt',
      times: 1,
    });
  });
  await story.stack.runUntil(day(3));
  expect(failed(story)).toEqual([expect.stringContaining('not all of the data plane could be read')]);
  expect(slotNews(story)).toEqual(['opened logs/bottlerocket d3.8xlarge']);
  expect(slotsOf(story)).toMatchObject({ severity: 'low', evidence: { slots: 1 } });
});

describe('a mute', () => {
  const fingerprint = `ebs-slots ${home.account}/${home.region}/data/kafka/d3.8xlarge`;
  const who = { by: 'anna', why: 'The disks are local.' };
  const until = day(5).toISOString();
  const command = async ({ stack }: Story, asked: object) =>
    (await stack.invoke('control', { ...who, finding: fingerprint, ...asked })) as {
      accepted: boolean;
      says: string[];
    };

  it('keeps a finding untold until it ends, and tells it then if it is still there', async () => {
    const story = await tellStory((cloud) => addKafka(cloud));
    await story.stack.runUntil(day(1, '06:00'));
    expect(await command(story, { command: 'mute', until })).toMatchObject({
      accepted: true,
      says: [
        expect.stringContaining('Muted until 2026-06-05 00:00 UTC: '),
        expect.stringContaining('told again'),
      ],
    });
    expect(story.told('Command Done')).toMatchObject([{ command: 'mute', by: 'anna' }]);
    await story.stack.runUntil(day(5));
    expect(slotNews(story)).toHaveLength(1);
    await story.stack.runUntil(day(7));
    expect(slotNews(story)).toEqual(Array(2).fill('opened data/kafka d3.8xlarge'));
  });

  it('ends at once when it is taken back', async () => {
    const story = await tellStory((cloud) => addKafka(cloud));
    await story.stack.runUntil(day(1, '06:00'));
    await command(story, { command: 'mute', until });
    await story.stack.runUntil(day(2, '06:00'));
    expect(await command(story, { command: 'unmute' })).toMatchObject({ accepted: true });
    await story.stack.runUntil(day(3, '06:00'));
    expect(slotNews(story)).toHaveLength(2);
  });

  it('is refused for what nobody has found', async () => {
    const story = await tellStory((cloud) => addKafka(cloud));
    await story.stack.runUntil(day(1, '06:00'));
    for (const asked of [{ command: 'mute', until }, { command: 'unmute' }])
      expect(await command(story, { ...asked, finding: `${fingerprint}-or-so` })).toMatchObject({
        accepted: false,
        says: [expect.stringContaining(`Of its rule there are: ${fingerprint}.`)],
      });
  });

  it('asked as a dry run says what would happen and mutes nothing', async () => {
    const story = await tellStory((cloud) => addKafka(cloud));
    await story.stack.runUntil(day(1, '06:00'));
    const asked = { command: 'mute', until, dryRun: true };
    expect(await command(story, asked)).toMatchObject({ accepted: true, dryRun: true });
    story.cloud.estate.deleteNodeGroup({ cluster: 'data', nodeGroup: 'kafka' });
    await story.stack.runUntil(day(3));
    expect(slotNews(story)).toEqual(['opened data/kafka d3.8xlarge', 'resolved data/kafka d3.8xlarge']);
  });
});

describe('nodes that nobody updates', () => {
  it('are told by launcher with how many and the worst age, whoever launched them, and are never touched', async () => {
    const story = await tellStory((cloud) => {
      addKafka(cloud);
      const { image } = cloud.estate.nodeGroup({ cluster: 'data', nodeGroup: 'kafka' });
      const launchers = [
        { is: 'karpenter', nodePool: 'default' },
        { is: 'karpenter', nodePool: 'spot' },
        { is: 'auto scaling group', name: 'legacy' },
      ] as const;
      for (const launchedBy of launchers)
        cloud.estate.addInstance({
          ...home,
          imageId: image.imageId,
          instanceType: 'm7g.large',
          cluster: 'data',
          launchedBy,
        });
    });
    await story.stack.runUntil(day(12));
    const old = (story.told('Findings Changed') as unknown as Detail[])
      .flatMap(({ opened, worsened }) => [...opened.items, ...worsened.items])
      .filter(({ rule }) => rule === 'old-images');
    expect(
      old.map(({ evidence: { nodes, old, oldestDays, launchers } }) => [nodes, old, oldestDays, launchers]),
    ).toEqual([
      [2, 2, 36, ['Karpenter node pool default of data: 1', 'Karpenter node pool spot of data: 1']],
      [2, 2, 36, ['node group kafka of data: 2']],
      [1, 1, 36, ['Auto Scaling group legacy of data: 1']],
    ]);
    expect(story.told('Rollout Opened')).toEqual([]);
  });
});

describe('on Mondays', () => {
  const digests = ({ cloud }: Story) =>
    cloud.slack
      .messages()
      .filter(({ text }) => text.startsWith('Findings of the week'))
      .map(({ channel, blocks }) => [channel, JSON.stringify(blocks)] as const);

  it('a digest says what is open and how it changed, and lists nothing again when nothing did', async () => {
    const story = await tellStory((cloud) => addKafka(cloud));
    await story.stack.runUntil(day(1, '07:30'));
    const [first] = digests(story);
    expect(first?.[1]).toContain('*high*: 2 open: 2 new');
    expect(first?.[1]).toContain('d3.8xlarge in node group kafka of data');

    await story.stack.runUntil(day(8, '07:30'));
    const quiet = story.told('Findings Digest').at(-1);
    expect(quiet).toMatchObject({ open: { high: 2 }, still: { high: 2 }, opened: { high: 0 } });

    story.cloud.estate.deleteNodeGroup({ cluster: 'data', nodeGroup: 'kafka' });
    await story.stack.runUntil(day(15, '07:30'));
    expect(digests(story)).toHaveLength(3);
    expect(digests(story).at(-1)?.[1]).toContain('*high*: none open; 2 resolved');
  });

  it('tells each cluster’s channel of what the policy sends there, and the others of nothing', async () => {
    const policy = policyWith([
      '    channels: []',
      "    channels: [{ channel: '#kafka', select: [{ tags: { team: kafka } }] }]",
    ]);
    const story = await tellStory(
      (cloud) => {
        cloud.estate.addCluster({ ...home, name: 'data', version: '1.34', tags: { team: 'kafka' } });
        cloud.estate.addNodeGroup({
          cluster: 'data',
          name: 'brokers',
          instanceTypes: ['d3.8xlarge'],
          tags: held,
        });
        addKafka(cloud, 'other');
      },
      { policy },
    );
    story.cloud.slack.addChannel({ id: 'C0KAFKA', name: 'kafka' });
    await story.stack.runUntil(day(1, '07:30'));
    const findingsIn = (id: string) =>
      story.cloud.slack
        .messages()
        .filter(({ channel, text }) => channel === id && text.startsWith('Findings'))
        .map(({ blocks }) => JSON.stringify(blocks));
    expect(findingsIn('C0KAFKA')).toEqual([
      expect.stringContaining('*high* in `data`'),
      expect.stringContaining('*`data`*'),
    ]);
    expect(findingsIn('C0DRYDOCK')).toEqual([
      expect.stringContaining('*high* in `other`'),
      expect.stringContaining('*`other`*'),
    ]);
    for (const text of findingsIn('C0KAFKA')) expect(text).not.toContain('`other`');
  });

  it('a channel that is not there holds nothing up: its findings are told where all else is, with a word of it', async () => {
    const policy = policyWith([
      '    channels: []',
      "    channels: [{ channel: '#gone', severities: [high] }]",
    ]);
    const story = await tellStory((cloud) => addKafka(cloud), { policy });
    await story.stack.runUntil(day(2, '07:30'));
    const texts = story.cloud.slack
      .messages()
      .filter(({ channel, text }) => channel === 'C0DRYDOCK' && text.startsWith('Findings'))
      .map(({ blocks }) => JSON.stringify(blocks));
    const meant = expect.stringContaining('Meant for #gone, which cannot be posted to: channel_not_found.');
    expect(texts).toEqual([meant, meant, expect.not.stringContaining('#gone')]);
    const waiting = story.cloud.queues.all().find(({ name }) => name === 'drydock-prod-slack.fifo');
    expect(waiting?.messages()).toEqual([]);
  });
});

describe('a run that dies', () => {
  type Stored = { Item?: { pk: { S: string } }; ExpressionAttributeValues?: { ':pk': { S: string } } };
  const isOfFindings = ({ Item, ExpressionAttributeValues: values }: Stored) =>
    (Item?.pk ?? values?.[':pk'])?.S.startsWith('findings ') ?? true;

  const dieOnce = async (fault: { service: string; operation: string; after?: number }) => {
    const story = await tellStory((cloud) => addKafka(cloud));
    await story.stack.runUntil(day(1, '05:29'));
    // The SDK tries five times.
    story.cloud.faults.add({ ...fault, when: isOfFindings, times: 5, as: 'serverError' });
    await story.stack.runUntil(day(3));
    return story;
  };

  it.each([
    ['before it has stored anything', { service: 'dynamodb', operation: 'Query' }],
    ['before it stores what it found', { service: 'dynamodb', operation: 'PutItem' }],
    ['between storing and telling', { service: 'events', operation: 'PutEvents' }],
    ['after telling, before it is noted', { service: 'dynamodb', operation: 'PutItem', after: 1 }],
  ])('%s is finished by the next, and Slack is told once', async (_case, fault) => {
    const story = await dieOnce(fault);
    expect(failed(story)).toHaveLength(1);
    expect(new Set(slotNews(story))).toEqual(new Set(['opened data/kafka d3.8xlarge']));
    expect(slackTexts(story)).toHaveLength(1);
    const ids = story
      .told('Findings Changed')
      .flatMap(({ id, foundBy }) => (foundBy === 'audit-nodes' ? [id] : []));
    expect(new Set(ids).size).toBe(1);
  });
});

describe('by hand', () => {
  const byHand = async (event: object) => {
    const story = await tellStory((cloud) => {
      addKafka(cloud);
      const launchedBy = { is: 'auto mode', nodePool: 'system' } as const;
      cloud.estate.addInstance({
        ...home,
        imageId: 'ami-0aa',
        instanceType: 'c7g.large',
        cluster: 'data',
        launchedBy,
      });
    });
    return { story, answer: await story.stack.invoke('audit-nodes', event) };
  };

  it('an audit answers with what it saw and found, by rule and line by line', async () => {
    const { answer } = await byHand({});
    expect(answer).toMatchObject({
      clusters: 1,
      nodes: 3,
      byRule: { 'ebs-slots': 1 },
      news: [`${home.region} audit-nodes ${day(1).toISOString()}`],
      findings: expect.arrayContaining([
        expect.stringMatching(/^high +ebs-slots +d3\.8xlarge in node group kafka of data/),
      ]),
    });
  });

  it('a dry run answers the same, and stores and tells nothing', async () => {
    const { story, answer } = await byHand({ dryRun: true });
    expect(answer).toMatchObject({ nodes: 3, byRule: { 'ebs-slots': 1 } });
    const made = Object.keys(story.cloud.callCounts()).filter((call) => /^(dynamodb|events):/.test(call));
    expect(made.filter((call) => call !== 'dynamodb:CreateTable')).toEqual([]);
  });
});
