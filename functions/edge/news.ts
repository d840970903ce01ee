/**
 * Says what our own news looks like: a public contract, checked when it comes back to us by the queue.
 */
import * as v from 'valibot';
import { commandNames, skippable } from '../domain/command.ts';
import { severities } from '../domain/finding.ts';
import type { News } from '../domain/news.ts';
import { patchStops, patchWaits } from '../domain/patching/patch-job.ts';
import { holdReasons, withdrawalReasons } from '../domain/release.ts';
import { haltReasons, waitReasons } from '../domain/rollout.ts';
import { instant, key, keysOf, name, replyIn, told } from './schema-pieces.ts';

type DetailOf<Type extends News['type']> = Extract<News, { readonly type: Type }>['detail'];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
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
const halted = v.object({
  is: v.literal('halted'),
  why: v.picklist(keysOf(haltReasons)),
  at: instant,
  by: v.exactOptional(name),
  words: v.exactOptional(name),
});
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
    halted,
    v.object({
      is: v.literal('closed'),
      at: instant,
      abandoned: v.exactOptional(v.literal(true)),
      halted: v.exactOptional(halted),
    }),
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
    rollout: v.exactOptional(key),
    job: v.exactOptional(key),
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
