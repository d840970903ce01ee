/**
 * Says what the flows need from outside, in the domain's words. An adapter is made for one target:
 * the account and region its client reaches.
 *
 * Every reading port pages to the end and answers unknown as unknown; a fault is thrown.
 */

import type { CommandRequested } from './command.ts';
import type { StartAnswer, Update } from './follow.ts';
import type { News } from './news.ts';
import type { ImageFacts, NodeGroup } from './node-group.ts';
import type { ReleaseSource } from './release.ts';
import type { BookPage, Reading } from './release-book.ts';
import type { Rollout, RolloutGroup } from './rollout.ts';
import type { GroupId } from './target.ts';
import type { Instant } from './time.ts';

export type Survey = { readonly groups: readonly NodeGroup[]; readonly failures: readonly Error[] };

export interface Fleet {
  /** Every managed node group of every cluster, with what is known of own images; what could not be read is among the failures. */
  all(): Promise<Survey>;
  /** `undefined` when EKS knows no such group. Own images come without their facts. */
  read(id: GroupId): Promise<NodeGroup | undefined>;
}

export interface Images {
  /** Images that EC2 still has, by id; those it does not have are missing from the answer. */
  read(imageIds: readonly string[]): Promise<ReadonlyMap<string, ImageFacts>>;
}

export interface Instances {
  /** The image of every pending or running instance of the group. */
  of(group: GroupId): Promise<readonly { readonly instanceId: string; readonly imageId: string }[]>;
}

export interface Updates {
  /** Safe to repeat: the same rollout, group and time of decision are the same request to EKS. */
  start(rollout: Rollout, group: RolloutGroup): Promise<StartAnswer>;
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
  /** Throws when somebody else has written the page since it was read. */
  save(page: BookPage): Promise<BookPage>;
}

export interface Rollouts {
  /** Every rollout that is not closed, or has news that was not published. */
  open(): Promise<readonly Rollout[]>;
  /** Those of the ids that exist, open or closed. */
  read(ids: readonly string[]): Promise<readonly Rollout[]>;
  /** Throws when somebody else has written the rollout since it was read. */
  save(rollout: Rollout): Promise<Rollout>;
}

export interface Lease {
  /** `false` while somebody else holds it. */
  take(name: string, holder: string, now: Instant, minutes: number): Promise<boolean>;
  giveBack(name: string, holder: string): Promise<void>;
}

export interface Bus {
  publish(news: readonly (News | CommandRequested)[]): Promise<void>;
}

/** What a thread in the chat was told. */
export type ToldThread = {
  readonly revision: number;
  readonly channel: string;
  /** Slack's id of the thread's first message. */
  readonly ts: string;
  /** Sequence that the first message shows. */
  readonly shows: number;
  /** Ids of the news that were told, or that the first message holds. */
  readonly ids: readonly string[];
};

export interface Told {
  read(thread: string): Promise<ToldThread | undefined>;
  /** Answers the new revision. */
  save(thread: string, told: ToldThread, now: Instant): Promise<number>;
}

export interface Chat {
  /** Answers the id of the message. */
  post(
    channel: string,
    message: Message,
    thread?: string,
  ): Promise<{ readonly channel: string; readonly ts: string }>;
  update(channel: string, ts: string, message: Message): Promise<void>;
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
}
