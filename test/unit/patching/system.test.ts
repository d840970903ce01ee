/** What a node runs is read from its image, its group and its agent; read-only systems are known by each. */
import { expect, it } from 'vitest';
import { systemOf } from '../../../functions/domain/patching/system.ts';
import { ownImage } from '../factories.ts';

const group = (amiType: string, labels: Record<string, string> = {}) => ({
  image: { is: 'eks' as const, amiType, releaseVersion: '' },
  labels,
});
const byGroup = { is: 'node group', nodeGroup: 'workers' } as const;
const byPool = { is: 'karpenter', nodePool: 'default' } as const;
const operator = { 'bottlerocket.aws/updater-interface-version': '2.0.0' };
const rocket = 'bottlerocket-aws-k8s-1.34-x86_64-v1.55.0-d93bb1b1';

it.each([
  [
    'AL2023 by its image’s name',
    { imageName: 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260625' },
    'al2023',
  ],
  ['AL2023 by its group, when the image is gone', { group: group('AL2023_ARM_64_STANDARD') }, 'al2023'],
  ['AL2023 by its agent', { group: { image: ownImage('ami-1') }, platform: 'Amazon Linux 2023' }, 'al2023'],
  ['AL2 is not AL2023', { imageName: 'amazon-eks-node-1.32-v20251126', platform: 'Amazon Linux 2' }, 'other'],
  ['Windows by its group', { group: group('WINDOWS_CORE_2022_x86_64') }, 'windows'],
  ['Windows by its agent', { platform: 'Microsoft Windows Server 2022 Datacenter 10.0.20348' }, 'windows'],
  ['another Linux by its agent', { platform: 'Ubuntu 24.04' }, 'other'],
  ['nobody says anything', {}, 'unknown'],
  ['an image with a name that says nothing', { imageName: 'golden-7' }, 'unknown'],
  ['Bottlerocket by its image’s name', { launcher: byPool, imageName: rocket }, 'bottlerocket'],
  ['Bottlerocket by its group', { group: group('BOTTLEROCKET_x86_64') }, 'bottlerocket'],
  ['Bottlerocket of one’s own by its name', { imageName: 'golden-bottlerocket-7' }, 'bottlerocket'],
  ['Bottlerocket by its agent', { platform: 'Bottlerocket 1.55.0' }, 'bottlerocket'],
  ['Bottlerocket that the operator updates', { group: group('BOTTLEROCKET_x86_64', operator) }, 'brupop'],
  [
    'the operator’s label on another system means nothing',
    { group: group('AL2023_x86_64_STANDARD', operator) },
    'al2023',
  ],
  ['Flatcar by its image’s name', { imageName: 'Flatcar-stable-4230.2.1-hvm' }, 'flatcar'],
  ['Flatcar by its agent', { platform: 'Flatcar Container Linux by Kinvolk 4230.2.1' }, 'flatcar'],
  ['EKS Auto Mode, whatever the image', { launcher: { is: 'auto mode' } as const }, 'autoMode'],
])('%s', (_case, clues, kind) => {
  const system = systemOf({
    launcher: byGroup,
    imageName: undefined,
    group: undefined,
    platform: undefined,
    ...clues,
  });
  expect(system.is === 'packages' ? system.family : system.is === 'read-only' ? system.why : system.is).toBe(
    kind,
  );
});
