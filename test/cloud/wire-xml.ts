/**
 * Writes an operation's output as XML, by the names that its schema gives.
 *
 * Knows that list items are called `member` unless the schema says otherwise (EC2: `item`), that a
 * flattened list repeats its own name, and that times are ISO 8601 unless the schema asks for seconds.
 * Ours because the SDK's own writer takes ten times as long, and EC2's answers are large.
 *
 * Pure.
 */
import type { NormalizedSchema } from '@smithy/core/schema';

type Names = { readonly xmlName?: string; readonly xmlFlattened?: 1 };

const namesOf = (schema: NormalizedSchema) => schema.getMergedTraits() as Names;
const epochSeconds = 7;

export const escapeXml = (text: string): string =>
  /[<>&]/.test(text) ? text.replace(/[<>&]/g, (mark) => `&#${mark.charCodeAt(0)};`) : text;

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

const writeScalar = (schema: NormalizedSchema, value: unknown): string => {
  if (value instanceof Date) {
    return schema.getSchema() === epochSeconds ? String(value.getTime() / 1000) : value.toISOString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return escapeXml(String(value));
};

const writeMap = (schema: NormalizedSchema, value: object, entry: string): string => {
  const key = namesOf(schema.getKeySchema()).xmlName ?? 'key';
  const member = namesOf(schema.getValueSchema()).xmlName ?? 'value';
  return Object.entries(value)
    .map(([name, item]) => element(key, escapeXml(name)) + writeMember(schema.getValueSchema(), item, member))
    .map((pair) => element(entry, pair))
    .join('');
};

const writeMember = (schema: NormalizedSchema, value: unknown, name: string): string => {
  if (value === undefined || value === null) return '';
  const flat = namesOf(schema).xmlFlattened;
  if (schema.isStructSchema()) return element(name, writeXml(schema, value as object));
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const called = flat ? name : (namesOf(item).xmlName ?? 'member');
    const items = (value as unknown[]).map((each) => writeMember(item, each, called)).join('');
    return flat ? items : element(name, items);
  }
  if (schema.isMapSchema()) {
    return flat ? writeMap(schema, value, name) : element(name, writeMap(schema, value, 'entry'));
  }
  return element(name, writeScalar(schema, value));
};

type Members = ReadonlyMap<string, readonly [schema: NormalizedSchema, name: string]>;

const members = new WeakMap<object, Members>();

/** Kept, as EC2's structures have many members and come by the thousand. */
const membersOf = (schema: NormalizedSchema): Members => {
  const key = schema.getSchema() as object;
  const known = members.get(key);
  if (known) return known;
  const read = [...schema.structIterator()].map(
    ([name, member]) => [name, [member, namesOf(member).xmlName ?? name]] as const,
  );
  const made = new Map(read);
  members.set(key, made);
  return made;
};

/** The members of a structure, without an element around them. */
export const writeXml = (schema: NormalizedSchema, value: object): string => {
  if (!schema.isStructSchema()) return '';
  const known = membersOf(schema);
  let written = '';
  for (const [key, given] of Object.entries(value)) {
    const [member, name] = known.get(key) ?? [];
    if (member && name) written += writeMember(member, given, name);
  }
  return written;
};
