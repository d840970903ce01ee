/**
 * Runs a program of some lines in a fresh Node.js, and takes its answer: the last line that it prints, as JSON.
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

/** `printed`: the lines before the answer. */
export type Answer<T> = { readonly answer: T; readonly printed: readonly string[] };

const megabyte = 1024 * 1024;

export const runApart = async <T>(
  program: string,
  { environment, flags = [] }: Apart,
): Promise<Answer<T>> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, '--input-type=module', '-e', program],
    { env: environment, maxBuffer: 256 * megabyte },
  );
  const lines = stdout.trimEnd().split('\n');
  return { answer: JSON.parse(lines.at(-1) ?? ''), printed: lines.slice(0, -1) };
};
