/**
 * Tells whether nodes keep containers and their images apart from the host's root volume.
 *
 * Bottlerocket brings a second volume, and Auto Mode's nodes are AWS's to set up; Windows keeps container state on
 * the system drive. Disks of the instance count where user data gives them to containerd (nodeadm's
 * `localStorage`); where user data cannot be read and the type has such disks, nobody can tell.
 *
 * Pure.
 */
import type { DataPlane } from './data-plane.ts';
import { extraVolumes, familyOfSet, templateOf } from './group-volumes.ts';
import { areVolumesRead, type NodeSet, type ReadNode, typesOf } from './node-set.ts';

const containerStorage =
  /localStorage|\/var\/lib\/containerd|\/run\/containerd|\/mnt\/k8s-disks|setup-local-disks/;

const elsewhere = (set: NodeSet): boolean =>
  set.launcher.is === 'auto mode' ||
  familyOfSet(set) === 'bottlerocket' ||
  (familyOfSet(set)?.startsWith('windows') ?? false);

const extrasOf = ({ volumes }: ReadNode) => volumes.filter(({ root, csi }) => !root && csi !== true);

/** `undefined`: unknown. */
export const keepsStateApart = (set: NodeSet, { types }: DataPlane): boolean | undefined => {
  const { group } = set;
  if (elsewhere(set)) return true;
  if (group && (extraVolumes(group) > 0 || containerStorage.test(group.userData ?? ''))) return true;
  if (!areVolumesRead(set)) return undefined;
  const { nodes } = set;
  const extras = nodes.map(extrasOf);
  if (nodes.length > 0 && extras.every((volumes) => volumes.some(({ csi }) => csi === false))) return true;
  if (extras.some((volumes) => volumes.some(({ csi }) => csi === undefined))) return undefined;
  if (group && templateOf(group) !== 'unknown') return false;
  const noDisks = typesOf(set).every((name) => types.get(name)?.instanceStorage === false);
  return nodes.length > 0 && noDisks ? false : undefined;
};
