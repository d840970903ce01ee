/**
 * Scans and patches one simulated node: what is missing follows from its image, from what was
 * installed in place, and from what has come out since.
 *
 * Knows the states that Patch Manager gives (SSM user guide, "Patch compliance state values"), and
 * that one snapshot shows every node the same patches, however late it is patched.
 *
 * Effect: changes the node it is given.
 */
import type { Patch, PatchRecord, PatchResult, PatchState } from './patch.ts';

/** What a node has become besides its image. */
export type PatchedNode = {
  readonly installed: Set<string>;
  readonly pendingReboot: Set<string>;
  readonly rejected: Set<string>;
  record: PatchRecord | undefined;
  /** How the next installations end, other than well. */
  mishap: 'fails' | 'hangs' | undefined;
};

export const newPatchedNode = (): PatchedNode => ({
  installed: new Set(),
  pendingReboot: new Set(),
  rejected: new Set(),
  record: undefined,
  mishap: undefined,
});

/** What a node is looked at with. */
export type Look = {
  readonly imageMadeAt: Date;
  /** Patches that the baseline or its snapshot offers. */
  readonly offered: readonly Patch[];
  readonly lockedRepository: boolean;
};

const stateOf = (node: PatchedNode, { id, releasedAt }: Patch, imageMadeAt: Date): PatchState => {
  if (node.rejected.has(id)) return 'InstalledRejected';
  if (releasedAt <= imageMadeAt) return 'Installed';
  if (node.pendingReboot.has(id)) return 'InstalledPendingReboot';
  return node.installed.has(id) ? 'Installed' : 'Missing';
};

export const resultsOf = (
  node: PatchedNode,
  { imageMadeAt, offered, lockedRepository }: Look,
): readonly PatchResult[] =>
  offered
    .filter(({ releasedAt }) => !lockedRepository || releasedAt <= imageMadeAt)
    .map((patch) => ({ patch, state: stateOf(node, patch, imageMadeAt) }));

/** Installs what is missing; a node whose installation fails has tried each patch and failed. */
export const install = (node: PatchedNode, look: Look, reboots: boolean): readonly PatchResult[] => {
  const missing = resultsOf(node, look).filter(({ state }) => state === 'Missing');
  if (node.mishap === 'fails')
    return resultsOf(node, look).map((result) =>
      result.state === 'Missing' ? { ...result, state: 'Failed' } : result,
    );
  for (const { patch } of missing) (patch.reboot ? node.pendingReboot : node.installed).add(patch.id);
  if (reboots) {
    for (const id of node.pendingReboot) node.installed.add(id);
    node.pendingReboot.clear();
  }
  return resultsOf(node, look);
};
