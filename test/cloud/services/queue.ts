/**
 * Keeps one SQS queue, standard or FIFO, in simulated time.
 *
 * Knows visibility timeouts, delays, retention, the redrive after `maxReceiveCount` receives, and what
 * FIFO adds: a message group waits while one of its messages is in flight, and a repeat is not
 * delivered. SQS developer guide "FIFO delivery logic", checked 2026-11-23. A standard queue here keeps its order and delivers
 * once; tests that want worse must send twice.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { Refusal } from '../service.ts';
import { Deduplication } from './deduplication.ts';
import type { Message, Received, Sending } from './queue-message.ts';

export type QueueSpec = {
  readonly name: string;
  readonly arn: string;
  /** Only known once the cloud listens. */
  readonly url: () => string;
  /** As SQS writes them: `VisibilityTimeout`, `RedrivePolicy` … */
  readonly attributes: Readonly<Record<string, string>>;
};

type Held = {
  readonly message: Message;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: Date | undefined;
  receiptHandle: string | undefined;
};

type Redrive = { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly createdAt: Date;
  /** Told of every message that is taken in. */
  onTaken: ((message: Message) => void) | undefined;
  /** Told when messages came by a call, or back from the dead letters. */
  onFilled: (() => void) | undefined;
  attributes: Record<string, string>;
  readonly #url: () => string;
  readonly #clock: Clock;
  readonly #deadLetters: (arn: string) => Queue | undefined;
  #held: Held[] = [];
  readonly #deduplication: Deduplication;
  #drawn = 0;

  constructor(spec: QueueSpec, clock: Clock, deadLetters: (arn: string) => Queue | undefined) {
    this.name = spec.name;
    this.arn = spec.arn;
    this.#url = spec.url;
    this.fifo = spec.name.endsWith('.fifo');
    this.attributes = { ...spec.attributes };
    this.createdAt = clock.now();
    this.#clock = clock;
    this.#deduplication = new Deduplication(clock);
    this.#deadLetters = deadLetters;
  }

  get url(): string {
    return this.#url();
  }

  send(sending: Sending): Message {
    if (!this.fifo) return this.#keep(sending, undefined);
    const { group } = sending;
    if (!group)
      throw new Refusal('MissingParameter', 'The request must contain the parameter MessageGroupId.');
    const deduplicationId =
      sending.deduplicationId ?? (this.#contentBased() ? sha256(sending.body) : undefined);
    if (!deduplicationId) {
      throw new Refusal(
        'InvalidParameterValue',
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
    }
    const key =
      this.attributes.DeduplicationScope === 'messageGroup' ? `${group}/${deduplicationId}` : deduplicationId;
    const before = this.#deduplication.before(key);
    if (before) return before;
    const message = this.#keep(sending, deduplicationId);
    this.#deduplication.remember(key, message);
    return message;
  }

  /** What can be received now, at most ten; what is received is hidden for the visibility timeout. */
  receive({
    most = 1,
    visibilitySeconds,
  }: {
    most?: number;
    visibilitySeconds?: number;
  } = {}): readonly Received[] {
    this.#tidy();
    const hidden = (visibilitySeconds ?? Number(this.attributes.VisibilityTimeout ?? 30)) * 1000;
    return this.#receivable()
      .slice(0, most)
      .map((held) => this.#handOut(held, hidden));
  }

  /** Deletes a received message; a handle that is unknown or outdated deletes nothing, as in SQS. */
  delete(receiptHandle: string): void {
    this.#held = this.#held.filter((held) => held.receiptHandle !== receiptHandle);
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    const held = this.#held.find((other) => other.receiptHandle === receiptHandle);
    if (!held || held.visibleAt <= this.#now()) {
      throw new Refusal('MessageNotInflight', `The message referred to isn't in flight: ${receiptHandle}`);
    }
    held.visibleAt = this.#now() + seconds * 1000;
  }

  purge(): void {
    this.#held = [];
  }

  /** Every message in it, in flight or not, oldest first. */
  messages(): readonly Message[] {
    this.#tidy();
    return this.#held.map((held) => held.message);
  }

  inFlight(): number {
    return this.#held.filter((held) => this.#isInFlight(held)).length;
  }

  delayed(): number {
    return this.#held.filter((held) => held.receiveCount === 0 && held.visibleAt > this.#now()).length;
  }

  /** When something can next be received; `undefined` when nothing ever will be. */
  nextReceivableAt(): Date | undefined {
    this.#tidy();
    if (this.#receivable().length > 0) return this.#clock.now();
    const times = this.#held.map((held) => held.visibleAt);
    return times.length > 0 ? new Date(Math.min(...times.filter((at) => at > this.#now()))) : undefined;
  }

  /** Takes in a dead letter. A standard queue keeps the time of sending; a FIFO queue starts anew. */
  takeIn(message: Message, movedFrom: string): void {
    const sentAt = this.fifo ? this.#clock.now() : message.sentAt;
    this.#hold({ ...message, movedFrom, sentAt }, this.#now());
  }

  /** Gives every message back to the queue it was moved from. */
  moveBack(): number {
    const held = this.#held;
    this.#held = [];
    const sources = new Set<Queue>();
    for (const { message } of held) {
      const { movedFrom, ...back } = message;
      const source = movedFrom === undefined ? undefined : this.#deadLetters(movedFrom);
      if (!source) throw new Error(`${this.name} holds a message that no queue gave it`);
      source.#hold({ ...back, sentAt: this.#clock.now() }, this.#now());
      sources.add(source);
    }
    for (const source of sources) source.onFilled?.();
    return held.length;
  }

  #keep(
    { body, attributes = {}, group, delaySeconds }: Sending,
    deduplicationId: string | undefined,
  ): Message {
    const number = ++this.#drawn;
    const digits = sha256(`${this.arn}/${number}`);
    const message: Message = {
      id: [
        digits.slice(0, 8),
        digits.slice(8, 12),
        digits.slice(12, 16),
        digits.slice(16, 20),
        digits.slice(20, 32),
      ].join('-'),
      body,
      attributes,
      sentAt: this.#clock.now(),
      ...(group ? { group } : {}),
      ...(deduplicationId ? { deduplicationId, sequenceNumber: String(number).padStart(20, '0') } : {}),
    };
    const delay = (this.fifo ? undefined : delaySeconds) ?? Number(this.attributes.DelaySeconds ?? 0);
    this.#hold(message, this.#now() + delay * 1000);
    this.onTaken?.(message);
    return message;
  }

  #hold(message: Message, visibleAt: number): void {
    this.#held.push({
      message,
      visibleAt,
      receiveCount: 0,
      firstReceivedAt: undefined,
      receiptHandle: undefined,
    });
  }

  #handOut(held: Held, hiddenMs: number): Received {
    held.receiveCount++;
    held.visibleAt = this.#now() + hiddenMs;
    held.firstReceivedAt ??= this.#clock.now();
    held.receiptHandle = `${held.message.id}#${held.receiveCount}`;
    const { receiptHandle, receiveCount, firstReceivedAt } = held;
    return { ...held.message, receiptHandle, receiveCount, firstReceivedAt };
  }

  /** One answer may hold several of a group, in their order; a group with one in flight gives none. */
  #receivable(): Held[] {
    if (!this.fifo) return this.#held.filter((held) => held.visibleAt <= this.#now());
    const blocked = new Set<string>();
    return this.#held.filter((held) => {
      const group = held.message.group ?? '';
      if (held.visibleAt > this.#now()) blocked.add(group);
      return !blocked.has(group);
    });
  }

  #isInFlight(held: Held): boolean {
    return held.receiveCount > 0 && held.visibleAt > this.#now();
  }

  /** Forgets what is past its retention; moves what was received too often. */
  #tidy(): void {
    const oldest = this.#now() - Number(this.attributes.MessageRetentionPeriod ?? 345_600) * 1000;
    this.#held = this.#held.filter((held) => held.message.sentAt.getTime() >= oldest);
    const { RedrivePolicy } = this.attributes;
    if (!RedrivePolicy) return;
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(RedrivePolicy) as Redrive;
    const deadLetters = this.#deadLetters(deadLetterTargetArn);
    if (!deadLetters) return;
    const spent = (held: Held) =>
      held.receiveCount >= Number(maxReceiveCount) && held.visibleAt <= this.#now();
    const moved = this.#held.filter(spent);
    this.#held = this.#held.filter((held) => !moved.includes(held));
    for (const { message } of moved) deadLetters.takeIn(message, this.arn);
  }

  #contentBased(): boolean {
    return this.attributes.ContentBasedDeduplication === 'true';
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
