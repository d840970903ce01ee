/**
 * Says what Drydock tells the world: the events on its bus, a public contract (schemas in `events/`).
 *
 * Each piece of news has an id, so that whoever sees it twice tells it once, and rollout news a
 * number, so that whoever sees it late does not write old over new. Lists are cut at a hundred
 * entries with the count of the rest: EventBridge takes 256 KB an event.
 *
 * Pure.
 */
import type { Command, CommandName, ReplyIn } from './command.ts';
import { failureFacts } from './failure.ts';
import type { FindingsDigest } from './finding-digest.ts';
import type { FindingsChanged } from './finding-news.ts';
import type { Forecast } from './forecast.ts';
import type { PatchingProgressed } from './patching/patch-news.ts';
import type { Policy } from './policy.ts';
import { policyFor } from './purpose.ts';
import { holdReasons, sourceKey, trainName, type WithdrawalReason, withdrawalReasons } from './release.ts';
import type { BookPage } from './release-book.ts';
import type { ReleaseNote } from './release-review.ts';
import {
  type Failure,
  haltReasons,
  leaveReasons,
  type Purpose,
  type Rollout,
  type RolloutGroup,
  type RolloutState,
  type Waiting,
  waitReasons,
  waveOf,
} from './rollout.ts';
import type { GroupId } from './target.ts';
import { earliest, type Instant, minutesAfter } from './time.ts';

export const schema = 1;
const longest = 100;
/** An event can carry two full lists. */
const longestMessage = 300;
const mostResources = 5;

export type Listed<T> = { readonly items: readonly T[]; readonly more: number };

export const listed = <T>(items: readonly T[]): Listed<T> => ({
  items: items.slice(0, longest),
  more: Math.max(0, items.length - longest),
});

/** How many of each kind a list of changes has, listed or not. */
export type ListedChanges = Listed<Change> & {
  readonly counts: Readonly<Partial<Record<Change['is'], number>>>;
};

/** What a person must know comes first, so that no cut takes it. */
const gravest: readonly Change['is'][] = [
  'failed',
  'retrying',
  'held',
  'gone',
  'movedOver',
  'joined',
  'started',
  'alreadyDone',
  'done',
];

export const listedChanges = (changes: readonly Change[]): ListedChanges => {
  const byGravity = changes.toSorted((a, b) => gravest.indexOf(a.is) - gravest.indexOf(b.is));
  const counts: Partial<Record<Change['is'], number>> = {};
  for (const { is } of changes) counts[is] = (counts[is] ?? 0) + 1;
  return { ...listed(byGravity), counts };
};

export type Told<Type extends string, Detail> = {
  readonly type: Type;
  readonly detail: { readonly schema: number; readonly id: string; readonly at: Instant } & Detail;
};

export type WaveProgress = {
  readonly name: string;
  readonly groups: Readonly<Partial<Record<RolloutGroup['state']['is'], number>>>;
};

export type Progress = {
  readonly rollout: string;
  readonly sequence: number;
  readonly train: string;
  readonly purpose: Purpose;
  readonly openedAt: Instant;
  readonly state: RolloutState;
  readonly waves: readonly WaveProgress[];
  readonly waiting?: Waiting & { readonly sentence: string };
  /** By wave: until when it asks or asked, and who said yes. */
  readonly approvals?: Rollout['approvals'];
  readonly overtakenBy?: string;
};

export type Change = GroupId & {
  readonly wave: string;
  readonly is:
    | 'started'
    | 'done'
    | 'failed'
    | 'retrying'
    | 'held'
    | 'gone'
    | 'joined'
    | 'movedOver'
    | 'alreadyDone';
  readonly before?: string;
  readonly after?: string;
  readonly code?: string;
  readonly sentence?: string;
  readonly message?: string;
  readonly resources?: readonly string[];
  /** How often its update failed, where it is tried again or was. */
  readonly failures?: number;
  /** When a group that failed is tried again. */
  readonly until?: Instant;
};

export type LeftAlone = GroupId & {
  readonly why: string;
  readonly sentence: string;
  readonly until?: Instant;
};

export type ReleaseDetected = Told<
  'AMI Release Detected',
  {
    readonly region: string;
    readonly train: string;
    readonly publishedAt: Instant;
    readonly eligibleAt: Instant;
    /** It had been withdrawn; its age counts anew. */
    readonly again?: true;
    readonly releases: Listed<{
      readonly source: string;
      readonly releaseVersion?: string;
      readonly imageId: string;
    }>;
  }
>;
export type ReleaseWithdrawn = Told<
  'AMI Release Withdrawn',
  {
    readonly region: string;
    readonly train: string;
    readonly sources: readonly string[];
    readonly why: WithdrawalReason;
    readonly sentence: string;
  }
>;
/** How risky a train looks to who must approve it. */
export type Risk = {
  /** Days between what runs and the release: the most and the fewest of all groups. */
  readonly daysBehind: { readonly most: number; readonly fewest: number };
  readonly publishedAt: Instant;
  /** Page of the release notes. */
  readonly notes?: string;
};

export type CommandDone = Told<
  'Command Done',
  {
    readonly command: CommandName;
    readonly by: string;
    readonly why: string;
    readonly dryRun: boolean;
    /** `false`: nothing was changed, as `says` explains. */
    readonly accepted: boolean;
    /** What was done or would be, or why not: sentences. */
    readonly says: readonly string[];
    readonly rollout?: string;
    /** The patch job it is about. */
    readonly job?: string;
    /** Fingerprint of the finding that was muted. */
    readonly finding?: string;
    readonly replyIn?: ReplyIn;
  }
>;
export type RolloutNews =
  | Told<
      'Rollout Opened',
      Progress & {
        readonly groups: ListedChanges;
        readonly leftAlone: Listed<LeftAlone>;
        readonly forecast: Forecast;
      }
    >
  | Told<'Rollout Progressed', Progress & { readonly changes: ListedChanges; readonly waveDone?: string }>
  | Told<
      'Approval Requested',
      Progress & {
        readonly wave: string;
        /** No answer until then means no. */
        readonly until: Instant;
        readonly groups: ListedChanges;
        readonly risk: Risk;
      }
    >
  | Told<'Rollout Halted', Progress & { readonly sentence: string; readonly changes: ListedChanges }>
  | Told<
      'Rollout Completed',
      Progress & { readonly changes: ListedChanges; readonly leftBehind: ListedChanges }
    >;
export type News =
  | ReleaseDetected
  | ReleaseWithdrawn
  | RolloutNews
  | PatchingProgressed
  | CommandDone
  | FindingsChanged
  | FindingsDigest;

/** Whether it tells of one rollout's progress, and belongs into its thread under its number. */
export const isRolloutNews = (news: News): news is RolloutNews =>
  'sequence' in news.detail && 'rollout' in news.detail;

export const progressOf = (rollout: Rollout, policy: Policy): Progress => {
  const { waves } = policyFor(rollout, policy);
  const count = ({ name }: { readonly name: string }): WaveProgress => {
    const groups: Partial<Record<RolloutGroup['state']['is'], number>> = {};
    for (const group of rollout.groups)
      if (waveOf(group, waves)?.name === name) groups[group.state.is] = (groups[group.state.is] ?? 0) + 1;
    return { name, groups };
  };
  return {
    rollout: rollout.id,
    sequence: rollout.sequence,
    train: trainName(rollout.train),
    purpose: rollout.purpose,
    openedAt: rollout.openedAt,
    state: rollout.state,
    waves: waves.map(count).filter(({ groups }) => Object.keys(groups).length > 0),
    ...(rollout.waiting && { waiting: { ...rollout.waiting, sentence: waitReasons[rollout.waiting.why] } }),
    ...(Object.keys(rollout.approvals).length > 0 && { approvals: rollout.approvals }),
    ...(rollout.overtakenBy && { overtakenBy: rollout.overtakenBy }),
  };
};

const holdSentences = { ...holdReasons, ...leaveReasons };

const failureOf = ({ code, message, resources }: Failure) => {
  const { sentence, remedy } = failureFacts(code);
  const words = { message: message.slice(0, longestMessage), sentence: `${sentence} ${remedy}` };
  return { code, ...words, resources: resources.slice(0, mostResources) };
};

export const changeOf = (group: RolloutGroup, is: Change['is']): Change => {
  const { target, cluster, nodeGroup, wave, before, goal, state } = group;
  const after = goal.by === 'release version' ? goal.releaseVersion : goal.imageId;
  const change = { target, cluster, nodeGroup, wave, is, before, after };
  if (state.is === 'failed')
    return { ...change, ...failureOf(state), ...(state.failures && { failures: state.failures }) };
  if (state.is === 'held') return { ...change, code: state.why, sentence: holdSentences[state.why] };
  if (state.is !== 'waiting' || !state.after) return change;
  const again = { failures: state.attempt - 1, ...(state.notBefore && { until: state.notBefore }) };
  return { ...change, ...failureOf(state.after), ...again };
};

type Telling<T> =
  T extends Told<infer Type, infer Detail>
    ? { readonly type: Type; readonly more: Omit<Detail, keyof Progress> }
    : never;

/** Puts news into the rollout's outbox, under the next number. */
export const tell = (
  rollout: Rollout,
  telling: Telling<RolloutNews>,
  policy: Policy,
  at: Instant,
): Rollout => {
  const numbered = { ...rollout, sequence: rollout.sequence + 1 };
  const detail = {
    schema,
    id: `${rollout.id}#${numbered.sequence}`,
    at,
    ...progressOf(numbered, policy),
    ...telling.more,
  };
  return { ...numbered, outbox: [...rollout.outbox, { type: telling.type, detail } as RolloutNews] };
};

export const haltSentence = (state: RolloutState): string => {
  if (state.is !== 'halted') return '';
  const who = state.by ? ` By ${state.by}.` : '';
  return `${haltReasons[state.why]}${who}${state.words ? ` ${state.words}` : ''}`;
};

export const commandDone = ({
  id,
  at,
  command,
  outcome: { accepted, says, rollout, job },
  replyIn,
}: {
  readonly id: string;
  readonly at: Instant;
  readonly command: Command;
  readonly outcome: Pick<CommandDone['detail'], 'accepted' | 'says' | 'rollout' | 'job'>;
  readonly replyIn: ReplyIn | undefined;
}): CommandDone => ({
  type: 'Command Done',
  detail: {
    schema,
    id,
    at,
    command: command.command,
    by: command.by,
    why: command.why,
    dryRun: command.dryRun,
    accepted,
    says: says.slice(0, longest),
    ...(rollout && { rollout }),
    ...(job && { job }),
    ...(command.command === 'mute' && { finding: command.finding }),
    ...(replyIn && { replyIn }),
  },
});

/** What sets news of the same train apart: why it was withdrawn, since when it is back. */
const occasionOf = (note: ReleaseNote): string => {
  if (note.is === 'withdrawn') return `withdrawn ${note.why}`;
  return note.again ? `detected again ${note.again}` : 'detected';
};

/** What pages of the release book have not told yet, one piece of news for each train and occasion. */
export const releaseNewsOf = (
  pages: readonly BookPage[],
  region: string,
  minimumAgeDays: number,
  at: Instant,
): readonly News[] => {
  const notes = pages.flatMap((page) =>
    page.untold.map((note) => ({ page, note, train: trainName(note.train) })),
  );
  const together = Map.groupBy(notes, ({ note, train }) => `${region} ${train} ${occasionOf(note)}`);
  return [...together].flatMap(([id, [first, ...rest]]): News[] => {
    if (!first) return [];
    const same = [first, ...rest];
    const { train, note } = first;
    const sources = same.map(({ page }) => sourceKey(page.source));
    const releases = same.flatMap(({ page, note }) =>
      page.releases
        .filter(({ imageId }) => imageId === note.imageId)
        .map((release) => ({ source: sourceKey(page.source), release })),
    );
    if (note.is === 'withdrawn') {
      // Not the time of this run: news that is published again after a crash must have the same id.
      const withdrawnAt = earliest(releases.map(({ release }) => release.withdrawnAt)) ?? at;
      const { why } = note;
      const reason = { why, sentence: withdrawalReasons[why] };
      return [
        {
          type: 'AMI Release Withdrawn',
          detail: { schema, id: `${id} ${withdrawnAt}`, at, region, train, sources, ...reason },
        },
      ];
    }
    const publishedAt = earliest(releases.map(({ release }) => release.publishedAt)) ?? at;
    const eligibleAt = minutesAfter(publishedAt, minimumAgeDays * 24 * 60);
    const items = releases.map(({ source, release: { version, imageId } }) => ({
      source,
      imageId,
      ...(version && { releaseVersion: version.text }),
    }));
    const again = note.again === undefined ? {} : ({ again: true } as const);
    return [
      {
        type: 'AMI Release Detected',
        detail: { schema, id, at, region, train, publishedAt, eligibleAt, ...again, releases: listed(items) },
      },
    ];
  });
};
