/**
 * Finds nodes of old images, whoever launched them, counted by launcher.
 *
 * An image that AWS named is as old as it is behind the newest release of its AMI type and minor; one of a managed
 * group's own, behind what its parameter names. For any other, and where no release is known, the days since the
 * image was made stand in. Withdrawn releases are not taken for the newest; the minimum age of a release does
 * not count here.
 *
 * Pure.
 */
import { amiTypeOfImageName } from '../ami-type.ts';
import type { DataPlane, Launcher, NodeSurvey } from '../data-plane.ts';
import { sourceOf } from '../node-group.ts';
import { type NodeSet, nodeSetsIn } from '../node-set.ts';
import type { Release, ReleaseSource } from '../release.ts';
import { count } from '../sentence.ts';
import { daysBetween, type Instant } from '../time.ts';
import type { Found, Rule, Scene } from './rule.ts';

type Settings = { readonly oldDays: number; readonly veryOldDays: number };
type Aged = { readonly node: NodeSurvey; readonly set: NodeSet; readonly days: number | undefined };

/** How each launcher is named, and what a person does about its old nodes. Drydock touches node groups only. */
const launchers: Readonly<Record<Launcher['is'], { readonly by: string; readonly remedy: string }>> = {
  'node group': {
    by: 'managed node groups',
    remedy: 'Drydock rolls them as its policy says: ask it why a group was left alone.',
  },
  karpenter: {
    by: 'Karpenter',
    remedy:
      'Drydock never touches them. Let the EC2NodeClass follow an alias (al2023@latest) or give nodes a shorter expireAfter.',
  },
  'auto mode': {
    by: 'EKS Auto Mode',
    remedy:
      'Drydock never touches them. Auto Mode replaces a node when it drifts or expires: look for disruption budgets that keep it from doing so.',
  },
  'auto scaling group': {
    by: 'self-managed Auto Scaling groups',
    remedy:
      'Drydock never touches them. Put the newest image into the launch template and start an instance refresh.',
  },
  unknown: { by: 'nobody known', remedy: 'Drydock never touches them. Find out who launched them.' },
};

const sourceFor = ({ group }: NodeSet, imageName: string | undefined, { policy }: Scene) => {
  const ofGroup = group && sourceOf(group, policy);
  const source = typeof ofGroup === 'object' ? ofGroup : undefined;
  const named = imageName === undefined ? undefined : amiTypeOfImageName(imageName);
  if (source?.is === 'own' || !named) return source;
  return { is: 'aws', amiType: named.amiType, minor: named.minor } satisfies ReleaseSource;
};

const publishedOf = ({ imageCreatedAt, publishedAt }: Release, source: ReleaseSource) =>
  source.is === 'own' ? (imageCreatedAt ?? publishedAt) : publishedAt;

const daysSince = (from: Instant | undefined, to: Instant): number | undefined =>
  from === undefined ? undefined : Math.max(0, daysBetween(from, to));

/** `undefined`: unknown. */
const daysOld = (
  set: NodeSet,
  { imageId, imageName, imageCreatedAt }: NodeSurvey,
  scene: Scene,
): number | undefined => {
  const source = sourceFor(set, imageName, scene);
  const page = source && scene.known(source);
  const releases = page && !page.problem ? page.releases : [];
  const newest = releases.findLast(({ withdrawnAt }) => withdrawnAt === undefined);
  if (!source || !newest) return daysSince(imageCreatedAt, scene.now);
  if (newest.imageId === imageId) return 0;
  const mine = releases.find((release) => release.imageId === imageId);
  const from = mine ? publishedOf(mine, source) : imageCreatedAt;
  return daysSince(from, publishedOf(newest, source));
};

const oldestFirst = (a: Aged, b: Aged) => (b.days ?? 0) - (a.days ?? 0);

const judgeLauncher = (
  plane: DataPlane,
  cluster: string,
  is: Launcher['is'],
  aged: readonly Aged[],
  { oldDays, veryOldDays }: Settings,
): readonly Found[] => {
  const old = aged.filter(({ days }) => days !== undefined && days >= oldDays).sort(oldestFirst);
  const unknown = aged.filter(({ days }) => days === undefined);
  if (old.length + unknown.length === 0) return [];
  const worst = old[0]?.days ?? 0;
  const { by, remedy } = launchers[is];
  const parts = [
    ...(old.length > 0
      ? [
          `${old.length === 1 ? '1 runs an image' : `${old.length} run images`} ${oldDays} days behind or more, the oldest ${count(worst, 'day')}`,
        ]
      : []),
    ...(unknown.length > 0 ? [`of ${unknown.length} the age of the image is not known`] : []),
  ];
  const perSet = Map.groupBy(old, ({ set }) => set.name);
  return [
    {
      about: { target: plane.target, cluster, detail: by },
      severity: worst >= veryOldDays ? 'high' : old.length > 0 ? 'medium' : 'low',
      sentence: `Of ${count(aged.length, 'node')} that ${by} launched in ${cluster}, ${parts.join('; ')}.`,
      evidence: {
        nodes: aged.length,
        old: old.length,
        unknown: unknown.length,
        oldestDays: worst,
        oldest: old[0]?.node.instanceId ?? 'none',
        launchers: [...perSet].map(([name, nodes]) => `${name}: ${nodes.length}`),
      },
      weight: Math.max(1, old.length),
      suggestion: remedy,
    },
  ];
};

export const oldImages: Rule<Settings> = {
  name: 'old-images',
  about: 'Nodes run old images, whoever launched them: managed, Karpenter, Auto Mode, self-managed.',
  severity:
    'high where one is veryOldDays behind, medium where one is oldDays behind, low where the age is not known',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html#_automate_amazon_machine_image_ami_updates',
  settings: { oldDays: 30, veryOldDays: 90 },
  judge: (plane, settings, scene) =>
    plane.clusters.flatMap((cluster) => {
      const aged = nodeSetsIn(plane.target, cluster).flatMap((set) =>
        set.nodes.map((node): Aged => ({ node, set, days: daysOld(set, node, scene) })),
      );
      return [...Map.groupBy(aged, ({ set }) => set.launcher.is)].flatMap(([is, nodes]) =>
        judgeLauncher(plane, cluster.name, is, nodes, settings),
      );
    }),
};
