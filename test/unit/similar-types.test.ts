import { describe, expect, it } from 'vitest';
import type { InstanceType } from '../../functions/domain/data-plane.ts';
import { worstSlotsOf } from '../../functions/domain/ebs-room.ts';
import { similarTypes } from '../../functions/domain/similar-types.ts';
import { ec2Type, ec2Types, plane, zones } from './survey-factories.ts';

describe('names in the place of', () => {
  it.each([
    [
      'd3.8xlarge, types with disks and dedicated slots, of another class',
      'd3.8xlarge',
      ['i7i.8xlarge', 'r8id.8xlarge'],
    ],
    ['g5.48xlarge, types with as many GPUs of the same maker', 'g5.48xlarge', ['g6.48xlarge']],
    [
      'm5.xlarge, its own class first, plain families before others, the newest first',
      'm5.xlarge',
      ['m8i.xlarge', 'm7a.xlarge', 'm7i.xlarge', 'm8i-flex.xlarge'],
    ],
    [
      'm4.10xlarge, what is a fifth larger, since nothing is as large',
      'm4.10xlarge',
      ['m8i.12xlarge', 'm7a.12xlarge', 'm7i.12xlarge', 'm8i-flex.12xlarge'],
    ],
    ['an Arm type, Arm types', 'm6g.large', ['m8g.large', 'm7g.large']],
    ['a type of Macs, nothing', 'mac2.metal', []],
  ])('%s', (_case, name, best) => {
    expect(similarTypes(plane(), { like: ec2Type(name), zones }).slice(0, best.length || 4)).toEqual(best);
  });
});

describe('leaves out', () => {
  const made = (name: string, other: Partial<InstanceType> = {}): InstanceType => ({
    ...ec2Type('m7i.xlarge'),
    name,
    ...other,
  });
  const like = made('m1.base');
  const names = (type: InstanceType, from = like) =>
    similarTypes(
      {
        types: new Map([from, type].map((one) => [one.name, one])),
        offers: new Map([['eu-central-1a', new Set([type.name])]]),
      },
      { like: from, zones: ['eu-central-1a'] },
    );

  it.each<[string, InstanceType, boolean]>([
    ['nothing of the same size', made('m9.x'), true],
    ['what has fewer vCPUs', made('m9.x', { vcpus: 3 }), false],
    ['what has less memory', made('m9.x', { memoryMiB: 16383 }), false],
    ['nothing a fifth larger in memory', made('m9.x', { memoryMiB: 19660 }), true],
    ['what is more than a fifth larger in memory', made('m9.x', { memoryMiB: 19661 }), false],
    ['what is more than a fifth larger in vCPUs', made('m9.x', { vcpus: 5 }), false],
    ['another architecture', made('m9.x', { architectures: ['arm64'] }), false],
    ['bare metal', made('m9.x', { bareMetal: true }), false],
    ['burstable types', made('m9.x', { burstable: true }), false],
    ['what has GPUs', made('m9.x', { gpus: 1 }), false],
    ['what has accelerators', made('m9.x', { accelerators: 1 }), false],
    ['what has a share of a GPU', made('m9.x', { acceleratorMakers: ['NVIDIA'] }), false],
    ['previous generations', made('m9.x', { currentGeneration: false }), false],
    ['types of which EC2 tells no interfaces', made('m9.x', { interfaces: undefined }), false],
    ['families without an EKS image', made('g5g.x'), false],
    ['FPGA families', made('f2.x'), false],
    ['families of high performance computing', made('hpc7a.x'), false],
    ['itself', like, false],
    ['what is older within its class', made('m0.x'), false],
    ['nothing as old within its class', made('m1n.x'), true],
    ['nothing that is older in another class', made('r0.x'), true],
  ])('%s', (_case, type, named) => {
    expect(names(type)).toEqual(named ? [type.name] : []);
  });

  it('no burstable type in the place of a burstable one', () => {
    const burstable = made('t1.base', { burstable: true });
    expect(names(made('t9.x', { burstable: true }), burstable)).toEqual(['t9.x']);
  });
});

describe('looks where it is offered', () => {
  const like = ec2Type('m7i.xlarge');
  const here = new Set(['m7a.xlarge']);
  const names = (offers: ReadonlyMap<string, ReadonlySet<string>>, wanted: readonly string[]) =>
    similarTypes({ types: ec2Types, offers }, { like, zones: wanted });

  it.each<[string, readonly (readonly [string, ReadonlySet<string>])[], readonly string[], string[]]>([
    ['in the zone', [['a', here]], ['a'], ['m7a.xlarge']],
    [
      'in every zone',
      [
        ['a', here],
        ['b', here],
      ],
      ['a', 'b'],
      ['m7a.xlarge'],
    ],
    [
      'not in one of them',
      [
        ['a', here],
        ['b', new Set()],
      ],
      ['a', 'b'],
      [],
    ],
    ['in a zone of which nothing is known', [['a', here]], ['a', 'b'], []],
    [
      'in all zones of the region where none is asked for',
      [
        ['a', here],
        ['b', new Set()],
      ],
      [],
      [],
    ],
    ['where no offers are known at all', [], [], []],
  ])('%s', (_case, offers, wanted, found) => {
    expect(names(new Map(offers), wanted)).toEqual(found);
  });
});

describe('what it names for more slots', () => {
  const few = [...ec2Types.values()].filter((type) => worstSlotsOf(type, 1, {}) < 12);

  it.each(few.map((type) => [type.name, type] as const))(
    '%s is offered there, as large, of the same kind, and has them',
    (_name, like) => {
      for (const name of similarTypes(plane(), {
        like,
        zones,
        accept: (type) => worstSlotsOf(type, 1, {}) >= 12,
      })) {
        const type = ec2Type(name);
        expect(worstSlotsOf(type, 1, {})).toBeGreaterThanOrEqual(12);
        for (const zone of zones) expect(plane().offers.get(zone)).toContain(name);
        expect(type.architectures.filter((one) => like.architectures.includes(one))).not.toEqual([]);
        expect(type.vcpus).toBeGreaterThanOrEqual(like.vcpus);
        expect(type.memoryMiB).toBeGreaterThanOrEqual(like.memoryMiB);
        expect([type.gpus, type.accelerators]).toEqual([like.gpus, like.accelerators]);
      }
    },
  );
});
