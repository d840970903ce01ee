import { describe, expect, it } from 'vitest';
import { rootVolume as rule } from '../../../functions/domain/rules/root-volume.ts';
import { dataVolume, judge, node, planeOf, rootVolume, typesWith } from '../survey-factories.ts';

/** Sustains 20,000 IOPS and 1,000 MB/s. */
const types = typesWith({
  name: 'm7i.large',
  like: 'm7i.large',
  ebsBaseline: { iops: 20_000, throughputMBs: 1000 },
});
const slow = typesWith({
  name: 'm7i.large',
  like: 'm7i.large',
  ebsBaseline: { iops: 4000, throughputMBs: 150 },
});
const unknown = typesWith({ name: 'm7i.large', like: 'm7i.large', ebsBaseline: undefined });
type Root = Parameters<typeof rootVolume>[0];
const apart = (root: Root, of = types) =>
  planeOf({}, [node({ volumes: [rootVolume(root), dataVolume()] })], { types: of });
const together = (root: Root, of = types) =>
  planeOf({ templateVolumes: [] }, [node({ volumes: [rootVolume(root)] })], { types: of });
const template = (
  volume: { volumeType?: string | undefined; iops?: number; throughputMiBs?: number },
  of = types,
) =>
  planeOf(
    {
      instanceTypes: ['m7i.large'],
      templateVolumes: [
        {
          device: '/dev/xvda',
          volumeType: 'gp3',
          sizeGiB: 20,
          iops: undefined,
          throughputMiBs: undefined,
          ...volume,
        },
      ],
    },
    [],
    { types: of },
  );

describe('looks at the root volumes that run', () => {
  it.each([
    ['gp3 beside a volume for containers', apart({}), []],
    ['gp2', apart({ volumeType: 'gp2', iops: 100, throughputMiBs: undefined }), ['gp2']],
    [
      'not a gp2 volume for containers',
      planeOf({}, [node({ volumes: [rootVolume(), dataVolume({ volumeType: 'gp2' })] })]),
      [],
    ],
    ['as many IOPS as the instance sustains', apart({ iops: 4000 }, slow), []],
    ['more', apart({ iops: 4001 }, slow), ['above the instance']],
    ['as much throughput as the instance sustains', apart({ throughputMiBs: 143 }, slow), []],
    ['more throughput', apart({ throughputMiBs: 144 }, slow), ['above the instance']],
    [
      "gp3's own IOPS and throughput, however little the instance sustains",
      apart(
        {},
        typesWith({ name: 'm7i.large', like: 'm7i.large', ebsBaseline: { iops: 1, throughputMBs: 1 } }),
      ),
      [],
    ],
    ['a tenth of the IOPS for host and containers', together({ iops: 2000 }), []],
    ['less', together({ iops: 1999 }), ['below the instance']],
    ['a tenth of the throughput', together({ throughputMiBs: 96 }), []],
    ['less throughput', together({ throughputMiBs: 95 }), ['below the instance']],
    ['less, with containers on a volume of their own', apart({ iops: 100 }), []],
    ['unknown IOPS and throughput', together({ iops: undefined, throughputMiBs: undefined }), []],
    ['an instance of which nothing is known', together({ iops: 1, throughputMiBs: 9999 }, unknown), []],
    ['a type that EC2 does not describe', together({ iops: 1 }, new Map()), []],
    ['gp2 on such a type', together({ volumeType: 'gp2' }, new Map()), ['gp2']],
  ])('%s', (_case, seen, details) => {
    expect(judge(rule, seen).map(({ about }) => about.detail)).toEqual(details);
  });
});

describe('looks at the template where nothing runs', () => {
  it.each([
    ['gp2', template({ volumeType: 'gp2' }), ['gp2']],
    ['gp3, which gives 3,000 IOPS and 125 MiB/s', template({}), []],
    [
      'gp3 on a type that sustains far more',
      template(
        {},
        typesWith({
          name: 'm7i.large',
          like: 'm7i.large',
          ebsBaseline: { iops: 30_001, throughputMBs: 1000 },
        }),
      ),
      ['below the instance'],
    ],
    ['more IOPS than the type sustains', template({ iops: 20_001 }), ['above the instance']],
    ['no volume type: what the image has is not known', template({ volumeType: undefined }), []],
    ['no root volume', planeOf({ templateVolumes: [] }, []), []],
  ])('%s', (_case, seen, details) => {
    expect(judge(rule, seen).map(({ about }) => about.detail)).toEqual(details);
  });

  it('and not where nodes run', () => {
    const seen = planeOf(
      {
        templateVolumes: [
          { device: '/dev/xvda', volumeType: 'gp2', sizeGiB: 20, iops: undefined, throughputMiBs: undefined },
        ],
      },
      [node()],
    );
    expect(judge(rule, seen)).toEqual([]);
  });
});

it('says how many, and of which types', () => {
  const gp2 = [rootVolume({ volumeType: 'gp2', iops: 100, throughputMiBs: undefined }), dataVolume()];
  expect(
    judge(
      rule,
      planeOf({}, [node({ volumes: gp2 }), node({ volumes: gp2, instanceType: 'm7a.large' }), node()]),
    ),
  ).toMatchObject([
    {
      severity: 'low',
      sentence:
        '2 root volumes of node group workers of blue (m7i.large and m7a.large) are gp2, whose IOPS hang on the size.',
      evidence: { volumes: 2, types: ['m7i.large', 'm7a.large'], iops: ['100'], throughputMiBs: ['unknown'] },
      weight: 2,
    },
  ]);
});

it.each([
  ['gp2', { volumeType: 'gp2' }, 'is gp2, whose IOPS hang on the size'],
  ['above', { iops: 20_001 }, 'promises more than the instance sustains'],
])('counts one (%s) as one', (_case, volume, says) => {
  const [found] = judge(rule, planeOf({}, [node({ volumes: [rootVolume(volume), dataVolume()] })]));
  expect(found?.sentence).toBe(`1 root volume of node group workers of blue (m7i.large) ${says}.`);
});

it('tunes what is far less', () => {
  expect(judge(rule, together({ iops: 1999 }), { leastPercent: 9 })).toEqual([]);
  expect(judge(rule, together({ iops: 3999 }), { leastPercent: 20 })).toHaveLength(1);
});
