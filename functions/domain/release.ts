/**
 * Decides which release a node group should run: the newest that is old enough, not withdrawn,
 * not denied and not older than what runs.
 *
 * Never "wait while the newest is too young": AWS releases again before the age is reached, and
 * with a 10-day rule and the real dates of 2023 to 2026 that reading adopts 49 releases where
 * this one adopts 122.
 *
 * Pure.
 */
import type { AmiType } from './ami-type.ts';
import { compareReleaseVersions, type ReleaseVersion } from './release-version.ts';
import { daysBetween, type Instant, minutesAfter } from './time.ts';

/** Where releases come from: AWS's parameters for an AMI type and minor, or one parameter of the user's. */
export type ReleaseSource =
  | { readonly is: 'aws'; readonly amiType: AmiType; readonly minor: string }
  | { readonly is: 'own'; readonly parameter: string };

/** All releases of one family published together, as people speak of them. */
export type Train = { readonly family: string; readonly build: string };

export type Release = {
  readonly train: Train;
  readonly imageId: string;
  /** `undefined` for an own image: it has no version but its id. */
  readonly version: ReleaseVersion | undefined;
  /**
   * When the source first named it: SSM's own date where it is later than our first sight of the source.
   * After a withdrawal that was taken back: when that was seen.
   */
  readonly publishedAt: Instant;
  /** When the image was made; known for own images only, where it is their order. */
  readonly imageCreatedAt?: Instant;
  readonly withdrawnAt?: Instant;
  /** There when `withdrawnAt` is. */
  readonly withdrawnBecause?: WithdrawalReason;
};

export const withdrawalReasons = {
  parameterWentBack: 'Its parameter names an older release again.',
  imageDeprecated: 'EC2 calls its image deprecated.',
  imageGone: 'EC2 has its image no more, or does not show it any more.',
  imageNotAvailable: 'EC2 does not call its image available any more.',
} as const;
export type WithdrawalReason = keyof typeof withdrawalReasons;

/** What a node group runs now. */
export type Running =
  /** With `imageId` the version was read from the image's name, which does not tell the kubelet patch. */
  | { readonly is: 'release version'; readonly version: ReleaseVersion; readonly imageId?: string }
  | { readonly is: 'image'; readonly imageId: string; readonly createdAt: Instant | undefined };

export const holdReasons = {
  heldByTag: 'It carries the tag drydock:hold.',
  ignoredByTag: 'It carries the tag drydock:ignore.',
  heldByPerson: 'A person holds it.',
  ownedElsewhere: 'Its tags say that another tool rolls it.',
  outsidePolicy: 'The policy leaves its cluster out.',
  rolledRecently: 'It was rolled more recently than the policy wants.',
  patchedSince:
    'Its nodes were patched in place after every release that is old enough came out: rolled now it would lose the patches.',
  tooFresh: 'Every newer release is younger than the minimum age.',
  runsNewer: 'It runs a newer release than any that is recommended now.',
  noRelease: 'No release is known for its AMI type and Kubernetes minor, or none that may be rolled.',
  parameterMissing: 'The SSM parameter that would name its release does not exist.',
  parameterUnreadable: 'The SSM parameter that names its release holds what Drydock cannot read.',
  imageUnseen: 'EC2 does not show the image that its SSM parameter names as one that may be used.',
  publishingEnded:
    'AWS stopped publishing AL2 images on 2025-11-26. Create a node group of an AL2023 or Bottlerocket AMI type, move the pods over and delete this one.',
  unknownAmiType: 'EKS gives it an AMI type that Drydock does not know.',
  unreadableVersion: 'What it runs cannot be read as a release version.',
  unknownImage: 'Its own image comes from nowhere that the policy or its name tells.',
  unknownAge: 'When its own image was made cannot be read, so older and newer cannot be told apart.',
  notActive: 'EKS does not call it ACTIVE.',
  unhealthy: 'EKS reports health issues that would make it refuse an update.',
  minorUnknown: 'Its Kubernetes minor is not given.',
} as const;
export type HoldReason = keyof typeof holdReasons;

export type ReleaseVerdict =
  | { readonly is: 'current' }
  | {
      readonly is: 'behind';
      readonly target: Release;
      readonly days: number;
      /** Image of what runs; `undefined` when the source's history does not reach back to it. */
      readonly runningImageId: string | undefined;
    }
  /** `train`: what it would get, or will, but for the reason. */
  | { readonly is: 'held'; readonly why: HoldReason; readonly until?: Instant; readonly train?: Train };

export type ReleaseRule = {
  readonly minimumAgeDays: number;
  /** A group that Drydock rolled is left alone for so many days. */
  readonly atMostEveryDays: number;
  readonly deny: readonly string[];
};

export const trainName = ({ family, build }: Train): string => `${family} ${build}`;

/** Where AWS or Bottlerocket tell what is in a train; `undefined` for an own image. */
export const notesOf = ({ family, build }: Train): string | undefined => {
  if (family === 'bottlerocket')
    return `https://github.com/bottlerocket-os/bottlerocket/releases/tag/v${build.split('-')[0]}`;
  if (family.startsWith('windows-'))
    return 'https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-versions-windows.html';
  return family.startsWith('/')
    ? undefined
    : `https://github.com/awslabs/amazon-eks-ami/releases/tag/${build}`;
};

export const sourceKey = (source: ReleaseSource): string =>
  source.is === 'aws' ? `${source.amiType} ${source.minor}` : source.parameter;

/** When the image was made, where that is known, or else published. */
export const madeAt = ({ imageCreatedAt, publishedAt }: Release): Instant => imageCreatedAt ?? publishedAt;

/** Negative when `a` is older than `b`, both of one source. */
export const compareReleases = (a: Release, b: Release): number => {
  const byVersion = a.version && b.version && compareReleaseVersions(a.version, b.version);
  return byVersion ?? Date.parse(madeAt(a)) - Date.parse(madeAt(b));
};

export const isDenied = ({ train, version, imageId }: Release, { deny }: ReleaseRule): boolean =>
  deny.includes(trainName(train)) ||
  (version !== undefined && deny.includes(version.text)) ||
  deny.includes(imageId);

export const eligibleAt = ({ publishedAt }: Release, { minimumAgeDays }: ReleaseRule): Instant =>
  minutesAfter(publishedAt, minimumAgeDays * 24 * 60);

const eligible =
  (rule: ReleaseRule) =>
  (release: Release): boolean =>
    release.withdrawnAt === undefined && !isDenied(release, rule);

/** Positive when the release is newer than what runs; `undefined` when that cannot be known. */
const compareWithRunning = (release: Release, running: Running): number | undefined => {
  if (release.imageId === running.imageId) return 0;
  if (running.is === 'release version')
    return release.version && compareReleaseVersions(release.version, running.version);
  const made = release.imageCreatedAt;
  return running.createdAt && made ? Date.parse(made) - Date.parse(running.createdAt) : undefined;
};

const daysBehind = (release: Release, running: Running, known: readonly Release[]): number => {
  if (running.is === 'image')
    return running.createdAt && release.imageCreatedAt
      ? daysBetween(running.createdAt, release.imageCreatedAt)
      : 0;
  const mine = known.find(({ version }) => version?.text === running.version.text);
  if (mine) return daysBetween(mine.publishedAt, release.publishedAt);
  const builtOn = ({ order, grammar }: ReleaseVersion) =>
    grammar === 'bottlerocket'
      ? undefined
      : new Date(Date.UTC(order[0] ?? 0, (order[1] ?? 1) - 1, order[2])).toISOString();
  const from = builtOn(running.version);
  const to = release.version && builtOn(release.version);
  return from && to ? daysBetween(from, to) : 0;
};

const imageOf = (running: Running, known: readonly Release[]): string | undefined =>
  running.imageId ??
  (running.is === 'release version'
    ? known.find(({ version }) => version?.text === running.version.text)?.imageId
    : undefined);

/** `known`: every release of the group's source in its region, in any order. */
export const judgeRelease = (
  running: Running,
  known: readonly Release[],
  rule: ReleaseRule,
  now: Instant,
): ReleaseVerdict => {
  const candidates = known.filter(eligible(rule)).map((release) => ({
    release,
    newer: compareWithRunning(release, running),
    eligibleAt: eligibleAt(release, rule),
  }));
  if (candidates.length === 0) return { is: 'held', why: 'noRelease' };
  if (candidates.every(({ newer }) => newer === undefined))
    return { is: 'held', why: running.is === 'image' ? 'unknownAge' : 'unreadableVersion' };

  const newer = candidates
    .filter((candidate) => (candidate.newer ?? 0) > 0)
    .sort((a, b) => compareReleases(b.release, a.release));
  const target = newer.find(({ eligibleAt }) => eligibleAt <= now)?.release;
  if (target)
    return {
      is: 'behind',
      target,
      days: daysBehind(target, running, known),
      runningImageId: imageOf(running, known),
    };
  const [next] = newer.toSorted((a, b) => (a.eligibleAt < b.eligibleAt ? -1 : 1));
  if (next) return { is: 'held', why: 'tooFresh', until: next.eligibleAt, train: next.release.train };
  if (candidates.some((candidate) => candidate.newer === 0)) return { is: 'current' };
  return { is: 'held', why: 'runsNewer' };
};
