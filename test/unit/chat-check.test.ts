import { describe, expect, it } from 'vitest';
import { type ChatFacts, partsOf, sayChat } from '../../functions/domain/chat-check.ts';
import { slackTest } from '../../functions/domain/commands/slack-test.ts';
import { policy, world } from './factories.ts';

const scopes = ['chat:write', 'channels:history', 'groups:history'];
const accepted = { is: 'accepted', team: 'Acme', bot: 'drydock', scopes } as const;
const facts = (other: Partial<ChatFacts> = {}): ChatFacts => ({
  tokenParameter: '/t',
  token: accepted,
  secretParameter: '/s',
  secret: { is: 'there' },
  channels: [{ channel: '#drydock', is: 'posted' }],
  groups: [],
  ...other,
});
const said = (other: Partial<ChatFacts>) => sayChat(facts(other));
const without = (scope: string) => ({ ...accepted, scopes: scopes.filter((one) => one !== scope) });
type ChannelFacts = { readonly is: string; readonly code?: string; readonly why?: string };
const channel = (more: ChannelFacts) =>
  ({ channels: [{ channel: '#drydock', ...more }] }) as Partial<ChatFacts>;

it('says of each part that it is fine', () => {
  expect(
    said({
      groups: [{ group: 'S1', is: 'read', people: 2 }],
      token: { ...accepted, scopes: [...scopes, 'usergroups:read'] },
    }),
  ).toEqual({
    isFine: true,
    says: [
      'Token: Slack takes it, as drydock in Acme.',
      'Channel #drydock: a test message is there.',
      'User group S1: 2 people are in it.',
      'Signing secret: it is there. Whether it is this app’s shows when somebody presses a button.',
    ],
  });
});

describe('says first what is wrong, and what to do:', () => {
  it.each<[string, Partial<ChatFacts>, string]>([
    [
      'no parameter',
      { token: { is: 'unread', why: 'ParameterNotFound' } },
      'Token: /t cannot be read: there is no such parameter.',
    ],
    [
      'a parameter that Drydock may not read',
      { token: { is: 'unread', why: 'AccessDeniedException' } },
      'key',
    ],
    [
      'a parameter that SSM gives no known reason for',
      { token: { is: 'unread', why: 'Odd' } },
      'cannot be read: Odd.',
    ],
    ['what is no bot token', { token: { is: 'no bot token' } }, 'begins with xoxb-'],
    [
      'a token of elsewhere',
      { token: { is: 'refused', code: 'invalid_auth' } },
      'Slack does not know the token',
    ],
    ['a revoked token', { token: { is: 'refused', code: 'token_revoked' } }, 'was revoked'],
    ['a refusal that is new', { token: { is: 'refused', code: 'org_login_required' } }, 'org_login_required'],
    [
      'a Slack that does not answer',
      { token: { is: 'unreachable', why: 'timeout' } },
      'Slack cannot be reached: timeout.',
    ],
    ['no leave to write', { token: without('chat:write') }, 'chat:write is missing'],
    [
      'no leave to see user groups',
      { groups: [{ group: 'S1', is: 'refused', code: 'missing_scope' }] },
      'usergroups:read is missing',
    ],
    ['no channel', channel({ is: 'refused', code: 'channel_not_found' }), 'there is none of that name'],
    ['no invitation', channel({ is: 'refused', code: 'not_in_channel' }), '/invite @drydock'],
    ['an archived channel', channel({ is: 'refused', code: 'is_archived' }), 'it is archived'],
    [
      'a channel to read only',
      channel({ is: 'refused', code: 'restricted_action_read_only_channel' }),
      'only some people post there',
    ],
    [
      'a channel that takes replies only',
      channel({ is: 'refused', code: 'restricted_action_thread_only_channel' }),
      'replies only',
    ],
    ['another refusal of a channel', channel({ is: 'refused', code: 'odd' }), 'Slack refuses it: odd'],
    ['a channel that times out', channel({ is: 'unreachable', why: 'timeout' }), 'cannot be reached'],
    [
      'no signing secret',
      { secret: { is: 'unread', why: 'ParameterNotFound' } },
      'Without it no button works',
    ],
    ['the token in the place of the secret', { secret: { is: 'a token' } }, '/s holds a token'],
    [
      'a user group that is gone',
      {
        token: { ...accepted, scopes: [...scopes, 'usergroups:read'] },
        groups: [{ group: 'S1', is: 'refused', code: 'no_such_subteam' }],
      },
      'User group S1: there is none of that id',
    ],
  ])('%s', (_case, other, text) => {
    const { isFine, says } = said(other);
    expect(isFine).toBe(false);
    expect(says[0]).toContain(text);
  });
});

describe('says, though it is not wrong,', () => {
  it.each<[string, Partial<ChatFacts>, string]>([
    [
      'which scope is missing to look again',
      { token: without('groups:history') },
      'groups:history is missing; after a crash',
    ],
    ['that a dry run posts nothing', channel({ is: 'not tried' }), 'not tried in a dry run'],
  ])('%s', (_case, other, text) => {
    const { isFine, says } = said(other);
    expect(isFine).toBe(true);
    expect(says.join('\n')).toContain(text);
  });
});

it('looks at every channel of the policy once, and at the user groups that it names', () => {
  const { slack } = policy();
  const channels = [{ channel: '#a' }, { channel: '#drydock' }, { channel: '#a' }];
  const allow = { stop: ['S1', 'U1', '*'], all: ['S1'] };
  expect(partsOf({ ...slack, allow, findings: { ...slack.findings, channels } })).toEqual({
    channels: ['#drydock', '#a'],
    groups: ['S1'],
  });
});

it('the command is refused when anything is wrong', () => {
  const ask = { command: 'slack-test', by: 'anna', why: 'x', dryRun: false } as const;
  expect(slackTest(ask, world({ chat: facts() }))).toMatchObject({ accepted: true, deeds: [] });
  expect(slackTest(ask, world({ chat: facts({ secret: { is: 'a token' } }) })).accepted).toBe(false);
  expect(slackTest(ask, world()).accepted).toBe(false);
});
