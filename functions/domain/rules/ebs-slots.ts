/**
 * Finds instance types that can attach few EBS volumes for pods today.
 *
 * The lowest of EC2: 2 on d3.8xlarge and d3en.12xlarge, 8 on g5.48xlarge, 10 on inf1.24xlarge, 14 or more on all
 * others but Macs (1,263 types, one interface, 2026-11).
 *
 * Pure.
 */
import type { DataPlane } from '../data-plane.ts';
import { roomsOf, type TypeRoom, useOfVolumes, worstSlotsOf } from '../ebs-room.ts';
import {
  aboutSet,
  howToGetTypes,
  type NodeSet,
  type ReadNode,
  setsWithVolumes,
  zonesOf,
} from '../node-set.ts';
import { count } from '../sentence.ts';
import { similarTypes } from '../similar-types.ts';
import type { Found, Rule, Scene } from './rule.ts';

type Settings = { readonly minimumSlots: number };

const severities = { used: 'high', unknown: 'medium', unused: 'low' } as const;

const suggestionFor = (
  set: NodeSet,
  { limit, firstSlots }: TypeRoom,
  names: readonly string[],
  least: number,
) => {
  const others =
    names.length > 0
      ? `${howToGetTypes(set, names)}.`
      : 'No similar type that its zones offer has more: keep pods with volumes off it, or spread them over more nodes.';
  return limit.kind === 'shared' && firstSlots >= least
    ? `${others} Prefix delegation in the VPC CNI gives back what its interfaces take.`
    : others;
};

const judgeRoom = (
  plane: DataPlane,
  set: NodeSet<ReadNode>,
  room: TypeRoom,
  { minimumSlots }: Settings,
  { ebsDriver }: Scene['policy']['findings'],
): Found => {
  const { type, limit, slots, interfaces, nodes } = room;
  const instead = similarTypes(plane, {
    like: type,
    zones: zonesOf(set, plane),
    accept: (other) => worstSlotsOf(other, room.otherVolumes, ebsDriver) >= minimumSlots,
  });
  return {
    about: aboutSet(set, type.name),
    severity: severities[useOfVolumes(set)],
    sentence: `${type.name} in ${set.name} has ${count(slots, 'slot')} for EBS volumes of pods; the policy asks for ${minimumSlots}.`,
    evidence: {
      slots,
      minimumSlots,
      attachments: limit.attachments,
      kind: limit.kind,
      interfaces,
      nodes: nodes.length,
      instead,
    },
    weight: minimumSlots - slots,
    suggestion: suggestionFor(set, room, instead, minimumSlots),
  };
};

export const ebsSlots: Rule<Settings> = {
  name: 'ebs-slots',
  about: 'An instance type can attach fewer EBS volumes for pods than the policy asks for.',
  severity: 'high where pods use EBS volumes, medium where nothing runs yet, low where no pod does',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html#_avoid_instances_with_low_ebs_attach_limits_if_workloads_use_ebs_volumes',
  settings: { minimumSlots: 12 },
  judge: (plane, settings, { policy: { findings } }) =>
    setsWithVolumes(plane).flatMap((set) =>
      roomsOf(set, plane, findings.ebsDriver)
        .filter(({ slots }) => slots < settings.minimumSlots)
        .map((room) => judgeRoom(plane, set, room, settings, findings)),
    ),
};
