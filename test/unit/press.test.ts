import { describe, expect, it } from 'vitest';
import { askedOf, type Press, parsePress } from '../../functions/slack/press.ts';

const payload = {
  type: 'block_actions',
  user: { id: 'U0ALICE', username: 'alice', name: 'alice', team_id: 'T0' },
  container: {
    type: 'message',
    message_ts: '1784527200.000100',
    channel_id: 'C0DRYDOCK',
    is_ephemeral: false,
  },
  trigger_id: '1.2.3',
  channel: { id: 'C0DRYDOCK', name: 'drydock' },
  response_url: 'https://hooks.slack.com/actions/T0/1/x',
  actions: [
    {
      type: 'button',
      block_id: 'b3',
      action_id: 'drydock-stop',
      action_ts: '1784527300.000200',
      value: JSON.stringify({ ask: { command: 'stop', rollout: 'r' } }),
    },
  ],
};
const form = (other: object = {}) =>
  new URLSearchParams({ payload: JSON.stringify({ ...payload, ...other }) }).toString();
const withAction = (other: object) => form({ actions: [{ ...payload.actions[0], ...other }] });

it('reads who pressed what, and where to answer', () => {
  expect(parsePress(form())).toEqual({
    user: 'U0ALICE',
    by: 'alice (Slack U0ALICE)',
    replyIn: { channel: 'C0DRYDOCK', thread: '1784527200.000100' },
    responseUrl: 'https://hooks.slack.com/actions/T0/1/x',
    ask: { command: 'stop', rollout: 'r' },
    id: 'slack/C0DRYDOCK/1784527200.000100/drydock-stop/U0ALICE/1784527300.000200',
  });
});

it('understands buttons of messages that an older version posted, with what those showed', () => {
  const older = { value: JSON.stringify({ ask: { command: 'stop', rollout: 'r' }, shows: 'r#4' }) };
  expect(parsePress(withAction(older))).toEqual(parsePress(form()));
});

it('answers in the thread when the message is a reply', () => {
  const container = { ...payload.container, thread_ts: '1784527100.000001' };
  expect(parsePress(form({ container }))?.replyIn.thread).toBe('1784527100.000001');
});

it.each([
  ['nothing', ''],
  ['no payload', 'ssl_check=1'],
  ['no JSON', 'payload=%7B'],
  ['JSON that is no object', 'payload=null'],
  ['another kind of interaction', form({ type: 'view_submission' })],
  ['no user', form({ user: undefined })],
  ['an id that is none', form({ user: { id: 'U0/../..' } })],
  ['no action', form({ actions: [] })],
  ['several actions', form({ actions: [payload.actions[0], payload.actions[0]] })],
  ['a button without a value', withAction({ value: undefined })],
  ['a value that is no JSON', withAction({ value: 'stop' })],
  ['a value without a command', withAction({ value: '{"shows":"x"}' })],
  ['a value whose command is a text', withAction({ value: '{"ask":"stop"}' })],
  ['a press without its time', withAction({ action_ts: undefined })],
  ['a press at a time that is a number', withAction({ action_ts: 1784527300.0002 })],
  ['a press at a time that is none', withAction({ action_ts: '1784527300.0002/../x' })],
  ['a press at a time too long for a key', withAction({ action_ts: `${'1'.repeat(1_000)}.2` })],
  ['an address to answer at that is none', form({ response_url: 'hooks' })],
])('does not understand %s', (_case, body) => {
  expect(parsePress(body)).toBeUndefined();
});

it.each<[string, string, boolean]>([
  ['the same press, sent again by Slack', form(), true],
  [
    'the same press, sent again by Slack in another envelope',
    form({ trigger_id: '9.8.7', response_url: 'https://hooks.slack.com/actions/T0/2/y' }),
    true,
  ],
  ['a second press of the same button', withAction({ action_ts: '1784527300.000201' }), false],
  ['another button of the message', withAction({ action_id: 'drydock-approve' }), false],
  ['another message', form({ container: { ...payload.container, message_ts: '1.2' } }), false],
  ['another channel', form({ channel: { id: 'C0OTHER' } }), false],
  ['another person', form({ user: { id: 'U0BOB', username: 'bob' } }), false],
])('tells commands apart by the press: %s', (_case, body, same) => {
  const id = parsePress(body)?.id;
  expect(id).toMatch(/^slack\//);
  expect(id === parsePress(form())?.id).toBe(same);
});

describe('the days of a mute count from the press', () => {
  const pressed = (ask: Record<string, unknown>) =>
    askedOf({ ...(parsePress(form()) as Press), ask }, '2026-07-20T08:00:00.000Z');
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'seven days',
      { command: 'mute', finding: 'f', forDays: 7 },
      { command: 'mute', finding: 'f', until: '2026-07-27T08:00:00.000Z' },
    ],
    [
      'no days are left to the check of commands',
      { command: 'mute', finding: 'f' },
      { command: 'mute', finding: 'f' },
    ],
    ['another command stays', { command: 'stop', forDays: 7 }, { command: 'stop', forDays: 7 }],
  ])('%s', (_case, ask, asked) => {
    expect(pressed(ask)).toEqual(asked);
  });
});
