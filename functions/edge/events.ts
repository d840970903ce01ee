/**
 * Says what the events that start the functions must look like; parsed once, at the door.
 *
 * What Drydock does not read of an event it does not check.
 */
import * as v from 'valibot';
import type { News } from '../domain/news.ts';
import { holdReasons } from '../domain/release.ts';
import { haltReasons, waitReasons } from '../domain/rollout.ts';

type DetailOf<Type extends News['type']> = Extract<News, { readonly type: Type }>['detail'];

/** A schedule, a message of any topic, a change of a parameter, or `{}` by hand: all say "look now". */
export const lookNow = v.record(v.string(), v.unknown());

const instant = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.pipe(v.string(), v.nonEmpty());
const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] =>
  Object.keys(table) as Key[];

const told = { schema: v.literal(1), id: name, at: instant };
const place = { target: v.object({ account: name, region: name }), cluster: name, nodeGroup: name };
const listed = <Item extends v.GenericSchema>(item: Item) => v.object({ items: v.array(item), more: count });

const change = v.object({
  ...place,
  wave: name,
  is: v.picklist([
    'started',
    'done',
    'failed',
    'retrying',
    'held',
    'gone',
    'joined',
    'movedOver',
    'alreadyDone',
  ]),
  before: v.exactOptional(v.string()),
  after: v.exactOptional(v.string()),
  code: v.exactOptional(name),
  sentence: v.exactOptional(name),
  message: v.exactOptional(v.string()),
  resources: v.exactOptional(v.array(v.string())),
});
const leftAlone = v.object({
  ...place,
  why: v.picklist(keysOf(holdReasons)),
  sentence: name,
  until: v.exactOptional(instant),
});
const release = v.object({ source: name, releaseVersion: v.exactOptional(name), imageId: name });

const progress = {
  ...told,
  rollout: name,
  sequence: v.pipe(v.number(), v.integer(), v.minValue(1)),
  train: name,
  openedAt: instant,
  state: v.variant('is', [
    v.object({ is: v.literal('rolling') }),
    v.object({ is: v.literal('halted'), why: v.picklist(keysOf(haltReasons)), at: instant }),
    v.object({ is: v.literal('closed'), at: instant }),
  ]),
  waves: v.array(
    v.object({
      name,
      groups: v.object({
        waiting: v.exactOptional(count),
        updating: v.exactOptional(count),
        verifying: v.exactOptional(count),
        done: v.exactOptional(count),
        failed: v.exactOptional(count),
        held: v.exactOptional(count),
        gone: v.exactOptional(count),
      }),
    }),
  ),
  waiting: v.exactOptional(
    v.object({
      why: v.picklist(keysOf(waitReasons)),
      wave: name,
      sentence: name,
      until: v.exactOptional(instant),
      freeze: v.exactOptional(name),
    }),
  ),
  overtakenBy: v.exactOptional(name),
};
const train = { ...told, region: name, train: name };

/** Our own news, by its type; a public contract, also given as JSON schemas in `events/schemas`. */
export const newsDetails = {
  'AMI Release Detected': v.object({
    ...train,
    publishedAt: instant,
    eligibleAt: instant,
    releases: listed(release),
  }),
  'AMI Release Withdrawn': v.object({ ...train, sources: v.array(name) }),
  'Rollout Opened': v.object({ ...progress, groups: listed(change), leftAlone: listed(leftAlone) }),
  'Rollout Progressed': v.object({
    ...progress,
    changes: listed(change),
    waveDone: v.exactOptional(name),
  }),
  'Rollout Halted': v.object({ ...progress, sentence: name, changes: listed(change) }),
  'Rollout Completed': v.object({ ...progress, changes: listed(change), leftBehind: listed(change) }),
} satisfies { readonly [Type in News['type']]: v.GenericSchema<unknown, DetailOf<Type>> };

const newsEvent = v.object({ source: v.literal('drydock'), 'detail-type': name, detail: v.unknown() });

/** A queue message that EventBridge made of our news; `undefined` when it is not that. */
export const parseNews = (body: string): News | undefined => {
  const event = v.safeParse(v.pipe(v.string(), v.parseJson(), newsEvent), body);
  if (!event.success) return undefined;
  const type = event.output['detail-type'] as News['type'];
  if (!Object.hasOwn(newsDetails, type)) return undefined;
  const detail = v.safeParse(newsDetails[type], event.output.detail);
  return detail.success ? ({ type, detail: detail.output } as News) : undefined;
};

/** A batch of a FIFO queue; the bodies are parsed one by one. */
export const queueBatch = v.object({
  Records: v.array(v.object({ messageId: v.string(), body: v.string() })),
});
