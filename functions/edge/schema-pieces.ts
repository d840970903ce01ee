/**
 * Says what the pieces look like that commands and news are made of: names, times, keys.
 *
 * Knows what DynamoDB takes for a key, so that whatever is looked up by a name that came from outside can be,
 * and what Slack's ids look like, so that it is asked for nothing that it will never take.
 */
import * as v from 'valibot';

export const instant = v.pipe(v.string(), v.isoTimestamp());
/** As a person writes it, with any offset; read as UTC, since times are compared as text. */
export const instantOfPerson = v.pipe(
  instant,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const at = new Date(dataset.value);
    if (!Number.isNaN(at.getTime())) return at.toISOString();
    addIssue({ message: 'is no time that there is' });
    return NEVER;
  }),
);
export const name = v.pipe(v.string(), v.nonEmpty());
/** What is looked up by it: DynamoDB takes keys of 1 to 1,024 bytes, and of a train's name its words make one. */
export const key = v.pipe(v.string(), v.regex(/[A-Za-z0-9]/), v.maxBytes(1_000));
export const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] =>
  Object.keys(table) as Key[];

export const told = { schema: v.literal(1), id: key, at: instant };

/** Slack's id of a person or a channel. */
export const chatId = v.pipe(v.string(), v.regex(/^[A-Z0-9]{1,32}$/));
/** Slack's id of a message in its channel. */
export const chatTs = v.pipe(v.string(), v.regex(/^\d{1,12}\.\d{1,6}$/));

/** Where the answer to a command goes. */
export const replyIn = v.object({ channel: chatId, thread: chatTs });
