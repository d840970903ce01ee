/**
 * Reads what Systems Manager says of patches: states in both spellings, severities in each vendor's words.
 *
 * Knows that a compliance level is the baseline's and no severity: the default baselines leave every patch
 * unspecified, so that only the patch's own severity tells how bad it is. Spellings from the service model
 * and the AWS CLI's examples; severities of Amazon Linux, RHEL and Windows from the SSM user guide,
 * "Patch baselines". Checked 2026-11-23.
 *
 * Pure.
 */
import type { Severity } from '../finding.ts';

export type PatchSeverity = Severity | 'unspecified';
/** Gravest first; what has no severity may be any. */
export const patchSeverities = ['critical', 'high', 'medium', 'low', 'unspecified'] as const;

/** A patch that a node should have and has not, or not in force. */
export type OpenPatch = {
  /** As SSM names it: `kernel.x86_64`, `KB4480979`. */
  readonly id: string;
  readonly severity: PatchSeverity;
  readonly security: boolean;
  readonly cves: readonly string[];
};

const openStates = new Set(['missing', 'failed', 'installedrejected', 'installedpendingreboot']);

/** Whether a patch in this state makes its node non-compliant. */
export const isOpen = (state: string): boolean => openStates.has(state.replaceAll('_', '').toLowerCase());

const words: Readonly<Record<string, PatchSeverity>> = {
  critical: 'critical',
  important: 'high',
  high: 'high',
  moderate: 'medium',
  medium: 'medium',
  low: 'low',
};

export const patchSeverityOf = (word: string): PatchSeverity => words[word.toLowerCase()] ?? 'unspecified';

/** `CVE-2026-1,CVE-2026-2`, with or without spaces. */
export const cvesOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(/[\s,]+/).filter((id) => /^CVE-\d{4}-\d+$/.test(id));

/** How many open patches there are of each severity. */
export type BySeverity = Readonly<Record<PatchSeverity, number>>;

export const countBySeverity = (patches: readonly Pick<OpenPatch, 'severity'>[]): BySeverity => {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, unspecified: 0 };
  for (const { severity } of patches) counts[severity]++;
  return counts;
};

/** Whether anything is as bad as that or worse; what has no severity may be. */
export const hasAtLeast = (counts: BySeverity, severity: Severity): boolean =>
  counts.unspecified > 0 ||
  patchSeverities.slice(0, patchSeverities.indexOf(severity) + 1).some((one) => counts[one] > 0);
