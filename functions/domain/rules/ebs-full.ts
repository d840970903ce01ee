/**
 * Finds nodes on which nearly every slot for EBS volumes is taken.
 *
 * One finding for all such nodes of a set: pods with volumes wait, or volumes hang in "attaching" where the
 * driver counted before interfaces were attached.
 *
 * Pure.
 */
import type { DataPlane } from '../data-plane.ts';
import type { EbsDriver } from '../ebs-limit.ts';
import { type NodeRoom, roomsOf, type TypeRoom, worstSlotsOf } from '../ebs-room.ts';
import { aboutSet, howToGetTypes, type NodeSet, setsWithVolumes, zonesOf } from '../node-set.ts';
import { count, percent } from '../sentence.ts';
import { similarTypes } from '../similar-types.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly fullPercent: number };
type Full = NodeRoom & { readonly room: TypeRoom; readonly percent: number };

const fullNodes = (rooms: readonly TypeRoom[], { fullPercent }: Settings): readonly Full[] =>
  rooms
    .flatMap((room) => room.nodes.map((node) => ({ ...node, room, percent: percent(node.used, node.slots) })))
    .filter(({ used, slots }) => used > 0 && 100 * used >= fullPercent * slots)
    .sort((a, b) => b.percent - a.percent || (a.node.instanceId < b.node.instanceId ? -1 : 1));

const suggestionFor = (plane: DataPlane, set: NodeSet, { room }: Full, driver: EbsDriver): string => {
  const { type, limit, firstSlots, slots, otherVolumes } = room;
  const instead = similarTypes(plane, {
    like: type,
    zones: zonesOf(set, plane),
    accept: (other) => worstSlotsOf(other, otherVolumes, driver) > firstSlots,
  });
  const ways = instead.length > 0 ? [`${howToGetTypes(set, instead)}: they have more slots.`] : [];
  if (limit.kind === 'shared' && firstSlots > slots)
    ways.push(
      `Prefix delegation in the VPC CNI gives back up to ${count(firstSlots - slots, 'slot')} of a node.`,
    );
  return [...ways, 'Spread pods with volumes over more nodes (topologySpreadConstraints).'].join(' ');
};

export const ebsFull: Rule<Settings> = {
  name: 'ebs-full',
  about: 'A node has nearly all of its slots for EBS volumes taken.',
  severity: 'high where a node has no slot left, medium else',
  link: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html',
  settings: { fullPercent: 80 },
  judge: (plane, settings, { policy: { findings } }) =>
    setsWithVolumes(plane).flatMap((set): Found[] => {
      const full = fullNodes(roomsOf(set, plane, findings.ebsDriver), settings);
      const worst = full[0];
      if (!worst) return [];
      const { node, used, slots } = worst;
      return [
        {
          about: aboutSet(set),
          severity: used >= slots ? 'high' : 'medium',
          sentence: `${count(full.length, 'node')} of ${set.nodes.length} in ${set.name} ${full.length === 1 ? 'has' : 'have'} ${settings.fullPercent} per cent or more of the slots for EBS volumes taken; the fullest, ${node.instanceId} (${node.instanceType}), ${used} of ${slots}.`,
          evidence: {
            nodes: full.length,
            fullest: node.instanceId,
            used,
            slots,
            percent: worst.percent,
            volumesUnread: node.volumes.filter(({ root, csi }) => !root && csi === undefined).length,
          },
          weight: worst.percent,
          suggestion: suggestionFor(plane, set, worst, findings.ebsDriver),
        },
      ];
    }),
};
