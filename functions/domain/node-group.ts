/**
 * Says what a managed node group is to Drydock, and what it runs.
 *
 * Knows that EKS writes an image id where the release version would be when the launch template
 * names the image (`amiType` CUSTOM), and which health issues EKS tolerates when it is asked for
 * an update (AWS re:Post "eks-managed-node-group-update", checked 2026-11-23).
 *
 * Pure.
 */
import { type AmiType, amiTypeOfImageName, type Family, factsOf, isAmiType } from './ami-type.ts';
import { type Hold, holdOn } from './hold.ts';
import type { Policy } from './policy.ts';
import {
  type HoldReason,
  judgeRelease,
  type ReleaseSource,
  type ReleaseVerdict,
  type Running,
  sourceKey,
  type Train,
} from './release.ts';
import type { BookPage } from './release-book.ts';
import { parseReleaseVersion } from './release-version.ts';
import { matches, type Selector } from './selector.ts';
import { type GroupId, groupKey } from './target.ts';
import { type Instant, minutesAfter } from './time.ts';

export type Tags = Readonly<Record<string, string>>;
export type LaunchTemplate = { readonly id: string; readonly version: string };

/** What a group's nodes are made from. */
export type GroupImage =
  | { readonly is: 'eks'; readonly amiType: string; readonly releaseVersion: string }
  | {
      readonly is: 'own';
      readonly imageId: string;
      readonly launchTemplate: LaunchTemplate;
      /** What EC2 says of the image; absent when it has it no more, or was not asked. */
      readonly facts?: ImageFacts;
    };

export type NodeGroup = GroupId & {
  /** Kubernetes minor; EKS gives it for every group, own image or not. */
  readonly minor: string;
  readonly image: GroupImage;
  /** EKS's `status`, as it writes it. */
  readonly status: string;
  readonly healthIssues: readonly { readonly code: string; readonly message: string }[];
  readonly tags: Tags;
  readonly clusterTags: Tags;
  readonly desiredSize: number;
};

/** An image as EC2 describes it; `undefined` members are unknown. */
export type ImageFacts = {
  readonly name: string | undefined;
  readonly ownedByAws: boolean;
  readonly createdAt: Instant | undefined;
  /** EC2's `State`, as it writes it; absent when unknown. */
  readonly state?: string;
  /** Absent: it is never deprecated. */
  readonly deprecatedAt?: Instant;
};

/** What the group's nodes are made from: a release version, or an image id. */
export const runsNow = ({ image }: Pick<NodeGroup, 'image'>): string =>
  image.is === 'eks' ? image.releaseVersion : image.imageId;

export type GroupVerdict = ReleaseVerdict & { readonly source?: ReleaseSource };

/** `undefined` when the name is none of AWS's. */
export const familyOfName = (imageName: string | undefined): Family | undefined => {
  const named = imageName === undefined ? undefined : amiTypeOfImageName(imageName);
  return named && factsOf(named.amiType).family;
};

/** AMI family; `undefined` for an own image whose name is none of AWS's, and an AMI type that is not known. */
export const familyOfImage = (image: GroupImage): Family | undefined => {
  if (image.is === 'own') return familyOfName(image.facts?.name);
  return isAmiType(image.amiType) ? factsOf(image.amiType).family : undefined;
};

const toleratedIssues = new Set([
  'AsgInstanceLaunchFailures',
  'InstanceLimitExceeded',
  'InsufficientFreeAddresses',
  'ClusterUnreachable',
]);

/** Why EKS would refuse an update of this group now; `undefined` when it would not. */
export const whyNotUpdatable = ({ status, healthIssues }: NodeGroup): HoldReason | undefined => {
  if (healthIssues.some(({ code }) => !toleratedIssues.has(code))) return 'unhealthy';
  return status === 'ACTIVE' || status === 'DEGRADED' ? undefined : 'notActive';
};

/** EKS is at work on the group and will be done; any other status but ACTIVE and DEGRADED needs a person. */
export const isBusy = ({ status }: NodeGroup): boolean => status === 'UPDATING' || status === 'CREATING';

type Tagged = Pick<NodeGroup, 'tags' | 'clusterTags'>;

/** Tags that override the policy: the group's own before its cluster's. */
export const tagsOf = ({ tags, clusterTags }: Tagged): Tags => ({ ...clusterTags, ...tags });

/** An empty one is none. */
export const windowTagOf = (group: Tagged): string | undefined =>
  tagsOf(group)['drydock:window'] || undefined;

const carries = (group: Tagged, tag: string): boolean => (tagsOf(group)[tag] ?? 'false') !== 'false';
export const isIgnored = (group: Tagged): boolean => carries(group, 'drydock:ignore');

/** The source that names the wanted release of a group; a reason where there is none. */
export const sourceOf = (group: NodeGroup, policy: Policy): ReleaseSource | HoldReason => {
  const { minor } = group;
  if (!minor) return 'minorUnknown';
  if (group.image.is === 'eks') {
    const { amiType } = group.image;
    return isAmiType(amiType) ? { is: 'aws', amiType, minor } : 'unknownAmiType';
  }
  const own = policy.ownImages.find(({ select }) => select.some((selector) => matches(selector, group)));
  if (own) return { is: 'own', parameter: own.parameter.replaceAll('{minor}', minor) };
  const { facts } = group.image;
  const known = facts?.ownedByAws && facts.name ? amiTypeOfImageName(facts.name) : undefined;
  return known ? { is: 'aws', amiType: known.amiType, minor: known.minor } : 'unknownImage';
};

/** `undefined` when it cannot be read as anything of the source. */
export const runningOf = ({ image }: NodeGroup, source: ReleaseSource): Running | undefined => {
  if (image.is === 'own' && source.is === 'own')
    return { is: 'image', imageId: image.imageId, createdAt: image.facts?.createdAt };
  if (source.is === 'own') return undefined;
  const { grammar } = factsOf(source.amiType);
  const text = image.is === 'eks' ? image.releaseVersion : versionInName(source.amiType, image.facts?.name);
  const version = text && parseReleaseVersion(grammar, text);
  if (!version) return undefined;
  return { is: 'release version', version, ...(image.is === 'own' && { imageId: image.imageId }) };
};

/** AWS's image names carry minor and build; the kubelet patch is not in them: the image's id tells whether it is the same build. */
const versionInName = (amiType: AmiType, name: string | undefined): string | undefined => {
  const named = name === undefined ? undefined : amiTypeOfImageName(name);
  if (!named) return undefined;
  const { grammar } = factsOf(amiType);
  if (grammar === 'eks-linux') return `${named.minor}.0-${named.build}`;
  return grammar === 'windows' ? `${named.minor}-${named.build}` : named.build;
};

/** What the release book of a region has of a source; `undefined` when it has no page. */
export type Known = (source: ReleaseSource) => Pick<BookPage, 'releases' | 'problem'> | undefined;

export const knownOf = (pages: readonly BookPage[]): Known => {
  const bySource = new Map(pages.map((page) => [sourceKey(page.source), page]));
  return (source) => bySource.get(sourceKey(source));
};

/** Of each region's book. */
export const knownIn = (books: ReadonlyMap<string, readonly BookPage[]>): ((region: string) => Known) => {
  const byRegion = new Map([...books].map(([region, pages]) => [region, knownOf(pages)]));
  return (region) => byRegion.get(region) ?? (() => undefined);
};

const problems = {
  missing: 'parameterMissing',
  unreadable: 'parameterUnreadable',
  imageUnseen: 'imageUnseen',
} as const;

type KeptReason = Extract<
  HoldReason,
  'ignoredByTag' | 'outsidePolicy' | 'ownedElsewhere' | 'heldByTag' | 'heldByPerson'
>;
type Kept = { readonly is: 'held'; readonly why: KeptReason; readonly until?: Instant };

/** Why a person or the policy keeps Drydock's hands off the group, whatever is released. */
export const whyKept = (
  group: NodeGroup,
  policy: Policy,
  holds: readonly Hold[],
  now: Instant,
): Kept | undefined => {
  const means = (selectors: readonly Selector[]) => selectors.some((selector) => matches(selector, group));
  if (isIgnored(group)) return { is: 'held', why: 'ignoredByTag' };
  if (!means(policy.clusters)) return { is: 'held', why: 'outsidePolicy' };
  if (means(policy.ownedElsewhere)) return { is: 'held', why: 'ownedElsewhere' };
  if (carries(group, 'drydock:hold')) return { is: 'held', why: 'heldByTag' };
  const hold = holdOn(group, holds, now);
  return hold && { is: 'held', why: 'heldByPerson', until: hold.until };
};

/** What is known beside EKS's own answer, to judge a group by. */
export type Memory = {
  readonly known: Known;
  readonly holds: readonly Hold[];
  /** When Drydock last rolled each group, by group key. */
  readonly rolledAt: ReadonlyMap<string, Instant>;
};

const judgeAgainst = (
  group: NodeGroup,
  source: ReleaseSource,
  { known, rolledAt }: Memory,
  policy: Policy,
  now: Instant,
): ReleaseVerdict => {
  const running = runningOf(group, source);
  if (!running) return { is: 'held', why: 'unreadableVersion' };
  const page = known(source);
  // What a parameter named before it was lost is not what AWS, or the user, recommends now.
  if (page?.problem) return { is: 'held', why: problems[page.problem] };
  const verdict = judgeRelease(running, page?.releases ?? [], policy.releases, now);
  if (verdict.is !== 'behind') {
    const ended = source.is === 'aws' && factsOf(source.amiType).ended;
    return ended ? { is: 'held', why: 'publishingEnded' } : verdict;
  }
  const { train } = verdict.target;
  const last = rolledAt.get(groupKey(group));
  const until = last && minutesAfter(last, policy.releases.atMostEveryDays * 24 * 60);
  if (until && until > now) return { is: 'held', why: 'rolledRecently', until, train };
  const refusal = whyNotUpdatable(group);
  const passing = refusal === 'notActive' && isBusy(group);
  return refusal && !passing ? { is: 'held', why: refusal, train } : verdict;
};

const trainIn = (verdict: ReleaseVerdict): Train | undefined => {
  if (verdict.is === 'behind') return verdict.target.train;
  return verdict.is === 'held' ? verdict.train : undefined;
};

/** A hold ends one day: the group would get the train then. */
const holding = (kept: Kept, verdict: ReleaseVerdict): ReleaseVerdict => {
  const train = kept.why === 'heldByTag' || kept.why === 'heldByPerson' ? trainIn(verdict) : undefined;
  return train ? { ...kept, train } : kept;
};

export const judgeGroup = (group: NodeGroup, memory: Memory, policy: Policy, now: Instant): GroupVerdict => {
  const source = sourceOf(group, policy);
  const kept = whyKept(group, policy, memory.holds, now);
  if (typeof source === 'string') return kept ?? { is: 'held', why: source };
  const verdict = judgeAgainst(group, source, memory, policy, now);
  return { ...(kept ? holding(kept, verdict) : verdict), source };
};

/** Every source that a release could come from for these groups, each once, in a stable order. */
export const sourcesOf = (groups: readonly NodeGroup[], policy: Policy): readonly ReleaseSource[] => {
  const sources = new Map<string, ReleaseSource>();
  for (const group of groups) {
    const source = sourceOf(group, policy);
    if (typeof source !== 'string') sources.set(sourceKey(source), source);
  }
  return [...sources.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
};
