/**
 * Publishes news on Drydock's own bus.
 *
 * Knows that PutEvents takes ten entries and answers refusals entry by entry: one that is refused
 * is a fault, so that the news stays where it is stored and is published again.
 *
 * Changes EventBridge: PutEvents.
 */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Bus } from '../domain/ports.ts';
import { during } from './errors.ts';

const entriesInACall = 10;

export const eventBridgeBus = (events: EventBridgeClient, busName: string): Bus => ({
  publish: (news) =>
    during('publishing news', async () => {
      const entries = news.map(({ type, detail }) => ({
        EventBusName: busName,
        Source: 'drydock',
        DetailType: type,
        Detail: JSON.stringify(detail),
      }));
      // One call after another: the news of a rollout is published in its order.
      for (let from = 0; from < entries.length; from += entriesInACall) {
        const answer = await events.send(
          new PutEventsCommand({ Entries: entries.slice(from, from + entriesInACall) }),
        );
        const refused = (answer.Entries ?? []).flatMap(({ ErrorCode, ErrorMessage }) =>
          ErrorCode ? [`${ErrorCode}: ${ErrorMessage}`] : [],
        );
        if (refused.length > 0) throw new Error(`${refused.length} entries refused: ${refused.join('; ')}`);
      }
    }),
});
