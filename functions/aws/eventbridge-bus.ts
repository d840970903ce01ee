/**
 * Publishes news on Drydock's own bus.
 *
 * Knows that PutEvents takes ten entries and 256 KB a call, and answers refusals entry by entry: one that is
 * refused is a fault, so that the news stays where it is stored and is published again.
 *
 * Changes EventBridge: PutEvents.
 */
import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import type { Bus } from '../domain/ports.ts';
import { during } from './errors.ts';

const entriesInACall = 10;
/** Of the 256 KB: what EventBridge may count beside the texts is documented for the time alone, 14 bytes. */
const bytesInACall = 240 * 1024;

const bytesOf = ({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number =>
  Buffer.byteLength(Source + DetailType + Detail);

/** In the same order, cut where the next entry would be one or some bytes too many. */
const callsOf = (entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] => {
  const calls: PutEventsRequestEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const call = calls.at(-1);
    bytes += bytesOf(entry);
    if (call && call.length < entriesInACall && bytes <= bytesInACall) call.push(entry);
    else {
      calls.push([entry]);
      bytes = bytesOf(entry);
    }
  }
  return calls;
};

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
      for (const Entries of callsOf(entries)) {
        const answer = await events.send(new PutEventsCommand({ Entries }));
        const refused = (answer.Entries ?? []).flatMap(({ ErrorCode, ErrorMessage }) =>
          ErrorCode ? [`${ErrorCode}: ${ErrorMessage}`] : [],
        );
        if (refused.length > 0) throw new Error(`${refused.length} entries refused: ${refused.join('; ')}`);
      }
    }),
});
