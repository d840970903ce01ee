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
import { type Moment, type Share, shareOf } from './moments.ts';
import type { Outcome } from './play.ts';
import type { Plot } from './plot.ts';
import { scenarios, troubles } from './scenario.ts';
import { faultsOf } from './verdict.ts';

export type Found = {
  readonly runs: number;
  /** Sentences of each run that ended otherwise than it should, and how to see it again. */
  readonly wrong: readonly string[];
};

const momentsOfTask = 10;
const limit = pLimit(availableParallelism());

const apart = <Answer>(task: Task): Promise<Answer> =>
  new Promise((done, failed) => {
    const child = fork(join(import.meta.dirname, 'apart.ts'), {
      // What a killed function still writes is nobody's.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.send(task);
    let complaints = '';
    child.stderr?.on('data', (chunk) => {
      complaints += chunk;
    });
    child.on('message', (answer) => done(answer as Answer));
    child.on('exit', (code) =>
      failed(
        new Error(
          `a run ended with ${code}: ${complaints.slice(-2_000)}\n${JSON.stringify(task).slice(0, 2_000)}`,
        ),
      ),
    );
  });

/** The runs of one seed, one after the other; a wrong one is shrunk. */
const runSeed = async (seed: number, runs: number, path: string | undefined): Promise<Found> => {
  const property = fc.asyncProperty(scenarios, troubles, async (scenario, trouble) => {
    const wrong = await limit(() => apart<readonly string[]>({ is: 'scenario', scenario, trouble }));
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

const chunks = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  all.length === 0 ? [] : [all.slice(0, momentsOfTask), ...chunks(all.slice(momentsOfTask))];

/** The plot with one thing gone wrong, in a run for each moment; all that its untroubled run has, or a share. */
export const runMoments = async (
  plot: Plot,
  which: Share | readonly Moment[],
  show: Show = () => {},
): Promise<Found> => {
  const calm = await limit(() => apart<Outcome>({ is: 'calm', story: plot.name }));
  const faults = faultsOf(calm).map((one) => `${plot.name}, without any trouble: ${one}`);
  if (faults.length > 0) {
    const found = { runs: 1, wrong: faults };
    show(found);
    return found;
  }
  const moments = 'k' in which ? shareOf(calm, which) : which;
  return together(
    await Promise.all(
      chunks(moments).map((some) =>
        limit(async () => {
          const task = { is: 'moments', story: plot.name, calm, moments: some } as const;
          const found = { runs: some.length, wrong: await apart<readonly string[]>(task) };
          show(found);
          return found;
        }),
      ),
    ),
  );
};

/** One plot after the other. */
export const runPlots = async (plots: readonly Plot[], share: Share, show?: Show): Promise<Found> => {
  const found = [];
  for (const plot of plots) found.push(await runMoments(plot, share, show));
  return together(found);
};
