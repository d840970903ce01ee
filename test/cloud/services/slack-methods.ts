/**
 * Does what the methods of Slack's Web API do, as far as Drydock calls them, and says which scope each asks for.
 *
 * Knows that `chat.update` wants the channel's id, keeps the metadata where none is given and changes no
 * message of others; that metadata is shown only to who asks for it; the order of lists (history newest
 * first, replies oldest first). Stricter than Slack in one thing: a reply to a thread that does not exist
 * is refused, where Slack posts an orphan. docs.slack.dev/reference/methods, checked 2026-11-23.
 *
 * Changes the workspace.
 */
import type { TakePage } from '../paging.ts';
import { Refusal } from '../service.ts';
import { type Arguments, isTrue, readContent, text } from './slack-request.ts';
import type { Channel, SlackMessage, SlackWorkspace } from './slack-workspace.ts';

export type Method = (input: Arguments) => object;

/** Scopes of which one is needed; the second is for private channels. */
export const scopesOf: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'usergroups.users.list': ['usergroups:read'],
};

const bot = { bot_id: 'B0DRYDOCK', user: 'U0DRYDOCK' };

/** Slack gives every block an id. */
export const withIds = (blocks: readonly unknown[]): readonly object[] =>
  blocks.map((block, index) => ({ block_id: `b${index}`, ...(block as object) }));

/** A message as Slack shows it to apps. */
export const shown = (message: SlackMessage, withMetadata = false) => ({
  type: 'message',
  ...bot,
  text: message.text,
  blocks: withIds(message.blocks),
  ts: message.ts,
  ...(withMetadata && message.metadata !== undefined ? { metadata: message.metadata } : {}),
  ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
  ...(message.editedAt
    ? { edited: { user: bot.user, ts: `${message.editedAt.getTime() / 1000}.000000` } }
    : {}),
});

const shownChannel = ({ id, name, isMember, isArchived, isPrivate }: Channel) => ({
  id,
  name,
  is_channel: true,
  is_private: isPrivate,
  is_member: isMember,
  is_archived: isArchived,
});

export const methodsOf = (
  workspace: SlackWorkspace,
  takePage: TakePage,
): Readonly<Record<string, Method>> => {
  const find = (input: Arguments): Channel => {
    const channel = workspace.channel(text(input.channel));
    // Slack does not tell a stranger that a private channel exists.
    if (!channel || (channel.isPrivate && !channel.isMember))
      throw new Refusal('channel_not_found', `There is no channel ${text(input.channel)}.`);
    return channel;
  };
  const findOpen = (input: Arguments, archived = 'is_archived'): Channel => {
    const channel = find(input);
    if (channel.isArchived) throw new Refusal(archived, 'The channel is archived.');
    if (!channel.isMember) throw new Refusal('not_in_channel', 'The app is not in the channel.');
    return channel;
  };
  const readThread = (input: Arguments, channel: Channel) => {
    const ts = text(input.thread_ts);
    if (ts === '') return {};
    if (!/^\d{10}\.\d{6}$/.test(ts)) throw new Refusal('invalid_thread_ts', `${ts} is no id of a message.`);
    const first = workspace.find(channel.id, ts);
    if (!first) throw new Refusal('thread_not_found', `There is no message ${ts} to reply to.`);
    return { ts: first.thread_ts ?? ts, broadcast: isTrue(input.reply_broadcast) };
  };
  const list = (messages: readonly SlackMessage[], input: Arguments) => {
    const asked = input.limit === undefined ? 100 : Number(input.limit);
    const page = takePage(messages, { asked, usual: 999, token: text(input.cursor) || undefined });
    if (!page) throw new Refusal('invalid_cursor', 'The cursor is not valid.');
    const { items, nextToken } = page;
    const response_metadata = { next_cursor: nextToken ?? '' };
    const all = isTrue(input.include_all_metadata);
    return {
      messages: items.map((message) => shown(message, all)),
      has_more: nextToken !== undefined,
      response_metadata,
    };
  };
  const within = (messages: readonly SlackMessage[], input: Arguments) => {
    const [oldest, latest] = [Number(input.oldest ?? 0), Number(input.latest ?? Number.POSITIVE_INFINITY)];
    return messages.filter(({ ts }) => Number(ts) > oldest && Number(ts) < latest);
  };
  return {
    'auth.test': () => ({
      url: 'https://simulated.slack.com/',
      team: 'Simulated',
      team_id: 'T0SIMULATED',
      user: 'drydock',
      user_id: bot.user,
      bot_id: bot.bot_id,
    }),
    'chat.postMessage': (input) => {
      const channel = findOpen(input);
      const message = workspace.post(channel.id, readContent(input), readThread(input, channel));
      return { channel: channel.id, ts: message.ts, message: shown(message) };
    },
    'chat.update': (input) => {
      const channel = findOpen(input, 'is_inactive');
      if (channel.id !== input.channel) throw new Refusal('channel_not_found', 'chat.update wants an id.');
      const message = workspace.find(channel.id, text(input.ts));
      if (!message) throw new Refusal('message_not_found', `There is no message ${text(input.ts)}.`);
      const edited = workspace.edit(message, readContent(input));
      return { channel: channel.id, ts: edited.ts, text: edited.text, message: shown(edited) };
    },
    'chat.postEphemeral': (input) => {
      const channel = findOpen(input);
      const user = text(input.user);
      if (!workspace.users.has(user))
        throw new Refusal('user_not_in_channel', `${user} is not in the channel.`);
      return { message_ts: workspace.postEphemeral(channel.id, user, readContent(input)) };
    },
    'conversations.info': (input) => ({ channel: shownChannel(find(input)) }),
    'conversations.history': (input) => {
      const messages = workspace
        .messages(findOpen(input).id)
        .filter((message) => !message.thread_ts || message.broadcast);
      return list(within(messages, input).toReversed(), input);
    },
    'conversations.replies': (input) => {
      const { id } = findOpen(input);
      const ts = text(input.ts);
      if (!workspace.find(id, ts)) throw new Refusal('thread_not_found', `There is no thread ${ts}.`);
      const [first, ...replies] = workspace.thread(id, ts);
      return list(first ? [first, ...within(replies, input)] : [], input);
    },
    'usergroups.users.list': (input) => {
      const users = workspace.userGroups.get(text(input.usergroup));
      if (!users) throw new Refusal('no_such_subteam', `There is no user group ${text(input.usergroup)}.`);
      return { users };
    },
  };
};
