/**
 * Says what a policy is, once it is parsed: `infra/policy.yml` explains every setting to its users.
 *
 * The file is validated when the bundles are built (infra/bundle/read-policy.ts) and embedded in them, so
 * that nothing here is checked again.
 *
 * Pure.
 */
import type { EbsDriver } from './ebs-limit.ts';
import type { Severity } from './finding.ts';
import type { Allow } from './permission.ts';
import type { ReleaseRule } from './release.ts';
import type { HaltReason } from './rollout.ts';
import type { Selector } from './selector.ts';
import type { TargetPolicy } from './target.ts';
import type { Freeze, Window } from './window.ts';

export type WavePolicy = {
  readonly name: string;
  /** A group falls into the first wave of which a selector means it; the last wave takes the rest. */
  readonly select: readonly Selector[];
  /** The smallest groups of the rest fill the wave up to this many. */
  readonly atLeast: number;
  readonly soakHours: number;
  /** Name of the window in which its updates may start; absent means always. */
  readonly window?: string;
  /** How many groups of the wave may be under way at once. */
  readonly concurrency: number;
  /** How many groups may fail before the rollout halts. */
  readonly failureBudget: number;
  /** CloudWatch alarms that must be OK before it starts and until its soak is over. */
  readonly alarms: readonly string[];
  /** A person must say yes before it starts; silence for so long means no. */
  readonly approval?: { readonly timeoutHours: number };
  /** Tries a group whose pods could not be evicted once more with `force`: EKS then deletes those pods. */
  readonly forceWhenBlocked: boolean;
};

/** What counts as patched, and how carefully nodes are patched in place. */
export type PatchingPolicy = {
  /** A scan older than this says nothing any more. */
  readonly scanMaxAgeDays: number;
  /** So long after its launch a node may be without a scan. */
  readonly youngHours: number;
  /** Patch baselines whose scans count; empty: any. */
  readonly baselines: readonly string[];
  /** Whether AL2023 nodes are locked to the repository of their image, as they are unless somebody changed it. */
  readonly al2023Repository: 'locked' | 'latest';
  /** A locked release older than this is worth telling. */
  readonly lockedReleaseDays: number;
  /** How much of a node group may be patched at once; one node in any case. */
  readonly sharePercent: number;
  /** How many nodes of a command run at once. */
  readonly atOnce: number;
  /** How many nodes of a job may fail before it stops. */
  readonly failureBudget: number;
  /** A command that takes longer is cancelled. */
  readonly timeoutMinutes: number;
  /** How long a node is watched after its reboot before the next one goes. */
  readonly rebootSoakMinutes: number;
  /** A person must say yes before a job begins; silence for so long means no. */
  readonly approval?: { readonly timeoutHours: number };
};

/** Keeps findings from being news. */
export type Mute = {
  /** Names of rules; absent means every rule. */
  readonly rules?: readonly string[];
  /** Findings about clusters and groups that a selector of the list means. */
  readonly select: readonly Selector[];
  /** `YYYY-MM-DD`: the first day, in UTC, on which they are news again; absent means never. */
  readonly until?: string;
};

export type FindingsPolicy = {
  /** By name of the rule; one that is not named is on, with its own settings. */
  readonly rules: Readonly<
    Record<string, { readonly enabled: boolean; readonly settings: Readonly<Record<string, number>> }>
  >;
  readonly mute: readonly Mute[];
  /** Flags that the EBS CSI driver runs with in the clusters; without them it has its own defaults. */
  readonly ebsDriver: EbsDriver;
};

/** Where findings are told that both parts mean; a part that is absent means all. The first of a list counts. */
export type FindingsChannel = {
  readonly channel: string;
  readonly severities?: readonly Severity[];
  readonly select?: readonly Selector[];
};

export type SlackPolicy = {
  readonly channel: string;
  /** Ids of people and user groups to mention when a rollout halts, and in emergencies. */
  readonly mention: readonly string[];
  readonly allow: Allow;
  readonly findings: {
    /** Told as soon as they are found; the others wait for the weekly digest. */
    readonly atOnce: readonly Severity[];
    readonly channels: readonly FindingsChannel[];
  };
};

export type Policy = {
  /** Accounts and regions that Drydock looks at. */
  readonly targets: readonly TargetPolicy[];
  /** Clusters and groups that Drydock looks after. */
  readonly clusters: readonly Selector[];
  /** Groups that another tool rolls: never touched. */
  readonly ownedElsewhere: readonly Selector[];
  readonly releases: ReleaseRule;
  readonly ownImages: readonly { readonly parameter: string; readonly select: readonly Selector[] }[];
  readonly waves: readonly WavePolicy[];
  readonly limits: { readonly perCluster: number; readonly perRegion: number };
  readonly windows: Readonly<Record<string, Window>>;
  readonly freezes: readonly Freeze[];
  /** Halts after which the groups of a rollout go back by themselves, once. */
  readonly rollBackOn: readonly HaltReason[];
  readonly patching: PatchingPolicy;
  readonly findings: FindingsPolicy;
  readonly slack: SlackPolicy;
};
