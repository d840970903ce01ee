/** Tries how news is published: all of it, in its order, in calls that EventBridge takes. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, it } from 'vitest';
import { eventBridgeBus } from '../../functions/aws/eventbridge-bus.ts';
import type { News } from '../../functions/domain/news.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { home, openCloud } from './surveying.ts';

const newsOf = (count: number, letters: number, letter = 'a'): readonly News[] =>
  Array.from(
    { length: count },
    (_, id) => ({ type: 'Command Done', detail: { id, says: letter.repeat(letters) } }) as never,
  );

it.each([
  ['ten small ones in one call', newsOf(10, 10), 1],
  ['eleven in two', newsOf(11, 10), 2],
  ['nine of 24 KB together', newsOf(9, 24_000), 1],
  ['ten of 30 KB by their bytes, not by ten', newsOf(10, 30_000), 2],
  ['letters of several bytes by their bytes', newsOf(10, 15_000, 'ü'), 2],
  ['two of 200 KB each by itself', newsOf(2, 200_000), 2],
])('%s', async (_case, news, calls) => {
  const cloud = await openCloud();
  const arrived: unknown[] = [];
  cloud.events.onEvents(({ detail }) => arrived.push(detail));
  await eventBridgeBus(clientOf(EventBridgeClient, cloud, { region: home.region }), 'drydock').publish(news);
  expect(arrived).toEqual(news.map(({ detail }) => detail));
  expect(cloud.callCounts()).toEqual({ 'events:PutEvents': calls });
});
