/**
 * Posts and updates messages through Slack's Web API, and finds them again.
 *
 * Retries nothing itself but what Slack asks to repeat within seconds (429 and Retry-After): a failed call
 * fails the function, and the queue brings the message back. A message that Slack calls malformed is posted
 * again as plain text, so that it cannot block those behind it. The token is read when it is first
 * needed, and again after Slack refused it. Each message carries its id as metadata, which nobody sees.
 *
 * Changes Slack: chat.postMessage, chat.update. Reads Slack: conversations.history, conversations.replies.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { KnownBlock, MessageMetadata } from '@slack/types';
import { WebClient } from '@slack/web-api';
import type { Chat, Message, Where } from '../domain/ports.ts';
import {
  cannotLook,
  isChannelLost,
  isMalformed,
  isMessageLost,
  isTokenRefused,
  secondsToWait,
  slackError,
  TokenRefused,
} from './errors.ts';

type Options = { readonly token: () => Promise<string>; readonly apiUrl: string | undefined };
type Content = { readonly text: string; readonly blocks?: KnownBlock[] };

const patienceMs = 10_000;
const mostWaits = 3;
const eventType = 'drydock_news';
const pageSize = 200;

const metadataOf = (id: string): MessageMetadata => ({ event_type: eventType, event_payload: { id } });

/** Only an id can be looked into; a channel's name can be posted to. */
const isChannelId = (channel: string): boolean => /^[CGD][A-Z0-9]+$/.test(channel);

export const slackChat = ({ token, apiUrl }: Options): Chat => {
  let client: Promise<WebClient> | undefined;

  const connect = async () =>
    new WebClient(await token(), {
      ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: patienceMs,
    });

  const withClient = async <T>(work: (client: WebClient) => Promise<T>, waited = 0): Promise<T> => {
    client ??= connect();
    try {
      return await work(await client);
    } catch (error) {
      const seconds = secondsToWait(error);
      if (seconds !== undefined && waited < mostWaits) {
        await wait(seconds * 1000);
        return withClient(work, waited + 1);
      }
      // A client that was never made, or whose token is refused, is of no more use.
      if (slackError(error) === undefined || isTokenRefused(error)) client = undefined;
      if (isTokenRefused(error)) throw new TokenRefused(slackError(error), error);
      throw error;
    }
  };

  /** Tries the message as it is, then as text alone. */
  const send = async <T>(message: Message, work: (content: Content) => Promise<T>): Promise<T> => {
    try {
      return await work({ text: message.text, blocks: [...message.blocks] as KnownBlock[] });
    } catch (error) {
      if (!isMalformed(error)) throw error;
      return work({ text: message.text });
    }
  };

  const page = async (slack: WebClient, { channel, thread }: Where, oldest: string, cursor?: string) => {
    const asked = {
      channel,
      oldest,
      limit: pageSize,
      include_all_metadata: true,
      ...(cursor && { cursor }),
    };
    return thread === undefined
      ? slack.conversations.history(asked)
      : slack.conversations.replies({ ...asked, ts: thread });
  };

  return {
    post: async ({ channel, thread }, message, id) => {
      const place = { channel, unfurl_links: false, metadata: metadataOf(id) };
      try {
        const answer = await withClient((slack) =>
          send(message, (content) =>
            slack.chat.postMessage({
              ...place,
              ...content,
              ...(thread !== undefined && { thread_ts: thread }),
            }),
          ),
        );
        if (!answer.ts || !answer.channel) throw new Error('Slack gave no id for the message');
        return { is: 'posted', channel: answer.channel, ts: answer.ts };
      } catch (error) {
        const isLost = isChannelLost(error) || (thread !== undefined && isMessageLost(error));
        if (!isLost) throw error;
        return { is: 'lost', why: slackError(error) ?? '' };
      }
    },

    update: async ({ channel, ts }, message) => {
      try {
        await withClient((slack) =>
          send(message, (content) => slack.chat.update({ channel, ts, ...content })),
        );
        return true;
      } catch (error) {
        if (isMessageLost(error) || isChannelLost(error)) return false;
        throw error;
      }
    },

    find: async (where, id, since) => {
      if (!isChannelId(where.channel)) return undefined;
      const oldest = (Date.parse(since) / 1000).toFixed(6);
      try {
        for (let cursor: string | undefined, more = true; more; ) {
          const { messages = [], response_metadata } = await withClient((slack) =>
            page(slack, where, oldest, cursor),
          );
          const found = messages.find(
            ({ metadata }) =>
              metadata?.event_type === eventType && (metadata.event_payload as { id?: string })?.id === id,
          );
          if (found?.ts) return { channel: where.channel, ts: found.ts };
          cursor = response_metadata?.next_cursor;
          more = cursor !== undefined && cursor !== '';
        }
        return undefined;
      } catch (error) {
        if (cannotLook(error)) return undefined;
        throw error;
      }
    },
  };
};
