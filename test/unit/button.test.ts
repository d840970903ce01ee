import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Allow } from '../../functions/domain/permission.ts';
import { command } from '../../functions/edge/commands.ts';
import { type Ask, buttons } from '../../functions/slack/button.ts';
import { parsePress } from '../../functions/slack/press.ts';
import { judgeBlocks } from '../cloud/services/slack-blocks.ts';

const rollout = 'al2023-v20260714';
const resume = { command: 'resume', rollout, retryFailed: false, force: false } as const;
const asks: Ask[] = [
  { command: 'approve', rollout, wave: 'canary' },
  { command: 'reject', rollout, wave: 'canary' },
  { command: 'stop', rollout },
  resume,
  { ...resume, haltedAt: '2026-07-20T08:00:00.000Z', retryFailed: true },
  { command: 'roll-back', rollout },
  { command: 'explain', rollout },
];
const anybody: Allow = { all: ['*'] };
type Made = { action_id: string; text: { text: string }; value: string; confirm?: object; style?: string };
const made = (some: readonly Ask[], allow = anybody) =>
  buttons(some, allow).flatMap(({ elements }) => elements as unknown as Made[]);

describe('makes buttons', () => {
  it.each<[string, Ask | undefined, string, boolean]>([
    ['approving', asks[0], 'Approve', true],
    ['rejecting', asks[1], 'Reject', true],
    ['stopping', asks[2], 'Stop', true],
    ['resuming', asks[3], 'Resume', true],
    ['resuming with another try', asks[4], 'Resume, try failed again', true],
    ['rolling back', asks[5], 'Roll back', true],
    ['asking why', asks[6], 'Why?', false],
  ])('for %s, which asks "are you sure?" if it changes anything', (_case, ask, label, confirmed) => {
    const [one] = made(ask ? [ask] : []);
    expect([one?.text.text, one?.confirm !== undefined]).toEqual([label, confirmed]);
  });

  it('within Slack’s limits, however long the names are', () => {
    const long = 'é`<!channel>'.repeat(40);
    const all = [...asks, { command: 'approve', rollout, wave: long } as const].slice(1);
    expect(judgeBlocks(buttons(all, anybody))).toEqual([]);
  });

  it('that carry a command which is understood when it comes back', () => {
    for (const [i, { value, action_id }] of made(asks).entries()) {
      const payload = {
        type: 'block_actions',
        user: { id: 'U0ALICE' },
        channel: { id: 'C0' },
        container: { message_ts: '1.0' },
        response_url: 'https://hooks.slack.com/x',
        actions: [{ action_id, value, action_ts: '1.0' }],
      };
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      const ask = parsePress(body)?.ask;
      expect(ask).toEqual(asks[i]);
      expect(v.safeParse(command, { ...ask, by: 'alice', why: 'a button' }).success).toBe(true);
    }
  });
});

it.each<[string, Allow, string[]]>([
  ['nobody may change anything: only the question', {}, ['drydock-explain']],
  ['somebody may stop', { stop: ['U0ALICE'] }, ['drydock-stop', 'drydock-explain']],
  ['a group may do all', { all: ['S0PLATFORM'] }, ['drydock-stop', 'drydock-roll-back', 'drydock-explain']],
])('offers what somebody may ask for: %s', (_case, allow, ids) => {
  const some = asks.filter((ask) => ['stop', 'roll-back', 'explain'].includes(ask.command));
  expect(made(some, allow).map(({ action_id }) => action_id)).toEqual(ids);
});

it('makes no row where nothing may be asked for', () => {
  expect(buttons([{ command: 'stop' }], {})).toEqual([]);
});
