/**
 * Says what a finding is: a fact about the fleet worth telling, with its numbers, what to do, and
 * where the rule comes from.
 *
 * Two findings with one fingerprint are the same news: rule and place make it, never the numbers.
 *
 * Pure.
 */
import { regionKey, type Target } from './target.ts';
import type { Instant } from './time.ts';

/** Gravest first. */
export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** What a finding is about: as much of a place as it takes. `detail` tells apart what one place can have several of (an instance type, a zone). */
export type About = {
  readonly target: Target;
  readonly cluster?: string;
  readonly nodeGroup?: string;
  readonly detail?: string;
};

export type Finding = {
  /** Name of the rule, which is also its file's: `ebs-slots`. */
  readonly rule: string;
  readonly about: About;
  readonly severity: Severity;
  /** One sentence for people, with the numbers that matter. */
  readonly sentence: string;
  /** The numbers, by name, for machines and for "why". */
  readonly evidence: Readonly<Record<string, number | string | readonly string[]>>;
  /** How bad within its severity; grown by a tenth or more it has worsened. */
  readonly weight: number;
  /** What a person can do. */
  readonly suggestion: string;
  /** Page that the rule comes from. */
  readonly link: string;
  /** Set where the policy mutes it: still found and kept, so that it is not taken for resolved, but no news. */
  readonly muted?: { readonly until: Instant | undefined };
  /** Channel of the chat where the policy has it told; absent: the one where all else is told. */
  readonly channel?: string;
};

/** `ebs-slots 111122223333/eu-central-1/blue/workers/d3.8xlarge`. */
export const fingerprint = ({ rule, about }: Pick<Finding, 'rule' | 'about'>): string =>
  `${rule} ${[regionKey(about.target), about.cluster, about.nodeGroup, about.detail].filter((part) => part !== undefined).join('/')}`;
