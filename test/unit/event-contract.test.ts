/**
 * Keeps the public contract of the bus: for each type of event a JSON schema and a sample in `events/`.
 *
 * The schemas are made from `functions/edge/news.ts`. After a change there, `UPDATE=1 npx vitest run
 * --config test/vitest.config.ts test/unit/event-contract.test.ts && npx biome check --write events` writes them anew.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Change, News, Progress } from '../../functions/domain/news.ts';
import { queueBatch } from '../../functions/edge/events.ts';
import { newsDetails, parseNews } from '../../functions/edge/news.ts';
import { aloneOf } from '../../functions/slack/alone.ts';
import { headOf, isThreaded, replyOf } from '../../functions/slack/threads.ts';
import { judgeBlocks } from '../cloud/services/slack-blocks.ts';
import { audience } from './factories.ts';

type Type = News['type'];
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T;
type Opened = v.InferOutput<(typeof newsDetails)['Rollout Opened']>;

/** Compile only while the schemas take whatever the domain may say; `satisfies` there has the other direction. */
const _takesEveryChange: Plain<Change> extends Opened['groups']['items'][number] ? true : never = true;
const _takesEveryProgress: Plain<Progress> extends Pick<Opened, keyof Progress> ? true : never = true;

const folder = join(import.meta.dirname, '../../events');
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const fileOf = (type: string) => `${type.toLowerCase().replaceAll(' ', '-')}.json`;
const types = Object.keys(newsDetails) as Type[];

const schemaOf = (type: Type): unknown =>
  JSON.parse(
    JSON.stringify({
      title: `${type}, version 1, as EventBridge delivers it`,
      ...toJsonSchema(
        v.object({
          source: v.literal('drydock'),
          'detail-type': v.literal(type),
          detail: newsDetails[type],
        }),
        // JSON Schema counts no bytes.
        { ignoreActions: ['max_bytes'] },
      ),
    }),
  );

const messagesOf = (news: News) => {
  if (isThreaded(news)) return [headOf(news, audience), replyOf(news, audience, () => false)];
  return aloneOf(news, audience).map(({ message }) => message);
};

describe.each(types)('%s', (type) => {
  const text = () => readFileSync(join(folder, 'samples', fileOf(type)), 'utf8');

  it('has a JSON schema that says what the code parses', () => {
    const file = `schemas/${fileOf(type)}`;
    if (process.env.UPDATE) writeFileSync(join(folder, file), JSON.stringify(schemaOf(type), undefined, 2));
    expect(read(file)).toEqual(schemaOf(type));
  });

  it('has a sample that is understood, with nothing in it that the schema does not name', () => {
    const { detail } = JSON.parse(text());
    expect(parseNews(text())).toEqual({ type, detail });
  });

  it('has a sample that Slack takes as messages', () => {
    const messages = messagesOf(parseNews(text()) as News).filter((message) => message !== undefined);
    expect(messages.length).toBeGreaterThan(0);
    for (const { text, blocks } of messages) {
      expect(text).not.toBe('');
      expect(judgeBlocks(blocks)).toEqual([]);
    }
  });
});

describe('the folder of events', () => {
  it.each([
    ['samples', []],
    // What may be put on the bus; its sample is an input of control.
    ['schemas', ['command-requested.json']],
  ])('has one file a type in %s, and no other', (sub, more) => {
    expect(readdirSync(join(folder, sub)).sort()).toEqual([...types.map(fileOf), ...more].sort());
  });

  it('has a batch for notify-slack whose every body is news', () => {
    const { Records } = v.parse(queueBatch, read('tell-slack.sqs.json'));
    expect(Records.map(({ body }) => parseNews(body)?.type)).toEqual(['Rollout Opened']);
  });
});

describe('news that breaks the contract is not understood', () => {
  const sample = read('samples/rollout-halted.json') as { detail: Record<string, unknown> };
  it.each([
    ['another schema version', { schema: 2 }],
    ['a state that no rollout has', { state: { is: 'paused' } }],
    [
      'a halt for no known reason',
      { state: { is: 'halted', why: 'because', at: '2026-06-18T08:20:00.000Z' } },
    ],
    ['a number that is none', { sequence: 0 }],
    ['a change of no known kind', { changes: { items: [{ is: 'lost' }], more: 0 } }],
    ['no sentence', { sentence: '' }],
    ['a time that is none', { at: 'yesterday' }],
  ])('%s', (_case, broken) => {
    expect(parseNews(JSON.stringify({ ...sample, detail: { ...sample.detail, ...broken } }))).toBeUndefined();
  });
});
