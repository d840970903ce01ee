/**
 * Says what the events that start the functions must look like; parsed once, at the door.
 *
 * What Drydock does not read of an event it does not check. Commands and our own news have files of their own:
 * a function makes the schemas of those files alone that it imports.
 */
import * as v from 'valibot';

/** A schedule, or by hand; a dry run stores and tells nothing. */
export const auditRequest = v.looseObject({ dryRun: v.optional(v.boolean(), false) });

/** A schedule, an event of our bus, or `{}` by hand: all say "look now". What starts a look for releases: triggers.ts. */
export const lookNow = v.record(v.string(), v.unknown());

const digits = v.pipe(v.string(), v.digits(), v.transform(Number));
/** A batch of a FIFO queue; the bodies are parsed one by one. */
export const queueBatch = v.object({
  Records: v.array(
    v.object({
      messageId: v.string(),
      body: v.string(),
      /** `SentTimestamp` in milliseconds. */
      attributes: v.object({ ApproximateReceiveCount: digits, SentTimestamp: digits }),
    }),
  ),
});

/** A request to a function's address; names of headers are in lower case. */
export const urlRequest = v.object({
  headers: v.record(v.string(), v.optional(v.string())),
  body: v.optional(v.string(), ''),
  isBase64Encoded: v.boolean(),
});

/** A change of compliance that SSM told the default bus, in a message of a queue. */
const complianceChange = v.object({
  source: v.literal('aws.ssm'),
  'detail-type': v.literal('Configuration Compliance State Change'),
  detail: v.object({
    'compliance-type': v.literal('Patch'),
    'resource-id': v.pipe(v.string(), v.startsWith('i-')),
  }),
});

/** The instance whose compliance changed; `undefined` when the message is not that. */
export const parseComplianceChange = (body: string): string | undefined => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), complianceChange), body);
  return parsed.success ? parsed.output.detail['resource-id'] : undefined;
};

/** Changed nodes from the queue, or a schedule, or `{}` by hand: all say "look". */
export const complianceLook = v.union([queueBatch, lookNow]);
