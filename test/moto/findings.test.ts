/** Findings about nodes, volumes and types that moto's EC2 has: told once, summed up, muted, resolved. */
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { addGoldenFleet, goldenPolicy } from './golden-fleet.ts';
import { home, type MotoStory, passDays, tellMotoStory } from './story.ts';

const oldTypes = `previous-generation ${home.account}/${home.region}/dev/own`;

const tellOfFleet = async () => {
  const story = await tellMotoStory(goldenPolicy());
  return { story, ...(await addGoldenFleet(story)) };
};

type Items = { readonly items: readonly { readonly fingerprint: string }[] };
const told = ({ news }: MotoStory, is: 'opened' | 'resolved') =>
  news.flatMap(({ type, detail }) =>
    type === 'Findings Changed' ? (detail[is] as Items).items.map(({ fingerprint }) => fingerprint) : [],
  );
const digested = ({ news }: MotoStory) =>
  news.flatMap(({ type, detail }) => (type === 'Findings Digest' ? [detail] : []));

it('are told once, rest on what moto’s EC2 says, and are told again as resolved', async () => {
  const { story, instanceId } = await tellOfFleet();
  expect(await story.run('audit-nodes')).toMatchObject({
    clusters: 1,
    nodes: 1,
    byRule: { 'previous-generation': 1, 'root-volume': 1, 'burstable-types': 1 },
    findings: expect.arrayContaining([
      expect.stringContaining('1 node of 1 in node group own of dev is of a previous generation (m5.large).'),
      expect.stringContaining('root volume of node group own of dev (m5.large)'),
    ]),
  });
  await story.settle();

  await passDays(story, 1);
  await story.run('audit-nodes');
  await story.settle();
  expect(told(story, 'opened').filter((one) => one === oldTypes)).toHaveLength(1);
  await story.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  await passDays(story, 1);
  await story.run('audit-nodes');
  await story.settle();
  expect(told(story, 'resolved')).toContain(oldTypes);
  expect(story.simulatedCalls()).toEqual(['eks:DescribeClusterVersions']);
});

it('are neither kept nor told by a dry run', async () => {
  const { story } = await tellOfFleet();
  expect(await story.run('audit-nodes', { dryRun: true })).toMatchObject({ clusters: 1, nodes: 1 });
  await story.settle();
  expect(story.news).toEqual([]);
  expect(await story.run('digest-findings', { dryRun: true })).toEqual({ digests: [] });
});

it('are summed up for the bus and Slack, the muted ones apart', async () => {
  const { story } = await tellOfFleet();
  await story.run('audit-nodes');
  const about = { finding: oldTypes, by: 'anna', why: 'They go in March' };
  const mute = { command: 'mute', ...about, until: '2099-01-01T00:00:00.000Z' };
  expect(await story.run('control', mute)).toMatchObject({ accepted: true });
  await story.run('digest-findings');
  await story.run('control', { command: 'unmute', ...about });
  await passDays(story, 1);
  await story.run('digest-findings');
  await story.settle();

  const [muted, all] = digested(story) as { muted: number; open: { low: number } }[];
  expect([muted?.muted, all?.muted]).toEqual([1, 0]);
  expect(all?.open.low).toBe((muted?.open.low ?? 0) + 1);
  const texts = story.cloud.slack.messages().map(({ blocks }) => JSON.stringify(blocks));
  expect(texts.filter((text) => text.includes('*Findings of the week* in eu-central-1'))).toHaveLength(2);
});
