import { describe, expect, it } from 'vitest';
import { ebsWorstCase } from '../../../functions/domain/rules/ebs-worst-case.ts';
import { policy } from '../factories.ts';
import { judge, planeOfType, podVolumes, rootVolume, scene, typesWith } from '../survey-factories.ts';

/** Shared slots, five interfaces at most: four fewer in the worst case than with the first alone. */
const limited = (attachments: number, interfaces: number | undefined = 5) => ({
  types: typesWith({ name: 'x.large', like: 'm5.large', ebsAttachments: attachments, interfaces }),
});
const holding = (count: number, interfaces = 1) => ({
  volumes: [rootVolume(), ...podVolumes(count)],
  interfaces,
});

describe('looks at slots with every interface attached', () => {
  it.each([
    ['12 are enough', planeOfType('x.large', [holding(0)], limited(17)), []],
    ['11 are not', planeOfType('x.large', [holding(0)], limited(16)), [11]],
    [
      'of a type that does not run, with the two volumes of its template',
      planeOfType('x.large', [], limited(17)),
      [11],
    ],
    [
      'not where slots are few already: that is told elsewhere',
      planeOfType('x.large', [holding(0)], limited(12)),
      [],
    ],
    [
      'where they are few only with the first interface',
      planeOfType('x.large', [holding(0)], limited(13)),
      [8],
    ],
    [
      'with more than EC2 says there can be, if more are attached',
      planeOfType('x.large', [holding(13, 7)], limited(19)),
      [12],
    ],
    ['not of dedicated slots', planeOfType('m7i.large', [holding(31)]), []],
    [
      'not where EC2 tells no interfaces',
      planeOfType('x.large', [holding(0)], {
        types: typesWith({ name: 'x.large', like: 'm5.large', ebsAttachments: 16, interfaces: undefined }),
      }),
      [],
    ],
  ])('%s', (_case, seen, slots) => {
    expect(judge(ebsWorstCase, seen).map(({ evidence }) => evidence.worstSlots)).toEqual(slots);
  });
});

describe('finds nodes whose volumes would have no room', () => {
  it.each([
    ['not as many volumes as slots', [holding(22)], []],
    ['one more', [holding(23)], [{ severity: 'high', weight: 1 }]],
    [
      'several nodes',
      [holding(23), holding(22), holding(24)],
      [{ severity: 'high', weight: 2, evidence: { nodesAtRisk: 2 } }],
    ],
  ])('%s', (_case, running, findings) => {
    expect(judge(ebsWorstCase, planeOfType('x.large', running, limited(27)))).toMatchObject(findings);
  });

  it('even where slots are few today', () => {
    expect(judge(ebsWorstCase, planeOfType('x.large', [holding(4)], limited(8)))).toMatchObject([
      { severity: 'high' },
    ]);
  });

  it('when the driver was told more than EC2 attaches', () => {
    const at = scene({
      policy: policy({ findings: { rules: {}, mute: [], ebsDriver: { volumeAttachLimit: 40 } } }),
    });
    expect(judge(ebsWorstCase, planeOfType('m7i.large', [holding(32)]), {}, at)).toMatchObject([
      { severity: 'high', evidence: { slots: 40, worstSlots: 31, nodesAtRisk: 1 } },
    ]);
  });
});

describe('is graver where pods use volumes', () => {
  it.each([
    ['they do', [holding(1)], 'medium'],
    ['they do not', [holding(0)], 'low'],
    ['nothing runs', [], 'low'],
  ])('%s', (_case, running, severity) => {
    expect(judge(ebsWorstCase, planeOfType('x.large', running, limited(16)))).toMatchObject([{ severity }]);
  });
});

it('says its numbers, and both ways out', () => {
  expect(judge(ebsWorstCase, planeOfType('m5d.24xlarge', [holding(9, 2)]))).toMatchObject([
    {
      about: { nodeGroup: 'workers', detail: 'm5d.24xlarge' },
      sentence:
        'm5d.24xlarge in node group workers of blue has 21 slots for EBS volumes today and 8 with every interface attached; 1 node would not hold the volumes of the pods there.',
      evidence: { slots: 21, worstSlots: 8, interfacesNow: 2, interfacesAtMost: 15, nodesAtRisk: 1 },
      suggestion:
        'Turn on prefix delegation in the VPC CNI, so that fewer interfaces are needed. Create a node group of m8id.24xlarge, m8i.24xlarge, m7a.24xlarge or m7i.24xlarge and move the pods there.',
    },
  ]);
});

it('tunes how many slots there should be', () => {
  const seen = planeOfType('x.large', [holding(0)], limited(16));
  expect(judge(ebsWorstCase, seen, { minimumSlots: 11 })).toEqual([]);
  expect(judge(ebsWorstCase, seen, { minimumSlots: 13 })).toMatchObject([{ weight: 2 }]);
});
