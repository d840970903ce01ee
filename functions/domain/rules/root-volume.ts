/**
 * Finds root volumes of the gp2 type, and such that do not suit their instance: more IOPS or throughput than the
 * instance sustains is paid for nothing, far less holds it up where containers live there too.
 *
 * What is not named is gp3's own: 3,000 IOPS and 125 MiB/s (EBS user guide "general-purpose", checked 2026-11-23).
 * Running nodes are looked at; the launch template only where none runs.
 *
 * Pure.
 */
import { keepsStateApart } from '../container-storage.ts';
import type { DataPlane, InstanceType } from '../data-plane.ts';
import { templateRoot } from '../group-volumes.ts';
import { aboutSet, type NodeSet, nodeSetsOf, typesOf } from '../node-set.ts';
import { count, series } from '../sentence.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly leastPercent: number };

type Root = {
  readonly instanceType: string;
  readonly volumeType: string | undefined;
  readonly iops: number | undefined;
  readonly throughputMiBs: number | undefined;
};

const gp3 = { iops: 3000, throughputMiBs: 125 };

const rootsOf = (set: NodeSet): readonly Root[] => {
  if (set.nodes.length > 0)
    return set.nodes.flatMap(({ instanceType, volumes }) =>
      volumes.filter(({ root }) => root).map((volume) => ({ ...volume, instanceType })),
    );
  const named = set.group && templateRoot(set.group);
  if (!named) return [];
  const { volumeType, iops, throughputMiBs } = named;
  const own = volumeType === 'gp3' ? gp3 : { iops: undefined, throughputMiBs: undefined };
  return typesOf(set).map((instanceType) => ({
    instanceType,
    volumeType,
    iops: iops ?? own.iops,
    throughputMiBs: throughputMiBs ?? own.throughputMiBs,
  }));
};

/** Per cent of what the instance sustains; a member that is not known is left out. */
const shares = ({ iops, throughputMiBs }: Root, { ebsBaseline }: InstanceType): readonly number[] => {
  if (!ebsBaseline) return [];
  const megabytes = throughputMiBs === undefined ? undefined : throughputMiBs * 1.048576;
  return [
    ...(iops === undefined ? [] : [(100 * iops) / ebsBaseline.iops]),
    ...(megabytes === undefined ? [] : [(100 * megabytes) / ebsBaseline.throughputMBs]),
  ];
};

const found = (
  set: NodeSet,
  detail: string,
  roots: readonly Root[],
  what: string,
  suggestion: string,
): readonly Found[] => {
  if (roots.length === 0) return [];
  const types = [...new Set(roots.map(({ instanceType }) => instanceType))];
  return [
    {
      about: aboutSet(set, detail),
      severity: 'low',
      sentence: `${count(roots.length, 'root volume')} of ${set.name} (${series(types)}) ${what}.`,
      evidence: {
        volumes: roots.length,
        types,
        iops: [...new Set(roots.map(({ iops }) => `${iops ?? 'unknown'}`))],
        throughputMiBs: [...new Set(roots.map(({ throughputMiBs }) => `${throughputMiBs ?? 'unknown'}`))],
      },
      weight: roots.length,
      suggestion,
    },
  ];
};

const judgeSet = (plane: DataPlane, set: NodeSet, { leastPercent }: Settings): readonly Found[] => {
  const roots = rootsOf(set);
  const sharesOf = (root: Root): readonly number[] => {
    const type = plane.types.get(root.instanceType);
    return type ? shares(root, type) : [];
  };
  const shared = keepsStateApart(set, plane) === false;
  return [
    ...found(
      set,
      'gp2',
      roots.filter(({ volumeType }) => volumeType === 'gp2'),
      'are gp2, whose IOPS hang on the size',
      'Name gp3 in the launch template: 3,000 IOPS and 125 MiB/s whatever the size, at a lower price.',
    ),
    ...found(
      set,
      'above the instance',
      roots.filter((root) => sharesOf(root).some((share) => share > 100)),
      'promise more than the instance sustains',
      "Lower the volume's IOPS and throughput to the baseline of the type, or choose a type with more.",
    ),
    ...found(
      set,
      'below the instance',
      roots.filter((root) => shared && sharesOf(root).some((share) => share < leastPercent)),
      `give less than ${leastPercent} per cent of what the instance sustains, to the host and all containers`,
      'Give containers a volume of their own, or raise IOPS and throughput of the root volume.',
    ),
  ];
};

export const rootVolume: Rule<Settings> = {
  name: 'root-volume',
  about: 'Root volumes are gp2, or promise far less or more than their instance sustains.',
  severity: 'low',
  link: 'https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html',
  settings: { leastPercent: 10 },
  judge: (plane, settings) => nodeSetsOf(plane).flatMap((set) => judgeSet(plane, set, settings)),
};
