import { describe, expect, it } from 'vitest';
import { ebsSlots } from '../../../functions/domain/rules/ebs-slots.ts';
import { policy } from '../factories.ts';
import {
  dataVolume,
  judge,
  node,
  planeOf,
  planeOfType,
  podVolumes,
  rootVolume,
  scene,
  typesWith,
} from '../survey-factories.ts';

const limited = (attachments: number, ebsLimit: 'shared' | 'dedicated' = 'dedicated') => ({
  types: typesWith({ name: 'x.large', like: 'm7i.large', ebsAttachments: attachments, ebsLimit }),
});
const bare = { volumes: [rootVolume()] };
const template = (...devices: readonly string[]) => ({
  instanceTypes: ['x.large'],
  templateVolumes: devices.map((device) => ({
    device,
    volumeType: 'gp3',
    sizeGiB: 20,
    iops: undefined,
    throughputMiBs: undefined,
  })),
});
const bottlerocket = {
  is: 'eks',
  amiType: 'BOTTLEROCKET_x86_64',
  releaseVersion: '1.55.0-d93bb1b1',
} as const;

describe('counts slots', () => {
  it.each([
    ['12, which is enough', planeOfType('x.large', [bare], limited(13)), []],
    ['11, which is not', planeOfType('x.large', [bare], limited(12)), [11]],
    ['fewer where nodes have a second volume', planeOfType('x.large', [{}], limited(13)), [11]],
    [
      'none that a pod has taken already: it is its own',
      planeOfType('x.large', [{ volumes: [rootVolume(), ...podVolumes(9)] }], limited(13)),
      [],
    ],
    [
      "a volume that EC2 does not tell of as a pod's",
      planeOfType('x.large', [{ volumes: [rootVolume(), dataVolume({ csi: undefined })] }], limited(13)),
      [],
    ],
    [
      'the fewest of any node, as its interfaces are today',
      planeOfType('x.large', [bare, { ...bare, interfaces: 3 }, bare], limited(14, 'shared')),
      [11],
    ],
    [
      'no interface of dedicated slots',
      planeOfType('x.large', [{ ...bare, interfaces: 3 }], limited(14)),
      [],
    ],
    [
      'the root volume and the first interface where nothing runs',
      planeOf(template('/dev/xvda'), [], limited(12)),
      [11],
    ],
    ['volumes of the template too', planeOf(template('/dev/xvda', '/dev/xvdb'), [], limited(13)), [11]],
    [
      'the second volume that Bottlerocket brings',
      planeOf({ ...template(), image: bottlerocket }, [], limited(13)),
      [11],
    ],
    [
      'that one once where the template names it',
      planeOf({ ...template('/dev/xvdb'), image: bottlerocket }, [], limited(14)),
      [],
    ],
    ['nothing of a type whose limit is unknown', planeOfType('x.large', [bare], { types: new Map() }), []],
    [
      'every type by itself',
      planeOf({ instanceTypes: ['d3.8xlarge', 'd3en.12xlarge', 'm7i.large'] }, [node(bare)]),
      [2, 2],
    ],
  ])('%s', (_case, seen, slots) => {
    expect(judge(ebsSlots, seen).map(({ evidence }) => evidence.slots)).toEqual(slots);
  });
});

it('asks for as many as the policy says', () => {
  const seen = planeOfType('x.large', [bare], limited(12));
  expect(judge(ebsSlots, seen, { minimumSlots: 11 })).toEqual([]);
  expect(judge(ebsSlots, seen, { minimumSlots: 14 })).toMatchObject([{ weight: 3 }]);
});

describe("counts with the driver's flags", () => {
  const seen = planeOfType('x.large', [{}], limited(13));
  it.each([
    ['none', {}, 1],
    ['what is reserved', { reservedVolumeAttachments: 1 }, 0],
    ['a number of its own', { volumeAttachLimit: 11 }, 1],
    ['a number of its own, which is enough', { volumeAttachLimit: 12 }, 0],
  ])('%s', (_case, ebsDriver, findings) => {
    const at = scene({ policy: policy({ findings: { rules: {}, mute: [], ebsDriver } }) });
    expect(judge(ebsSlots, seen, {}, at)).toHaveLength(findings);
  });
});

describe('is graver the surer it is that pods use volumes', () => {
  it.each([
    ['high: they do', planeOfType('d3.8xlarge', [{ volumes: [rootVolume(), ...podVolumes(1)] }]), 'high'],
    [
      'high: a volume could not be read',
      planeOfType('d3.8xlarge', [{ volumes: [rootVolume(), dataVolume({ csi: undefined })] }]),
      'high',
    ],
    ['medium: nothing runs', planeOfType('d3.8xlarge', []), 'medium'],
    ['low: no node has one', planeOfType('d3.8xlarge', [bare]), 'low'],
  ])('%s', (_case, seen, severity) => {
    expect(judge(ebsSlots, seen)).toMatchObject([{ severity }]);
  });
});

it('says what it is about, with its numbers and what to do', () => {
  expect(judge(ebsSlots, planeOfType('d3.8xlarge', [bare]))).toEqual([
    {
      about: {
        target: { account: '111122223333', region: 'eu-central-1' },
        cluster: 'blue',
        nodeGroup: 'workers',
        detail: 'd3.8xlarge',
      },
      severity: 'low',
      sentence:
        'd3.8xlarge in node group workers of blue has 2 slots for EBS volumes of pods; the policy asks for 12.',
      evidence: {
        slots: 2,
        minimumSlots: 12,
        attachments: 3,
        kind: 'shared',
        interfaces: 1,
        nodes: 1,
        instead: ['i7i.8xlarge', 'r8id.8xlarge', 'r5d.8xlarge', 'i4i.8xlarge'],
      },
      weight: 10,
      suggestion:
        'Create a node group of i7i.8xlarge, r8id.8xlarge, r5d.8xlarge or i4i.8xlarge and move the pods there.',
    },
  ]);
});

describe('suggests', () => {
  it.each([
    [
      'types for the node pool where Karpenter launched them',
      planeOf({}, [
        node({ launcher: { is: 'karpenter', nodePool: 'gpu' }, instanceType: 'g5.48xlarge', ...bare }),
      ]),
      /^Let node pool gpu choose from g6\.48xlarge/,
    ],
    [
      'prefix delegation where interfaces take the slots',
      planeOfType('x.large', [{ ...bare, interfaces: 3 }], limited(13, 'shared')),
      /Prefix delegation in the VPC CNI gives back/,
    ],
    [
      'no prefix delegation where it would not suffice',
      planeOfType('x.large', [{ ...bare, interfaces: 3 }], limited(12, 'shared')),
      /there\.$/,
    ],
    [
      'other ways where no type would do',
      planeOfType('x.large', [bare], { ...limited(12), offers: new Map() }),
      /^No similar type/,
    ],
  ])('%s', (_case, seen, suggestion) => {
    expect(judge(ebsSlots, seen)[0]?.suggestion).toMatch(suggestion);
  });
});
