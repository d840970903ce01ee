/**
 * Draws simulated runs, has several judged at once, and shrinks what went wrong.
 *
 * Knows that every process first plays its plot without trouble, so that few cases a process cost more.
 *
 * Effect: starts processes.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import pLimit from 'p-limit';
import type { Case, Judged, Task } from './apart.ts';
import type { PlotName } from './plots.ts';
import {
  type CallTrouble,
  callTroubles,
  type StartTrouble,
  scenarios,
  startTroubles,
  troubles,
} from './scenario.ts';

export type Found = {
  readonly runs: number;
  /** Sentences of each run that ended otherwise than it should, and how to see it again. */
  readonly wrong: readonly string[];
};

type Show = (found: Found) => void;

const casesOfTask = 60;
/** As many processes as cores, unless it is said how many. */
const limit = pLimit(Number(process.env.SIMULATE_AT_ONCE) || availableParallelism());

const judgeApart = (task: Task): Promise<Judged> =>
  limit(
    () =>
      new Promise((judged, failed) => {
        const child = fork(join(import.meta.dirname, 'apart.ts'), [JSON.stringify(task)], {
          // What a killed function still writes is nobody's.
          stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        });
        let complaints = '';
        child.stderr?.on('data', (chunk) => {
          complaints += chunk;
        });
        child.on('message', (answer) => judged(answer as Judged));
        child.on('exit', (code) =>
          failed(new Error(`a run ended with ${code}: ${complaints.slice(-2_000)}\n${JSON.stringify(task)}`)),
        );
      }),
  );

type Drawn = { readonly runs: number; readonly seed: number; readonly path?: string | undefined };

/** The runs of one seed, one after the other; a wrong one is shown as it is, and then shrunk. */
const runSeed = async ({ seed, runs, path }: Drawn, show: Show): Promise<Found> => {
  let shown = false;
  const property = fc.asyncProperty(scenarios, troubles, async (scenario, trouble) => {
    const { wrong } = await judgeApart({ is: 'scenario', scenario, trouble });
    if (wrong.length === 0) return;
    const says = wrong.join('\n');
    if (!shown)
      show({ runs: 0, wrong: [`${JSON.stringify({ scenario, trouble })}\n${says}\nIt is made smaller.`] });
    shown = true;
    throw new Error(says);
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

/** What the cases of a plot come from. */
type Count = (plot: PlotName, of: Pick<Judged, 'calls' | 'starts'>) => void;
const runsOfSeed = 10;

/** Random runs; ten have a seed, the next ten the one after it. */
export const runRandom = async ({ runs, seed, path }: Drawn, show: Show = () => {}): Promise<Found> => {
  const seeds = Array.from({ length: Math.ceil(runs / runsOfSeed) }, (_, i) => i);
  return together(
    await Promise.all(
      seeds.map(async (i) => {
        const some = Math.min(runsOfSeed, runs - i * runsOfSeed);
        const found = await runSeed({ seed: seed + i, runs: some, path }, show);
        show(found);
        return found;
      }),
    ),
  );
};

const upTo = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

/** Every call of a plot with each of its faults, then every start with each of its own. */
const casesOf = async (plot: PlotName, count: Count): Promise<readonly Case[]> => {
  const { calls, starts } = await judgeApart({ is: 'count', plot });
  count(plot, { calls, starts });
  return [
    ...upTo(calls).flatMap((call) => callTroubles.map((as): Case => ({ plot, call, as }))),
    ...upTo(starts).flatMap((start) => startTroubles.map((as): Case => ({ plot, start, as }))),
  ];
};

const chunks = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  all.length === 0 ? [] : [all.slice(0, casesOfTask), ...chunks(all.slice(casesOfTask))];

export const runCases = async (cases: readonly Case[], show: Show = () => {}): Promise<Found> => {
  const tasks = [...Map.groupBy(cases, ({ plot }) => plot)].flatMap(([plot, of]) =>
    chunks(of).map((some) => ({ is: 'cases', plot, cases: some }) as const),
  );
  return together(
    await Promise.all(
      tasks.map(async (task) => {
        const found = { runs: task.cases.length, wrong: (await judgeApart(task)).wrong };
        show(found);
        return found;
      }),
    ),
  );
};

/** Which cases of these plots: the `part`th of so many `parts`, from 1, of those that fail like `as`, or of all. */
export type Share = {
  readonly part: number;
  readonly parts: number;
  readonly as?: CallTrouble | StartTrouble | undefined;
};

export const runPlots = async (
  names: readonly PlotName[],
  { part, parts, as }: Share,
  show?: Show,
  count: Count = () => {},
): Promise<Found> => {
  const all = await Promise.all(names.map((name) => casesOf(name, count)));
  return runCases(
    all.flatMap((cases) =>
      cases.filter((one) => as === undefined || one.as === as).filter((_, i) => i % parts === part - 1),
    ),
    show,
  );
};
