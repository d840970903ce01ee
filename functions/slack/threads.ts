/**
 * Says which news is told in a thread, and what it makes there: the thread's name, its first message as it
 * should read now, and the reply.
 *
 * Pure.
 */
import type { LeftAlone, News, RolloutNews } from '../domain/news.ts';
import type { PatchingProgressed } from '../domain/patching/patch-news.ts';
import type { Message } from '../domain/ports.ts';
import type { Audience } from './audience.ts';
import { patchMessage, patchReply } from './patch-message.ts';
import { rolloutMessage } from './rollout-head.ts';
import { rolloutReply } from './rollout-reply.ts';

export type Threaded = RolloutNews | PatchingProgressed;

export const isThreaded = (news: News): news is Threaded => 'sequence' in news.detail;

export const isOfPatching = (news: Threaded): news is PatchingProgressed =>
  news.type === 'Patching Progressed';

/** The rollout, or the patch job. */
export const threadOf = (news: Threaded): string =>
  isOfPatching(news) ? news.detail.job : news.detail.rollout;

export const headOf = (news: Threaded, audience: Audience): Message =>
  isOfPatching(news) ? patchMessage(news.detail, audience) : rolloutMessage(news.detail, audience);

/** `undefined` when the first message says enough. */
export const replyOf = (
  news: Threaded,
  audience: Audience,
  isKnown: (one: LeftAlone) => boolean,
): Message | undefined =>
  isOfPatching(news) ? patchReply(news, audience) : rolloutReply(news, audience, isKnown);
