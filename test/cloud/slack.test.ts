/**
 * Checks the simulated Slack through its public client and as plain HTTP: messages, threads, edits,
 * and everything that it refuses.
 */
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { judgeBlocks } from './services/slack-blocks.ts';

let cloud: Cloud;
let slack: WebClient;

beforeEach(async () => {
  cloud = await startCloud({ start: new Date('2026-07-20T06:00:00Z'), pageSize: 2 });
  slack = new WebClient('xoxb-simulated', {
    slackApiUrl: `${cloud.url}/slack/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  cloud.slack.addChannel({ id: 'C1', name: 'platform' });
  cloud.slack.addChannel({ id: 'C2', name: 'private', isMember: false });
  cloud.slack.addChannel({ id: 'C3', name: 'old', isArchived: true });
});

afterEach(async () => {
  expect(cloud.broken).toEqual([]);
  await cloud.close();
});

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } }) as const;

describe('messages', () => {
  it('are posted, answered in a thread and changed, with a time of their own', async () => {
    const { ts = '' } = await slack.chat.postMessage({
      channel: 'C1',
      text: 'opened',
      blocks: [section('*opened*')],
    });
    expect(ts).toBe('1784527200.000000');
    const reply = await slack.chat.postMessage({ channel: '#platform', text: 'wave 1', thread_ts: ts });
    expect(reply.ts).toBe('1784527200.000001');
    await cloud.clock.advanceTo(new Date('2026-07-20T06:05:00Z'));
    await slack.chat.update({ channel: 'C1', ts, text: 'done' });

    expect(cloud.slack.thread('platform', ts)).toMatchObject([
      { text: 'done', blocks: [], edits: [{ text: 'opened' }], editedAt: new Date('2026-07-20T06:05:00Z') },
      { text: 'wave 1', thread_ts: ts },
    ]);
    expect((await slack.conversations.history({ channel: 'C1' })).messages).toMatchObject([{ text: 'done' }]);
    expect((await slack.conversations.replies({ channel: 'C1', ts })).messages).toMatchObject([
      { text: 'done' },
      { text: 'wave 1' },
    ]);
  });

  it('are listed newest first, in pages', async () => {
    for (const text of ['1', '2', '3']) await slack.chat.postMessage({ channel: 'C1', text });
    const first = await slack.conversations.history({ channel: 'C1' });
    expect(first.messages?.map(({ text }) => text)).toEqual(['3', '2']);
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await slack.conversations.history({ channel: 'C1', cursor });
    expect(second).toMatchObject({ messages: [{ text: '1' }], has_more: false });
  });

  it('may be for one person only', async () => {
    await slack.chat.postEphemeral({ channel: 'C1', user: 'U0ALICE', text: 'only you' });
    expect(cloud.slack.ephemerals).toMatchObject([{ user: 'U0ALICE', text: 'only you' }]);
    expect(cloud.slack.messages()).toEqual([]);
  });
});

describe('refusals', () => {
  const post = (message: object) => slack.chat.postMessage({ channel: 'C1', text: 'x', ...message } as never);

  it.each([
    ['an unknown channel', 'channel_not_found', () => post({ channel: 'C9' })],
    ['a channel without the app', 'not_in_channel', () => post({ channel: 'C2' })],
    ['an archived channel', 'is_archived', () => post({ channel: 'C3' })],
    ['an empty message', 'no_text', () => post({ text: '' })],
    ['a thread that is not there', 'thread_not_found', () => post({ thread_ts: '1781767200.000000' })],
    ['what names no message', 'invalid_thread_ts', () => post({ thread_ts: '1.000000' })],
    ['blocks beyond the limits', 'invalid_blocks', () => post({ blocks: [section('x'.repeat(3001))] })],
    [
      'blocks that say too much',
      'msg_blocks_too_long',
      () => post({ blocks: Array(5).fill(section('x'.repeat(2900))) }),
    ],
    [
      'an update by name',
      'channel_not_found',
      () => slack.chat.update({ channel: '#platform', ts: '1', text: 'x' }),
    ],
    [
      'an update of nothing',
      'message_not_found',
      () => slack.chat.update({ channel: 'C1', ts: '1.0', text: 'x' }),
    ],
    ['an unknown token', 'invalid_auth', () => slack.auth.test({ token: 'xoxb-wrong' })],
  ])('%s', async (_case, error, call) => {
    await expect(call()).rejects.toMatchObject({ data: { ok: false, error } });
  });

  it('no token at all', async () => {
    const answer = await fetch(`${cloud.url}/slack/api/auth.test`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([200, { ok: false, error: 'not_authed' }]);
  });

  it('too many calls, with the seconds to wait', async () => {
    cloud.faults.add({ service: 'slack', operation: 'chat.postMessage', times: 1, as: 'throttled' });
    await expect(post({})).rejects.toMatchObject({ retryAfter: 1 });
    await post({});
  });
});

describe('Block Kit', () => {
  const text = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
  const button = (more: object) => ({ type: 'button', text: text(5), ...more });

  it.each<[string, unknown[], string | undefined]>([
    ['a header of 150 characters', [{ type: 'header', text: text(150) }], undefined],
    ['a header of 151', [{ type: 'header', text: text(151) }], 'must be less than 151 characters'],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      'unsupported type: mrkdwn',
    ],
    [
      'characters counted as people do',
      [{ type: 'header', text: { type: 'plain_text', text: '🚢'.repeat(150) } }],
      undefined,
    ],
    ['50 blocks', Array(50).fill({ type: 'divider' }), undefined],
    ['51 blocks', Array(51).fill({ type: 'divider' }), 'no more than 50 items'],
    ['an unknown block', [{ type: 'banner' }], 'unsupported type: banner'],
    ['a section with nothing in it', [{ type: 'section' }], 'must have text or fields'],
    [
      'a section of 11 fields',
      [{ type: 'section', fields: Array(11).fill(text(1)) }],
      'no more than 10 items',
    ],
    ['a context of 11', [{ type: 'context', elements: Array(11).fill(text(1)) }], 'no more than 10 items'],
    ['an empty text', [{ type: 'section', text: text(0) }], 'must be more than 0 characters'],
    ['null for absent', [{ type: 'section', text: text(1), accessory: null }], 'unsupported type'],
    ['a property of no block', [{ type: 'divider', text: text(1) }], 'no more properties allowed: text'],
    ['a button', [{ type: 'actions', elements: [button({ action_id: 'a', style: 'danger' })] }], undefined],
    [
      'a button in a wrong style',
      [{ type: 'actions', elements: [button({ style: 'default' })] }],
      'must be one of',
    ],
    [
      'a button with a long label',
      [{ type: 'actions', elements: [button({ text: text(76) })] }],
      'less than 76',
    ],
    [
      'two buttons of one action',
      [{ type: 'actions', elements: [button({ action_id: 'a' }), button({ action_id: 'a' })] }],
      'action_id already exists',
    ],
  ])('%s', (_case, blocks, problem) => {
    const [first] = judgeBlocks(blocks);
    if (problem === undefined) expect(first).toBeUndefined();
    else expect(first).toContain(problem);
  });
});
