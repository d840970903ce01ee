/**
 * Keeps the SQS queues of all accounts and regions, and finds them by ARN or URL.
 *
 * Knows that a queue's URL names the host that SDKs call, whatever their endpoint is: it must be the
 * cloud's own.
 */
import type { Clock } from '../clock.ts';
import type { Caller } from '../service.ts';
import { Queue } from './queue.ts';

export class Queues {
  readonly #queues = new Map<string, Queue>();
  readonly #clock: Clock;
  /** Where the cloud listens: SDKs call the host that a queue's URL names, whatever their endpoint. */
  origin = 'http://127.0.0.1';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes a queue; one that is there already is given as it is. A name ending in `.fifo` makes it FIFO. */
  create(
    { account, region }: Caller,
    name: string,
    attributes: Readonly<Record<string, string>> = {},
  ): Queue {
    const arn = `arn:aws:sqs:${region}:${account}:${name}`;
    const known = this.#queues.get(arn);
    if (known) return known;
    const url = () => `${this.origin}/${account}/${name}`;
    const queue = new Queue({ name, arn, url, attributes }, this.#clock, (other) => this.byArn(other));
    this.#queues.set(arn, queue);
    return queue;
  }

  byArn(arn: string): Queue | undefined {
    return this.#queues.get(arn);
  }

  /** The URL does not say the region: the caller's does. */
  byUrl(url: string, region: string): Queue | undefined {
    const [account, name] = new URL(url, this.origin).pathname.split('/').slice(-2);
    return this.byArn(`arn:aws:sqs:${region}:${account}:${name}`);
  }

  all(): readonly Queue[] {
    return [...this.#queues.values()];
  }
}
