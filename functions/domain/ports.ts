/**
 * Says what the flows need from outside, in the domain's words. What reads AWS is made for one target, the
 * account and region its client reaches, or put together from those of several (aws/across.ts).
 *
 * Every reading port pages to the end and answers unknown as unknown; a fault is thrown.
 */

import type { ChatFacts } from './chat-check.ts';
import type { Command, CommandRequested } from './command.ts';
import type { Deed } from './commands/world.ts';
import type { DataPlane } from './data-plane.ts';
import type { FindingPage } from './finding-book.ts';
import type { PlacedPage } from './finding-digest.ts';
import type { StartAnswer, Update } from './follow.ts';
import type { Hold } from './hold.ts';
import type { ImageAnswer } from './image.ts';
import type { News } from './news.ts';
import type { ImageFacts, NodeGroup } from './node-group.ts';
import type { Booking, KeptBooking } from './patching/booking.ts';
import type { PatchScan } from './patching/compliance.ts';
import type { Agent, ClusterNodes, CompliancePage, FoundNode } from './patching/page.ts';
import type { Overview } from './patching/page-turn.ts';
import type { OpenPatch } from './patching/patch.ts';
import type { Run, SendAnswer } from './patching/patch-follow.ts';
import type { PatchBatch, PatchJob } from './patching/patch-job.ts';
import type { ReleaseSource } from './release.ts';
import type { BookPage, Reading } from './release-book.ts';
import type { Rollout, RolloutGroup } from './rollout.ts';
import type { Part } from './round.ts';
import type { AlarmState, Stop } from './situation.ts';
import type { GroupId, Target } from './target.ts';
import type { Task } from './task.ts';
import type { Instant } from './time.ts';

export type Survey = { readonly groups: readonly NodeGroup[]; readonly failures: readonly Error[] };

export interface Fleet {
  /** Names of all clusters. */
  clusters(): Promise<readonly string[]>;
  /** The managed node groups of these clusters, with what is known of own images; what could not be read is among the failures. */
  inClusters(clusters: readonly string[]): Promise<Survey>;
  /** The same of every cluster, or of those whose name is meant. */
  all(isMeant?: (cluster: string) => boolean): Promise<Survey>;
  /**
   * `undefined` when EKS knows no such group. Own images come without their facts. `look`: an object that stands for
   * one look; groups that are read in the same one share what is asked of their cluster.
   */
  read(id: GroupId, look?: object): Promise<NodeGroup | undefined>;
}

export type DataPlaneSurvey = {
  /** `undefined` when there is no cluster, or none could be read. */
  readonly plane: DataPlane | undefined;
  /** Names of clusters of which something could not be read: nothing may be concluded from what is missing there. */
  readonly unread: ReadonlySet<string>;
  readonly failures: readonly Error[];
};

export interface DataPlanes {
  /** Names of all clusters. */
  clusters(): Promise<readonly string[]>;
  /**
   * Everything that a rule may look at in these clusters; what could not be read of one is among the failures.
   * `share`: they are some of many, so that it is dearer to list what belongs to all.
   */
  survey(clusters: readonly string[], share?: boolean): Promise<DataPlaneSurvey>;
}

export type NodesSurvey = {
  /** Where the clusters are; `undefined` when there is none, or none could be read. */
  readonly target: Target | undefined;
  readonly clusters: readonly ClusterNodes[];
  /** Names of clusters of which something could not be read: nothing may be concluded from what is missing there. */
  readonly unread: ReadonlySet<string>;
  readonly failures: readonly Error[];
};

export interface Nodes {
  /** Names of all clusters. */
  clusters(): Promise<readonly string[]>;
  /** Every pending or running node of these clusters, whoever launched it, and the node groups. `share`: see `DataPlanes`. */
  survey(clusters: readonly string[], share?: boolean): Promise<NodesSurvey>;
  /** Those of the instances that are pending or running nodes, with the name of their cluster. */
  these(instanceIds: readonly string[]): Promise<readonly (FoundNode & { readonly cluster: string })[]>;
  /** Which of the instances are pending or running. */
  alive(instanceIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface Patches {
  /** What is bad everywhere in the account: few rows where all is well. */
  overview(): Promise<Overview>;
  /** Instances that Systems Manager does not manage are missing from the answer. */
  agents(instanceIds: readonly string[]): Promise<ReadonlyMap<string, Agent>>;
  /** Instances that were never scanned are missing from the answer. */
  scans(instanceIds: readonly string[]): Promise<ReadonlyMap<string, PatchScan>>;
  /** What is open on one instance. */
  open(instanceId: string): Promise<readonly OpenPatch[]>;
}

export interface CompliancePages {
  /** Of one cluster, or of all. */
  all(cluster?: string): Promise<readonly CompliancePage[]>;
  /** `undefined` when somebody else has written the page since it was read. */
  save(page: CompliancePage): Promise<CompliancePage | undefined>;
  delete(page: CompliancePage): Promise<void>;
}

export interface Bookings {
  all(): Promise<readonly KeptBooking[]>;
  save(booking: Booking): Promise<void>;
  /** Leaves it when somebody else has written it since it was read. */
  delete(booking: KeptBooking): Promise<void>;
}

export interface PatchCommands {
  /** Not safe to repeat: Run Command has no client token. `find` tells whether it was sent. */
  send(job: PatchJob, batch: PatchBatch): Promise<SendAnswer>;
  /** Whether a batch was sent before: Run Command tells of a new command only after a moment. */
  find(job: PatchJob, batch: PatchBatch): Promise<SendAnswer>;
  /** What the command has come to on each node; `undefined` while Run Command does not tell of it. */
  runs(commandId: string): Promise<ReadonlyMap<string, Run> | undefined>;
  /** Safe to repeat. */
  cancel(commandId: string): Promise<void>;
}

export interface PatchJobs {
  /** Every job that is not closed, or has news that was not published. */
  open(): Promise<readonly PatchJob[]>;
  /** `undefined` when there is none. */
  read(id: string): Promise<PatchJob | undefined>;
  /** Answers it as it is stored now; `undefined` when somebody else has written it since it was read. */
  save(job: PatchJob): Promise<PatchJob | undefined>;
}

export interface Images {
  /** Images that EC2 still has, by id; those it does not have are missing from the answer. */
  read(imageIds: readonly string[]): Promise<ReadonlyMap<string, ImageFacts>>;
  /** The same, call by call: an answer speaks only of what was asked in it. Each image is asked for once. */
  look(imageIds: readonly string[]): Promise<readonly ImageAnswer[]>;
}

export interface Instances {
  /** The image of every pending or running instance of the group. */
  of(group: GroupId): Promise<readonly { readonly instanceId: string; readonly imageId: string }[]>;
}

export interface Updates {
  /**
   * Safe to repeat: the same rollout, group and time of decision are the same request to EKS. Asks for nothing
   * more once it is aborted.
   */
  start(rollout: Rollout, group: RolloutGroup, signal: AbortSignal): Promise<StartAnswer>;
  /** `undefined` when EKS knows no such update or group. */
  read(group: GroupId, updateId: string): Promise<Update | undefined>;
}

export interface Parameters {
  /** What each source names now, in the order of the sources. */
  read(sources: readonly ReleaseSource[]): Promise<readonly Reading[]>;
  /** What the source named before, as far as SSM keeps it. */
  history(source: ReleaseSource): Promise<readonly Reading[]>;
}

export interface Book {
  /** `undefined` before the first survey. */
  sourcesInUse(): Promise<readonly ReleaseSource[] | undefined>;
  saveSourcesInUse(sources: readonly ReleaseSource[]): Promise<void>;
  pages(): Promise<readonly BookPage[]>;
  /** `undefined`, and nothing saved, when somebody else has written the page since it was read. */
  save(page: BookPage): Promise<BookPage | undefined>;
}

export interface Books {
  /** What was seen in a region. */
  in(region: string): Book;
  /** The pages of every region that Drydock looks at. */
  pages(): Promise<ReadonlyMap<string, readonly BookPage[]>>;
}

/** What one function keeps of the findings of its rules. */
export interface Findings {
  pages(): Promise<readonly FindingPage[]>;
  /** Throws when somebody else has written the page since it was read. */
  save(page: FindingPage, now: Instant): Promise<FindingPage>;
}

/** The targets that were looked at last. */
export interface TargetsSeen {
  read(): Promise<readonly Target[]>;
  save(targets: readonly Target[]): Promise<void>;
}

export interface FindingPages {
  /** Of every function that finds. */
  all(): Promise<readonly PlacedPage[]>;
}

export interface Rollouts {
  /** Every rollout that is not closed, or has news that was not published. */
  open(): Promise<readonly Rollout[]>;
  /** Every rollout that is kept, open or closed. */
  all(): Promise<readonly Rollout[]>;
  /** `undefined` when there is none. */
  read(id: string): Promise<Rollout | undefined>;
  /** Answers it as it is stored now; `undefined` when somebody else has written it since it was read. */
  save(rollout: Rollout): Promise<Rollout | undefined>;
}

export interface Switch {
  /** `undefined` unless a person stopped everything. */
  read(): Promise<Stop | undefined>;
}

export interface Holds {
  all(): Promise<readonly Hold[]>;
}

/** What was commanded, by whom, why, and what was answered; kept for a year. */
export type CommandRecord = {
  readonly id: string;
  readonly at: Instant;
  readonly command: Command;
  readonly accepted: boolean;
  readonly says: readonly string[];
  /** News that is not yet published. */
  readonly outbox: readonly News[];
};

export interface CommandRecords {
  read(id: string): Promise<CommandRecord | undefined>;
  /** Keeps the record and does the deeds, all or nothing; `false` when somebody wrote what they are about, or the record, meanwhile. */
  carryOut(record: CommandRecord, deeds: readonly Deed[]): Promise<boolean>;
  /** Its news is published. */
  told(record: CommandRecord): Promise<void>;
}

export interface Alarms {
  /** State by name; alarms that do not exist are missing from the answer. */
  read(names: readonly string[]): Promise<ReadonlyMap<string, AlarmState>>;
}

export interface Lease {
  /** Answers whom to give it back as; `undefined` while somebody holds it. */
  take(name: string, now: Instant, minutes: number): Promise<string | undefined>;
  giveBack(name: string, holder: string): Promise<void>;
}

/** What may be handed out: a task, or that a round is to be closed with what has come. */
export type Handed = Task | { readonly round: Instant };

export interface HandOut {
  /** Safe to repeat. */
  send(tasks: readonly Handed[], delaySeconds?: number): Promise<void>;
}

/** What the parts of one look saw. */
export interface Rounds {
  parts(round: Instant): Promise<readonly Part[]>;
  save(round: Instant, part: Part): Promise<void>;
  isClosed(round: Instant): Promise<boolean>;
  close(round: Instant): Promise<void>;
}

export interface Bus {
  publish(news: readonly (News | CommandRequested)[]): Promise<void>;
}

/** Where a message is: Slack's ids of its channel and of itself. */
export type Posted = { readonly channel: string; readonly ts: string };

/** A reply with buttons, what they are about, and how it reads. */
export type Asking = {
  readonly ts: string;
  readonly about:
    | { readonly is: 'approval'; readonly wave: string }
    | { readonly is: 'halt'; readonly at: Instant }
    | { readonly is: 'patching' }
    /** Each finding has its own row of buttons. */
    | { readonly is: 'findings' };
  readonly message: Message;
};

/** What a thread in the chat was told; `ts` is its first message. */
export type ToldThread = Posted & {
  readonly revision: number;
  /** Sequence that the first message shows. */
  readonly shows: number;
  /** Ids of the news that were told, or that the first message holds. */
  readonly ids: readonly string[];
  /** Replies whose buttons still apply. */
  readonly asking?: readonly Asking[];
};

/** Short texts by name, such as the ids of channels. */
export type Notes = { readonly revision: number; readonly texts: Readonly<Record<string, string>> };

export interface Told {
  read(thread: string): Promise<ToldThread | undefined>;
  /** Answers the new revision. */
  save(thread: string, told: ToldThread, now: Instant): Promise<number>;
  /** None when nothing was noted under the name yet. */
  notes(name: string): Promise<Notes>;
  note(name: string, notes: Notes): Promise<void>;
}

/** A channel by name or id; in the thread of a message, where one is given. */
export type Where = { readonly channel: string; readonly thread?: string };

export type PostAnswer =
  | ({ readonly is: 'posted' } & Posted)
  /** The thread or the channel is gone, or closed to us. */
  | { readonly is: 'lost'; readonly why: string };

export interface Chat {
  /** `id`: what it is found by again, should nobody hear the answer. */
  post(where: Where, message: Message, id: string): Promise<PostAnswer>;
  /** `false` when there is no such message (any more), or none that we may change. */
  update(at: Posted, message: Message): Promise<boolean>;
  /** A message of ours with this id, posted after `since`; `undefined` when there is none, or nobody can tell. */
  find(where: Where, id: string, since: Instant): Promise<Posted | undefined>;
}

export interface ChatCheck {
  /** `post`: a test message to each channel. */
  look(asked: {
    readonly channels: readonly string[];
    readonly groups: readonly string[];
    readonly post: boolean;
  }): Promise<ChatFacts>;
}

export interface UserGroups {
  /** The people of a user group of the chat, by its id. */
  members(group: string): Promise<readonly string[]>;
}

export interface Whisper {
  /** Tells who pressed a button something that nobody else sees. */
  to(responseUrl: string, text: string): Promise<void>;
}

/** A message in Slack's own shape: blocks, and a text for notifications. */
export type Message = { readonly text: string; readonly blocks: readonly object[] };

export interface Log {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Adds one to a metric. */
  count(metric: string, by?: number): void;
  /** Takes down a value of a metric, of what the dimensions name. */
  measure(
    metric: string,
    value: number,
    unit: 'Percent' | 'Days' | 'Count',
    of: Readonly<Record<string, string>>,
  ): void;
}
