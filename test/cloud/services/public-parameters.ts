/**
 * Computes AWS's public parameters of one region from what stands on the release shelf.
 *
 * Knows the paths: Amazon Linux has `recommended` and one folder for each image name, Bottlerocket has
 * `latest` and one for each version with and without its commit, Windows has only the recommended
 * image, whose release version is in the parent's JSON. `recommended` and `latest` count versions;
 * pinned ones have one. EKS user guide "Retrieve recommended AMI IDs", Karpenter's AMI families,
 * checked 2026-11-23.
 *
 * Pure.
 */
import { amiNames } from '../ami-names.ts';
import type { Recommendation } from '../regional-shelf.ts';
import type { PublishedImage, Shelf } from '../release-shelf.ts';
import { type ParameterVersion, parameterArn } from './parameter-store.ts';

type Leaves = Readonly<Record<string, string>>;

const al2Folders: Readonly<Record<string, string>> = {
  AL2_x86_64: 'amazon-linux-2',
  AL2_x86_64_GPU: 'amazon-linux-2-gpu',
  AL2_ARM_64: 'amazon-linux-2-arm64',
};

/** `standard`, `nvidia`, `neuron`: the last word of the AMI type. */
const variantOf = (amiType: string): string => amiType.slice(amiType.lastIndexOf('_') + 1).toLowerCase();

const folderOf = ({ amiType, minor, architecture }: PublishedImage): string => {
  const { family, between } = amiNames[amiType] ?? {};
  if (family === 'bottlerocket') {
    const variant = between?.replace(/-(x86_64|aarch64)-v$/, '') ?? '';
    return `/aws/service/bottlerocket/aws-k8s-${minor}${variant}/${architecture}`;
  }
  const folder = al2Folders[amiType] ?? `amazon-linux-2023/${architecture}/${variantOf(amiType)}`;
  return `/aws/service/eks/optimized-ami/${minor}/${folder}`;
};

const json = ({ imageId, imageName, releaseVersion }: PublishedImage): string =>
  JSON.stringify({
    schema_version: '2',
    image_id: imageId,
    image_name: imageName,
    release_version: releaseVersion,
  });

const amazonLinux = (image: PublishedImage, folder: string): Leaves => ({
  [`${folder}/image_id`]: image.imageId,
  [`${folder}/image_name`]: image.imageName,
  [`${folder}/release_version`]: image.releaseVersion,
});

const bottlerocket = (image: PublishedImage, folder: string): Leaves => ({
  [`${folder}/image_id`]: image.imageId,
  [`${folder}/image_version`]: image.releaseVersion,
});

const recommendedLeaves = (image: PublishedImage): Leaves => {
  const family = amiNames[image.amiType]?.family ?? '';
  const folder = folderOf(image);
  if (family === 'bottlerocket') return bottlerocket(image, `${folder}/latest`);
  if (!family.startsWith('windows')) {
    return { [`${folder}/recommended`]: json(image), ...amazonLinux(image, `${folder}/recommended`) };
  }
  const name = image.imageName.slice(0, image.imageName.lastIndexOf('-'));
  const parent = `/aws/service/ami-windows-latest/${name}`;
  return { [parent]: json(image), [`${parent}/image_id`]: image.imageId };
};

const pinnedLeaves = (image: PublishedImage): Leaves => {
  const family = amiNames[image.amiType]?.family ?? '';
  const folder = folderOf(image);
  if (family.startsWith('windows')) return {};
  if (family !== 'bottlerocket') return amazonLinux(image, `${folder}/${image.imageName}`);
  const version = image.releaseVersion.slice(0, image.releaseVersion.indexOf('-'));
  return {
    ...bottlerocket(image, `${folder}/${version}`),
    ...bottlerocket(image, `${folder}/${image.releaseVersion}`),
  };
};

const parameters = (region: string, leaves: Leaves, modifiedAt: Date, version: number): ParameterVersion[] =>
  Object.entries(leaves).map(([name, value]) => ({
    name,
    value,
    type: 'String',
    arn: parameterArn(region, '', name),
    version,
    modifiedAt,
  }));

/** A public parameter with everything it ever said, oldest first. */
export type PublicParameters = ReadonlyMap<string, readonly ParameterVersion[]>;

const recommendedOf = (region: string, recommendations: readonly Recommendation[]): ParameterVersion[] =>
  recommendations.flatMap(({ image, since }, index) =>
    parameters(region, recommendedLeaves(image), since, index + 1),
  );

const computePublicParameters = (shelf: Shelf, region: string): PublicParameters => {
  const found = new Map<string, ParameterVersion[]>();
  const add = (version: ParameterVersion) => {
    const versions = found.get(version.name);
    if (versions) versions.push(version);
    else found.set(version.name, [version]);
  };
  const seen = new Set<string>();
  for (const image of shelf.all(region)) {
    parameters(region, pinnedLeaves(image), image.createdAt, 1).forEach(add);
    const key = `${image.amiType}/${image.minor}`;
    if (seen.has(key)) continue;
    seen.add(key);
    recommendedOf(region, shelf.recommendations(region, image.amiType, image.minor)).forEach(add);
  }
  return found;
};

/** Computes them again only after the shelf has changed. */
export const publicParametersOf = (shelf: Shelf): ((region: string) => PublicParameters) => {
  const kept = new Map<string, { changes: number; parameters: PublicParameters }>();
  return (region) => {
    const known = kept.get(region);
    if (known?.changes === shelf.changes) return known.parameters;
    const made = { changes: shelf.changes, parameters: computePublicParameters(shelf, region) };
    kept.set(region, made);
    return made.parameters;
  };
};
