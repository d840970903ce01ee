/**
 * Makes temporary folders that are gone when the process ends.
 *
 * Effect: writes to and deletes from the system's temporary folder.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

export const removeFolder = (folder: string): void => {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
};

export const scratchFolder = (name: string): string => {
  if (folders.size === 0) process.once('exit', () => folders.forEach(removeFolder));
  const folder = mkdtempSync(join(tmpdir(), `drydock-${name}-`));
  folders.add(folder);
  return folder;
};
