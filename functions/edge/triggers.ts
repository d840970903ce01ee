/**
 * Says what starts a look for releases must look like: a schedule, `{}` by hand, a message of an SNS
 * topic, a change of a parameter. Each becomes one domain value.
 *
 * A message is known by what it says, not by its topic, so that one topic may carry them all. Prose only
 * says "look now": that of `ec2-windows-ami-update` is for people. JSON: AWS's `amazon-linux-…-ami-updates`
 * (EC2 user guide, "amazon-linux-ami-basics"), EC2 Image Builder's report of a build (its user guide,
 * "integ-sns"), checked 2026-11-24. Problems name places and forms, never values or foreign names.
 */
import * as v from 'valibot';
import type { Trigger } from '../domain/trigger.ts';

type TriggerSchema = v.GenericSchema<unknown, Trigger>;
type Fields = Readonly<Record<string, unknown>>;

const lookNow = (): Trigger => ({ is: 'look now' });
const name = v.pipe(v.string(), v.nonEmpty());

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{}`, from a person: look now. Anything else that comes here is not known. */
const onlyEmpty = (expected: string): TriggerSchema =>
  v.pipe(
    v.unknown(),
    v.rawCheck(({ dataset, addIssue }) => {
      const isEmpty = isFields(dataset.value) && Object.keys(dataset.value).length === 0;
      if (!isEmpty) addIssue({ expected, message: 'is not known' });
    }),
    v.transform(lookNow),
  );

const amazonLinuxUpdate: TriggerSchema = v.pipe(
  v.object({ v1: v.object({ ReleaseVersion: name, ImageVersion: name }) }),
  v.transform(lookNow),
);

/** A container image has no `amis`. */
const imageBuilt: TriggerSchema = v.pipe(
  v.object({
    outputResources: v.object({
      amis: v.optional(
        v.array(v.object({ image: v.pipe(v.string(), v.regex(/^ami-[0-9a-f]{8,17}$/)), region: name })),
        [],
      ),
    }),
  }),
  v.transform(
    ({ outputResources }): Trigger => ({
      is: 'images built',
      images: outputResources.amis.map(({ image: imageId, region }) => ({ imageId, region })),
    }),
  ),
);

/** Whatever else it lists is no image that anybody could use. */
const buildFailed: TriggerSchema = v.pipe(
  v.object({ state: v.object({ status: name }) }),
  v.transform((): Trigger => ({ is: 'images built', images: [] })),
);

const messageOf = (content: unknown): TriggerSchema => {
  if (typeof content === 'string') return v.pipe(name, v.transform(lookNow));
  if (!isFields(content)) return onlyEmpty('text or a JSON object');
  if ('v1' in content) return amazonLinuxUpdate;
  if (!('outputResources' in content)) return onlyEmpty('a message that Drydock knows, {} or plain text');
  return isFields(content.state) && content.state.status === 'AVAILABLE' ? imageBuilt : buildFailed;
};

/** Text that is no JSON object or list is prose. */
const toContent = (message: string): unknown => {
  try {
    const content: unknown = JSON.parse(message);
    return typeof content === 'object' && content !== null ? content : message;
  } catch {
    return message;
  }
};

/** SNS gives Lambda one message an event; should there ever be more, a look at everything covers them all. */
const messages: TriggerSchema = v.pipe(
  v.object({
    Records: v.pipe(
      v.array(
        v.object({
          EventSource: v.literal('aws:sns'),
          Sns: v.object({ Message: v.pipe(v.string(), v.transform(toContent), v.lazy(messageOf)) }),
        }),
      ),
      v.minLength(1),
    ),
  }),
  v.transform(({ Records: [first, ...more] }) =>
    first && more.length === 0 ? first.Sns.Message : lookNow(),
  ),
);

const parameterChange: TriggerSchema = v.pipe(
  v.object({
    source: v.literal('aws.ssm'),
    'detail-type': v.literal('Parameter Store Change'),
    detail: v.object({ name }),
  }),
  v.transform(({ detail }): Trigger => ({ is: 'parameters changed', names: [detail.name] })),
);

const schedule: TriggerSchema = v.pipe(
  v.object({ source: v.literal('aws.events'), 'detail-type': v.literal('Scheduled Event') }),
  v.transform(lookNow),
);

export const trigger: TriggerSchema = v.lazy((event) => {
  if (!isFields(event)) return onlyEmpty('an object');
  if ('Records' in event) return messages;
  if (event.source === 'aws.ssm') return parameterChange;
  return event.source === 'aws.events'
    ? schedule
    : onlyEmpty('{}, a schedule, a message of a topic or a change of a parameter');
});
