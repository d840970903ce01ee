/**
 * Says what a fleet file holds: clusters with their node groups, own images and own parameters.
 *
 * Knows what no single value shows: that names are unique, and that every release and image exists
 * when the rehearsal begins. `fleet.schema.json` is made from the schema here.
 *
 * Pure.
 */
import * as v from 'valibot';
import { amiNames } from '../cloud/ami-names.ts';
import type { Shelf } from '../cloud/release-shelf.ts';
import { type Checked, checkShape, type Problem, pathOf } from './checked.ts';
import { region } from './place.ts';
import { startingRelease, usualAmiType } from './starting-release.ts';

export const name = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const tags = v.record(v.string(), v.string());
const count = (least: number) =>
  v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(least, `must be ${least} or more`));
export const instant = v.pipe(
  v.string(),
  v.isoTimestamp('must be a time such as 2026-06-10T09:00:00Z'),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'is no time that exists'),
);
export const minor = v.pipe(v.string(), v.regex(/^1\.\d{2}$/, 'must be a Kubernetes minor such as 1.34'));

/** EKS's `amiType`s with public releases; `CUSTOM` follows from `image`. */
const amiType = v.picklist(Object.keys(amiNames).sort());

export const nodeGroup = v.strictObject({
  name,
  version: v.exactOptional(
    v.pipe(minor, v.description('Its Kubernetes minor; the cluster’s when left out.')),
  ),
  amiType: v.exactOptional(
    v.pipe(amiType, v.description('AL2023_x86_64_STANDARD when left out; not given beside `image`.')),
  ),
  releaseVersion: v.exactOptional(
    v.pipe(name, v.description('As EKS writes it; the recommended one of the first day when left out.')),
  ),
  behind: v.exactOptional(
    v.pipe(
      count(0),
      v.description('So many releases behind the recommended one, instead of `releaseVersion`.'),
    ),
  ),
  imageInTemplate: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description('Its launch template names that release’s image; EKS then calls it CUSTOM.'),
    ),
  ),
  image: v.exactOptional(
    v.pipe(
      name,
      v.description(
        'Name of the image that its launch template names, instead of all these: of `images`, or AWS’s.',
      ),
    ),
  ),
  nodes: v.exactOptional(v.pipe(count(0), v.description('2 when left out.'))),
  instanceTypes: v.exactOptional(v.pipe(v.array(name), v.minLength(1, 'must name at least one'))),
  capacityType: v.exactOptional(v.picklist(['ON_DEMAND', 'SPOT'])),
  zones: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[a-z]$/, 'must be a letter such as a'))),
      v.minLength(1, 'must name at least one'),
      v.description('Letters of its availability zones; a, b and c when left out.'),
    ),
  ),
  volumesForPods: v.exactOptional(
    v.pipe(
      count(0),
      v.description('EBS volumes that each of its first nodes has attached for pods; none when left out.'),
    ),
  ),
  maxUnavailable: v.exactOptional(
    v.pipe(count(1), v.description('How many nodes an update may replace at once; 1 when left out.')),
  ),
  tags: v.exactOptional(tags),
});

const image = v.strictObject({
  name,
  createdAt: instant,
  architecture: v.exactOptional(v.picklist(['x86_64', 'arm64'])),
  platform: v.exactOptional(v.picklist(['linux', 'windows'])),
});

const cluster = v.strictObject({
  name,
  version: v.pipe(minor, v.description('Kubernetes minor of the control plane.')),
  tags: v.exactOptional(tags),
  nodeGroups: v.array(nodeGroup),
});

export const fleetSchema = v.pipe(
  v.strictObject({
    $schema: v.exactOptional(v.string()),
    images: v.exactOptional(v.pipe(v.array(image), v.description('Images of your own.'))),
    parameters: v.exactOptional(
      v.pipe(
        v.record(v.pipe(v.string(), v.startsWith('/', 'must be the path of a parameter')), name),
        v.description('Your own SSM parameters, each with the name of the image whose id it holds.'),
      ),
    ),
    clusters: v.pipe(v.array(cluster), v.minLength(1, 'must have at least one cluster')),
  }),
  v.title('A fleet for Drydock’s rehearsal'),
);

export type Fleet = v.InferOutput<typeof fleetSchema>;
export type FleetNodeGroup = v.InferOutput<typeof nodeGroup>;

/** `shelf`: what AWS has published when the rehearsal begins. */
export const checkFleet = (input: unknown, shelf: Shelf): Checked<Fleet> => {
  const shape = checkShape(fleetSchema, input);
  if (shape.is === 'bad') return shape;
  const problems = fleetProblems(shape.value, shelf);
  return problems.length > 0 ? { is: 'bad', problems } : shape;
};

const fleetProblems = ({ images = [], parameters = {}, clusters }: Fleet, shelf: Shelf): Problem[] => {
  const known = imageNames(images, shelf);
  return [
    ...twice(images, ['images']),
    ...twice(clusters, ['clusters']),
    ...Object.entries(parameters).flatMap(([parameter, value]) =>
      known.has(value) ? [] : [{ path: pathOf(['parameters', parameter]), message: noImage(value) }],
    ),
    ...clusters.flatMap((cluster, i) => [
      ...twice(cluster.nodeGroups, ['clusters', i, 'nodeGroups']),
      ...cluster.nodeGroups.flatMap((group, j) =>
        nodeGroupProblems(group, cluster.version, ['clusters', i, 'nodeGroups', j], shelf, known),
      ),
    ]),
  ];
};

const noImage = (value: string) => `there is no image ${value} among \`images\` or AWS’s`;

/** Names that a node group or a parameter may give. */
export const imageNames = (images: readonly { readonly name: string }[], shelf: Shelf): ReadonlySet<string> =>
  new Set([...images.map((one) => one.name), ...shelf.all(region).map(({ imageName }) => imageName)]);

export const nodeGroupProblems = (
  group: FleetNodeGroup,
  clusterVersion: string,
  path: readonly unknown[],
  shelf: Shelf,
  known: ReadonlySet<string>,
): Problem[] => {
  const at = (key: string, message: string): Problem => ({ path: pathOf([...path, key]), message });
  const { version = clusterVersion, amiType = usualAmiType, releaseVersion, behind, image } = group;
  const beside = (keys: readonly (keyof FleetNodeGroup)[], other: string): Problem[] =>
    keys.flatMap((key) => (group[key] === undefined ? [] : [at(key, `cannot be given beside ${other}`)]));
  if (image !== undefined)
    return [
      ...beside(['amiType', 'releaseVersion', 'behind', 'imageInTemplate'], 'image'),
      ...(known.has(image) ? [] : [at('image', noImage(image))]),
    ];
  const both = releaseVersion === undefined ? [] : beside(['behind'], 'releaseVersion');
  if (startingRelease(shelf, group, version)) return both;
  const wanted = `${amiType} for Kubernetes ${version}`;
  if (releaseVersion !== undefined)
    return [
      ...both,
      at('releaseVersion', `${releaseVersion} of ${wanted} is not on record, or not published by then`),
    ];
  return behind === undefined
    ? [at('amiType', `AWS has published no release of ${wanted} by then`)]
    : [at('behind', `AWS has not published so many releases of ${wanted} by then`)];
};

const twice = (all: readonly { readonly name: string }[], path: readonly unknown[]): Problem[] =>
  all.flatMap((one, i) =>
    all.findIndex((other) => other.name === one.name) < i
      ? [{ path: pathOf([...path, i, 'name']), message: `names a second ${one.name}` }]
      : [],
  );
