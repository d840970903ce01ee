/**
 * Posts and updates messages through Slack's Web API.
 *
 * Retries nothing itself: a failed call fails the function, and the queue brings the message back.
 * A message that Slack calls malformed is posted again as plain text, so that it cannot block those
 * behind it. The token is read when it is first needed, and again after Slack refused it.
 *
 * Changes Slack: chat.postMessage, chat.update.
 */

import type { KnownBlock } from '@slack/types';
import { ErrorCode, WebClient } from '@slack/web-api';
import type { Chat, Message } from '../domain/ports.ts';

type Options = { readonly token: () => Promise<string>; readonly apiUrl: string | undefined };

const slackError = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && error.code === ErrorCode.PlatformError && 'data' in error
    ? (error.data as { error?: string }).error
    : undefined;

const malformed = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long']);
const badToken = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
]);

export const slackChat = ({ token, apiUrl }: Options): Chat => {
  let client: Promise<WebClient> | undefined;

  const connect = async () =>
    new WebClient(await token(), {
      ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 10_000,
    });

  const withClient = async <T>(work: (client: WebClient) => Promise<T>): Promise<T> => {
    client ??= connect();
    try {
      return await work(await client);
    } catch (error) {
      const refused = slackError(error);
      if (refused === undefined || badToken.has(refused)) client = undefined;
      throw error;
    }
  };

  /** Tries the message as it is, then as text alone. */
  const send = async <T>(
    message: Message,
    work: (content: { text: string; blocks?: KnownBlock[] }) => Promise<T>,
  ): Promise<T> => {
    try {
      return await work({ text: message.text, blocks: [...message.blocks] as KnownBlock[] });
    } catch (error) {
      if (!malformed.has(slackError(error) ?? '')) throw error;
      return work({ text: message.text });
    }
  };

  return {
    post: (channel, message, thread) =>
      withClient((slack) =>
        send(message, async (content) => {
          const answer = await slack.chat.postMessage({
            channel,
            ...content,
            ...(thread !== undefined && { thread_ts: thread }),
            unfurl_links: false,
          });
          if (!answer.ts || !answer.channel) throw new Error('Slack gave no id for the message');
          return { channel: answer.channel, ts: answer.ts };
        }),
      ),
    update: (channel, ts, message) =>
      withClient((slack) =>
        send(message, async (content) => {
          await slack.chat.update({ channel, ts, ...content });
        }),
      ),
  };
};
