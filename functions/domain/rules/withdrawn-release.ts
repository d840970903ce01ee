/**
 * Finds nodes that run a release which was withdrawn, or which the policy denies, and says where they should go.
 *
 * A group is told by what EKS says it runs, and by every node: after a failed update some still run what the
 * group no longer does. Next is the newest release that may be rolled; where none is newer, the newest older one.
 *
 * Pure.
 */
import { amiTypeOfImageName, factsOf } from '../ami-type.ts';
import { runningOf, sourceOf } from '../node-group.ts';
import { aboutSet, type NodeSet, nodeSetsOf } from '../node-set.ts';
import {
  compareReleases,
  isDenied,
  type Release,
  type ReleaseSource,
  type Running,
  sourceKey,
  trainName,
} from '../release.ts';
import { count } from '../sentence.ts';
import type { Instant } from '../time.ts';
import type { Found, Rule, Scene } from './rule.ts';

type Bad = {
  readonly release: Release;
  readonly why: 'withdrawn' | 'denied';
  readonly others: readonly Release[];
};

/** A source that nodes of the set come from, and what EKS says the group runs, if it is the group's. */
type Origin = { readonly source: ReleaseSource; readonly running?: Running | undefined };

const originsOf = ({ group, nodes }: NodeSet, { policy }: Scene): readonly Origin[] => {
  const source = group && sourceOf(group, policy);
  const own: Origin[] =
    group && typeof source === 'object' ? [{ source, running: runningOf(group, source) }] : [];
  const named = nodes.flatMap(({ imageName }): Origin[] => {
    const found = imageName === undefined ? undefined : amiTypeOfImageName(imageName);
    return found ? [{ source: { is: 'aws', amiType: found.amiType, minor: found.minor } }] : [];
  });
  const bySource = new Map([...named, ...own].map((origin) => [sourceKey(origin.source), origin]));
  return [...bySource.values()];
};

const isRun = (running: Running | undefined, { imageId, version }: Release): boolean => {
  if (running?.imageId !== undefined) return running.imageId === imageId;
  return running?.is === 'release version' && running.version.text === version?.text;
};

/** What the group runs, if the book has never seen it: the policy may deny it all the same. */
const unseen = ({ source, running }: Origin, seen: readonly Release[], now: Instant): readonly Release[] => {
  if (!running || seen.some((release) => isRun(running, release))) return [];
  const version = running.is === 'release version' ? running.version : undefined;
  const imageId = running.imageId ?? '';
  const family = source.is === 'own' ? source.parameter : factsOf(source.amiType).family;
  return [{ train: { family, build: version?.build ?? imageId }, imageId, version, publishedAt: now }];
};

const badOf = (origin: Origin, { known, policy, now }: Scene): readonly Bad[] => {
  const others = known(origin.source)?.releases ?? [];
  return [...others, ...unseen(origin, others, now)].flatMap((release): Bad[] => {
    if (release.withdrawnAt !== undefined) return [{ release, why: 'withdrawn', others }];
    return isDenied(release, policy.releases) ? [{ release, why: 'denied', others }] : [];
  });
};

const nameOf = ({ train, version }: Release): string => version?.text ?? trainName(train);

const wayOut = ({ release, others }: Bad, { policy }: Scene): string => {
  const allowed = others
    .filter((other) => other.withdrawnAt === undefined && !isDenied(other, policy.releases))
    .sort(compareReleases);
  const next = allowed.at(-1);
  if (!next) return 'No release is known that it may be rolled to: hold the group until there is one.';
  return compareReleases(next, release) > 0
    ? `Roll to ${nameOf(next)}; the command roll-now skips what makes it wait.`
    : `Go back to ${nameOf(next)}: the command roll-back of the rollout that brought it.`;
};

const judgeSet = (set: NodeSet, scene: Scene): readonly Found[] =>
  originsOf(set, scene).flatMap((origin) =>
    badOf(origin, scene).flatMap((bad): Found[] => {
      const { release, why } = bad;
      const running = set.nodes.filter(({ imageId }) => imageId === release.imageId).length;
      const group = isRun(origin.running, release);
      if (running === 0 && !group) return [];
      const nodes = running > 0 ? running : (set.group?.scaling.desired ?? 0);
      return [
        {
          about: aboutSet(set, nameOf(release)),
          severity: why === 'withdrawn' ? 'critical' : 'high',
          sentence: `${count(nodes, 'node')} of ${set.name} ${nodes === 1 ? 'runs' : 'run'} ${nameOf(release)}, which ${why === 'withdrawn' ? 'was withdrawn' : 'the policy denies'}.`,
          evidence: {
            release: nameOf(release),
            imageId: release.imageId,
            why,
            ...(release.withdrawnAt && { withdrawnAt: release.withdrawnAt }),
            nodes,
            groupRunsIt: group ? 'yes' : 'no',
          },
          weight: Math.max(1, nodes),
          suggestion: wayOut(bad, scene),
        },
      ];
    }),
  );

export const withdrawnRelease: Rule<Record<never, number>> = {
  name: 'withdrawn-release',
  about: 'Nodes run a release that was withdrawn, or that the policy denies.',
  severity: 'critical for withdrawn, high for denied',
  link: 'https://github.com/awslabs/amazon-eks-ami/releases',
  settings: {},
  judge: (plane, _settings, scene) => nodeSetsOf(plane).flatMap((set) => judgeSet(set, scene)),
};
