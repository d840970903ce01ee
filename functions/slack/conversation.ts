/**
 * Keeps the conversation in Slack: keeps the head of each thread up to date, takes away buttons that no
 * longer apply, and begins a thread anew when somebody deleted it.
 *
 * What was told is stored after each thread's news; the head of a new thread before its first reply, so
 * that no thread is opened twice.
 *
 * Changes Slack and what is known of it, through its ports.
 */
import type { CommandDone, LeftAlone } from '../domain/news.ts';
import type { Asking, Message, Posted, ToldThread } from '../domain/ports.ts';
import { groupKey } from '../domain/target.ts';
import type { Alone } from './alone.ts';
import type { Audience } from './audience.ts';
import { offersMute, withoutMuted } from './mute-buttons.ts';
import { type Delivery, posting, type Tools } from './posting.ts';
import { askedBy, outcomeOf, settled } from './settle.ts';
import { headOf, replyOf, type Threaded, threadOf } from './threads.ts';

/** What a message of its own is about, and where somebody asked for it. */
type Subject = {
  readonly id: string;
  readonly rollout?: string;
  readonly job?: string;
  readonly replyIn?: { readonly channel: string; readonly thread: string };
};

const leftAlone = 'left alone';
const messageName = ({ channel, ts }: Posted): string => `message ${channel} ${ts}`;

export const conversation = ({ chat, told }: Tools, audience: Audience) => {
  const { postOnce, say, sayThereOrHere } = posting({ chat, told }, audience);

  const openThread = async (
    news: Threaded,
    before: ToldThread | undefined,
    delivery: Delivery,
  ): Promise<ToldThread> => {
    const { id, sequence } = news.detail;
    const name = threadOf(news);
    const head = before ? `head of ${name}, anew for ${id}` : `head of ${name}`;
    const posted = await say(audience.slack.channel, headOf(news, audience), head, delivery);
    const { revision, ids } = before ?? { revision: 0, ids: [] };
    const thread = { ...posted, revision, ids, shows: sequence };
    return { ...thread, revision: await told.save(name, thread, delivery.now) };
  };

  /** Replies whose question is settled lose their buttons; answers those that still ask. */
  const settle = async (thread: ToldThread, news: Threaded): Promise<readonly Asking[]> => {
    const open: Asking[] = [];
    for (const asking of thread.asking ?? []) {
      const outcome = outcomeOf(asking, news);
      if (outcome === undefined) open.push(asking);
      else await chat.update({ channel: thread.channel, ts: asking.ts }, settled(asking, outcome));
    }
    return open;
  };

  /** The thread with its first message as new as the news. */
  const keepUp = async (
    news: Threaded,
    thread: ToldThread | undefined,
    delivery: Delivery,
  ): Promise<ToldThread> => {
    const { sequence } = news.detail;
    if (!thread) return openThread(news, undefined, delivery);
    if (thread.shows >= sequence) return thread;
    if (!(await chat.update(thread, headOf(news, audience)))) return openThread(news, thread, delivery);
    return { ...thread, shows: sequence, asking: await settle(thread, news) };
  };

  const reply = async (news: Threaded, thread: ToldThread, message: Message, delivery: Delivery) => {
    const { id } = news.detail;
    const { channel, ts } = thread;
    const posted = await postOnce({ channel, thread: ts }, message, id, delivery);
    if (posted.is === 'posted') return { thread, ts: posted.ts };
    const anew = await openThread(news, thread, delivery);
    const again = await postOnce({ channel: anew.channel, thread: anew.ts }, message, id, delivery);
    if (again.is === 'lost') throw new Error(`Slack’s new thread cannot be replied to: ${again.why}`);
    return { thread: anew, ts: again.ts };
  };

  const knownLeftAlone = async (news: Threaded) => {
    if (news.type !== 'Rollout Opened') return { isKnown: () => false, remember: async () => {} };
    const notes = await told.notes(leftAlone);
    const isKnown = (one: LeftAlone) => notes.texts[groupKey(one)] === one.why;
    const now = news.detail.leftAlone.items.map((one) => [groupKey(one), one.why]);
    const texts = { ...notes.texts, ...Object.fromEntries(now) };
    const remember = () => told.note(leftAlone, { ...notes, texts });
    return { isKnown, remember: news.detail.leftAlone.items.every(isKnown) ? async () => {} : remember };
  };

  const tellInThread = async (news: Threaded, delivery: Delivery): Promise<void> => {
    const { id } = news.detail;
    const name = threadOf(news);
    const known = await told.read(name);
    if (known?.ids.includes(id)) return;
    const kept = await keepUp(news, known, delivery);
    const { isKnown, remember } = await knownLeftAlone(news);
    const message = replyOf(news, audience, isKnown);
    const replied = message && (await reply(news, kept, message, delivery));
    const { thread, ts } = replied ?? { thread: kept, ts: '' };
    const about = askedBy(news);
    const fresh = message && about ? [{ ts, about, message }] : [];
    const asking = [...(thread.asking ?? []), ...fresh];
    // Before it counts as told: who has it again ends there.
    await remember();
    await told.save(name, { ...thread, ids: [...thread.ids, id], asking }, delivery.now);
  };

  /** Tells it once: in the thread of the rollout or patch job, else where it is asked for, else in the channel. */
  const tellAlone = async (
    alone: Alone,
    { rollout, job, replyIn }: Subject,
    delivery: Delivery,
  ): Promise<void> => {
    const { id } = alone;
    if (await told.read(id)) return;
    const name = rollout ?? job;
    const thread = name === undefined ? undefined : await told.read(name);
    const where = thread ? { channel: thread.channel, thread: thread.ts } : replyIn;
    const replied = where && (await postOnce(where, alone.message, id, delivery));
    const { channel, ts, message } =
      replied?.is === 'posted'
        ? { ...replied, message: alone.message }
        : await sayThereOrHere(alone, delivery);
    const posted = { channel, ts, shows: 0, ids: [id] };
    if (offersMute(message)) {
      const name = messageName(posted);
      const revision = (await told.read(name))?.revision ?? 0;
      await told.save(
        name,
        { ...posted, revision, asking: [{ ts, about: { is: 'findings' }, message }] },
        delivery.now,
      );
    }
    await told.save(id, { ...posted, revision: 0 }, delivery.now);
  };

  /** The message from which a finding was muted loses the buttons of that finding. */
  const takeAwayMuted = async ({ detail }: CommandDone, { now }: Delivery): Promise<void> => {
    const { replyIn, finding, accepted, dryRun } = detail;
    if (!replyIn || finding === undefined || !accepted || dryRun) return;
    const name = messageName({ channel: replyIn.channel, ts: replyIn.thread });
    const known = await told.read(name);
    const asking = known?.asking?.[0];
    if (!known || !asking) return;
    const message = withoutMuted(asking.message, finding, detail);
    await chat.update(known, message);
    await told.save(name, { ...known, asking: [{ ...asking, message }] }, now);
  };

  return { tellInThread, tellAlone, takeAwayMuted };
};
