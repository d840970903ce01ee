/**
 * Knows how AWS names the images of each AMI type, whose account owns them, and their made-up ids.
 *
 * Written apart from Drydock's own table on purpose: the two must agree, and a story fails if they do
 * not. Names and owners: EKS user guide, Bottlerocket README, Karpenter's AMI families, checked
 * 2026-11-23. The ids are hashes of region and name, so that they are the same in every run.
 *
 * Pure.
 */
import { createHash } from 'node:crypto';
import type { PublishedImage } from './release-shelf.ts';

export type TrainFamily =
  | 'al2023'
  | 'al2'
  | 'bottlerocket'
  | 'windows-2019'
  | 'windows-2022'
  | 'windows-2025';

export type AmiNaming = {
  readonly family: TrainFamily;
  readonly architecture: 'x86_64' | 'arm64';
  /** What stands before the minor in the image's name, and between the minor and the build. */
  readonly before: string;
  readonly between: string;
};

const owners: Readonly<Record<string, string>> = {
  al2023: '602401143452',
  al2: '602401143452',
  bottlerocket: '092701018921',
  windows: '801119661308',
};

const al2023 = (architecture: 'x86_64' | 'arm64', variant: string): AmiNaming => ({
  family: 'al2023',
  architecture,
  before: `amazon-eks-node-al2023-${architecture}-${variant}-`,
  between: '-',
});

const al2 = (architecture: 'x86_64' | 'arm64', name: string): AmiNaming => ({
  family: 'al2',
  architecture,
  before: `${name}-`,
  between: '-',
});

const bottlerocket = (architecture: 'x86_64' | 'arm64', variant: string): AmiNaming => ({
  family: 'bottlerocket',
  architecture,
  before: 'bottlerocket-aws-k8s-',
  between: `${variant}-${architecture === 'arm64' ? 'aarch64' : architecture}-v`,
});

const windows = (year: '2019' | '2022' | '2025', edition: 'Core' | 'Full'): AmiNaming => ({
  family: `windows-${year}`,
  architecture: 'x86_64',
  before: `Windows_Server-${year}-English-${edition}-EKS_Optimized-`,
  between: '-',
});

export const amiNames: Readonly<Record<string, AmiNaming>> = {
  AL2023_x86_64_STANDARD: al2023('x86_64', 'standard'),
  AL2023_ARM_64_STANDARD: al2023('arm64', 'standard'),
  AL2023_x86_64_NVIDIA: al2023('x86_64', 'nvidia'),
  AL2023_ARM_64_NVIDIA: al2023('arm64', 'nvidia'),
  AL2023_x86_64_NEURON: al2023('x86_64', 'neuron'),
  AL2_x86_64: al2('x86_64', 'amazon-eks-node'),
  AL2_x86_64_GPU: al2('x86_64', 'amazon-eks-gpu-node'),
  AL2_ARM_64: al2('arm64', 'amazon-eks-arm64-node'),
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
};

export const imageIdOf = (region: string, imageName: string): string =>
  `ami-${createHash('sha256').update(`${region}/${imageName}`).digest('hex').slice(0, 17)}`;

/** What stands behind the dash of a release version is the build in the image's name, with a `v` on Linux. */
const buildInName = (family: string, releaseVersion: string): string => {
  if (family === 'bottlerocket') return releaseVersion;
  const build = releaseVersion.slice(releaseVersion.indexOf('-') + 1);
  return family.startsWith('windows') ? build : `v${build}`;
};

type Wanted = {
  readonly region: string;
  readonly amiType: string;
  readonly minor: string;
  readonly releaseVersion: string;
  readonly createdAt: Date;
};

/** The image as AWS would have published it. */
export const awsImage = ({ region, amiType, minor, releaseVersion, createdAt }: Wanted): PublishedImage => {
  const naming = amiNames[amiType];
  if (!naming) throw new Error(`no AMI type ${amiType}`);
  const build = buildInName(naming.family, releaseVersion);
  const imageName = `${naming.before}${minor}${naming.between}${build}`;
  const windows = naming.family.startsWith('windows');
  return {
    amiType,
    minor,
    releaseVersion,
    imageId: imageIdOf(region, imageName),
    imageName,
    ownerId: owners[windows ? 'windows' : naming.family] ?? '',
    architecture: naming.architecture,
    platform: windows ? 'windows' : 'linux',
    createdAt,
  };
};
