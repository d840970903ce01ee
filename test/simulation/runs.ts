/**
 * Draws simulated runs, has as many judged at once as the machine has cores, and shrinks what went wrong.
 *
 * Effect: starts processes.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import pLimit from 'p-limit';
import type { Task } from './apart.ts';
import { play } from './play.ts';
import { callTroubles, scenarios, smallest, troubles } from './scenario.ts';

export type Found = {
  readonly runs: number;
  /** Sentences of each run that ended otherwise than it should, and how to see it again. */
  readonly wrong: readonly string[];
};

const callsOfTask = 20;
const shareOfCalls = 5;
const limit = pLimit(availableParallelism());

const judgeApart = (task: Task): Promise<readonly string[]> =>
  new Promise((judged, failed) => {
    const child = fork(join(import.meta.dirname, 'apart.ts'), [JSON.stringify(task)], {
      // What a killed function still writes is nobody's.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaints = '';
    child.stderr?.on('data', (chunk) => {
      complaints += chunk;
    });
    child.on('message', (wrong) => judged(wrong as readonly string[]));
    child.on('exit', (code) =>
      failed(new Error(`a run ended with ${code}: ${complaints.slice(-2_000)}\n${JSON.stringify(task)}`)),
    );
  });

/** The runs of one seed, one after the other; a wrong one is shrunk. */
const runSeed = async (seed: number, runs: number, path: string | undefined): Promise<Found> => {
  const property = fc.asyncProperty(scenarios, troubles, async (scenario, trouble) => {
    const wrong = await limit(() => judgeApart({ is: 'scenario', scenario, trouble }));
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  const details = await fc.check(property, { seed, numRuns: runs, ...(path !== undefined && { path }) });
  if (!details.failed) return { runs: details.numRuns, wrong: [] };
  const again = `npm run simulate -- --runs 1 --seed ${seed} --path ${details.counterexamplePath}`;
  const told = [JSON.stringify(details.counterexample, null, 2), String(details.errorInstance), again];
  return { runs: details.numRuns, wrong: [told.join('\n')] };
};

const together = (all: readonly Found[]): Found => ({
  runs: all.reduce((sum, { runs }) => sum + runs, 0),
  wrong: all.flatMap(({ wrong }) => wrong),
});

type Show = (found: Found) => void;
const runsOfSeed = 10;

/** Random runs; ten have a seed, the next ten the one after it. */
export const runRandom = async (
  { runs, seed, path }: { runs: number; seed: number; path?: string | undefined },
  show: Show = () => {},
): Promise<Found> => {
  const seeds = Array.from({ length: Math.ceil(runs / runsOfSeed) }, (_, i) => i);
  return together(
    await Promise.all(
      seeds.map(async (i) => {
        const found = await runSeed(seed + i, Math.min(runsOfSeed, runs - i * runsOfSeed), path);
        show(found);
        return found;
      }),
    ),
  );
};

const chunks = (numbers: readonly number[]): readonly (readonly number[])[] =>
  numbers.length === 0 ? [] : [numbers.slice(0, callsOfTask), ...chunks(numbers.slice(callsOfTask))];

/** Every call of the smallest scenario goes wrong in each way; `share`: every fifth, in one of the ways in turn. */
export const runCalls = async (extent: 'all' | 'share', show: Show = () => {}): Promise<Found> => {
  const numbers = Array.from({ length: (await play(smallest)).calls }, (_, i) => i);
  const tasks = callTroubles.flatMap((as, kind) => {
    const taken =
      extent === 'all'
        ? numbers
        : numbers.filter((i) => i % shareOfCalls === 0 && (i / shareOfCalls) % callTroubles.length === kind);
    return chunks(taken).map((calls) => ({ is: 'calls', as, calls }) as const);
  });
  return together(
    await Promise.all(
      tasks.map(async (task) => {
        const found = { runs: task.calls.length, wrong: await limit(() => judgeApart(task)) };
        show(found);
        return found;
      }),
    ),
  );
};
