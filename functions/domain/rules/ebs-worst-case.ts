/**
 * Finds instance types, and running nodes, that are short of slots for EBS volumes once every network interface
 * is attached.
 *
 * The VPC CNI attaches interfaces as pods come. The driver counts them when it starts (and, from Kubernetes
 * 1.34 on, every ten seconds if it may): what the scheduler was promised before may not be there when a
 * volume is attached.
 *
 * Pure.
 */
import type { DataPlane } from '../data-plane.ts';
import type { EbsDriver } from '../ebs-limit.ts';
import { type NodeRoom, roomsOf, type TypeRoom, useOfVolumes, worstSlotsOf } from '../ebs-room.ts';
import { aboutSet, howToGetTypes, type NodeSet, setsWithVolumes, zonesOf } from '../node-set.ts';
import { count } from '../sentence.ts';
import { similarTypes } from '../similar-types.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly minimumSlots: number };

const severities = { used: 'medium', unknown: 'low', unused: 'low' } as const;

const overfull = ({ nodes }: TypeRoom): readonly NodeRoom[] =>
  nodes.filter(({ used, worstSlots }) => worstSlots !== undefined && used > worstSlots);

const suggestionFor = (
  plane: DataPlane,
  set: NodeSet,
  { type, limit, otherVolumes }: TypeRoom,
  least: number,
  driver: EbsDriver,
): string => {
  const instead = similarTypes(plane, {
    like: type,
    zones: zonesOf(set, plane),
    accept: (other) => worstSlotsOf(other, otherVolumes, driver) >= least,
  });
  const ways =
    limit.kind === 'shared'
      ? ['Turn on prefix delegation in the VPC CNI, so that fewer interfaces are needed.']
      : [];
  return [...ways, ...(instead.length > 0 ? [`${howToGetTypes(set, instead)}.`] : [])].join(' ') || noWay;
};

const noWay = 'Spread pods with volumes over more nodes.';

/** Those that are short today are told by `ebs-slots`, unless volumes that are attached would have no room. */
const isShort = ({ slots, worstSlots }: TypeRoom, { minimumSlots }: Settings): boolean =>
  worstSlots !== undefined && worstSlots < minimumSlots && slots >= minimumSlots;

export const ebsWorstCase: Rule<Settings> = {
  name: 'ebs-worst-case',
  about: 'With every network interface attached, an instance type has too few slots for EBS volumes.',
  severity:
    'high where nodes hold more volumes than they would then have slots, medium where pods use EBS volumes, low else',
  link: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html',
  settings: { minimumSlots: 12 },
  judge: (plane, settings, { policy: { findings } }) =>
    setsWithVolumes(plane).flatMap((set) =>
      roomsOf(set, plane, findings.ebsDriver).flatMap((room): Found[] => {
        const { type, slots, worstSlots } = room;
        const atRisk = overfull(room);
        if (worstSlots === undefined || (atRisk.length === 0 && !isShort(room, settings))) return [];
        const risk =
          atRisk.length > 0
            ? `; ${count(atRisk.length, 'node')} would not hold the volumes of the pods there`
            : '';
        return [
          {
            about: aboutSet(set, type.name),
            severity: atRisk.length > 0 ? 'high' : severities[useOfVolumes(set)],
            sentence: `${type.name} in ${set.name} has ${count(slots, 'slot')} for EBS volumes today and ${worstSlots} with every interface attached${risk}.`,
            evidence: {
              slots,
              worstSlots,
              interfacesNow: room.interfaces,
              interfacesAtMost: type.interfaces ?? 'unknown',
              nodesAtRisk: atRisk.length,
            },
            weight: atRisk.length > 0 ? atRisk.length : settings.minimumSlots - worstSlots,
            suggestion: suggestionFor(plane, set, room, settings.minimumSlots, findings.ebsDriver),
          },
        ];
      }),
    ),
};
