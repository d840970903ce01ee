/**
 * Says what the events that start the functions must look like; parsed once, at the door.
 *
 * What Drydock does not read of an event it does not check.
 */
import * as v from 'valibot';
import type { News } from '../domain/news.ts';
import { haltReasons } from '../domain/rollout.ts';

/** A schedule, a message of any topic, a change of a parameter, or `{}` by hand: all say "look now". */
export const lookNow = v.record(v.string(), v.unknown());

const instant = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.pipe(v.string(), v.nonEmpty());
const told = { schema: v.literal(1), id: name, at: instant };
const place = { target: v.object({ account: name, region: name }), cluster: name, nodeGroup: name };
const listed = <Item extends v.GenericSchema>(item: Item) => v.object({ items: v.array(item), more: count });

const change = v.looseObject({ ...place, wave: name, is: name });
const progress = {
  ...told,
  rollout: name,
  sequence: count,
  train: name,
  openedAt: instant,
  state: v.variant('is', [
    v.object({ is: v.literal('rolling') }),
    v.object({ is: v.literal('halted'), why: v.picklist(Object.keys(haltReasons)), at: instant }),
    v.object({ is: v.literal('closed'), at: instant }),
  ]),
  waves: v.array(v.object({ name, groups: v.record(name, count) })),
  waiting: v.optional(v.looseObject({ why: name, wave: name, sentence: name })),
  overtakenBy: v.optional(name),
};
const train = { ...told, region: name, train: name };

/** Our own news, by its type; a public contract, also given as JSON schemas in `events/`. */
export const newsDetails = {
  'AMI Release Detected': v.object({
    ...train,
    publishedAt: instant,
    eligibleAt: instant,
    releases: listed(v.looseObject({ source: name, imageId: name })),
  }),
  'AMI Release Withdrawn': v.object({ ...train, sources: v.array(name) }),
  'Rollout Opened': v.object({
    ...progress,
    groups: listed(change),
    leftAlone: listed(v.looseObject({ ...place, why: name, sentence: name })),
  }),
  'Rollout Progressed': v.object({ ...progress, changes: listed(change), waveDone: v.optional(name) }),
  'Rollout Halted': v.object({ ...progress, sentence: name, changes: listed(change) }),
  'Rollout Completed': v.object({ ...progress, changes: listed(change), leftBehind: listed(change) }),
} satisfies Record<News['type'], v.GenericSchema>;

const newsEvent = v.object({ source: v.literal('drydock'), 'detail-type': name, detail: v.unknown() });

/** A queue message that EventBridge made of our news; `undefined` when it is not that. */
export const parseNews = (body: string): News | undefined => {
  const event = v.safeParse(v.pipe(v.string(), v.parseJson(), newsEvent), body);
  if (!event.success) return undefined;
  const type = event.output['detail-type'] as News['type'];
  if (!Object.hasOwn(newsDetails, type)) return undefined;
  const detail = v.safeParse(newsDetails[type], event.output.detail);
  return detail.success ? ({ type, detail: detail.output } as unknown as News) : undefined;
};

/** A batch of a FIFO queue; the bodies are parsed one by one. */
export const queueBatch = v.object({
  Records: v.array(v.object({ messageId: v.string(), body: v.string() })),
});
