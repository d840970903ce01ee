/**
 * Says what a rule of the data plane is: a name, its settings, and one pure function from the survey to
 * findings.
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

export type Rule<Settings> = {
  /** The file's name without its ending, the policy's key, and the first word of every fingerprint. */
  readonly name: string;
  /** What it looks for, in one sentence; shown in the README and in "why". */
  readonly about: string;
  readonly link: string;
  /** What the policy may tune, with the values that hold when it says nothing. */
  readonly settings: Settings;
  judge(plane: DataPlane, settings: Settings, scene: Scene): readonly Finding[];
};
