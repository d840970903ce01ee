/**
 * Says what news that belongs to no thread's progress makes: messages of their own, each for its channel.
 *
 * Pure.
 */
import type { News } from '../domain/news.ts';
import type { Message } from '../domain/ports.ts';
import type { Audience } from './audience.ts';
import { digestMessage } from './digest-message.ts';
import { findingsMessages } from './findings-message.ts';
import { standaloneMessage } from './standalone.ts';
import type { Threaded } from './threads.ts';

/** `id`: of the message, when the news makes one for each of several channels. */
export type Alone = { readonly message: Message; readonly channel: string; readonly id: string };

/** None when nothing of it is to be told at once. `hasRollout`: see `standaloneMessage`. */
export const aloneOf = (
  news: Exclude<News, Threaded>,
  audience: Audience,
  hasRollout = false,
): readonly Alone[] => {
  const { channel } = audience.slack;
  const { id } = news.detail;
  switch (news.type) {
    case 'Findings Changed':
      return findingsMessages(news, audience).map((one) => ({
        message: one.message,
        channel: one.channel ?? channel,
        id: one.channel === undefined ? id : `${id} in ${one.channel}`,
      }));
    case 'Findings Digest':
      return [{ message: digestMessage(news), channel: news.detail.channel ?? channel, id }];
    default:
      return [{ message: standaloneMessage(news, hasRollout), channel, id }];
  }
};
