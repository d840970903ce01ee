/**
 * Runs a program of some lines in a fresh Node.js and takes what it prints last, as JSON.
 *
 * The program is given to Node.js as text: loading it costs nothing that would be measured.
 *
 * Effect: runs a process, with nothing of this one's environment; a compile cache would hide what is measured.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export type Apart = {
  readonly environment: Readonly<Record<string, string>>;
  /** Flags of Node.js. */
  readonly flags?: readonly string[];
};

const megabyte = 1024 * 1024;

export const runApart = async <T>(program: string, { environment, flags = [] }: Apart): Promise<T> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, '--input-type=module', '-e', program],
    { env: environment, maxBuffer: 256 * megabyte },
  );
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
};
