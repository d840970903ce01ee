/**
 * Answers for as much of Slack's Web API as Drydock calls, below `/slack/api/`.
 *
 * Knows that Slack refuses with HTTP 200 and `ok: false`, except when it throttles (429 and
 * `Retry-After`); that `chat.update` wants the channel's id; and the order of lists (history newest
 * first, replies oldest first). Stricter than Slack in one thing: a reply to a thread that does not exist is
 * refused, where Slack posts an orphan. docs.slack.dev/reference/methods, checked 2026-11-23.
 */
import { type Asked, type Endpoint, notSimulated } from '../endpoint.ts';
import type { TakePage } from '../paging.ts';
import { Refusal } from '../service.ts';
import type { WireAnswer } from '../wire.ts';
import { type Arguments, isTrue, readArguments, readContent, text } from './slack-request.ts';
import type { Channel, SlackMessage, SlackWorkspace } from './slack-workspace.ts';

type Method = (input: Arguments) => object;

const bot = { bot_id: 'B0DRYDOCK', user: 'U0DRYDOCK' };

const answer = (status: number, body: object, error?: string, headers = {}): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
  ...(error ? { error } : {}),
});

const shown = (message: SlackMessage) => ({
  type: 'message',
  ...bot,
  text: message.text,
  blocks: message.blocks,
  ts: message.ts,
  ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
  ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
  ...(message.editedAt
    ? { edited: { user: bot.user, ts: `${message.editedAt.getTime() / 1000}.000000` } }
    : {}),
});

const shownChannel = ({ id, name, isMember, isArchived }: Channel) => ({
  id,
  name,
  is_channel: true,
  is_member: isMember,
  is_archived: isArchived,
});

const methodsOf = (workspace: SlackWorkspace, takePage: TakePage): Readonly<Record<string, Method>> => {
  const find = (input: Arguments): Channel => {
    const channel = workspace.channel(text(input.channel));
    if (!channel) throw new Refusal('channel_not_found', `There is no channel ${text(input.channel)}.`);
    return channel;
  };
  const findOpen = (input: Arguments): Channel => {
    const channel = find(input);
    if (channel.isArchived) throw new Refusal('is_archived', 'The channel is archived.');
    if (!channel.isMember) throw new Refusal('not_in_channel', 'The app is not in the channel.');
    return channel;
  };
  const readThread = (input: Arguments, channel: Channel) => {
    const ts = text(input.thread_ts);
    if (ts === '') return {};
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
    return { messages: items.map(shown), has_more: nextToken !== undefined, response_metadata };
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
      const channel = findOpen(input);
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
      const [oldest, latest] = [Number(input.oldest ?? 0), Number(input.latest ?? Number.POSITIVE_INFINITY)];
      const messages = workspace
        .messages(findOpen(input).id)
        .filter((message) => !message.thread_ts || message.broadcast)
        .filter(({ ts }) => Number(ts) > oldest && Number(ts) < latest);
      return list(messages.toReversed(), input);
    },
    'conversations.replies': (input) => {
      const { id } = findOpen(input);
      const ts = text(input.ts);
      if (!workspace.find(id, ts)) throw new Refusal('thread_not_found', `There is no thread ${ts}.`);
      return list(workspace.thread(id, ts), input);
    },
  };
};

export const slackEndpoint = (workspace: SlackWorkspace, takePage: TakePage): Endpoint => {
  const methods = methodsOf(workspace, takePage);
  return {
    read: (request): Asked => {
      const operation = request.url.pathname.replace('/slack/api/', '');
      const { token, ...input } = readArguments(request);
      if (!token) throw new Refusal('not_authed', 'There is no token.');
      if (!workspace.tokens.has(text(token))) throw new Refusal('invalid_auth', 'The token is not known.');
      return { operation, input };
    },
    answer: async ({ operation, input }) => {
      const method = methods[operation];
      if (!method) throw notSimulated('slack', operation);
      return answer(200, { ok: true, ...method(input as Arguments) });
    },
    refuse: ({ name, status = 200, members }) => {
      const { retryAfterSeconds, ...told } = members;
      const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      return answer(status, { ok: false, error: name, ...told }, name, headers);
    },
  };
};
