/**
 * Keeps a Slack workspace: its people, its channels, every message with its edits, and what our app
 * may do in it.
 *
 * Knows how a message's `ts` is made: from the (simulated) time, in microseconds, unique in the
 * workspace. A reply carries its thread's `ts` in `thread_ts`.
 */
import type { Clock } from '../clock.ts';
import { Refusal } from '../service.ts';

export type Channel = {
  readonly id: string;
  readonly name: string;
  /** Whether our app is in it. */
  isMember: boolean;
  isArchived: boolean;
  readonly isPrivate: boolean;
};

/** Every scope that some method of the simulated Slack asks for. */
const allScopes = [
  'chat:write',
  'channels:history',
  'groups:history',
  'channels:read',
  'groups:read',
  'usergroups:read',
] as const;

export type Token = { readonly scopes: ReadonlySet<string>; readonly isRevoked: boolean };

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

type Answerable = {
  readonly channel: string;
  readonly user: string;
  readonly until: number;
  answersLeft: number;
};

const answerMinutes = 30;
const mostAnswers = 5;

export class SlackWorkspace {
  readonly #clock: Clock;
  readonly #channels = new Map<string, Channel>();
  readonly #messages: SlackMessage[] = [];
  readonly #answerable = new Map<string, Answerable>();
  #lastTs = 0;
  readonly tokens = new Map<string, Token>();
  readonly users = new Map([
    ['U0ALICE', 'alice'],
    ['U0BOB', 'bob'],
  ]);
  /** Who is in each user group, by its id. */
  readonly userGroups = new Map<string, readonly string[]>();
  /** Where the app's settings send a pressed button, and what Slack signs it with. */
  app: { readonly requestUrl: string; readonly signingSecret: string } | undefined;
  readonly ephemerals: Ephemeral[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.addToken('xoxb-simulated');
  }

  now(): Date {
    return this.#clock.now();
  }

  addToken(token: string, scopes: readonly string[] = allScopes): void {
    this.tokens.set(token, { scopes: new Set(scopes), isRevoked: false });
  }

  revoke(token: string): void {
    const known = this.tokens.get(token);
    if (known) this.tokens.set(token, { ...known, isRevoked: true });
  }

  /** As if the app were installed again, with the same token. */
  restore(token: string): void {
    const known = this.tokens.get(token);
    if (known) this.tokens.set(token, { ...known, isRevoked: false });
  }

  addChannel(channel: Pick<Channel, 'id' | 'name'> & Partial<Channel>): Channel {
    const made = { isMember: true, isArchived: false, isPrivate: false, ...channel };
    this.#channels.set(made.id, made);
    return made;
  }

  channels(): readonly Channel[] {
    return [...this.#channels.values()];
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

  /** As a person would; its replies stay. */
  delete(message: SlackMessage): void {
    this.#messages.splice(this.#messages.indexOf(message), 1);
  }

  postEphemeral(channel: string, user: string, content: Content): string {
    this.ephemerals.push({ ...content, channel, user, postedAt: this.#clock.now() });
    return this.#nextTs();
  }

  /** The path at which who pressed a button can be answered. */
  awaitAnswer({ channel, user }: { readonly channel: string; readonly user: string }): string {
    const path = `/slack/hooks/actions/T0SIMULATED/${this.#answerable.size + 1}/secret`;
    const until = this.#clock.now().getTime() + answerMinutes * 60_000;
    const id = this.channel(channel)?.id ?? channel;
    this.#answerable.set(path, { channel: id, user, until, answersLeft: mostAnswers });
    return path;
  }

  answerPress(path: string, content: Content): void {
    const open = this.#answerable.get(path);
    if (!open || open.until < this.#clock.now().getTime())
      throw new Refusal('expired_url', 'The address is not known (any more).', { status: 404 });
    if (open.answersLeft-- <= 0)
      throw new Refusal('used_url', 'The address was used too often.', { status: 404 });
    this.postEphemeral(open.channel, open.user, content);
  }

  #nextTs(): string {
    this.#lastTs = Math.max(this.#clock.now().getTime() * 1000, this.#lastTs + 1);
    const digits = String(this.#lastTs);
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }
}
