/**
 * Finds instance types whose limit for EBS volumes is not known, or not in the worst case.
 *
 * The EBS CSI driver takes 27 slots, shared with interfaces, for a type it does not know: the number that
 * the scheduler works with is then a guess.
 *
 * Pure.
 */
import type { DataPlane } from '../data-plane.ts';
import { ebsLimitOf } from '../ebs-limit.ts';
import { useOfVolumes } from '../ebs-room.ts';
import { aboutSet, setsWithVolumes, typesOf } from '../node-set.ts';
import type { Found, Rule } from './rule.ts';

const severities = { used: 'medium', unknown: 'medium', unused: 'low' } as const;

/** As a sentence says it; `undefined` when nothing is missing. */
const missing = (name: string, { types }: DataPlane): string | undefined => {
  const type = types.get(name);
  if (!type) return 'EC2 does not describe it';
  const limit = ebsLimitOf(type);
  if (!limit) return 'EC2 gives no limit of attachments';
  if (limit.kind === 'shared' && type.interfaces === undefined)
    return 'EC2 gives no number of network interfaces, which take slots too';
  return undefined;
};

export const ebsUnknown: Rule<Record<never, number>> = {
  name: 'ebs-unknown',
  about: 'How many EBS volumes an instance type can attach is not known.',
  severity: 'low where nodes run and no pod uses EBS volumes, medium else',
  link: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html',
  settings: {},
  judge: (plane) =>
    setsWithVolumes(plane).flatMap((set) =>
      typesOf(set).flatMap((name): Found[] => {
        const why = missing(name, plane);
        if (!why) return [];
        const nodes = set.nodes.filter(({ instanceType }) => instanceType === name).length;
        return [
          {
            about: aboutSet(set, name),
            severity: severities[useOfVolumes(set)],
            sentence: `How many EBS volumes ${name} in ${set.name} can attach is not known: ${why}.`,
            evidence: { type: name, nodes, why },
            weight: Math.max(1, nodes),
            suggestion:
              'See what the nodes report (kubectl get csinode), and tell the EBS CSI driver a number if it is too high (volumeAttachLimit).',
          },
        ];
      }),
    ),
};
