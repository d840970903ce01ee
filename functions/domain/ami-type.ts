/**
 * Knows every AMI type of EKS: its family, how its release versions are written, and which
 * public SSM parameters name the recommended release for a Kubernetes minor.
 *
 * One row for each value of EKS's `AMITypes` enum but CUSTOM (23 values, 2026-11); a test
 * compares the table with the SDK's enum. Paths: EKS user guide "Retrieve recommended AMI IDs",
 * Bottlerocket README, checked 2026-11-23. The path of BOTTLEROCKET_*_NVIDIA_FIPS is inferred
 * from its siblings: nobody could try it, and a missing parameter is held, not guessed.
 *
 * Pure.
 */
import type { Grammar } from './release-version.ts';

export type Family = 'al2023' | 'al2' | 'bottlerocket' | 'windows-2019' | 'windows-2022' | 'windows-2025';

export type AmiTypeFacts = {
  readonly family: Family;
  readonly grammar: Grammar;
  /** Parameter whose value is the image id; `{minor}` stands for the Kubernetes minor. */
  readonly imageId: string;
  /** Parameter whose value is, or whose JSON field `release_version` holds, the release version. */
  readonly releaseVersion: string;
  readonly releaseVersionIs: 'value' | 'json field';
  /** Path below which every release ever published stands; absent where AWS keeps none. */
  readonly history?: string;
  /** What AWS calls the image; `{minor}` and `{build}` are filled in. Recognises own images built elsewhere from it. */
  readonly imageName: RegExp;
  /** Day on which AWS stopped publishing. */
  readonly ended?: string;
};

const eks = '/aws/service/eks/optimized-ami/{minor}';

const al2023 = (
  architecture: 'x86_64' | 'arm64',
  variant: 'standard' | 'nvidia' | 'neuron',
): AmiTypeFacts => {
  const path = `${eks}/amazon-linux-2023/${architecture}/${variant}`;
  return {
    family: 'al2023',
    grammar: 'eks-linux',
    imageId: `${path}/recommended/image_id`,
    releaseVersion: `${path}/recommended/release_version`,
    releaseVersionIs: 'value',
    history: path,
    imageName: new RegExp(
      `^amazon-eks-node-al2023-${architecture}-${variant}-(?<minor>\\d+\\.\\d+)-v(?<build>\\d{8})$`,
    ),
  };
};

const al2 = (path: string, name: string): AmiTypeFacts => ({
  family: 'al2',
  grammar: 'eks-linux',
  imageId: `${eks}/${path}/recommended/image_id`,
  releaseVersion: `${eks}/${path}/recommended/release_version`,
  releaseVersionIs: 'value',
  imageName: new RegExp(`^${name}-(?<minor>\\d+\\.\\d+)-v(?<build>\\d{8})$`),
  ended: '2025-11-26',
});

const bottlerocket = (
  architecture: 'x86_64' | 'arm64',
  variant: '' | '-nvidia' | '-fips' | '-nvidia-fips',
): AmiTypeFacts => {
  const path = `/aws/service/bottlerocket/aws-k8s-{minor}${variant}/${architecture}`;
  return {
    family: 'bottlerocket',
    grammar: 'bottlerocket',
    imageId: `${path}/latest/image_id`,
    releaseVersion: `${path}/latest/image_version`,
    releaseVersionIs: 'value',
    history: path,
    imageName: new RegExp(
      `^bottlerocket-aws-k8s-(?<minor>\\d+\\.\\d+)${variant}-(?:${architecture === 'arm64' ? 'aarch64|arm64' : architecture})-v(?<build>\\d+\\.\\d+\\.\\d+-[0-9a-f]{8})$`,
    ),
  };
};

const windows = (year: '2019' | '2022' | '2025', edition: 'Core' | 'Full'): AmiTypeFacts => {
  const name = `Windows_Server-${year}-English-${edition}-EKS_Optimized`;
  return {
    family: `windows-${year}`,
    grammar: 'windows',
    imageId: `/aws/service/ami-windows-latest/${name}-{minor}/image_id`,
    releaseVersion: `/aws/service/ami-windows-latest/${name}-{minor}`,
    releaseVersionIs: 'json field',
    imageName: new RegExp(`^${name}-(?<minor>\\d+\\.\\d+)-(?<build>\\d{4}\\.\\d{2}\\.\\d{2})$`),
  };
};

export const amiTypes = {
  AL2023_x86_64_STANDARD: al2023('x86_64', 'standard'),
  AL2023_ARM_64_STANDARD: al2023('arm64', 'standard'),
  AL2023_x86_64_NVIDIA: al2023('x86_64', 'nvidia'),
  AL2023_ARM_64_NVIDIA: al2023('arm64', 'nvidia'),
  AL2023_x86_64_NEURON: al2023('x86_64', 'neuron'),
  AL2_x86_64: al2('amazon-linux-2', 'amazon-eks-node'),
  AL2_x86_64_GPU: al2('amazon-linux-2-gpu', 'amazon-eks-gpu-node'),
  AL2_ARM_64: al2('amazon-linux-2-arm64', 'amazon-eks-arm64-node'),
  BOTTLEROCKET_x86_64: bottlerocket('x86_64', ''),
  BOTTLEROCKET_ARM_64: bottlerocket('arm64', ''),
  BOTTLEROCKET_x86_64_NVIDIA: bottlerocket('x86_64', '-nvidia'),
  BOTTLEROCKET_ARM_64_NVIDIA: bottlerocket('arm64', '-nvidia'),
  BOTTLEROCKET_x86_64_FIPS: bottlerocket('x86_64', '-fips'),
  BOTTLEROCKET_ARM_64_FIPS: bottlerocket('arm64', '-fips'),
  BOTTLEROCKET_x86_64_NVIDIA_FIPS: bottlerocket('x86_64', '-nvidia-fips'),
  BOTTLEROCKET_ARM_64_NVIDIA_FIPS: bottlerocket('arm64', '-nvidia-fips'),
  WINDOWS_CORE_2019_x86_64: windows('2019', 'Core'),
  WINDOWS_FULL_2019_x86_64: windows('2019', 'Full'),
  WINDOWS_CORE_2022_x86_64: windows('2022', 'Core'),
  WINDOWS_FULL_2022_x86_64: windows('2022', 'Full'),
  WINDOWS_CORE_2025_x86_64: windows('2025', 'Core'),
  WINDOWS_FULL_2025_x86_64: windows('2025', 'Full'),
} as const satisfies Record<string, AmiTypeFacts>;

export type AmiType = keyof typeof amiTypes;

export const isAmiType = (text: string): text is AmiType => Object.hasOwn(amiTypes, text);

export const factsOf = (amiType: AmiType): AmiTypeFacts => amiTypes[amiType];

/** The AMI type that AWS's own image of this name is of; `undefined` when the name is none of theirs. */
export const amiTypeOfImageName = (
  name: string,
): { amiType: AmiType; minor: string; build: string } | undefined => {
  for (const [amiType, { imageName }] of Object.entries(amiTypes) as [AmiType, AmiTypeFacts][]) {
    const found = imageName.exec(name)?.groups;
    if (found?.minor && found.build) return { amiType, minor: found.minor, build: found.build };
  }
  return undefined;
};
