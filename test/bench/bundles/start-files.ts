/**
 * Says which files of a built function are loaded when it starts, and what they weigh.
 *
 * Knows how esbuild writes them: `import…from"./chunk.js"` is loaded at the start, `import("./chunk.js")`
 * when it is asked for. Source maps are no part of it: Lambda's Node.js does not read them unless told.
 *
 * Reads the folder of the function.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const importedAtStart = /(?:from|import)\s*"\.\/([^"]+\.js)"/g;

export const filesAtStart = (folder: string): readonly string[] => {
  const files = new Set(['index.js']);
  // Grows while it is walked.
  for (const file of files)
    for (const [, imported = ''] of readFileSync(join(folder, file), 'utf8').matchAll(importedAtStart))
      files.add(imported);
  return [...files].sort();
};

export type Weight = {
  /** Of the code that is loaded at the start. */
  readonly startBytes: number;
  /** Of the code that is loaded when it is asked for, if it ever is. */
  readonly lazyBytes: number;
};

export const weigh = (folder: string): Weight => {
  const bytesOf = (files: readonly string[]): number =>
    files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const atStart = filesAtStart(folder);
  const code = readdirSync(folder).filter((file) => file.endsWith('.js'));
  const startBytes = bytesOf(atStart);
  return { startBytes, lazyBytes: bytesOf(code) - startBytes };
};
