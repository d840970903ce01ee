/**
 * Says what a person can ask of Drydock, by hand and from events alike.
 *
 * Every command names who asks and why, and can be asked as a dry run: it then says what would
 * happen and does nothing.
 *
 * Pure.
 */
import type { Severity } from './finding.ts';
import type { Selector } from './selector.ts';
import type { Instant } from './time.ts';

/** What an emergency may skip, one by one; everything that is not named holds. */
export const skippable = {
  age: 'the minimum age of a release',
  cadence: 'the shortest time between two rolls of a group',
  window: 'windows and freezes',
  soak: 'the soak between waves',
  approval: 'approvals',
  alarms: 'alarms',
} as const;
export type Skip = keyof typeof skippable;

export type Command = { readonly by: string; readonly why: string; readonly dryRun: boolean } & (
  | {
      readonly command: 'roll-now';
      readonly select: readonly Selector[];
      readonly skip: readonly Skip[];
      /** The waves in their order; `false`: every group at once, as far as the limits allow. */
      readonly canaryFirst: boolean;
      /** EKS deletes pods that cannot be evicted. */
      readonly force: boolean;
    }
  | { readonly command: 'approve'; readonly rollout: string; readonly wave: string }
  | { readonly command: 'reject'; readonly rollout: string; readonly wave: string }
  /** Without `rollout`: everything. */
  | { readonly command: 'stop'; readonly rollout?: string }
  | {
      readonly command: 'resume';
      readonly rollout?: string;
      /** Of the rollout: when the halt was that the person saw. One that came after it is not lifted. */
      readonly haltedAt?: Instant;
      /** Failed groups are tried once more. */
      readonly retryFailed: boolean;
      /** EKS deletes pods that cannot be evicted, in what is tried once more. */
      readonly force: boolean;
    }
  | { readonly command: 'abandon'; readonly rollout: string }
  | { readonly command: 'roll-back'; readonly rollout: string }
  /** Without `nodeGroup`: the whole cluster. */
  | {
      readonly command: 'hold';
      readonly cluster: string;
      readonly nodeGroup?: string;
      readonly until: Instant;
    }
  | { readonly command: 'release-hold'; readonly cluster: string; readonly nodeGroup?: string }
  /** By the fingerprint of a finding; still found and kept, but no news. */
  | { readonly command: 'mute'; readonly finding: string; readonly until: Instant }
  | { readonly command: 'unmute'; readonly finding: string }
  | {
      readonly command: 'patch-now';
      readonly select: readonly Selector[];
      /** Nodes that lack a patch as bad as this or worse; `any`: all that can be patched, whatever is known of them. */
      readonly severity: Severity | 'any';
      /** Reboots the nodes that need it, one of a cluster at a time, without moving their pods away. */
      readonly reboot: boolean;
    }
  | { readonly command: 'approve-patching'; readonly job: string }
  | { readonly command: 'reject-patching'; readonly job: string }
  | { readonly command: 'cancel-patching'; readonly job: string }
  /** Looks at the token, its scopes and the channels, and posts a test message. */
  | { readonly command: 'slack-test' }
  /** Of a cluster, of one of its groups, or of a rollout. */
  | { readonly command: 'explain'; readonly cluster: string; readonly nodeGroup?: string }
  | { readonly command: 'explain'; readonly rollout: string }
);

export type CommandName = Command['command'];

/** Every command, with what it does. */
const commands = {
  'roll-now': 'Rolls groups now, skipping what it names.',
  approve: 'Lets a wave begin that asked for approval.',
  reject: 'Halts a rollout that asked for approval.',
  stop: 'Nothing new starts: of one rollout, or of all.',
  resume: 'Goes on after a halt or a stop.',
  abandon: 'Gives a rollout up; what is under way finishes.',
  'roll-back': 'Takes the groups of a rollout back to what they ran before.',
  hold: 'Leaves a cluster or a group alone until a date.',
  'release-hold': 'Ends a hold.',
  mute: 'Says no more of a finding until a date.',
  unmute: 'Ends the mute of a finding.',
  'patch-now': 'Patches nodes in place, and books their replacement.',
  'approve-patching': 'Lets a patch job begin that asked for approval.',
  'reject-patching': 'Ends a patch job that asked for approval.',
  'cancel-patching': 'Ends a patch job; what runs on nodes is cancelled.',
  'slack-test': 'Says what is wrong on the way to Slack, and posts a test message.',
  explain: 'Says why a cluster, group or rollout stands as it does.',
} as const satisfies Record<CommandName, string>;
export const commandNames = Object.keys(commands) as readonly CommandName[];

/** Changes nothing: whoever asks reads the answer, and nobody else has to hear of it. */
export const onlyLooks = ({ command, dryRun }: Pick<Command, 'command' | 'dryRun'>): boolean =>
  dryRun || command === 'explain' || command === 'slack-test';

/** Where the chat wants the answer: a message's channel and thread. */
export type ReplyIn = { readonly channel: string; readonly thread: string };

/** A command on our bus; the same id is the same command, carried out once. */
export type CommandRequested = {
  readonly type: 'Command Requested';
  readonly detail: {
    readonly schema: number;
    readonly id: string;
    readonly at: Instant;
    readonly command: Command;
    readonly replyIn?: ReplyIn;
  };
};
