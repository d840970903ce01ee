/**
 * Starts bundles in fresh processes, again and again in turn, and measures how long each takes to load.
 *
 * In turn, so that whatever else the machine does befalls all alike; each round gives one time for each
 * bundle, which are compared with each other alone. Code is compiled anew each time, as Lambda does. Files
 * come from the system's cache, so that Lambda's first read of them is not in the times.
 *
 * Effect: runs processes.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runApart } from '../apart.ts';

export type Start = {
  /** From the first line to be loaded to the last one run. */
  readonly loadMs: number;
  /** Of the processor, the kernel's work included: at 512 MB Lambda gives a third of one, and waits for it. */
  readonly cpuMs: number;
};

export type Bundle = {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
};

const program = `
  const [before, cpuBefore] = [performance.now(), process.cpuUsage()];
  const { handler } = await import(process.env.BENCH_BUNDLE);
  const loadMs = performance.now() - before;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (typeof handler !== 'function') throw new Error('there is no handler');
  process.stdout.write(JSON.stringify({ loadMs, cpuMs: (user + system) / 1000 }));
  process.exit(0);
`;

const start = async ({ folder, environment = {} }: Bundle): Promise<Start> => {
  const BENCH_BUNDLE = pathToFileURL(join(folder, 'index.js')).href;
  const { answer } = await runApart<Start>(program, { environment: { ...environment, BENCH_BUNDLE } });
  return answer;
};

/** For each bundle the times of all rounds, in their order. The first round is not counted. */
export const startInTurn = async (
  bundles: readonly Bundle[],
  rounds: number,
): Promise<ReadonlyMap<Bundle, readonly Start[]>> => {
  const starts = new Map<Bundle, Start[]>(bundles.map((bundle) => [bundle, []]));
  for (let round = 0; round <= rounds; round++)
    for (const bundle of bundles) {
      const one = await start(bundle);
      if (round > 0) starts.get(bundle)?.push(one);
    }
  return starts;
};
