/**
 * A deploy over an older Drydock while a rollout is under way: what that one stored is read on, and nothing is
 * begun or told again.
 *
 * `test/cloud/data/stored-version-1.json`, and `-commands.json` beside it, were written by version 1 of the stored
 * shapes at these moments of these stories. They are never written again: a shape that changes needs a migration
 * (`dynamodb-table.ts`).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { clientOf } from '../cloud/sdk-clients.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

type Item = {
  readonly pk: string;
  readonly sk: string;
  readonly schema: string;
  readonly revision: string;
  readonly expiresAt?: string;
  readonly body: unknown;
};

const TableName = 'drydock-prod';
const recordedIn = (file: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../cloud/data', file), 'utf8')) as readonly Item[];
const recorded = recordedIn('stored-version-1.json');

/** Puts these items in the place of all that is stored. */
const store = async ({ cloud }: Story, items: readonly Item[]): Promise<void> => {
  const dynamoDb = clientOf(DynamoDBClient, cloud, { region: home.region });
  const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName }));
  for (const { pk, sk } of Items)
    if (pk && sk) await dynamoDb.send(new DeleteItemCommand({ TableName, Key: { pk, sk } }));
  for (const { pk, sk, schema, revision, expiresAt, body } of items) {
    const Item = {
      pk: { S: pk },
      sk: { S: sk },
      schema: { N: schema },
      revision: { N: revision },
      ...(expiresAt && { expiresAt: { N: expiresAt } }),
      body: { B: gzipSync(JSON.stringify(body)) },
    };
    await dynamoDb.send(new PutItemCommand({ TableName, Item }));
  }
  dynamoDb.destroy();
};

const underWay = day(22, '08:10');

type Told = { readonly items: readonly { readonly rule: string; readonly cluster: string }[] };
/** What was told of findings since the deploy: `resolved old-images of prod`. */
const findingsSince = ({ stack }: Story): readonly string[] =>
  stack.news
    .filter(({ type, at }) => type === 'Findings Changed' && at > underWay)
    .flatMap(({ detail }) =>
      (['opened', 'worsened', 'resolved'] as const).flatMap((is) =>
        (detail[is] as Told).items.map(({ rule, cluster }) => `${is} ${rule} of ${cluster}`),
      ),
    );

/** Deployed over version 1, which left these items. */
const deployedOver = async (items: readonly Item[]): Promise<Story> => {
  const story = await tellStory();
  await story.stack.runUntil(underWay);
  expect(story.changes()).toContain('started staging/general');
  expect(story.updates('staging', 'general')).toEqual(['InProgress']);
  await store(story, items);
  for (const made of story.stack.functions.values()) made.cool();
  return story;
};

it('a rollout that version 1 began ends as if that version had gone on', async () => {
  const calm = await tellStory();
  await calm.stack.runUntil(day(25));

  const story = await deployedOver(recorded);
  await story.stack.runUntil(day(25));

  expect(story.runs()).toEqual(calm.runs());
  for (const cluster of ['dev', 'staging', 'prod'])
    expect(story.updates(cluster, 'general')).toEqual(['Successful']);
  expect(story.changes()).toEqual(calm.changes());
  expect(story.cloud.slack.messages().map(({ text }) => text)).toEqual(
    calm.cloud.slack.messages().map(({ text }) => text),
  );
  expect(findingsSince(story)).toEqual(findingsSince(calm));
  expect(findingsSince(story)).toContain('resolved old-images of prod');
});

type Known = { readonly finding: { readonly rule: string }; readonly told?: object; readonly mute?: object };
type Page = { readonly cluster: string; readonly known: readonly Known[] };

/** As version 1 stored a finding that somebody muted before it was told. */
const muted = (items: readonly Item[], rule: string, cluster: string, until: Date): readonly Item[] =>
  items.map((item) => {
    const { known = [], ...page } = item.body as Partial<Page>;
    if (!item.pk.startsWith('findings') || page.cluster !== cluster) return item;
    const mute = { until: until.toISOString(), by: 'anna', why: 'Known.' };
    const withMute = ({ told, ...rest }: Known): Known =>
      rest.finding.rule === rule ? { ...rest, mute } : { ...rest, ...(told && { told }) };
    return { ...item, body: { ...page, known: known.map(withMute) } };
  });

it('what was muted stays so until the mute ends, and is told then', async () => {
  const story = await deployedOver(muted(recorded, 'state-volume', 'prod', day(24)));
  const opened = () => findingsSince(story).filter((one) => one === 'opened state-volume of prod');
  await story.stack.runUntil(day(23, '23:00'));
  expect(opened()).toEqual([]);
  await story.stack.runUntil(day(24, '23:00'));
  expect(opened()).toHaveLength(1);
});

type News = { readonly type: string; readonly detail: { readonly says?: unknown; readonly state?: unknown } };
const lineOf = (at: Date, { type, detail }: News): string =>
  unnamed(`${at.toISOString()} ${type} ${JSON.stringify(detail.says ?? detail.state)}`);

/** Jobs are called by chance. */
const unnamed = (text: string) => text.replaceAll(/patch-[0-9a-f]{6}/g, 'a job');
const told = ({ stack }: Story): readonly string[] => stack.news.map((news) => lineOf(news.at, news));
const messages = ({ cloud }: Story) => cloud.slack.messages().map(({ text }) => unnamed(text));

/** One cluster is patched, in the next it is under way; a group is held, and a moment ago everything was stopped. */
const tellCommands = async (): Promise<Story> => {
  const story = await tellStory(
    (cloud) => {
      for (const name of ['blue', 'green']) {
        cloud.estate.addCluster({ ...home, name, version: '1.34', tags: { 'drydock:wave': 'rest' } });
        const zones = ['eu-central-1a', 'eu-central-1b'];
        const group = { name: 'workers', desiredSize: 4, zones, releaseVersion: '1.34.7-20260505' };
        cloud.estate.addNodeGroup({ cluster: name, ...group });
        cloud.patching.enrol({ cluster: name, scanAt: '03:00' });
      }
      cloud.patching.publish({ id: 'openssl.x86_64', severity: 'Critical', releasedAt: day(15) });
    },
    { from: day(16), policy: policyWith(['al2023Repository: locked', 'al2023Repository: latest']) },
  );
  const { stack } = story;
  const patchNow = (cluster: string) => ({
    command: 'patch-now',
    severity: 'high',
    select: [{ clusters: [cluster] }],
  });
  await stack.runUntil(day(16, '06:00'));
  await give(story, patchNow('blue'));
  await stack.runUntil(day(16, '08:00'));
  const group = { cluster: 'blue', nodeGroup: 'workers' };
  await give(story, { command: 'hold', ...group, until: day(31).toISOString() });
  await give(story, patchNow('green'));
  await stack.runUntil(day(16, '08:06'));
  await give(story, { command: 'stop' });
  return story;
};

const give = ({ stack }: Story, asked: object) =>
  stack.invoke('control', { by: 'anna', why: 'A story.', ...asked });

const goOn = async (story: Story): Promise<Story> => {
  await story.stack.runUntil(day(17));
  await give(story, { command: 'resume' });
  await story.stack.runUntil(day(30, '20:00'));
  return story;
};

it('what version 1 kept of commands, holds, stops and patch jobs counts on', async () => {
  const items = recordedIn('stored-version-1-commands.json');
  expect([...new Set(items.map(({ pk }) => pk))]).toEqual(
    expect.arrayContaining(['command', 'hold', 'patch', 'patched', 'switch', 'targets']),
  );
  const calm = await goOn(await tellCommands());
  const story = await tellCommands();
  await store(story, items);
  for (const made of story.stack.functions.values()) made.cool();
  await goOn(story);

  // Version 1 still had to tell what is told in the tick that does it now.
  const untold = items.flatMap(({ body }) => (body as { readonly outbox?: readonly News[] }).outbox ?? []);
  expect(untold).toHaveLength(1);
  const late = untold.map((news) => lineOf(day(16, '08:06'), news));
  expect(told(story).toSorted()).toEqual([...told(calm), ...late].toSorted());
  expect(messages(story)).toEqual(messages(calm));
  expect(story.runs()).toEqual(calm.runs());
  // The one is held; the other was patched in place, and gets the release that came after.
  expect(story.runs()).toEqual({ 'blue/workers': '1.34.7-20260505', 'green/workers': '1.34.9-20260618' });
});
