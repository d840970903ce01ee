import { describe, expect, it } from 'vitest';
import { ebsFull } from '../../../functions/domain/rules/ebs-full.ts';
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
} from '../survey-factories.ts';

/** m7i.large: 31 slots beside the root volume. */
const holding = (count: number) => ({ volumes: [rootVolume(), ...podVolumes(count)] });

describe('looks at the share of slots that is taken', () => {
  it.each([
    ['24 of 31, below 80 per cent', [holding(24)], []],
    ['25 of 31, above it', [holding(25)], ['medium']],
    ['30 of 31, one left', [holding(30)], ['medium']],
    ['31 of 31, none left', [holding(31)], ['high']],
    ['one finding for many nodes, as grave as the worst', [holding(25), holding(31), holding(3)], ['high']],
    ['no volume at all', [holding(0)], []],
  ])('%s', (_case, running, severities) => {
    expect(judge(ebsFull, planeOfType('m7i.large', running)).map(({ severity }) => severity)).toEqual(
      severities,
    );
  });
});

it('tunes the share', () => {
  const seen = planeOfType('m7i.large', [holding(31)]);
  expect(judge(ebsFull, seen, { fullPercent: 100 })).toHaveLength(1);
  expect(judge(ebsFull, seen, { fullPercent: 101 })).toEqual([]);
});

it('takes a volume that EC2 does not tell of for one of a pod', () => {
  const unread = Array.from({ length: 31 }, () => dataVolume({ csi: undefined }));
  expect(judge(ebsFull, planeOfType('m7i.large', [{ volumes: [rootVolume(), ...unread] }]))).toMatchObject([
    { severity: 'high', evidence: { used: 31, volumesUnread: 31 } },
  ]);
});

it('does not take the one slot that Kubernetes is told where none is left for a taken one', () => {
  const type = 'd3.8xlarge';
  expect(judge(ebsFull, planeOfType(type, [{ volumes: [rootVolume()], interfaces: 8 }]))).toEqual([]);
});

it('names the fullest node, the first of equals', () => {
  const [found] = judge(ebsFull, planeOfType('m7i.large', [holding(25), holding(26), holding(26)]));
  expect(found).toMatchObject({
    about: { cluster: 'blue', nodeGroup: 'workers' },
    sentence:
      '3 nodes of 3 in node group workers of blue have 80 per cent or more of the slots for EBS volumes taken; the fullest, i-1 (m7i.large), 26 of 31.',
    evidence: { nodes: 3, fullest: 'i-1', used: 26, slots: 31, percent: 84, volumesUnread: 0 },
    weight: 84,
  });
});

it("works with the driver's own number", () => {
  const at = scene({
    policy: policy({ findings: { rules: {}, mute: [], ebsDriver: { volumeAttachLimit: 5 } } }),
  });
  expect(judge(ebsFull, planeOfType('m7i.large', [holding(4)]), {}, at)).toMatchObject([
    { evidence: { slots: 5 } },
  ]);
});

describe('suggests', () => {
  it.each([
    [
      'dedicated types and prefix delegation where slots are shared',
      planeOfType('m5.large', [{ ...holding(24), interfaces: 3 }]),
      'Create a node group of m8i.large, m7a.large, m7i.large or m8i-flex.large and move the pods there: they have more slots. Prefix delegation in the VPC CNI gives back up to 2 slots of a node. Spread pods with volumes over more nodes (topologySpreadConstraints).',
    ],
    [
      'more nodes where nothing has more slots',
      planeOfType('m7i.large', [holding(31)]),
      'Spread pods with volumes over more nodes (topologySpreadConstraints).',
    ],
  ])('%s', (_case, seen, suggestion) => {
    expect(judge(ebsFull, seen)[0]?.suggestion).toBe(suggestion);
  });
});

it('keeps the sets of nodes apart', () => {
  const karpenter = { is: 'karpenter', nodePool: 'general' } as const;
  expect(
    judge(ebsFull, planeOf({}, [node(holding(31)), node({ ...holding(31), launcher: karpenter })])).map(
      ({ about }) => about.detail,
    ),
  ).toEqual([undefined, 'Karpenter node pool general']);
});
