/**
 * Says what the pieces look like that commands and news are made of: names, times, keys.
 *
 * Knows what DynamoDB takes for a key, so that whatever is looked up by a name that came from outside can be.
 */
import * as v from 'valibot';

export const instant = v.pipe(v.string(), v.isoTimestamp());
export const name = v.pipe(v.string(), v.nonEmpty());
/** What is looked up by it: DynamoDB takes keys of 1 to 1,024 bytes, and of a train's name its words make one. */
export const key = v.pipe(v.string(), v.regex(/[A-Za-z0-9]/), v.maxBytes(1_000));
export const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] =>
  Object.keys(table) as Key[];

export const told = { schema: v.literal(1), id: key, at: instant };

/** Where the answer to a command goes. */
export const replyIn = v.object({ channel: name, thread: name });
