/**
 * Answers for EventBridge's PutEvents and hands every accepted event to who listens.
 *
 * Knows that one call takes 10 entries and 256 KB, that a bad entry fails alone, in its place in the
 * answer, and what the event then looks like to a target. Routing by rules is the harness's: it reads
 * the rules from the packaged template. API reference "PutEvents", checked 2026-11-23.
 */
import type * as EventBridge from '@aws-sdk/client-eventbridge';
import type { Clock } from '../clock.ts';
import { Identifiers } from '../estate/identifiers.ts';
import { type Caller, type Operations, Refusal } from '../service.ts';
import type { Sending } from './queue-message.ts';

/** As a Lambda function is given it. */
export type BusEvent = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
};

export type EventSpec = {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  readonly time?: Date;
  /** A bus's name; the default bus unless told. */
  readonly bus?: string;
};

type Entry = EventBridge.PutEventsRequestEntry;

const mostEntries = 10;
const mostBytes = 256 * 1024;

const bytesOf = ({ Source, DetailType, Detail, Resources = [], Time }: Entry): number => {
  const texts = [Source, DetailType, Detail, ...Resources].map((text) => Buffer.byteLength(text ?? ''));
  return texts.reduce((sum, bytes) => sum + bytes, Time ? 14 : 0);
};

const missing = (member: string) => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
});

/** What is wrong with one entry; `undefined` when nothing is. */
const judgeEntry = ({ Source, DetailType, Detail }: Entry) => {
  if (!Source) return missing('Source');
  if (Source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (!DetailType) return missing('DetailType');
  if (!Detail) return missing('Detail');
  try {
    const detail: unknown = JSON.parse(Detail);
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return undefined;
  } catch {
    // Told below, like a detail that is JSON but no object.
  }
  return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
};

export class EventBuses {
  readonly #clock: Clock;
  readonly #ids = new Identifiers();
  readonly #listeners: ((event: BusEvent, bus: string) => void)[] = [];
  readonly #lost = new Set<string>();
  /** ARNs of targets that take nothing from rules, as if a permission were gone: it goes to the dead letters at once. */
  readonly refusing = new Set<string>();
  /** How many events of each detail type were accepted. */
  readonly counts = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Called at once with every accepted event and the name of its bus. */
  onEvents(listener: (event: BusEvent, bus: string) => void): void {
    this.#listeners.push(listener);
  }

  /** From now on events of this detail type never arrive: AWS's own come best effort. */
  lose(detailType: string): void {
    this.#lost.add(detailType);
  }

  /** Puts an event on a bus: also how AWS's own events come about. */
  send({ account, region }: Caller, spec: EventSpec): BusEvent {
    const event: BusEvent = {
      version: '0',
      id: this.#ids.uuid(),
      'detail-type': spec.detailType,
      source: spec.source,
      account,
      time: (spec.time ?? this.#clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources: spec.resources ?? [],
      detail: spec.detail,
    };
    if (this.#lost.has(spec.detailType)) return event;
    this.counts.set(spec.detailType, (this.counts.get(spec.detailType) ?? 0) + 1);
    for (const listener of this.#listeners) listener(event, spec.bus ?? 'default');
    return event;
  }
}

/** What a rule gives to the dead letters of a target that it may not send to (user guide, "rule-dlq", checked 2026-11-28). */
export const undelivered = (rule: string, target: string, event: object): Sending => {
  const said = {
    RULE_ARN: rule,
    TARGET_ARN: target,
    ERROR_CODE: 'NO_PERMISSIONS',
    ERROR_MESSAGE: 'Lack of permissions to invoke the target.',
    RETRY_ATTEMPTS: '0',
  };
  return {
    body: JSON.stringify(event),
    attributes: Object.fromEntries(
      Object.entries(said).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
  };
};

/** A bus is called by its name or its ARN. */
const busName = (nameOrArn: string | undefined): string =>
  nameOrArn?.replace(/^arn:.*:event-bus\//, '') ?? 'default';

const accept = (buses: EventBuses, caller: Caller, entry: Entry) => {
  const wrong = judgeEntry(entry);
  if (wrong) return wrong;
  const { id } = buses.send(caller, {
    source: entry.Source ?? '',
    detailType: entry.DetailType ?? '',
    detail: JSON.parse(entry.Detail ?? '{}'),
    resources: entry.Resources ?? [],
    bus: busName(entry.EventBusName),
    ...(entry.Time ? { time: entry.Time } : {}),
  });
  return { EventId: id };
};

export const eventBridgeService = (buses: EventBuses): Operations<typeof EventBridge> => ({
  PutEvents: ({ Entries: entries = [] }, caller) => {
    if (entries.length < 1 || entries.length > mostEntries) {
      const bound =
        entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${mostEntries}`;
      throw new Refusal(
        'ValidationException',
        `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
      );
    }
    if (entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > mostBytes) {
      throw new Refusal('ValidationException', 'Total size of the entries in the request is over the limit.');
    }
    const results = entries.map((entry) => accept(buses, caller, entry));
    return { Entries: results, FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length };
  },
});
