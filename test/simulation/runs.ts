/**
 * Draws simulated runs, has several judged at once, and shrinks what went wrong.
 *
 * Effect: starts processes.
 */
import fc from 'fast-check';
import type { Case } from './apart.ts';
import { type AskJudge, withJudges } from './judges.ts';
import type { PlotName } from './plots.ts';
import {
  type CallTrouble,
  type StartTrouble,
  scenarios,
  startTroubles,
  troubles,
  troublesOf,
} from './scenario.ts';

export type Found = {
  readonly runs: number;
  /** Sentences of each run that ended otherwise than it should, and how to see it again. */
  readonly wrong: readonly string[];
};

type Show = (found: Found) => void;

type Drawn = { readonly runs: number; readonly seed: number; readonly path?: string | undefined };

/** The runs of one seed, one after the other; a wrong one is shown as it is, and then shrunk. */
const runSeed = async ({ seed, runs, path }: Drawn, judge: AskJudge, show: Show): Promise<Found> => {
  let shown = false;
  const property = fc.asyncProperty(scenarios, troubles, async (scenario, trouble) => {
    const { wrong } = await judge({ is: 'scenario', scenario, trouble });
    if (!shown) show({ runs: 1, wrong: [] });
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
type Count = (
  plot: PlotName,
  of: { readonly calls: number; readonly starts: number; readonly cases: number },
) => void;
const runsOfSeed = 10;

/** Random runs; ten have a seed, the next ten the one after it. */
export const runRandom = async ({ runs, seed, path }: Drawn, show: Show = () => {}): Promise<Found> => {
  const seeds = Array.from({ length: Math.ceil(runs / runsOfSeed) }, (_, i) => i);
  return withJudges(async (judge) =>
    together(
      await Promise.all(
        seeds.map(async (i) => {
          const some = Math.min(runsOfSeed, runs - i * runsOfSeed);
          const found = await runSeed({ seed: seed + i, runs: some, path }, judge, show);
          show({ ...found, runs: 0 });
          return found;
        }),
      ),
    ),
  );
};

/** Every call of a plot with each of its faults, then every start with each of its own. */
const casesOf = async (plot: PlotName, judge: AskJudge, count: Count): Promise<readonly Case[]> => {
  const { calls, starts } = await judge({ is: 'count', plot });
  const cases = [
    ...calls.flatMap((name, call) => troublesOf(name).map((as): Case => ({ plot, call, as }))),
    ...starts.flatMap((_, start) => startTroubles.map((as): Case => ({ plot, start, as }))),
  ];
  count(plot, { calls: calls.length, starts: starts.length, cases: cases.length });
  return cases;
};

const judgeCases = async (cases: readonly Case[], judge: AskJudge, show: Show): Promise<Found> =>
  together(
    await Promise.all(
      cases.map(async (one) => {
        const found = { runs: 1, wrong: (await judge({ is: 'case', case: one })).wrong };
        show(found);
        return found;
      }),
    ),
  );

export const runCase = (one: Case, show: Show): Promise<Found> =>
  withJudges((judge) => judgeCases([one], judge, show));

/** Which cases of these plots: the `part`th of so many `parts`, from 1, of those that fail like `as`, or of all. */
export type Share = {
  readonly part: number;
  readonly parts: number;
  readonly as?: CallTrouble | StartTrouble | undefined;
};

export const runPlots = (
  names: readonly PlotName[],
  { part, parts, as }: Share,
  show: Show = () => {},
  count: Count = () => {},
): Promise<Found> =>
  withJudges(async (judge) => {
    const all = (await Promise.all(names.map((name) => casesOf(name, judge, count)))).flat();
    const cases = all
      .filter((one) => as === undefined || one.as === as)
      .filter((_, i) => i % parts === part - 1);
    return judgeCases(cases, judge, show);
  });
