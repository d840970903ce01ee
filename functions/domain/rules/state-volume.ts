/**
 * Finds nodes that keep containers and their images on the root volume: one busy pod then takes the disk from the
 * kubelet and all others.
 *
 * Pure.
 */
import { keepsStateApart } from '../container-storage.ts';
import { aboutSet, nodeSetsOf } from '../node-set.ts';
import type { Found, Rule } from './rule.ts';

export const stateVolume: Rule<Record<never, number>> = {
  name: 'state-volume',
  about: 'Nodes keep containers and images on the root volume.',
  severity: 'low',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html#_use_multiple_ebs_volumes_for_containers',
  settings: {},
  judge: (plane) =>
    nodeSetsOf(plane).flatMap((set): Found[] => {
      if (keepsStateApart(set, plane) !== false) return [];
      const nodes = Math.max(set.nodes.length, set.group?.scaling.desired ?? 0);
      return [
        {
          about: aboutSet(set),
          severity: 'low',
          sentence: `The nodes of ${set.name} have no volume but the root volume for containers, images and logs.`,
          evidence: { nodes },
          weight: Math.max(1, nodes),
          suggestion:
            'Add a volume to the launch template and mount it at /var/lib/containerd, give containerd the disks of the instance (nodeadm: localStorage), or use Bottlerocket.',
        },
      ];
    }),
};
