/**
 * Reads what Slack posts when a button is pressed: who pressed what, where, and how to answer.
 *
 * Knows the form around the JSON and as much of `block_actions` as is needed. Nothing in it is trusted but
 * that Slack sent it: what the button asks for is checked like any other command. Each press is a command of
 * its own, by its time to the microsecond (`action_ts`): a press that Slack sends again is the same command.
 * docs.slack.dev/reference/interaction-payloads/block_actions-payload, checked 2026-11-24.
 *
 * Pure.
 */
import * as v from 'valibot';
import type { ReplyIn } from '../domain/command.ts';
import { type Instant, minutesAfter } from '../domain/time.ts';
import { chatId, chatTs } from '../edge/schema-pieces.ts';

const name = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));

const carried = v.pipe(
  v.string(),
  v.maxLength(2_000),
  v.parseJson(),
  v.object({ ask: v.record(v.string(), v.unknown()) }),
);

const payload = v.object({
  type: v.literal('block_actions'),
  user: v.object({ id: chatId, username: v.optional(name), name: v.optional(name) }),
  channel: v.object({ id: chatId }),
  container: v.object({ message_ts: chatTs, thread_ts: v.optional(chatTs) }),
  response_url: v.pipe(v.string(), v.url()),
  actions: v.strictTuple([v.object({ action_id: name, value: carried, action_ts: chatTs })]),
});

export type Press = {
  readonly user: string;
  /** `alice (Slack U0ALICE)`. */
  readonly by: string;
  readonly replyIn: ReplyIn;
  readonly responseUrl: string;
  /** The command that the button carries; not checked yet. */
  readonly ask: Readonly<Record<string, unknown>>;
  /** Of the command: the same when Slack sends the press again, another when the button is pressed again. */
  readonly id: string;
};

/** `undefined` when it is not the press of a button of ours. */
export const parsePress = (body: string): Press | undefined => {
  const form = new URLSearchParams(body).get('payload');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), payload), form);
  if (!parsed.success) return undefined;
  const { user, channel, container, response_url, actions } = parsed.output;
  const [{ action_id, value, action_ts }] = actions;
  return {
    user: user.id,
    by: `${user.username ?? user.name ?? 'somebody'} (Slack ${user.id})`,
    replyIn: { channel: channel.id, thread: container.thread_ts ?? container.message_ts },
    responseUrl: response_url,
    ask: value.ask,
    id: `slack/${channel.id}/${container.message_ts}/${action_id}/${user.id}/${action_ts}`,
  };
};

const muteFor = v.object({
  command: v.literal('mute'),
  finding: v.string(),
  forDays: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(366)),
});

/** What the button asks for as a command has it: the days of a mute count from the press. */
export const askedOf = ({ ask }: Press, now: Instant): Readonly<Record<string, unknown>> => {
  const mute = v.safeParse(muteFor, ask);
  if (!mute.success) return ask;
  const { forDays, ...rest } = mute.output;
  return { ...rest, until: minutesAfter(now, forDays * 24 * 60) };
};
