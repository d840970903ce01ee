/**
 * Looks whether Drydock can reach people in Slack: token, scopes, channels, user groups, signing secret.
 *
 * Knows that the only sure way to learn whether a channel takes messages is to post one, and that the scopes
 * of a token come as a header with each answer.
 *
 * Reads SSM through `ssmSecret`; reads Slack, and posts a test message to each channel where it may.
 */
import { WebClient } from '@slack/web-api';
import type { ChatFacts } from '../domain/chat-check.ts';
import type { ChatCheck } from '../domain/ports.ts';
import { section, toMessage } from './blocks.ts';
import { slackError } from './errors.ts';

type Secret = { readonly parameter: string; readonly read: () => Promise<string> };
type Options = {
  readonly token: Secret;
  readonly signingSecret: Secret;
  readonly apiUrl: string | undefined;
};

const patienceMs = 5_000;

const unread = (error: unknown) => ({
  is: 'unread' as const,
  why: error instanceof Error ? ((error.cause as Error | undefined)?.name ?? error.message) : String(error),
});

const refusal = (error: unknown) => {
  const code = slackError(error);
  if (code !== undefined) return { is: 'refused' as const, code };
  return { is: 'unreachable' as const, why: error instanceof Error ? error.message : String(error) };
};

const lookAtSecret = async ({ read }: Secret): Promise<ChatFacts['secret']> => {
  try {
    return (await read()).startsWith('xox') ? { is: 'a token' } : { is: 'there' };
  } catch (error) {
    return unread(error);
  }
};

const lookAtToken = async (slack: WebClient): Promise<ChatFacts['token']> => {
  try {
    const { team = '', user = '', response_metadata } = await slack.auth.test();
    return { is: 'accepted', team, bot: user, scopes: response_metadata?.scopes ?? [] };
  } catch (error) {
    return refusal(error);
  }
};

const testMessage = toMessage('Drydock can write here.', [
  section(':wave: *Drydock can write here.* This is a test: somebody gave the command `slack-test`.'),
]);

const lookAtChannel = async (
  slack: WebClient,
  channel: string,
  post: boolean,
): Promise<ChatFacts['channels'][number]> => {
  if (!post) return { channel, is: 'not tried' };
  try {
    const { text, blocks } = testMessage;
    await slack.chat.postMessage({ channel, text, blocks: [...blocks] as never });
    return { channel, is: 'posted' };
  } catch (error) {
    return { channel, ...refusal(error) };
  }
};

const lookAtGroup = async (slack: WebClient, group: string): Promise<ChatFacts['groups'][number]> => {
  try {
    const { users } = await slack.usergroups.users.list({ usergroup: group });
    return { group, is: 'read', people: users?.length ?? 0 };
  } catch (error) {
    return { group, ...refusal(error) };
  }
};

const readToken = async ({ read }: Secret): Promise<string | ChatFacts['token']> => {
  try {
    const token = await read();
    return token.startsWith('xoxb-') ? token : { is: 'no bot token' };
  } catch (error) {
    return unread(error);
  }
};

export const slackCheck = ({ token, signingSecret, apiUrl }: Options): ChatCheck => ({
  look: async ({ channels, groups, post }) => {
    const where = { tokenParameter: token.parameter, secretParameter: signingSecret.parameter };
    const [secret, key] = await Promise.all([lookAtSecret(signingSecret), readToken(token)]);
    if (typeof key !== 'string') return { ...where, secret, token: key, channels: [], groups: [] };
    const slack = new WebClient(key, {
      ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: patienceMs,
    });
    const account = await lookAtToken(slack);
    if (account.is !== 'accepted') return { ...where, secret, token: account, channels: [], groups: [] };
    return {
      ...where,
      secret,
      token: account,
      channels: await Promise.all(channels.map((channel) => lookAtChannel(slack, channel, post))),
      groups: await Promise.all(groups.map((group) => lookAtGroup(slack, group))),
    };
  },
});
