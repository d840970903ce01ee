/**
 * Remembers what a FIFO queue accepted in the last five minutes: a repeat is taken and not delivered.
 *
 * SQS developer guide "Exactly-once processing", checked 2026-11-23.
 */
import type { Clock } from '../clock.ts';
import type { Message } from './queue-message.ts';

const rememberedMs = 5 * 60_000;

export class Deduplication {
  readonly #clock: Clock;
  readonly #sent = new Map<string, Message>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The message that was sent with the same key; `undefined` when it is new. */
  before(key: string): Message | undefined {
    const now = this.#clock.now().getTime();
    // A map keeps its order, so the oldest are in front.
    for (const [old, message] of this.#sent) {
      if (now - message.sentAt.getTime() < rememberedMs) break;
      this.#sent.delete(old);
    }
    return this.#sent.get(key);
  }

  remember(key: string, message: Message): void {
    this.#sent.set(key, message);
  }
}
