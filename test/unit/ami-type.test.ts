import { AMITypes } from '@aws-sdk/client-eks';
import { expect, it } from 'vitest';
import {
  type AmiType,
  amiTypeOfImageName,
  amiTypes,
  factsOf,
  isAmiType,
} from '../../functions/domain/ami-type.ts';
import { imagesOf, recordedTrains } from '../cloud/release-trains.ts';

const known = Object.keys(amiTypes) as AmiType[];

it('has a row for every AMI type of the SDK but CUSTOM, and no other', () => {
  expect(known.toSorted()).toEqual(
    Object.values(AMITypes)
      .filter((type) => type !== 'CUSTOM')
      .toSorted(),
  );
});

it.each([
  ['an AMI type', 'AL2023_ARM_64_STANDARD', true],
  ['CUSTOM, which names no family', 'CUSTOM', false],
  ['an AMI type of tomorrow', 'AL2030_x86_64_STANDARD', false],
  ['a name that every object has', 'constructor', false],
])('tells whether it knows %s', (_case, text, answer) => {
  expect(isAmiType(text)).toBe(answer);
});

const eks = '/aws/service/eks/optimized-ami/{minor}';
it.each([
  [
    'AL2023_x86_64_STANDARD',
    'al2023',
    `${eks}/amazon-linux-2023/x86_64/standard/recommended/image_id`,
    `${eks}/amazon-linux-2023/x86_64/standard/recommended/release_version`,
  ],
  [
    'AL2023_ARM_64_NVIDIA',
    'al2023',
    `${eks}/amazon-linux-2023/arm64/nvidia/recommended/image_id`,
    `${eks}/amazon-linux-2023/arm64/nvidia/recommended/release_version`,
  ],
  [
    'AL2023_x86_64_NEURON',
    'al2023',
    `${eks}/amazon-linux-2023/x86_64/neuron/recommended/image_id`,
    `${eks}/amazon-linux-2023/x86_64/neuron/recommended/release_version`,
  ],
  [
    'AL2_x86_64',
    'al2',
    `${eks}/amazon-linux-2/recommended/image_id`,
    `${eks}/amazon-linux-2/recommended/release_version`,
  ],
  [
    'AL2_x86_64_GPU',
    'al2',
    `${eks}/amazon-linux-2-gpu/recommended/image_id`,
    `${eks}/amazon-linux-2-gpu/recommended/release_version`,
  ],
  [
    'AL2_ARM_64',
    'al2',
    `${eks}/amazon-linux-2-arm64/recommended/image_id`,
    `${eks}/amazon-linux-2-arm64/recommended/release_version`,
  ],
  [
    'BOTTLEROCKET_ARM_64',
    'bottlerocket',
    '/aws/service/bottlerocket/aws-k8s-{minor}/arm64/latest/image_id',
    '/aws/service/bottlerocket/aws-k8s-{minor}/arm64/latest/image_version',
  ],
  [
    'BOTTLEROCKET_x86_64_NVIDIA',
    'bottlerocket',
    '/aws/service/bottlerocket/aws-k8s-{minor}-nvidia/x86_64/latest/image_id',
    '/aws/service/bottlerocket/aws-k8s-{minor}-nvidia/x86_64/latest/image_version',
  ],
  [
    'BOTTLEROCKET_x86_64_NVIDIA_FIPS',
    'bottlerocket',
    '/aws/service/bottlerocket/aws-k8s-{minor}-nvidia-fips/x86_64/latest/image_id',
    '/aws/service/bottlerocket/aws-k8s-{minor}-nvidia-fips/x86_64/latest/image_version',
  ],
  [
    'WINDOWS_FULL_2019_x86_64',
    'windows-2019',
    '/aws/service/ami-windows-latest/Windows_Server-2019-English-Full-EKS_Optimized-{minor}/image_id',
    '/aws/service/ami-windows-latest/Windows_Server-2019-English-Full-EKS_Optimized-{minor}',
  ],
  [
    'WINDOWS_CORE_2022_x86_64',
    'windows-2022',
    '/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-{minor}/image_id',
    '/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-{minor}',
  ],
  [
    'WINDOWS_FULL_2025_x86_64',
    'windows-2025',
    '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-EKS_Optimized-{minor}/image_id',
    '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-EKS_Optimized-{minor}',
  ],
] as const)('knows where AWS names the release of %s', (amiType, family, imageId, releaseVersion) => {
  expect(factsOf(amiType)).toMatchObject({ family, imageId, releaseVersion });
});

it('reads the version from a JSON field for Windows only', () => {
  expect(known.filter((type) => factsOf(type).releaseVersionIs === 'json field').toSorted()).toEqual(
    known.filter((type) => type.startsWith('WINDOWS')).toSorted(),
  );
});

it('says of AL2 alone that publishing has ended', () => {
  const ended = known.filter((type) => factsOf(type).ended);
  expect(ended).toEqual(['AL2_x86_64', 'AL2_x86_64_GPU', 'AL2_ARM_64']);
  expect(new Set(ended.map((type) => factsOf(type).ended))).toEqual(new Set(['2025-11-26']));
});

it('names each parameter once, with the minor in it', () => {
  const parameters = known.flatMap((type) => [factsOf(type).imageId, factsOf(type).releaseVersion]);
  expect(new Set(parameters).size).toBe(parameters.length);
  for (const parameter of parameters) expect(parameter).toContain('{minor}');
});

it.each([
  [
    'AL2023',
    'amazon-eks-node-al2023-x86_64-standard-1.31-v20241024',
    'AL2023_x86_64_STANDARD',
    '1.31',
    '20241024',
  ],
  [
    'AL2023 on Graviton',
    'amazon-eks-node-al2023-arm64-standard-1.34-v20260714',
    'AL2023_ARM_64_STANDARD',
    '1.34',
    '20260714',
  ],
  [
    'AL2023 with NVIDIA drivers',
    'amazon-eks-node-al2023-x86_64-nvidia-1.33-v20250620',
    'AL2023_x86_64_NVIDIA',
    '1.33',
    '20250620',
  ],
  ['AL2', 'amazon-eks-node-1.32-v20251209', 'AL2_x86_64', '1.32', '20251209'],
  ['AL2 with a GPU', 'amazon-eks-gpu-node-1.30-v20240703', 'AL2_x86_64_GPU', '1.30', '20240703'],
  ['AL2 on Graviton', 'amazon-eks-arm64-node-1.30-v20240703', 'AL2_ARM_64', '1.30', '20240703'],
  [
    'Bottlerocket',
    'bottlerocket-aws-k8s-1.31-x86_64-v1.26.1-943d9a41',
    'BOTTLEROCKET_x86_64',
    '1.31',
    '1.26.1-943d9a41',
  ],
  [
    'Bottlerocket on Graviton',
    'bottlerocket-aws-k8s-1.31-aarch64-v1.26.1-943d9a41',
    'BOTTLEROCKET_ARM_64',
    '1.31',
    '1.26.1-943d9a41',
  ],
  [
    'Bottlerocket with NVIDIA drivers',
    'bottlerocket-aws-k8s-1.31-nvidia-x86_64-v1.26.1-943d9a41',
    'BOTTLEROCKET_x86_64_NVIDIA',
    '1.31',
    '1.26.1-943d9a41',
  ],
  [
    'Windows',
    'Windows_Server-2022-English-Core-EKS_Optimized-1.31-2024.11.12',
    'WINDOWS_CORE_2022_x86_64',
    '1.31',
    '2024.11.12',
  ],
])("recognises AWS's image of %s by its name", (_case, name, amiType, minor, build) => {
  expect(amiTypeOfImageName(name)).toEqual({ amiType, minor, build });
});

it.each([
  ['an image of somebody else', 'golden-eks-node-2026-07'],
  ['a copy under a longer name', 'my-amazon-eks-node-1.32-v20251209'],
  ['a copy with something behind', 'amazon-eks-node-1.32-v20251209-hardened'],
  ['a name of another dot', 'amazon-eks-node-al2023-x86_64-standard-1x31-v20241024'],
  ['no name', ''],
])('does not take %s for an image of AWS', (_case, name) => {
  expect(amiTypeOfImageName(name)).toBeUndefined();
});

it("recognises every image that the recorded trains hold, as AWS's naming gives it", () => {
  const images = recordedTrains().flatMap((train) => imagesOf(train, 'eu-central-1'));
  const wrong = images.filter(({ imageName, amiType, minor }) => {
    const named = amiTypeOfImageName(imageName);
    return named?.amiType !== amiType || named.minor !== minor;
  });
  expect(wrong).toEqual([]);
  expect(new Set(images.map(({ amiType }) => amiType)).size).toBe(known.length);
});
