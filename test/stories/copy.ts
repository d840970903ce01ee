/**
 * Packages copies of the project, with another policy or wiring: the other stories are running the
 * bundles that stand in the project itself.
 *
 * Effect: writes into a new temporary folder.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../cloud/scratch.ts';

const root = join(import.meta.dirname, '../..');

/** As much of it as packaging needs. */
export const copyOfProject = (): string => {
  const copy = scratchFolder('package');
  for (const part of ['functions', 'infra', 'serverless.yml', 'package.json', 'tsconfig.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
};

export const packageIn = (folder: string, environment: Readonly<Record<string, string>> = {}): void => {
  const env = { ...process.env, ...environment };
  execFileSync('npx', ['serverless', 'package'], { cwd: folder, env, stdio: 'ignore' });
};
