/**
 * Says what a command must look like, by hand and on our bus; parsed once, at the door.
 *
 * Bounds whatever a command may bring: its words go into each piece of news of a rollout, and EventBridge takes
 * 256 KB of it.
 */
import * as v from 'valibot';
import { type Command, type ReplyIn, skippable } from '../domain/command.ts';
import { severities } from '../domain/finding.ts';
import { instantOfPerson, key, keysOf, replyIn, name as someText, told } from './schema-pieces.ts';

/** AWS has no longer name or value: a tag's has so many. */
const nameCharacters = 256;
const wordCharacters = 1_000;
const mostNames = 100;
/** What AWS takes for one resource. */
const mostTags = 50;

const noLongerThan = (characters: number) =>
  v.maxLength<string, number, string>(characters, `must not be longer than ${characters} characters`);
const moreThan = (number: number) => `must not name more than ${number}`;

const name = v.pipe(someText, noLongerThan(nameCharacters));
const words = v.pipe(someText, noLongerThan(wordCharacters));
const someOf = <Item extends v.GenericSchema>(item: Item) =>
  v.pipe(v.array(item), v.minLength(1), v.maxLength(mostNames, moreThan(mostNames)));

const person = {
  by: words,
  why: words,
  dryRun: v.optional(v.boolean(), false),
};
const rolloutId = key;
const selector = v.pipe(
  v.strictObject({
    accounts: v.exactOptional(someOf(name)),
    regions: v.exactOptional(someOf(name)),
    clusters: v.exactOptional(someOf(name)),
    nodeGroups: v.exactOptional(someOf(name)),
    tags: v.exactOptional(
      v.pipe(
        v.record(name, v.pipe(v.string(), noLongerThan(nameCharacters))),
        v.minEntries(1),
        v.maxEntries(mostTags, moreThan(mostTags)),
      ),
    ),
  }),
  v.check((it) => Object.keys(it).length > 0, 'must name accounts, regions, clusters, nodeGroups or tags'),
);
const skips = keysOf(skippable);
const group = { cluster: name, nodeGroup: v.exactOptional(name) };

/** What a person asks for, as a file for `invoke` or in a `Command Requested`. */
export const command = v.variant('command', [
  v.strictObject({
    command: v.literal('roll-now'),
    ...person,
    select: someOf(selector),
    skip: v.optional(
      v.pipe(v.array(v.picklist(skips)), v.maxLength(skips.length, moreThan(skips.length))),
      [],
    ),
    canaryFirst: v.optional(v.boolean(), true),
    force: v.optional(v.boolean(), false),
  }),
  v.strictObject({ command: v.literal('approve'), ...person, rollout: rolloutId, wave: name }),
  v.strictObject({ command: v.literal('reject'), ...person, rollout: rolloutId, wave: name }),
  v.strictObject({ command: v.literal('stop'), ...person, rollout: v.exactOptional(rolloutId) }),
  v.pipe(
    v.strictObject({
      command: v.literal('resume'),
      ...person,
      rollout: v.exactOptional(rolloutId),
      haltedAt: v.exactOptional(instantOfPerson),
      retryFailed: v.optional(v.boolean(), false),
      force: v.optional(v.boolean(), false),
    }),
    v.forward(
      v.check(
        ({ rollout, haltedAt }) => haltedAt === undefined || rollout !== undefined,
        'goes only with a rollout',
      ),
      ['haltedAt'],
    ),
  ),
  v.strictObject({ command: v.literal('abandon'), ...person, rollout: rolloutId }),
  v.strictObject({ command: v.literal('roll-back'), ...person, rollout: rolloutId }),
  v.strictObject({ command: v.literal('hold'), ...person, ...group, until: instantOfPerson }),
  v.strictObject({ command: v.literal('release-hold'), ...person, ...group }),
  v.strictObject({ command: v.literal('mute'), ...person, finding: key, until: instantOfPerson }),
  v.strictObject({ command: v.literal('unmute'), ...person, finding: key }),
  v.strictObject({
    command: v.literal('patch-now'),
    ...person,
    select: someOf(selector),
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
