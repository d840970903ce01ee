/**
 * Posts each thing once: what comes a second time is first looked for, as nobody may have heard Slack's
 * answer. Knows the ids of channels that were posted to, and where findings go whose channel is closed to us.
 *
 * Changes Slack and what is known of its channels, through its ports.
 */
import type { Chat, Message, PostAnswer, Posted, Told, Where } from '../domain/ports.ts';
import type { Instant } from '../domain/time.ts';
import type { Alone } from './alone.ts';
import type { Audience } from './audience.ts';
import { context } from './blocks.ts';
import { escapeText } from './mrkdwn.ts';

/** How the queue brought something. */
export type Delivery = {
  /** Not for the first time. */
  readonly again: boolean;
  readonly sentAt: Instant;
  readonly now: Instant;
};

export type Tools = { readonly chat: Chat; readonly told: Told };

const channelIds = 'channel ids';

const meantFor = (message: Message, channel: string, why: string): Message => ({
  ...message,
  blocks: [
    ...message.blocks,
    context(`:warning: Meant for ${escapeText(channel)}, which cannot be posted to: ${escapeText(why)}.`),
  ],
});

export const posting = ({ chat, told }: Tools, audience: Audience) => {
  const postOnce = async (where: Where, message: Message, id: string, { again, sentAt }: Delivery) => {
    const there = again ? await chat.find(where, id, sentAt) : undefined;
    return there ? ({ is: 'posted', ...there } as const) : chat.post(where, message, id);
  };

  /** A message of its own. */
  const trySay = async (
    channel: string,
    message: Message,
    id: string,
    delivery: Delivery,
  ): Promise<PostAnswer> => {
    const ids = await told.notes(channelIds);
    const known = ids.texts[channel];
    const there = await postOnce({ channel: known ?? channel }, message, id, delivery);
    // The channel that was known by the name may be gone, and another one have the name.
    const isOther = there.is === 'lost' && known !== undefined && known !== channel;
    const posted = isOther ? await postOnce({ channel }, message, id, delivery) : there;
    if (posted.is === 'posted' && known !== posted.channel)
      await told.note(channelIds, { ...ids, texts: { ...ids.texts, [channel]: posted.channel } });
    return posted;
  };

  /** Throws when the channel cannot be posted to: the queue keeps the message until it can. */
  const say = async (channel: string, message: Message, id: string, delivery: Delivery): Promise<Posted> => {
    const posted = await trySay(channel, message, id, delivery);
    if (posted.is === 'lost')
      throw new Error(`Slack’s channel ${channel} cannot be posted to: ${posted.why}`);
    return { channel: posted.channel, ts: posted.ts };
  };

  /** A channel for some findings that cannot be posted to holds nothing up: they are told where all else is. */
  const sayThereOrHere = async (
    { message, channel, id }: Alone,
    delivery: Delivery,
  ): Promise<Posted & { readonly message: Message }> => {
    const usual = audience.slack.channel;
    const there = channel === usual ? undefined : await trySay(channel, message, id, delivery);
    if (there?.is === 'posted') return { ...there, message };
    const moved = there ? meantFor(message, channel, there.why) : message;
    return { ...(await say(usual, moved, id, delivery)), message: moved };
  };

  return { postOnce, say, sayThereOrHere };
};
