/**
 * Says what a patch is, and what Patch Manager finds of it on a node.
 *
 * Knows that a severity is the patch's own: the default baselines give no compliance level, so that
 * AWS's counts by compliance level stay 0 for them (SSM user guide, "Patch compliance state values").
 *
 * Pure.
 */
export type Patch = {
  /** As `DescribeInstancePatches` names it: `kernel.x86_64`, `KB4480979`. */
  readonly id: string;
  readonly title: string;
  readonly classification: 'Security' | 'Bugfix';
  readonly severity: 'Critical' | 'Important' | 'Medium' | 'Low' | '';
  readonly cves: readonly string[];
  /** An image made since then has it. */
  readonly releasedAt: Date;
  /** Takes effect only after a reboot. */
  readonly reboot: boolean;
};

export type PatchState = 'Installed' | 'InstalledPendingReboot' | 'InstalledRejected' | 'Missing' | 'Failed';

export type PatchResult = { readonly patch: Patch; readonly state: PatchState };

/** What the last scan or installation left of a node. */
export type PatchRecord = {
  readonly instanceId: string;
  readonly operation: 'Scan' | 'Install';
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly baselineId: string;
  readonly executionId: string;
  readonly snapshotId: string | undefined;
  readonly rebootOption: 'NoReboot' | 'RebootIfNeeded' | undefined;
  readonly lastNoRebootInstallAt: Date | undefined;
  readonly results: readonly PatchResult[];
};

export const isCompliant = ({ results }: PatchRecord): boolean =>
  results.every(({ state }) => state === 'Installed');

export const countOf = ({ results }: PatchRecord, ...states: readonly PatchState[]): number =>
  results.filter(({ state }) => states.includes(state)).length;
