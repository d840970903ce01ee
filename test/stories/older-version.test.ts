/**
 * A deploy over an older Drydock while a rollout is under way: what that one stored is read on, and nothing is
 * begun or told again.
 *
 * `test/cloud/data/stored-version-1.json` was written by version 1 of the stored shapes at this moment
 * of this story. It is never written again: a shape that changes needs a migration (`dynamodb-table.ts`).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { clientOf } from '../cloud/sdk-clients.ts';
import { day, home, type Story, tellStory } from './story.ts';

type Item = {
  readonly pk: string;
  readonly sk: string;
  readonly schema: string;
  readonly revision: string;
  readonly expiresAt?: string;
  readonly body: unknown;
};

const TableName = 'drydock-prod';
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../cloud/data/stored-version-1.json'), 'utf8'),
) as readonly Item[];

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
