/**
 * Answers for SNS: topics, who subscribes to them, and a hook on every message published.
 *
 * Knows that delivering is the harness's (it reads subscriptions from the packaged template), and that
 * AWS's own topics are in AWS's accounts, in us-east-1 only. API reference, checked 2026-11-23.
 */
import type * as Sns from '@aws-sdk/client-sns';
import type { Clock } from '../clock.ts';
import { Identifiers } from '../estate/identifiers.ts';
import type { TakePage } from '../paging.ts';
import { type Operations, Refusal } from '../service.ts';

export type Subscription = {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly owner: string;
};

export type PublishedMessage = {
  readonly id: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  readonly attributes: Record<string, Sns.MessageAttributeValue>;
  readonly at: Date;
};

type Publishing = Omit<PublishedMessage, 'id' | 'at' | 'attributes'> &
  Partial<Pick<PublishedMessage, 'attributes'>>;

const noTopic = (): Refusal => new Refusal('NotFoundException', 'Topic does not exist');

export class Topics {
  readonly #clock: Clock;
  readonly #ids = new Identifiers();
  readonly #subscriptions = new Map<string, Subscription[]>();
  readonly #listeners: ((message: PublishedMessage) => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Called at once with every message. */
  onPublish(listener: (message: PublishedMessage) => void): void {
    this.#listeners.push(listener);
  }

  create(topicArn: string): void {
    if (!this.#subscriptions.has(topicArn)) this.#subscriptions.set(topicArn, []);
  }

  subscribe(
    topicArn: string,
    subscription: Pick<Subscription, 'protocol' | 'endpoint' | 'owner'>,
  ): Subscription {
    const { protocol, endpoint, owner } = subscription;
    const known = this.subscriptions(topicArn);
    const same = known.find((other) => other.protocol === protocol && other.endpoint === endpoint);
    if (same) return same;
    const made = { arn: `${topicArn}:${this.#ids.uuid()}`, topicArn, protocol, endpoint, owner };
    this.#subscriptions.set(topicArn, [...known, made]);
    return made;
  }

  subscriptions(topicArn: string): readonly Subscription[] {
    const known = this.#subscriptions.get(topicArn);
    if (!known) throw noTopic();
    return known;
  }

  publish(publishing: Publishing): PublishedMessage {
    this.subscriptions(publishing.topicArn);
    const message = { attributes: {}, ...publishing, id: this.#ids.uuid(), at: this.#clock.now() };
    for (const listener of this.#listeners) listener(message);
    return message;
  }
}

export const snsService = (topics: Topics, takePage: TakePage): Operations<typeof Sns> => ({
  CreateTopic: ({ Name: name }, { account, region }) => {
    const arn = `arn:aws:sns:${region}:${account}:${name}`;
    topics.create(arn);
    return { TopicArn: arn };
  },
  Subscribe: (
    { TopicArn: topicArn = '', Protocol: protocol = '', Endpoint: endpoint = '' },
    { account },
  ) => ({
    SubscriptionArn: topics.subscribe(topicArn, { protocol, endpoint, owner: account }).arn,
  }),
  ListSubscriptionsByTopic: ({ TopicArn: topicArn = '', NextToken: token }) => {
    const page = takePage(topics.subscriptions(topicArn), { usual: 100, token });
    if (!page) throw new Refusal('InvalidParameterException', 'Invalid parameter: NextToken');
    const Subscriptions = page.items.map(({ arn, protocol, endpoint, owner }) => ({
      SubscriptionArn: arn,
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
      Owner: owner,
    }));
    return page.nextToken ? { Subscriptions, NextToken: page.nextToken } : { Subscriptions };
  },
  Publish: ({
    TopicArn: topicArn = '',
    Message: message = '',
    Subject: subject,
    MessageAttributes: attributes,
  }) => {
    if (message === '') throw new Refusal('InvalidParameterException', 'Invalid parameter: Empty message');
    if (Buffer.byteLength(message) > 256 * 1024) {
      throw new Refusal('InvalidParameterException', 'Invalid parameter: Message too long');
    }
    const { id } = topics.publish({
      topicArn,
      message,
      ...(subject === undefined ? {} : { subject }),
      ...(attributes ? { attributes } : {}),
    });
    return { MessageId: id };
  },
});
