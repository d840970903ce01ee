/**
 * Says what a rule of the data plane is: a name, its settings, and one pure function from the survey to
 * findings.
 *
 * What a rule cannot judge because a fact is missing it passes over; the rule `not-judged` tells what that is.
 *
 * Pure.
 */
import type { DataPlane } from '../data-plane.ts';
import type { Finding } from '../finding.ts';
import type { Known } from '../node-group.ts';
import type { Policy } from '../policy.ts';
import type { Instant } from '../time.ts';

/** What a rule may look at beside the survey. */
export type Scene = { readonly now: Instant; readonly policy: Policy; readonly known: Known };

/** Whole numbers, 0 or more, with the unit in their names; the policy may give each another value. */
export type Settings = Readonly<Record<string, number>>;

export type Rule<Tuned extends Settings = Settings> = {
  /** The file's name without its ending, the policy's key, and the first word of every fingerprint. */
  readonly name: string;
  /** What it looks for, in one sentence; shown in the README and in "why". */
  readonly about: string;
  /** What its severities mean, gravest first; shown in the README. */
  readonly severity: string;
  readonly link: string;
  /** What the policy may tune, with the values that hold when it says nothing. */
  readonly settings: Tuned;
  judge(plane: DataPlane, settings: Tuned, scene: Scene): readonly Found[];
};

/** A finding without what is the same for all of its rule. */
export type Found = Omit<Finding, 'rule' | 'link' | 'muted'>;
