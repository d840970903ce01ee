/**
 * Says what a policy is, once it is parsed: `infra/policy.yml` explains every setting to its users.
 *
 * The file is validated when the bundles are built (infra/bundle/read-policy.ts) and embedded in them, so
 * that nothing here is checked again.
 *
 * Pure.
 */
import type { EbsDriver } from './ebs-limit.ts';
import type { ReleaseRule } from './release.ts';
import type { HaltReason } from './rollout.ts';
import type { Selector } from './selector.ts';
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

export type Policy = {
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
  readonly findings: FindingsPolicy;
  readonly slack: { readonly channel: string };
};
