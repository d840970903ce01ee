/**
 * Says what a command must look like, by hand and on our bus; parsed once, at the door.
 */
import * as v from 'valibot';
import { type Command, type ReplyIn, skippable } from '../domain/command.ts';
import { severities } from '../domain/finding.ts';
import { instant, key, keysOf, name, replyIn, told } from './schema-pieces.ts';

const person = {
  by: name,
  why: name,
  dryRun: v.optional(v.boolean(), false),
};
const rolloutId = name;
const selector = v.pipe(
  v.strictObject({
    accounts: v.exactOptional(v.pipe(v.array(name), v.minLength(1))),
    regions: v.exactOptional(v.pipe(v.array(name), v.minLength(1))),
    clusters: v.exactOptional(v.pipe(v.array(name), v.minLength(1))),
    nodeGroups: v.exactOptional(v.pipe(v.array(name), v.minLength(1))),
    tags: v.exactOptional(v.record(name, v.string())),
  }),
  v.check((it) => Object.keys(it).length > 0, 'accounts, regions, clusters, nodeGroups or tags'),
);
const group = { cluster: name, nodeGroup: v.exactOptional(name) };

/** What a person asks for, as a file for `invoke` or in a `Command Requested`. */
export const command = v.variant('command', [
  v.strictObject({
    command: v.literal('roll-now'),
    ...person,
    select: v.pipe(v.array(selector), v.minLength(1)),
    skip: v.optional(v.array(v.picklist(keysOf(skippable))), []),
    canaryFirst: v.optional(v.boolean(), true),
    force: v.optional(v.boolean(), false),
  }),
  v.strictObject({ command: v.literal('approve'), ...person, rollout: rolloutId, wave: name }),
  v.strictObject({ command: v.literal('reject'), ...person, rollout: rolloutId, wave: name }),
  v.strictObject({ command: v.literal('stop'), ...person, rollout: v.exactOptional(rolloutId) }),
  v.strictObject({
    command: v.literal('resume'),
    ...person,
    rollout: v.exactOptional(rolloutId),
    retryFailed: v.optional(v.boolean(), false),
    force: v.optional(v.boolean(), false),
  }),
  v.strictObject({ command: v.literal('abandon'), ...person, rollout: rolloutId }),
  v.strictObject({ command: v.literal('roll-back'), ...person, rollout: rolloutId }),
  v.strictObject({ command: v.literal('hold'), ...person, ...group, until: instant }),
  v.strictObject({ command: v.literal('release-hold'), ...person, ...group }),
  v.strictObject({ command: v.literal('mute'), ...person, finding: key, until: instant }),
  v.strictObject({ command: v.literal('unmute'), ...person, finding: key }),
  v.strictObject({
    command: v.literal('patch-now'),
    ...person,
    select: v.pipe(v.array(selector), v.minLength(1)),
    severity: v.optional(v.picklist(['any', ...severities]), 'high'),
    reboot: v.optional(v.boolean(), false),
  }),
  v.strictObject({ command: v.literal('approve-patching'), ...person, job: key }),
  v.strictObject({ command: v.literal('reject-patching'), ...person, job: key }),
  v.strictObject({ command: v.literal('cancel-patching'), ...person, job: key }),
  v.strictObject({ command: v.literal('slack-test'), ...person }),
  v.strictObject({ command: v.literal('explain'), ...person, ...group }),
  v.strictObject({ command: v.literal('explain'), ...person, rollout: rolloutId }),
]) satisfies v.GenericSchema<unknown, Command>;

/** A command on our bus: by a button in the chat, or put there by whoever may. */
export const commandRequested = v.object({
  source: v.literal('drydock'),
  'detail-type': v.literal('Command Requested'),
  detail: v.object({ ...told, command, replyIn: v.exactOptional(replyIn) }),
});

/** A command as it arrives; `id` and `replyIn` only of one that came by the bus. */
export type Commanded = {
  readonly command: Command;
  readonly id?: string;
  readonly replyIn?: ReplyIn;
};

const isEvent = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'detail-type' in event;

const byBus = v.pipe(
  commandRequested,
  v.transform(
    ({ detail: { command, id, replyIn } }): Commanded => ({
      command,
      id,
      ...(replyIn && { replyIn }),
    }),
  ),
);
const byHand = v.pipe(
  command,
  v.transform((command): Commanded => ({ command })),
);

export const commanded = v.lazy((event) => (isEvent(event) ? byBus : byHand));
