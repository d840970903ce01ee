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

/** What a node group starts, and what runs. */
const factsIn = ({ group, nodes }: NodeSet): readonly AmiTypeFacts[] => {
  const running = nodes.flatMap(({ imageName }) => factsOfName(imageName) ?? []);
  if (!group) return running;
  const { image } = group;
  const starts =
    image.is === 'own'
      ? factsOfName(image.facts?.name)
      : isAmiType(image.amiType)
        ? factsOf(image.amiType)
        : undefined;
  return starts ? [starts, ...running] : running;
};

const judgeSet = (set: NodeSet, { warnDays }: Settings, now: Instant): readonly Found[] => {
  const ending = factsIn(set)
    .flatMap(({ family, ended }) => (ended ? [{ family, ended }] : []))
    .sort((a, b) => (a.ended < b.ended ? -1 : 1))[0];
  const days = ending && daysBetween(now, `${ending.ended}T00:00:00.000Z`);
  if (!ending || days === undefined || days > warnDays) return [];
  const { family, ended } = ending;
  const nodes = Math.max(
    set.group?.scaling.desired ?? 0,
    set.nodes.filter(({ imageName }) => factsOfName(imageName)?.family === family).length,
  );
  const past = days <= 0;
  return [
    {
      about: aboutSet(set, family),
      severity: past ? 'high' : 'medium',
      sentence: `AWS ${past ? 'stopped' : 'stops'} publishing ${family} images on ${ended}; ${count(nodes, 'node')} of ${set.name} ${past ? 'get no fixes any more' : 'will get no fixes then'}.`,
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
