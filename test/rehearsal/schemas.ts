/**
 * Turns the schemas of fleet and story files into the JSON schemas that are published beside them, for
 * editors and for other people's programs.
 *
 * `node test/rehearsal/schemas.ts` writes the two files; a test complains when they are out of step.
 *
 * Effect: writes files when it is run, none when it is imported.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { fleetSchema } from './fleet.ts';
import { storySchema } from './story.ts';

const draft = 'https://json-schema.org/draft/2020-12/schema';

/** JSON Schema knows no checks in code; patterns and formats say the same of what is written here. */
const textOf = (schema: v.GenericSchema): string => {
  const json = toJsonSchema(schema, { target: 'draft-2020-12', ignoreActions: ['check'] });
  return `${JSON.stringify({ ...json, $schema: draft }, null, 2)}\n`;
};

export const jsonSchemas: readonly { readonly file: string; readonly text: string }[] = [
  { file: join(import.meta.dirname, 'fleet.schema.json'), text: textOf(fleetSchema) },
  { file: join(import.meta.dirname, 'story.schema.json'), text: textOf(storySchema) },
];

if (import.meta.main) for (const { file, text } of jsonSchemas) writeFileSync(file, text);
