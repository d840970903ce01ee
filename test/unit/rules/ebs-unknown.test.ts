import { describe, expect, it } from 'vitest';
import type { DataPlane, InstanceType } from '../../../functions/domain/data-plane.ts';
import { ebsUnknown } from '../../../functions/domain/rules/ebs-unknown.ts';
import { judge, planeOfType, podVolumes, rootVolume, typesWith } from '../survey-factories.ts';

const bare = { volumes: [rootVolume()] };
const changed = (other: Partial<InstanceType>) => ({
  types: typesWith({ name: 'x.large', like: 'm5.large', ...other }),
});

describe('tells what is missing', () => {
  it.each<[string, Partial<DataPlane>, string | undefined]>([
    ['nothing', changed({}), undefined],
    ['a type that EC2 does not describe', {}, 'EC2 does not describe it'],
    ['the number', changed({ ebsAttachments: undefined }), 'EC2 gives no limit of attachments'],
    ['its kind', changed({ ebsLimit: undefined }), 'EC2 gives no limit of attachments'],
    [
      'both of a type before Nitro, where neither counts',
      changed({ hypervisor: 'xen', ebsAttachments: undefined, ebsLimit: undefined }),
      undefined,
    ],
    [
      'interfaces, where they take slots',
      changed({ interfaces: undefined }),
      'EC2 gives no number of network interfaces, which take slots too',
    ],
    ['interfaces, where they do not', changed({ interfaces: undefined, ebsLimit: 'dedicated' }), undefined],
  ])('%s', (_case, other, why) => {
    expect(
      judge(ebsUnknown, planeOfType('x.large', [bare], other)).map(({ evidence }) => evidence.why),
    ).toEqual(why ? [why] : []);
  });
});

describe('is graver unless no pod uses volumes', () => {
  it.each([
    ['no pod does', [bare], 'low', 1],
    ['pods do', [bare, { volumes: [rootVolume(), ...podVolumes(1)] }], 'medium', 2],
    ['nothing runs', [], 'medium', 1],
  ])('%s', (_case, running, severity, weight) => {
    expect(judge(ebsUnknown, planeOfType('x.large', running))).toMatchObject([
      { severity, weight, about: { nodeGroup: 'workers', detail: 'x.large' } },
    ]);
  });
});
