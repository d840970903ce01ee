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
import { aboutSet, type NodeSet, type ReadNode, setsWithVolumes, typesOf } from '../node-set.ts';
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

const rootsOf = (set: NodeSet<ReadNode>): readonly Root[] => {
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

const toMegabytes = (mebibytes: number): number => mebibytes * 1.048576;

/** What comes with every gp3 volume costs nothing, however little the instance sustains. */
const promisesTooMuch = ({ iops = 0, throughputMiBs = 0 }: Root, { ebsBaseline }: InstanceType): boolean =>
  ebsBaseline !== undefined &&
  ((iops > gp3.iops && iops > ebsBaseline.iops) ||
    (throughputMiBs > gp3.throughputMiBs && toMegabytes(throughputMiBs) > ebsBaseline.throughputMBs));

/** What is not known is not too little. */
const givesTooLittle = (
  { iops = Infinity, throughputMiBs = Infinity }: Root,
  { ebsBaseline }: InstanceType,
  { leastPercent }: Settings,
): boolean =>
  ebsBaseline !== undefined &&
  (100 * iops < leastPercent * ebsBaseline.iops ||
    100 * toMegabytes(throughputMiBs) < leastPercent * ebsBaseline.throughputMBs);

const found = (
  set: NodeSet,
  detail: string,
  roots: readonly Root[],
  [one, many]: readonly [verbOfOne: string, verbOfMany: string],
  what: string,
  suggestion: string,
): readonly Found[] => {
  if (roots.length === 0) return [];
  const types = [...new Set(roots.map(({ instanceType }) => instanceType))];
  return [
    {
      about: aboutSet(set, detail),
      severity: 'low',
      sentence: `${count(roots.length, 'root volume')} of ${set.name} (${series(types)}) ${roots.length === 1 ? one : many} ${what}.`,
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

const judgeSet = (plane: DataPlane, set: NodeSet<ReadNode>, settings: Settings): readonly Found[] => {
  const roots = rootsOf(set);
  const whose = (is: (root: Root, type: InstanceType) => boolean): readonly Root[] =>
    roots.filter((root) => {
      const type = plane.types.get(root.instanceType);
      return type !== undefined && is(root, type);
    });
  const shared = keepsStateApart(set, plane) === false;
  return [
    ...found(
      set,
      'gp2',
      roots.filter(({ volumeType }) => volumeType === 'gp2'),
      ['is', 'are'],
      'gp2, whose IOPS hang on the size',
      'Name gp3 in the launch template: 3,000 IOPS and 125 MiB/s whatever the size, at a lower price.',
    ),
    ...found(
      set,
      'above the instance',
      whose(promisesTooMuch),
      ['promises', 'promise'],
      'more than the instance sustains',
      "Lower the volume's IOPS and throughput to the baseline of the type, or choose a type with more.",
    ),
    ...found(
      set,
      'below the instance',
      shared ? whose((root, type) => givesTooLittle(root, type, settings)) : [],
      ['gives', 'give'],
      `less than ${settings.leastPercent} per cent of what the instance sustains, to the host and all containers`,
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
  judge: (plane, settings) => setsWithVolumes(plane).flatMap((set) => judgeSet(plane, set, settings)),
};
