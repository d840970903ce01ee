/**
 * Says what is kept of a rehearsal: all that happened, the node groups before and after, what Slack
 * shows, and how often AWS was called.
 *
 * `toDocument` gives what `--json` prints; the rest is for the text alone.
 *
 * Pure.
 */
import type { News } from '../../functions/domain/news.ts';
import type { StoryEvent } from './story.ts';

type At<T> = T & { readonly at: string };

export type UpdateError = {
  readonly code: string;
  readonly message: string;
  readonly resources: readonly string[];
};

export type Update = {
  readonly cluster: string;
  readonly nodeGroup: string;
  readonly updateId: string;
  /** Image ids for own images, release versions otherwise. */
  readonly to: string;
};

type NewsEvent = News extends infer One
  ? One extends { type: infer Type; detail: infer Detail }
    ? At<{ readonly type: Type } & Detail>
    : never
  : never;

export type Event =
  | NewsEvent
  | At<{ readonly type: 'Story' } & { readonly sentence: string; readonly event: StoryEvent }>
  | At<{ readonly type: 'Update Started' } & Update>
  | At<{ readonly type: 'Update Succeeded' } & Update>
  | At<{ readonly type: 'Update Failed' } & Update & { readonly errors: readonly UpdateError[] }>
  | At<{
      readonly type: 'Function Failed';
      readonly function: string;
      readonly cause: string;
      readonly error: string;
    }>;

export type GroupState =
  | 'current'
  | 'waiting'
  | 'updating'
  | 'verifying'
  | 'done'
  | 'failed'
  | 'held'
  | 'gone'
  | 'unknown';

export type Group = {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
  readonly nodeGroup: string;
  readonly amiType: string;
  readonly nodes: number;
  /** Release version, or image id; empty when the group did not exist then. */
  readonly before: string;
  readonly after: string;
  /** Of the last rollout that had the group; null when none did. */
  readonly wave: string | null;
  readonly state: GroupState;
  /** Why it did not move, or not all the way. */
  readonly reason?: string;
  /** Updates started, whatever became of them. */
  readonly updates: number;
};

export type Message = {
  readonly at: string;
  readonly editedAt?: string;
  /** With its `#`. */
  readonly channel: string;
  /** Of a reply: the `ts` of the first message of its thread. */
  readonly thread?: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
};

export type Rehearsal = {
  readonly from: string;
  readonly to: string;
  readonly events: readonly Event[];
  readonly groups: readonly Group[];
  readonly messages: readonly Message[];
  /** How often each `service:Operation` was called. */
  readonly calls: Readonly<{ [operation: string]: number }>;
  /** Names of the images that stand as ids in `groups`. */
  readonly imageNames: Readonly<{ [id: string]: string }>;
};

export const toDocument = ({ from, to, events, groups, messages, calls }: Rehearsal) => ({
  from,
  to,
  events,
  groups,
  messages,
  calls,
});
