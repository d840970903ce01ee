/**
 * Keeps a Slack workspace: its channels, and every message with its edits.
 *
 * Knows how a message's `ts` is made: from the (simulated) time, in microseconds, unique in the
 * workspace. A reply carries its thread's `ts` in `thread_ts`.
 */
import type { Clock } from '../clock.ts';

export type Channel = {
  readonly id: string;
  readonly name: string;
  /** Whether our app is in it. */
  isMember: boolean;
  isArchived: boolean;
};

export type Content = {
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly metadata?: unknown;
};

export type SlackMessage = Content & {
  /** The channel's id. */
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly broadcast: boolean;
  readonly postedAt: Date;
  /** When it was last changed. */
  readonly editedAt?: Date;
  /** What it said before each change, oldest first. */
  readonly edits: readonly Content[];
};

export type Ephemeral = Content & {
  readonly channel: string;
  readonly user: string;
  readonly postedAt: Date;
};

export class SlackWorkspace {
  readonly #clock: Clock;
  readonly #channels = new Map<string, Channel>();
  readonly #messages: SlackMessage[] = [];
  #lastTs = 0;
  readonly tokens = new Set(['xoxb-simulated']);
  readonly users = new Set(['U0ALICE', 'U0BOB']);
  readonly ephemerals: Ephemeral[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  addChannel(channel: Pick<Channel, 'id' | 'name'> & Partial<Channel>): Channel {
    const made = { isMember: true, isArchived: false, ...channel };
    this.#channels.set(made.id, made);
    return made;
  }

  /** By id, or by name with or without `#`. */
  channel(idOrName: string): Channel | undefined {
    const name = idOrName.replace(/^#/, '');
    return (
      this.#channels.get(idOrName) ?? [...this.#channels.values()].find((channel) => channel.name === name)
    );
  }

  /** Every message of the workspace, or of one channel, oldest first. */
  messages(idOrName?: string): readonly SlackMessage[] {
    if (idOrName === undefined) return this.#messages;
    const id = this.channel(idOrName)?.id;
    return this.#messages.filter((message) => message.channel === id);
  }

  /** The first message of a thread and its replies, oldest first. */
  thread(idOrName: string, ts: string): readonly SlackMessage[] {
    return this.messages(idOrName).filter((message) => message.ts === ts || message.thread_ts === ts);
  }

  find(channel: string, ts: string): SlackMessage | undefined {
    return this.#messages.find((message) => message.channel === channel && message.ts === ts);
  }

  post(channel: string, content: Content, thread: { ts?: string; broadcast?: boolean } = {}): SlackMessage {
    const message: SlackMessage = {
      ...content,
      channel,
      ts: this.#nextTs(),
      ...(thread.ts ? { thread_ts: thread.ts } : {}),
      broadcast: thread.broadcast ?? false,
      postedAt: this.#clock.now(),
      edits: [],
    };
    this.#messages.push(message);
    return message;
  }

  edit(message: SlackMessage, content: Content): SlackMessage {
    const { text, blocks, metadata } = message;
    const before: Content = { text, blocks, ...(metadata === undefined ? {} : { metadata }) };
    const edited = { ...message, ...content, editedAt: this.#clock.now(), edits: [...message.edits, before] };
    this.#messages[this.#messages.indexOf(message)] = edited;
    return edited;
  }

  postEphemeral(channel: string, user: string, content: Content): string {
    this.ephemerals.push({ ...content, channel, user, postedAt: this.#clock.now() });
    return this.#nextTs();
  }

  #nextTs(): string {
    this.#lastTs = Math.max(this.#clock.now().getTime() * 1000, this.#lastTs + 1);
    const digits = String(this.#lastTs);
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }
}
