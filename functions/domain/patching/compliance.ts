/**
 * Judges whether a node has the patches it should have, as far as anybody can know.
 *
 * Nothing is compliant by default: a node that Systems Manager does not manage, whose agent is silent,
 * whose scan is old, missing or by a baseline that the policy does not know, is unknown. A read-only
 * system has no packages: its image stands for it. AL2023 that is locked to a release is compliant with
 * that release, whatever has come out since. States: SSM user guide, "Patch compliance state values".
 *
 * Pure.
 */
import type { PatchingPolicy } from '../policy.ts';
import { daysBetween, type Instant, minutesAfter } from '../time.ts';
import { type ReadOnly, readOnlyReasons, type System } from './system.ts';

/** How many patches of a node are in each state; `undefined` where SSM gives no number. */
export type PatchCounts = {
  readonly missing: number | undefined;
  readonly failed: number | undefined;
  readonly rejected: number | undefined;
  readonly pendingReboot: number | undefined;
  /** Non-compliant by the baseline's level, by the advisory, and the rest. */
  readonly critical: number | undefined;
  readonly security: number | undefined;
  readonly other: number | undefined;
};

export type PatchScan = {
  /** When the last scan or installation ended. */
  readonly at: Instant;
  readonly baselineId: string;
  readonly counts: PatchCounts;
};

/** What is known of a node. */
export type NodeFacts = {
  readonly system: System;
  readonly launchedAt: Instant | undefined;
  /** What its image was made from and when, for people: `al2023 v20260610`. */
  readonly image: { readonly name: string | undefined; readonly createdAt: Instant | undefined };
  /** `undefined`: Systems Manager does not manage it. */
  readonly agent: { readonly online: boolean } | undefined;
  /** `undefined`: never scanned. */
  readonly scan: PatchScan | undefined;
  /** What the summary by resource says; `undefined`: no such row. */
  readonly summary: 'non-compliant' | undefined;
};

export const unknownReasons = {
  notManaged:
    'Systems Manager does not manage it: its role lacks AmazonSSMManagedInstanceCore, or no agent runs.',
  agentLost: 'Its SSM agent has gone silent.',
  neverScanned: 'It was never scanned, though it is old enough.',
  stale: 'Its last scan is older than the policy allows.',
  otherBaseline: 'It was scanned with a baseline that the policy does not name.',
  noCounts: 'Systems Manager gives no counts for it.',
  contradiction: 'The summary calls it non-compliant, and no count says why.',
  unknownSystem: 'Neither its image nor its agent says what system it runs.',
} as const;
export type UnknownReason = keyof typeof unknownReasons;

export type ComplianceVerdict =
  | {
      readonly is: 'compliant';
      readonly scannedAt: Instant;
      /** The release that its repository is locked to, and its age; nothing newer was looked for. */
      readonly lockedTo?: { readonly release: string; readonly days: number | undefined };
    }
  | { readonly is: 'non-compliant'; readonly scannedAt: Instant; readonly counts: PatchCounts }
  | { readonly is: 'not yet scanned'; readonly until: Instant }
  | { readonly is: 'unknown'; readonly why: UnknownReason; readonly scannedAt?: Instant }
  | { readonly is: 'not applicable'; readonly why: ReadOnly };

const openOf = ({ missing, failed, rejected, pendingReboot, critical, security, other }: PatchCounts) => [
  missing,
  failed,
  rejected,
  pendingReboot,
  critical,
  security,
  other,
];

const unknown = (why: UnknownReason, scannedAt?: Instant): ComplianceVerdict => ({
  is: 'unknown',
  why,
  ...(scannedAt && { scannedAt }),
});

/** Until when a node may be without a scan because it is young; `undefined` when it is not, or nobody knows. */
const youngUntil = (launchedAt: Instant | undefined, rule: PatchingPolicy, now: Instant) => {
  const until = launchedAt && minutesAfter(launchedAt, rule.youngHours * 60);
  return until && until > now ? until : undefined;
};

const lockOf = ({ system, image }: NodeFacts, rule: PatchingPolicy, now: Instant) =>
  system.is === 'packages' && system.family === 'al2023' && rule.al2023Repository === 'locked'
    ? {
        lockedTo: {
          release: image.name ?? 'the release of its image',
          days: image.createdAt === undefined ? undefined : daysBetween(image.createdAt, now),
        },
      }
    : {};

/** AWS's own baselines are told by their ARN, a customer's by their id. */
const isBaseline = (told: string, named: string): boolean => told === named || told.endsWith(`/${named}`);

const judgeScan = (
  node: NodeFacts,
  scan: PatchScan,
  rule: PatchingPolicy,
  now: Instant,
): ComplianceVerdict => {
  const { at: scannedAt, counts, baselineId } = scan;
  if (minutesAfter(scannedAt, rule.scanMaxAgeDays * 24 * 60) < now) return unknown('stale', scannedAt);
  if (rule.baselines.length > 0 && !rule.baselines.some((one) => isBaseline(baselineId, one)))
    return unknown('otherBaseline', scannedAt);
  const open = openOf(counts);
  if (open.some((number) => (number ?? 0) > 0)) return { is: 'non-compliant', scannedAt, counts };
  if (open.slice(0, 4).includes(undefined)) return unknown('noCounts', scannedAt);
  if (node.summary === 'non-compliant') return unknown('contradiction', scannedAt);
  return { is: 'compliant', scannedAt, ...lockOf(node, rule, now) };
};

export const judgeCompliance = (node: NodeFacts, rule: PatchingPolicy, now: Instant): ComplianceVerdict => {
  const { system, agent, scan, launchedAt } = node;
  if (system.is === 'read-only') return { is: 'not applicable', why: system.why };
  const young = youngUntil(launchedAt, rule, now);
  if (!agent) return young ? { is: 'not yet scanned', until: young } : unknown('notManaged');
  if (!agent.online) return unknown('agentLost', scan?.at);
  if (!scan) return young ? { is: 'not yet scanned', until: young } : unknown('neverScanned');
  if (system.is === 'unknown') return unknown('unknownSystem', scan.at);
  return judgeScan(node, scan, rule, now);
};

/** Why the verdict is what it is, for people. */
export const sentenceOf = (verdict: ComplianceVerdict): string => {
  switch (verdict.is) {
    case 'compliant':
      return verdict.lockedTo
        ? `It has all that its repository offers, which is locked to ${verdict.lockedTo.release}${verdict.lockedTo.days === undefined ? '' : `, ${verdict.lockedTo.days} days old`}: what came out since was not looked for.`
        : 'It has every patch that its baseline wants.';
    case 'non-compliant': {
      const { missing = 0, failed = 0, rejected = 0, pendingReboot = 0 } = verdict.counts;
      return `${missing} patches are missing, ${failed} failed, ${rejected} are rejected, ${pendingReboot} wait for a reboot.`;
    }
    case 'not yet scanned':
      return 'It is young and was not scanned yet.';
    case 'unknown':
      return unknownReasons[verdict.why];
    case 'not applicable':
      return readOnlyReasons[verdict.why];
  }
};
