/**
 * Finds nodes of an AMI family that AWS publishes no more, or not for long: they get no fixes.
 *
 * The dates stand in the table of AMI types.
 *
 * Pure.
 */
import { type AmiTypeFacts, amiTypeOfImageName, factsOf, isAmiType } from '../ami-type.ts';
import { aboutSet, type NodeSet, nodeSetsOf } from '../node-set.ts';
import { count } from '../sentence.ts';
import { daysBetween, type Instant } from '../time.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly warnDays: number };

const factsOfName = (imageName: string | undefined): AmiTypeFacts | undefined => {
  const named = imageName === undefined ? undefined : amiTypeOfImageName(imageName);
  return named && factsOf(named.amiType);
};

/** Of what a node group starts; `undefined` for the nodes of others. */
const startedBy = ({ group }: NodeSet): AmiTypeFacts | undefined => {
  if (!group) return undefined;
  const { image } = group;
  if (image.is === 'own') return factsOfName(image.facts?.name);
  return isAmiType(image.amiType) ? factsOf(image.amiType) : undefined;
};

const judgeSet = (set: NodeSet, { warnDays }: Settings, now: Instant): readonly Found[] => {
  const started = startedBy(set);
  const running = set.nodes.flatMap(({ imageName }) => factsOfName(imageName) ?? []);
  const ending = [...(started ? [started] : []), ...running]
    .flatMap(({ family, ended }) => (ended ? [{ family, ended }] : []))
    .sort((a, b) => (a.ended < b.ended ? -1 : 1))[0];
  const days = ending && daysBetween(now, `${ending.ended}T00:00:00.000Z`);
  if (!ending || days === undefined || days > warnDays) return [];
  const { family, ended } = ending;
  const wanted = started?.family === family ? (set.group?.scaling.desired ?? 0) : 0;
  const nodes = Math.max(wanted, running.filter((facts) => facts.family === family).length);
  const past = days <= 0;
  return [
    {
      about: aboutSet(set, family),
      severity: past ? 'high' : 'medium',
      sentence: `AWS ${past ? 'stopped' : 'stops'} publishing ${family} images on ${ended}; ${count(nodes, 'node')} of ${set.name} ${past ? `${nodes === 1 ? 'gets' : 'get'} no fixes any more` : 'will get no fixes then'}.`,
      evidence: { family, ended, nodes },
      weight: Math.max(1, nodes),
      suggestion:
        'Create a node group of an AL2023 or Bottlerocket AMI type, move the pods over and delete this one: the family of a group cannot be changed.',
    },
  ];
};

export const amiFamilyEnd: Rule<Settings> = {
  name: 'ami-family-end',
  about: 'Nodes run images of an AMI family that AWS publishes no more, or not for long.',
  severity: 'high from the last day on, medium before',
  link: 'https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html',
  settings: { warnDays: 180 },
  judge: (plane, settings, { now }) => nodeSetsOf(plane).flatMap((set) => judgeSet(set, settings, now)),
};
