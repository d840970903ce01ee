import { describe, expect, it } from 'vitest';
import { keepsStateApart } from '../../functions/domain/container-storage.ts';
import type { DataPlane, GroupSurvey, NodeSurvey } from '../../functions/domain/data-plane.ts';
import { nodeSetsOf } from '../../functions/domain/node-set.ts';
import { ownImage } from './factories.ts';
import { dataVolume, node, plane, planeOf, podVolumes, rootVolume, typesWith } from './survey-factories.ts';

const root = {
  device: '/dev/xvda',
  volumeType: 'gp3',
  sizeGiB: 20,
  iops: undefined,
  throughputMiBs: undefined,
};
const alone = [node({ volumes: [rootVolume()] })];
const named = (imageName: string | undefined): readonly NodeSurvey[] => [
  node({ launcher: { is: 'karpenter', nodePool: 'general' }, imageName, volumes: [rootVolume()] }),
];
const bottlerocket = {
  is: 'eks',
  amiType: 'BOTTLEROCKET_x86_64',
  releaseVersion: '1.55.0-d93bb1b1',
} as const;
const windows = {
  is: 'eks',
  amiType: 'WINDOWS_CORE_2022_x86_64',
  releaseVersion: '1.34-2026.07.15',
} as const;

describe('of a group, says', () => {
  it.each<[string, boolean | undefined, Partial<GroupSurvey>, readonly NodeSurvey[]]>([
    ['yes: its template has a second volume', true, {}, []],
    ['no: its template has the root volume only', false, { templateVolumes: [root] }, []],
    ['no: its template names no volume', false, { templateVolumes: [] }, alone],
    ['no: it has no template', false, { templateVolumes: undefined, hasTemplate: false }, []],
    [
      'unknown: its template could not be read, and nothing runs',
      undefined,
      { templateVolumes: undefined },
      [],
    ],
    [
      'unknown: whether it has a template is not known',
      undefined,
      { templateVolumes: undefined, hasTemplate: undefined },
      [],
    ],
    [
      'yes: its template could not be read, but its nodes have one',
      true,
      { templateVolumes: undefined },
      [node()],
    ],
    ['no: neither its nodes have one, nor its types disks', false, { templateVolumes: undefined }, alone],
    [
      'unknown: its types have disks, which its user data may use',
      undefined,
      { templateVolumes: undefined, instanceTypes: ['m6id.large'] },
      alone,
    ],
    ['no: some of its nodes have none', false, { templateVolumes: [root] }, [node(), ...alone]],
    [
      'no: what its nodes have is of pods',
      false,
      { templateVolumes: [root] },
      [node({ volumes: [rootVolume(), ...podVolumes(2)] })],
    ],
    [
      'unknown: the volumes of one of its nodes could not be read',
      undefined,
      { templateVolumes: [root] },
      [...alone, node({ volumes: undefined })],
    ],
    [
      'unknown: what its nodes have is not told',
      undefined,
      { templateVolumes: [root] },
      [node({ volumes: [rootVolume(), dataVolume({ csi: undefined })] })],
    ],
    [
      'yes: user data gives disks to containerd',
      true,
      { templateVolumes: [root], userData: 'instance:\n  localStorage:\n    strategy: RAID0\n' },
      alone,
    ],
    [
      'yes: user data mounts a volume for containerd',
      true,
      { templateVolumes: [root], userData: 'mount /dev/nvme1n1 /var/lib/containerd\n' },
      alone,
    ],
    [
      'no: user data does something else',
      false,
      { templateVolumes: [root], userData: 'systemctl restart containerd\n' },
      alone,
    ],
    [
      'yes: it is Bottlerocket',
      true,
      { image: bottlerocket, templateVolumes: undefined, hasTemplate: false },
      [],
    ],
    ['yes: it is Windows', true, { image: windows, templateVolumes: undefined, hasTemplate: false }, []],
    [
      'no: it has an image of its own, and one volume',
      false,
      { image: ownImage('ami-1'), templateVolumes: [root] },
      alone,
    ],
  ])('%s', (_case, apart, changes, running) => {
    const seen = planeOf(changes, running);
    expect(nodeSetsOf(seen).map((set) => keepsStateApart(set, seen))).toEqual([apart]);
  });
});

describe('of nodes of others, says', () => {
  it.each<[string, boolean | undefined, readonly NodeSurvey[], DataPlane['types']?]>([
    [
      'no: one volume, and a type without disks',
      false,
      named('amazon-eks-node-al2023-x86_64-standard-1.34-v20260714'),
    ],
    ['no: an image of unknown name, one volume, no disks', false, named(undefined)],
    [
      'unknown: a type that may have disks',
      undefined,
      named(undefined),
      typesWith({ name: 'm7i.large', like: 'm7i.large', instanceStorage: undefined }),
    ],
    ['unknown: a type that EC2 does not describe', undefined, named(undefined), new Map()],
    [
      'yes: Bottlerocket by the name of its image',
      true,
      named('bottlerocket-aws-k8s-1.34-x86_64-v1.55.0-d93bb1b1'),
    ],
    [
      "yes: Auto Mode, which is AWS's to set up",
      true,
      [node({ launcher: { is: 'auto mode' }, volumes: [rootVolume()] })],
    ],
    ['yes: a second volume', true, [node({ launcher: { is: 'unknown' } })]],
  ])('%s', (_case, apart, running, types) => {
    const base = planeOf({}, running, types ? { types } : {});
    const seen = plane({ ...base, clusters: base.clusters.map((one) => ({ ...one, groups: [] })) });
    expect(nodeSetsOf(seen).map((set) => keepsStateApart(set, seen))).toEqual([apart]);
  });
});
