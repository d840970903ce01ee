/**
 * Finds groups whose instance types differ widely in slots for EBS volumes: how many pods with volumes
 * fit then depends on which type was launched.
 *
 * Karpenter and Auto Mode know each type's limit before they launch it; Auto Scaling groups do not.
 *
 * Pure.
 */
import { roomsOf, useOfVolumes } from '../ebs-room.ts';
import { aboutSet, setsWithVolumes } from '../node-set.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly timesApart: number };

const severities = { used: 'medium', unknown: 'low', unused: 'low' } as const;

export const ebsMixed: Rule<Settings> = {
  name: 'ebs-mixed',
  about: 'The instance types of a group differ widely in slots for EBS volumes.',
  severity: 'medium where pods use EBS volumes, low else',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html#_avoid_instances_with_low_ebs_attach_limits_if_workloads_use_ebs_volumes',
  settings: { timesApart: 2 },
  judge: (plane, { timesApart }, { policy: { findings } }) =>
    setsWithVolumes(plane).flatMap((set): Found[] => {
      if (set.launcher.is !== 'node group' && set.launcher.is !== 'auto scaling group') return [];
      const rooms = [...roomsOf(set, plane, findings.ebsDriver)].sort((a, b) => a.firstSlots - b.firstSlots);
      const [least, most] = [rooms[0], rooms.at(-1)];
      if (!least || !most || least === most || most.firstSlots < timesApart * least.firstSlots) return [];
      return [
        {
          about: aboutSet(set),
          severity: severities[useOfVolumes(set)],
          sentence: `In ${set.name}, ${most.type.name} has ${most.firstSlots} slots for EBS volumes and ${least.type.name} ${least.firstSlots}.`,
          evidence: {
            slots: rooms.map(({ type, firstSlots }) => `${type.name} ${firstSlots}`),
            least: least.firstSlots,
            most: most.firstSlots,
          },
          weight: most.firstSlots / least.firstSlots,
          suggestion: `Take ${least.type.name} out of the group, or give it a group of its own for pods without volumes.`,
        },
      ];
    }),
};
