/**
 * Makes surveys of a data plane for the unit tests: one cluster `blue` with one group `workers` of three healthy
 * nodes, about which no rule has anything to say. Each test overrides the one thing that it is about.
 *
 * Instance types and the zones that offer them are EC2's, from the table of the simulated cloud.
 *
 * Reads files, once.
 */
import type {
  ClusterSurvey,
  DataPlane,
  GroupSurvey,
  InstanceType,
  NodeSurvey,
  NodeVolume,
} from '../../functions/domain/data-plane.ts';
import type { Found, Rule, Scene, Settings } from '../../functions/domain/rules/rule.ts';
import { instanceTypeRows, offeringsIn, type TypeRow } from '../cloud/services/instance-type-rows.ts';
import { monday, nodeGroup, policy, release, target } from './factories.ts';

type Counted = readonly (readonly [count: number, ...rest: readonly unknown[]])[] | 0;
const total = (devices: Counted): number => (devices || []).reduce((sum, [count]) => sum + count, 0);

/** Gaudi is among EC2's GPUs; Inferentia stands in two lists. */
const devicesOf = ({ gpus, inference, neuron, fpgas }: TypeRow) => {
  const gaudi = (gpus || []).filter(([, maker]) => maker === 'Habana');
  const makers = [...(gpus || []), ...(inference || []), ...(fpgas || [])].map(([, maker]) => maker);
  return {
    gpus: total(gpus) - total(gaudi),
    accelerators: total(gaudi) + Math.max(total(inference), total(neuron)) + total(fpgas),
    acceleratorMakers: [...new Set(neuron ? [...makers, 'AWS'] : makers)].sort(),
  };
};

const toType = (row: TypeRow): InstanceType => ({
  name: row.type,
  architectures: row.architectures.split(' '),
  vcpus: row.vcpus,
  memoryMiB: row.memoryMiB,
  ...devicesOf(row),
  hypervisor: row.hypervisor || undefined,
  bareMetal: row.bareMetal === 1,
  burstable: row.burstable === 1,
  currentGeneration: row.currentGeneration === 1,
  instanceStorage: row.disks !== 0,
  ebsAttachments: row.ebsAttachments,
  ebsLimit: row.ebsLimitType,
  interfaces: row.interfacesByCard[row.defaultCard],
  addressesPerInterface: row.ipv4PerInterface,
  ebsBaseline: { iops: row.ebsBaselineIops, throughputMBs: row.ebsBaselineMBps },
});

/** Every type that the simulated cloud knows, by name. */
export const ec2Types: ReadonlyMap<string, InstanceType> = new Map(
  [...instanceTypeRows()].map(([name, row]) => [name, toType(row)]),
);

export const ec2Type = (name: string): InstanceType => {
  const type = ec2Types.get(name);
  if (!type) throw new Error(`EC2 has no type ${name}`);
  return type;
};

/** The types of EC2 with one that is made up, or changed. */
export const typesWith = (...changed: readonly (Partial<InstanceType> & { name: string; like: string })[]) =>
  new Map([
    ...ec2Types,
    ...changed.map(({ like, ...other }) => [other.name, { ...ec2Type(like), ...other }] as const),
  ]);

export const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'] as const;
const offers = new Map(
  [...offeringsIn('eu-central-1')].filter(([zone]) => zones.some((one) => one === zone)),
);

export const rootVolume = (other: Partial<NodeVolume> = {}): NodeVolume => ({
  volumeId: 'vol-root',
  root: true,
  csi: false,
  volumeType: 'gp3',
  iops: 3000,
  throughputMiBs: 125,
  ...other,
});

export const dataVolume = (other: Partial<NodeVolume> = {}): NodeVolume =>
  rootVolume({ volumeId: 'vol-data', root: false, ...other });

/** Volumes that the EBS CSI driver attached for pods. */
export const podVolumes = (count: number, other: Partial<NodeVolume> = {}): readonly NodeVolume[] =>
  Array.from({ length: count }, (_, i) => dataVolume({ volumeId: `vol-${i}`, csi: true, ...other }));

const newest = release();
const newestName = 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260714';

export const node = (other: Partial<NodeSurvey> = {}): NodeSurvey => ({
  instanceId: 'i-0',
  launcher: { is: 'node group', nodeGroup: 'workers' },
  instanceType: 'm7i.large',
  zone: zones[0],
  imageId: newest.imageId,
  imageName: newestName,
  imageCreatedAt: '2026-07-14T03:00:00.000Z',
  launchedAt: '2026-07-16T09:00:00.000Z',
  spot: false,
  interfaces: 1,
  volumes: [rootVolume(), dataVolume()],
  tags: {},
  ...other,
});

/** So many nodes, zone by zone in turn. */
export const nodes = (count: number, other: Partial<NodeSurvey> = {}): readonly NodeSurvey[] =>
  Array.from({ length: count }, (_, i) =>
    node({ instanceId: `i-${i}`, zone: zones[i % zones.length] ?? zones[0], ...other }),
  );

export const group = (other: Partial<GroupSurvey> = {}): GroupSurvey => ({
  ...nodeGroup(),
  instanceTypes: ['m7i.large', 'm7a.large'],
  capacity: 'on demand',
  scaling: { min: 3, max: 6, desired: 3 },
  subnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
  maxUnavailable: { nodes: 1 },
  updateStrategy: 'DEFAULT',
  hasTemplate: true,
  templateVolumes: [
    { device: '/dev/xvda', volumeType: 'gp3', sizeGiB: 20, iops: undefined, throughputMiBs: undefined },
    { device: '/dev/xvdb', volumeType: 'gp3', sizeGiB: 100, iops: undefined, throughputMiBs: undefined },
  ],
  userData: undefined,
  ...other,
});

export const cluster = (other: Partial<ClusterSurvey> = {}): ClusterSurvey => ({
  name: 'blue',
  minor: '1.34',
  tags: {},
  autoMode: false,
  standardSupportEndsAt: '2026-12-02T00:00:00.000Z',
  groups: [group()],
  nodes: nodes(3),
  ...other,
});

export const subnet = (letter: 'a' | 'b' | 'c', freeAddresses: number | undefined) => ({
  subnetId: `subnet-${letter}`,
  zone: `eu-central-1${letter}`,
  freeAddresses,
});

export const subnets = (...some: readonly ReturnType<typeof subnet>[]) =>
  new Map(
    [subnet('a', 200), subnet('b', 200), subnet('c', 200), ...some].map(
      (one) => [one.subnetId, one] as const,
    ),
  );

export const plane = (other: Partial<DataPlane> = {}): DataPlane => ({
  target,
  clusters: [cluster()],
  types: ec2Types,
  offers,
  subnets: subnets(),
  ...other,
});

/** A plane whose one group and its nodes are other than usual. */
export const planeOf = (
  changes: Partial<GroupSurvey>,
  running: readonly NodeSurvey[] = nodes(3),
  other: Partial<DataPlane> = {},
): DataPlane => plane({ clusters: [cluster({ groups: [group(changes)], nodes: running })], ...other });

/** A plane whose one group may launch one type, with such nodes of it. */
export const planeOfType = (
  type: string,
  running: readonly Partial<NodeSurvey>[],
  other: Partial<DataPlane> = {},
): DataPlane =>
  planeOf(
    { instanceTypes: [type] },
    running.map((one, i) => node({ instanceId: `i-${i}`, instanceType: type, ...one })),
    other,
  );

export const scene = (other: Partial<Scene> = {}): Scene => ({
  now: monday,
  policy: policy(),
  known: () => ({ releases: [newest] }),
  ...other,
});

/** What a rule finds, with its own settings where none are given. */
export const judge = <Tuned extends Settings>(
  rule: Rule<Tuned>,
  seen: DataPlane,
  settings: Partial<Tuned> = {},
  at: Scene = scene(),
): readonly Found[] => rule.judge(seen, { ...rule.settings, ...settings }, at);
