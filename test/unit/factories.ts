/**
 * Makes valid values for the unit tests; each test overrides the one line that it is about.
 *
 * The default place is one cluster `blue` in eu-central-1, the default time a Monday morning. Releases
 * are real ones of EKS 1.34 and Bottlerocket (amazon-eks-ami changelog, Bottlerocket trackers, 2026).
 *
 * Pure.
 */
import type { AmiType } from '../../functions/domain/ami-type.ts';
import { factsOf } from '../../functions/domain/ami-type.ts';
import type { World } from '../../functions/domain/commands/world.ts';
import type { Finding } from '../../functions/domain/finding.ts';
import type { Seen, Sight } from '../../functions/domain/follow.ts';
import type { NodeGroup } from '../../functions/domain/node-group.ts';
import type { PatchingPolicy, Policy, WavePolicy } from '../../functions/domain/policy.ts';
import type { Release } from '../../functions/domain/release.ts';
import {
  type Grammar,
  parseReleaseVersion,
  type ReleaseVersion,
} from '../../functions/domain/release-version.ts';
import { type Rollout, type RolloutGroup, rolloutId } from '../../functions/domain/rollout.ts';
import type { Situation } from '../../functions/domain/situation.ts';
import { groupKey } from '../../functions/domain/target.ts';
import type { Window } from '../../functions/domain/window.ts';
import type { Audience } from '../../functions/slack/audience.ts';

/** Monday, 20 July 2026, 10:00 in Berlin. */
export const monday = '2026-07-20T08:00:00.000Z';

export const target = { account: '111122223333', region: 'eu-central-1' };

export const version = (text: string, grammar: Grammar = 'eks-linux'): ReleaseVersion => {
  const parsed = parseReleaseVersion(grammar, text);
  if (!parsed) throw new Error(`not a release version: ${text}`);
  return parsed;
};

/** Published at eight in the evening of the day in its version, unless told otherwise. */
export const release = (
  text = '1.34.9-20260714',
  { amiType = 'AL2023_x86_64_STANDARD', ...other }: Partial<Release> & { amiType?: AmiType } = {},
): Release => {
  const { family, grammar } = factsOf(amiType);
  const parsed = version(text, grammar);
  const [year = 2026, month = 7, day = 14] = grammar === 'bottlerocket' ? [] : parsed.order;
  return {
    train: { family, build: parsed.build },
    imageId: `ami-${text.replaceAll(/\D/g, '').padStart(17, '0').slice(-17)}`,
    version: parsed,
    publishedAt: new Date(Date.UTC(year, month - 1, day, 20)).toISOString(),
    ...other,
  };
};

export const ownRelease = (
  imageId: string,
  imageCreatedAt: string,
  other: Partial<Release> = {},
): Release => ({
  train: { family: '/golden/node', build: imageId },
  imageId,
  version: undefined,
  publishedAt: imageCreatedAt,
  imageCreatedAt,
  ...other,
});

export const nodeGroup = (other: Partial<NodeGroup> = {}): NodeGroup => ({
  target,
  cluster: 'blue',
  nodeGroup: 'workers',
  minor: '1.34',
  image: { is: 'eks', amiType: 'AL2023_x86_64_STANDARD', releaseVersion: '1.34.9-20260625' },
  status: 'ACTIVE',
  healthIssues: [],
  tags: {},
  clusterTags: {},
  desiredSize: 3,
  ...other,
});

export const ownImage = (
  imageId: string,
  facts?: Partial<{ name: string; ownedByAws: boolean; createdAt: string }>,
) =>
  ({
    is: 'own',
    imageId,
    launchTemplate: { id: 'lt-1', version: '7' },
    ...(facts && { facts: { name: undefined, ownedByAws: false, createdAt: undefined, ...facts } }),
  }) as const;

export const wave = (other: Partial<WavePolicy> = {}): WavePolicy => ({
  name: 'all',
  select: [],
  atLeast: 0,
  soakHours: 0,
  concurrency: 1,
  failureBudget: 0,
  alarms: [],
  forceWhenBlocked: false,
  ...other,
});

export const patching = (other: Partial<PatchingPolicy> = {}): PatchingPolicy => ({
  scanMaxAgeDays: 3,
  youngHours: 26,
  baselines: [],
  al2023Repository: 'locked',
  lockedReleaseDays: 30,
  sharePercent: 25,
  atOnce: 10,
  failureBudget: 1,
  timeoutMinutes: 120,
  rebootSoakMinutes: 10,
  ...other,
});

export const policy = (other: Partial<Policy> = {}): Policy => ({
  targets: [{}],
  clusters: [{ clusters: ['*'] }],
  ownedElsewhere: [],
  releases: { minimumAgeDays: 3, atMostEveryDays: 0, deny: [] },
  ownImages: [],
  waves: [wave()],
  limits: { perCluster: 10, perRegion: 20 },
  windows: {},
  freezes: [],
  rollBackOn: [],
  patching: patching(),
  findings: { rules: {}, mute: [], ebsDriver: {} },
  slack: {
    channel: '#drydock',
    mention: [],
    allow: {},
    findings: { atOnce: ['critical', 'high'], channels: [] },
  },
  ...other,
});

/** Where anybody may press anything, and one person is called in emergencies. */
export const audience: Audience = {
  slack: {
    channel: '#drydock',
    mention: ['U0ONCALL'],
    allow: { all: ['*'] },
    findings: { atOnce: ['critical', 'high'], channels: [] },
  },
  stage: 'prod',
  region: 'eu-central-1',
};

export const workingHours: Window = {
  timeZone: 'Europe/Berlin',
  days: ['mon', 'tue', 'wed', 'thu'],
  from: '08:00',
  to: '15:00',
};

const wanted = release();

export const goal = {
  by: 'release version',
  minor: '1.34',
  releaseVersion: '1.34.9-20260714',
  imageId: wanted.imageId,
} as const;

export const rolloutGroup = (other: Partial<RolloutGroup> = {}): RolloutGroup => ({
  target,
  cluster: 'blue',
  nodeGroup: 'workers',
  wave: 'all',
  before: '1.34.9-20260625',
  days: 19,
  goal,
  state: { is: 'waiting', attempt: 1 },
  ...other,
});

export const updating = (other: object = {}) =>
  ({
    is: 'updating',
    attempt: 1,
    since: '2026-07-20T07:00:00.000Z',
    updateId: 'update-1',
    ...other,
  }) as const;
export const verifying = (since = '2026-07-20T07:30:00.000Z') =>
  ({ is: 'verifying', attempt: 1, since }) as const;
export const done = { is: 'done', at: '2026-07-20T06:00:00.000Z' } as const;
export const failed = (code = 'AccessDenied', message = 'EKS says no') =>
  ({ is: 'failed', at: '2026-07-20T06:00:00.000Z', code, message, resources: [] }) as const;
export const held = { is: 'held', why: 'heldByTag' } as const;
export const gone = { is: 'gone', at: '2026-07-20T06:00:00.000Z' } as const;

export const rollout = (other: Partial<Rollout> = {}): Rollout => {
  const train = other.train ?? wanted.train;
  return {
    id: rolloutId(train),
    revision: 1,
    train,
    purpose: { is: 'routine' },
    publishedAt: '2026-07-14T20:00:00.000Z',
    openedAt: '2026-07-20T05:00:00.000Z',
    state: { is: 'rolling' },
    groups: [rolloutGroup()],
    waveDoneAt: {},
    approvals: {},
    sequence: 1,
    outbox: [],
    ...other,
  };
};

/** The group as EKS shows it before it moves. */
export const seenBefore = (other: Partial<NodeGroup> = {}): Seen => ({
  is: 'seen',
  nodeGroup: nodeGroup(other),
});

/** The group as EKS shows it when it runs what is wanted, on so many nodes. */
export const seenAfter = (other: Partial<NodeGroup> = {}, nodes = 3): Seen => ({
  is: 'seen',
  update: { status: 'Successful', errors: [] },
  nodeGroup: nodeGroup({
    image: { is: 'eks', amiType: 'AL2023_x86_64_STANDARD', releaseVersion: goal.releaseVersion },
    ...other,
  }),
  images: Array.from({ length: nodes }, (_, i) => ({ instanceId: `i-${i}`, imageId: goal.imageId })),
});

/** A calm world: nothing else under way, nothing withdrawn, held or stopped. */
export const situation = (other: Partial<Situation> = {}): Situation => ({
  now: monday,
  sight: new Map(),
  load: {},
  withdrawn: new Set(),
  alarms: new Map(),
  holds: [],
  bookings: [],
  stop: undefined,
  ...other,
});

/** What a command looks at: nothing open, nothing held, nothing known. */
export const world = (other: Partial<World> = {}): World => ({
  rollouts: [],
  holds: [],
  stop: undefined,
  findings: [],
  pages: [],
  jobs: [],
  judged: [],
  chat: undefined,
  unread: 0,
  policy: policy(),
  now: monday,
  id: 'c0ffee',
  ...other,
});

/** Shows each group of the rollout the same. */
export const sightOf = (groups: readonly RolloutGroup[], seen: (group: RolloutGroup) => Seen): Sight =>
  new Map(groups.map((group) => [groupKey(group), seen(group)]));

/** Three slots on a d3.8xlarge of the default group. */
export const finding = (other: Partial<Finding> = {}): Finding => ({
  rule: 'ebs-slots',
  about: { target, cluster: 'blue', nodeGroup: 'workers', detail: 'd3.8xlarge' },
  severity: 'high',
  sentence: 'd3.8xlarge in blue/workers has 3 slots.',
  evidence: { slots: 3, instead: ['m7i.8xlarge'] },
  weight: 10,
  suggestion: 'Use m7i.8xlarge.',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html',
  ...other,
});
