import { describe, expect, it } from 'vitest';
import type { InstanceType } from '../../functions/domain/data-plane.ts';
import {
  attachableSlots,
  dedicatedAfterAll,
  type EbsLimit,
  ebsLimitOf,
  scheduledSlots,
} from '../../functions/domain/ebs-limit.ts';
import { driverCases } from './ebs-driver-cases.ts';
import { ec2Type, ec2Types } from './survey-factories.ts';

const limitOf = (name: string): EbsLimit => {
  const limit = ebsLimitOf(ec2Type(name));
  if (!limit) throw new Error(`no limit of ${name}`);
  return limit;
};

describe('counts slots as the EBS CSI driver does', () => {
  it.each(driverCases)(
    '%s with %i interfaces and %i volumes, %j: %i',
    (type, interfaces, otherVolumes, flags, slots) => {
      expect(scheduledSlots(limitOf(type), { otherVolumes, interfaces }, flags)).toBe(slots);
    },
  );
});

describe('knows the limit of', () => {
  it.each<[string, Partial<InstanceType>, EbsLimit | undefined]>([
    ['a type of shared slots', ec2Type('m5.large'), { attachments: 27, kind: 'shared' }],
    [
      'a type with disks of its own, which EC2 has counted',
      ec2Type('m5d.large'),
      { attachments: 26, kind: 'shared' },
    ],
    ['a type of dedicated slots', ec2Type('m7i.large'), { attachments: 32, kind: 'dedicated' }],
    ['a type before Nitro, whatever EC2 says', ec2Type('t2.medium'), { attachments: 39, kind: 'dedicated' }],
    [
      'a metal type that EC2 calls shared',
      ec2Type('i7ie.metal-48xl'),
      { attachments: 79, kind: 'dedicated' },
    ],
    ['a metal type that is shared', ec2Type('m5.metal'), { attachments: 31, kind: 'shared' }],
    ['the type that the driver has no row for', ec2Type('dl1.24xlarge'), { attachments: 28, kind: 'shared' }],
    ['a type without a number', { ...ec2Type('m5.large'), ebsAttachments: undefined }, undefined],
    ['a type without a kind', { ...ec2Type('m5.large'), ebsLimit: undefined }, undefined],
    [
      'a type without a kind that the table has',
      { ...ec2Type('i7ie.metal-48xl'), ebsLimit: undefined },
      { attachments: 79, kind: 'dedicated' },
    ],
    [
      'a type without a hypervisor, as EC2 has it',
      { ...ec2Type('t2.medium'), hypervisor: undefined },
      { attachments: 40, kind: 'shared' },
    ],
  ])('%s', (_case, type, limit) => {
    expect(ebsLimitOf(type as InstanceType)).toEqual(limit);
  });
});

describe('counts', () => {
  const shared = { attachments: 27, kind: 'shared' } as const;
  const dedicated = { attachments: 32, kind: 'dedicated' } as const;
  it.each<[string, EbsLimit, number, number, Parameters<typeof attachableSlots>[2], number]>([
    ['no slot of the first interface', shared, 1, 1, {}, 26],
    ['a slot of the second', shared, 1, 2, {}, 25],
    ['no slot of any interface where they are dedicated', dedicated, 1, 8, {}, 31],
    ['every volume that is not of a pod', dedicated, 3, 1, {}, 29],
    ['what is reserved in place of those', dedicated, 3, 1, { reservedVolumeAttachments: 1 }, 31],
    ['none that is reserved where the flag says 0', dedicated, 3, 1, { reservedVolumeAttachments: 0 }, 32],
    ['the last slot', shared, 1, 26, {}, 1],
    ['one slot where none is left, since Kubernetes takes 0 for no limit', shared, 1, 27, {}, 1],
    ['no flag of the driver for what EC2 will attach', shared, 1, 1, { volumeAttachLimit: 90 }, 26],
  ])('%s', (_case, limit, otherVolumes, interfaces, flags, slots) => {
    expect(attachableSlots(limit, { otherVolumes, interfaces }, flags)).toBe(slots);
  });
});

describe('has an answer for every type of EC2', () => {
  const slotsOf = (type: InstanceType, interfaces: number) => {
    const limit = limitOf(type.name);
    return attachableSlots(limit, { otherVolumes: 1, interfaces });
  };

  it.each([...ec2Types.values()].map((type) => [type.name, type] as const))('%s', (_name, type) => {
    const most = type.interfaces ?? 0;
    const steps = Array.from({ length: most }, (_, i) => slotsOf(type, i + 1));
    const expected =
      ebsLimitOf(type)?.kind === 'shared'
        ? steps.map((_, i) => Math.max(1, (type.ebsAttachments ?? 0) - 1 - i))
        : steps.map(() => (type.hypervisor === 'xen' ? 38 : (type.ebsAttachments ?? 0) - 1));
    expect(most).toBeGreaterThan(0);
    expect(steps).toEqual(expected);
  });

  // Counted apart from this code, 2026-11-23; dl1.24xlarge has one more than with the driver's default.
  it('with 126 types of 12 slots or fewer when all interfaces of the default card are attached', () => {
    expect([...ec2Types.values()].filter((type) => slotsOf(type, type.interfaces ?? 0) <= 12)).toHaveLength(
      126,
    );
  });

  it('with the fewest on these', () => {
    const few = [...ec2Types.values()].filter(({ name }) => !name.startsWith('mac'));
    expect(
      few
        .map((type) => `${slotsOf(type, 1)} ${type.name}`)
        .filter((text) => Number.parseInt(text, 10) < 15)
        .sort(),
    ).toEqual([
      '10 d3en.8xlarge',
      '10 inf1.24xlarge',
      '14 d3.4xlarge',
      '14 d3en.6xlarge',
      '2 d3.8xlarge',
      '2 d3en.12xlarge',
      '8 g5.48xlarge',
    ]);
  });
});

describe('needs its correction of', () => {
  it.each([...dedicatedAfterAll])(
    '%s: EC2 calls it shared, and dedicated is every other size of its family',
    (name) => {
      const family = name.split('.')[0];
      const siblings = [...ec2Types.values()].filter(
        (type) => type.name.startsWith(`${family}.`) && !type.bareMetal,
      );
      expect(ec2Type(name).ebsLimit).toBe('shared');
      expect([...new Set(siblings.map(({ ebsLimit }) => ebsLimit))]).toEqual(['dedicated']);
    },
  );

  it('no other metal type of such a family', () => {
    const dedicated = new Set(
      [...ec2Types.values()]
        .filter(
          ({ bareMetal, hypervisor, ebsLimit }) =>
            !bareMetal && hypervisor !== 'xen' && ebsLimit === 'dedicated',
        )
        .map(({ name }) => name.split('.')[0]),
    );
    const wrong = [...ec2Types.values()].filter(
      ({ name, bareMetal, ebsLimit }) =>
        bareMetal && ebsLimit === 'shared' && dedicated.has(name.split('.')[0]),
    );
    expect(wrong.map(({ name }) => name).sort()).toEqual([...dedicatedAfterAll].sort());
  });

  it('types before Nitro: EC2 calls them all shared', () => {
    const xen = [...ec2Types.values()].filter(({ hypervisor }) => hypervisor === 'xen');
    expect(xen).toHaveLength(74);
    expect([...new Set(xen.map(({ ebsLimit }) => ebsLimit))]).toEqual(['shared']);
  });
});
