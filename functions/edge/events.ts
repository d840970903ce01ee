/**
 * Says what the events that start the functions must look like; parsed once, at the door.
 *
 * What Drydock does not read of an event it does not check.
 */
import * as v from 'valibot';
import { type Command, commandNames, type ReplyIn, skippable } from '../domain/command.ts';
import { severities } from '../domain/finding.ts';
import type { News } from '../domain/news.ts';
import { patchStops, patchWaits } from '../domain/patching/patch-job.ts';
import { holdReasons, withdrawalReasons } from '../domain/release.ts';
import { haltReasons, waitReasons } from '../domain/rollout.ts';

type DetailOf<Type extends News['type']> = Extract<News, { readonly type: Type }>['detail'];

/** A schedule, or by hand; a dry run stores and tells nothing. */
export const auditRequest = v.looseObject({ dryRun: v.optional(v.boolean(), false) });

/** A schedule, an event of our bus, or `{}` by hand: all say "look now". What starts a look for releases: triggers.ts. */
export const lookNow = v.record(v.string(), v.unknown());

const instant = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.pipe(v.string(), v.nonEmpty());
/** What is looked up by it: DynamoDB takes keys of 1 to 1,024 bytes, and of a train's name its words make one. */
const key = v.pipe(v.string(), v.regex(/[A-Za-z0-9]/), v.maxBytes(1_000));
const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] =>
  Object.keys(table) as Key[];

const told = { schema: v.literal(1), id: key, at: instant };
const place = { target: v.object({ account: name, region: name }), cluster: name, nodeGroup: name };
const listed = <Item extends v.GenericSchema>(item: Item) => v.object({ items: v.array(item), more: count });

const changeKinds = [
  'started',
  'done',
  'failed',
  'retrying',
  'held',
  'gone',
  'joined',
  'movedOver',
  'alreadyDone',
] as const;
const change = v.object({
  ...place,
  wave: name,
  is: v.picklist(changeKinds),
  before: v.exactOptional(v.string()),
  after: v.exactOptional(v.string()),
  code: v.exactOptional(name),
  sentence: v.exactOptional(name),
  message: v.exactOptional(v.string()),
  resources: v.exactOptional(v.array(v.string())),
  failures: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  until: v.exactOptional(instant),
});
const listedChanges = () =>
  v.object({
    items: v.array(change),
    more: count,
    counts: v.object(v.entriesFromList(changeKinds, v.exactOptional(count))),
  });
const leftAlone = v.object({
  ...place,
  why: v.picklist(keysOf(holdReasons)),
  sentence: name,
  until: v.exactOptional(instant),
});
const release = v.object({ source: name, releaseVersion: v.exactOptional(name), imageId: name });

const replyIn = v.object({ channel: name, thread: name });

const progress = {
  ...told,
  rollout: key,
  sequence: v.pipe(v.number(), v.integer(), v.minValue(1)),
  train: key,
  purpose: v.variant('is', [
    v.object({ is: v.literal('routine') }),
    v.object({
      is: v.literal('rollNow'),
      by: name,
      why: name,
      skip: v.array(v.picklist(keysOf(skippable))),
      canaryFirst: v.boolean(),
      force: v.boolean(),
    }),
    v.object({ is: v.literal('rollBack'), by: name, why: name, of: name }),
  ]),
  openedAt: instant,
  state: v.variant('is', [
    v.object({ is: v.literal('rolling') }),
    v.object({
      is: v.literal('halted'),
      why: v.picklist(keysOf(haltReasons)),
      at: instant,
      by: v.exactOptional(name),
      words: v.exactOptional(name),
    }),
    v.object({ is: v.literal('closed'), at: instant, abandoned: v.exactOptional(v.literal(true)) }),
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
      alarms: v.exactOptional(v.array(name)),
      next: v.exactOptional(v.object({ wave: name, opens: instant })),
    }),
  ),
  approvals: v.exactOptional(
    v.record(
      name,
      v.object({
        askedAt: instant,
        until: instant,
        approved: v.exactOptional(v.object({ by: name, why: name, at: instant })),
      }),
    ),
  ),
  overtakenBy: v.exactOptional(name),
};
const train = { ...told, region: name, train: key };

const ofNodes = v.object({ waiting: count, underWay: count, patched: count, failed: count, left: count });
const ending = {
  why: v.exactOptional(v.picklist(keysOf(patchStops))),
  by: v.exactOptional(name),
  words: v.exactOptional(v.string()),
};
const patching = {
  ...told,
  job: key,
  sequence: v.pipe(v.number(), v.integer(), v.minValue(1)),
  by: name,
  why: name,
  severity: v.picklist(['any', ...severities]),
  reboot: v.boolean(),
  openedAt: instant,
  state: v.variant('is', [
    v.object({ is: v.literal('asking'), until: instant }),
    v.object({ is: v.literal('patching') }),
    v.object({ ...ending, is: v.literal('stopping'), why: v.picklist(keysOf(patchStops)) }),
    v.object({ ...ending, is: v.literal('closed'), at: instant }),
  ]),
  approved: v.exactOptional(v.object({ by: name, why: name, at: instant })),
  sentence: v.exactOptional(name),
  waiting: v.exactOptional(
    v.object({ why: v.picklist(keysOf(patchWaits)), sentence: name, until: v.exactOptional(instant) }),
  ),
  nodes: ofNodes,
  nodeGroups: listed(v.object({ ...place, nodes: ofNodes })),
  changes: listed(
    v.object({
      instanceId: name,
      cluster: name,
      nodeGroup: name,
      is: v.picklist(['started', 'patched', 'rebooted', 'failed', 'left']),
      why: v.exactOptional(name),
      sentence: v.exactOptional(name),
      message: v.exactOptional(v.string()),
    }),
  ),
};
const finding = v.object({
  fingerprint: name,
  rule: name,
  target: place.target,
  cluster: v.exactOptional(name),
  nodeGroup: v.exactOptional(name),
  detail: v.exactOptional(name),
  severity: v.picklist(severities),
  weight: v.number(),
  sentence: name,
  suggestion: name,
  link: name,
  evidence: v.record(name, v.union([v.number(), v.string(), v.array(v.string())])),
  firstSeenAt: instant,
  channel: v.exactOptional(name),
});
const bySeverity = v.object({ critical: count, high: count, medium: count, low: count });
const moves = { open: bySeverity, still: bySeverity, opened: bySeverity, resolved: bySeverity };
const digestCluster = v.object({
  cluster: v.exactOptional(name),
  target: v.exactOptional(place.target),
  ...moves,
  worst: v.array(
    v.object({
      rule: name,
      severity: v.picklist(severities),
      sentence: name,
      link: name,
      firstSeenAt: instant,
    }),
  ),
  unseenSince: v.exactOptional(instant),
});

/** Our own news, by its type; a public contract, also given as JSON schemas in `events/schemas`. */
export const newsDetails = {
  'AMI Release Detected': v.object({
    ...train,
    publishedAt: instant,
    eligibleAt: instant,
    again: v.exactOptional(v.literal(true)),
    releases: listed(release),
  }),
  'AMI Release Withdrawn': v.object({
    ...train,
    sources: v.array(name),
    why: v.picklist(keysOf(withdrawalReasons)),
    sentence: name,
  }),
  'Rollout Opened': v.object({
    ...progress,
    groups: listedChanges(),
    leftAlone: listed(leftAlone),
    forecast: v.object({
      timed: count,
      waves: v.array(
        v.object({
          wave: name,
          startsAt: instant,
          endsAt: instant,
          insideWindow: v.boolean(),
          afterApproval: v.boolean(),
        }),
      ),
    }),
  }),
  'Rollout Progressed': v.object({
    ...progress,
    changes: listedChanges(),
    waveDone: v.exactOptional(name),
  }),
  'Approval Requested': v.object({
    ...progress,
    wave: name,
    until: instant,
    groups: listedChanges(),
    risk: v.object({
      daysBehind: v.object({ most: count, fewest: count }),
      publishedAt: instant,
      notes: v.exactOptional(name),
    }),
  }),
  'Rollout Halted': v.object({ ...progress, sentence: name, changes: listedChanges() }),
  'Rollout Completed': v.object({ ...progress, changes: listedChanges(), leftBehind: listedChanges() }),
  'Patching Progressed': v.object(patching),
  'Command Done': v.object({
    ...told,
    command: v.picklist(commandNames),
    by: name,
    why: name,
    dryRun: v.boolean(),
    accepted: v.boolean(),
    says: v.array(name),
    rollout: v.exactOptional(name),
    job: v.exactOptional(name),
    finding: v.exactOptional(name),
    replyIn: v.exactOptional(replyIn),
  }),
  'Findings Changed': v.object({
    ...told,
    region: name,
    account: v.exactOptional(name),
    foundBy: name,
    opened: listed(finding),
    worsened: listed(finding),
    resolved: listed(finding),
    open: v.object({ ...bySeverity.entries, muted: count }),
  }),
  'Findings Digest': v.object({
    ...told,
    region: name,
    since: instant,
    channel: v.exactOptional(name),
    ...moves,
    muted: count,
    clusters: listed(digestCluster),
  }),
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
const digits = v.pipe(v.string(), v.digits(), v.transform(Number));
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

const person = {
  by: name,
  why: name,
  dryRun: v.optional(v.boolean(), false),
};
const rolloutId = name;
const selector = v.pipe(
  v.strictObject({
    accounts: v.exactOptional(v.pipe(v.array(name), v.minLength(1))),
    regions: v.exactOptional(v.pipe(v.array(name), v.minLength(1))),
    clusters: v.exactOptional(v.pipe(v.array(name), v.minLength(1))),
    nodeGroups: v.exactOptional(v.pipe(v.array(name), v.minLength(1))),
    tags: v.exactOptional(v.record(name, v.string())),
  }),
  v.check((it) => Object.keys(it).length > 0, 'accounts, regions, clusters, nodeGroups or tags'),
);
const group = { cluster: name, nodeGroup: v.exactOptional(name) };

/** What a person asks for, as a file for `invoke` or in a `Command Requested`. */
export const command = v.variant('command', [
  v.strictObject({
    command: v.literal('roll-now'),
    ...person,
    select: v.pipe(v.array(selector), v.minLength(1)),
    skip: v.optional(v.array(v.picklist(keysOf(skippable))), []),
    canaryFirst: v.optional(v.boolean(), true),
    force: v.optional(v.boolean(), false),
  }),
  v.strictObject({ command: v.literal('approve'), ...person, rollout: rolloutId, wave: name }),
  v.strictObject({ command: v.literal('reject'), ...person, rollout: rolloutId, wave: name }),
  v.strictObject({ command: v.literal('stop'), ...person, rollout: v.exactOptional(rolloutId) }),
  v.strictObject({
    command: v.literal('resume'),
    ...person,
    rollout: v.exactOptional(rolloutId),
    retryFailed: v.optional(v.boolean(), false),
    force: v.optional(v.boolean(), false),
  }),
  v.strictObject({ command: v.literal('abandon'), ...person, rollout: rolloutId }),
  v.strictObject({ command: v.literal('roll-back'), ...person, rollout: rolloutId }),
  v.strictObject({ command: v.literal('hold'), ...person, ...group, until: instant }),
  v.strictObject({ command: v.literal('release-hold'), ...person, ...group }),
  v.strictObject({ command: v.literal('mute'), ...person, finding: key, until: instant }),
  v.strictObject({ command: v.literal('unmute'), ...person, finding: key }),
  v.strictObject({
    command: v.literal('patch-now'),
    ...person,
    select: v.pipe(v.array(selector), v.minLength(1)),
    severity: v.optional(v.picklist(['any', ...severities]), 'high'),
    reboot: v.optional(v.boolean(), false),
  }),
  v.strictObject({ command: v.literal('approve-patching'), ...person, job: key }),
  v.strictObject({ command: v.literal('reject-patching'), ...person, job: key }),
  v.strictObject({ command: v.literal('cancel-patching'), ...person, job: key }),
  v.strictObject({ command: v.literal('slack-test'), ...person }),
  v.strictObject({ command: v.literal('explain'), ...person, ...group }),
  v.strictObject({ command: v.literal('explain'), ...person, rollout: rolloutId }),
]) satisfies v.GenericSchema<unknown, Command>;

/** A command on our bus: by a button in the chat, or put there by whoever may. */
export const commandRequested = v.object({
  source: v.literal('drydock'),
  'detail-type': v.literal('Command Requested'),
  detail: v.object({ ...told, command, replyIn: v.exactOptional(replyIn) }),
});

/** A command as it arrives; `id` and `replyIn` only of one that came by the bus. */
export type Commanded = {
  readonly command: Command;
  readonly id?: string;
  readonly replyIn?: ReplyIn;
};

const isEvent = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'detail-type' in event;

const byBus = v.pipe(
  commandRequested,
  v.transform(
    ({ detail: { command, id, replyIn } }): Commanded => ({
      command,
      id,
      ...(replyIn && { replyIn }),
    }),
  ),
);
const byHand = v.pipe(
  command,
  v.transform((command): Commanded => ({ command })),
);

export const commanded = v.lazy((event) => (isEvent(event) ? byBus : byHand));
