/**
 * Judges troubled runs in a process of its own, and sends the parent what was wrong.
 *
 * Knows that every run leaves loaded bundles and a table behind, so that a process is good for few runs
 * only. What to do comes as the argument, in JSON.
 */
import { type Outcome, play, wrongIn } from './play.ts';
import { type PlotName, plots } from './plots.ts';
import type { CallTrouble, Scenario, StartTrouble, Trouble } from './scenario.ts';
import { stage } from './stage.ts';
import { faultsOf, judgeRun } from './verdict.ts';

/** One call or one start of a plot that goes wrong, by its number from 0. */
export type Case =
  | { readonly plot: PlotName; readonly call: number; readonly as: CallTrouble }
  | { readonly plot: PlotName; readonly start: number; readonly as: StartTrouble };

export type Task =
  | { readonly is: 'scenario'; readonly scenario: Scenario; readonly trouble: Trouble }
  /** Of one plot, each in a run of its own. */
  | { readonly is: 'cases'; readonly plot: PlotName; readonly cases: readonly Case[] }
  | { readonly is: 'count'; readonly plot: PlotName };

/** Sentences of what was wrong; of a case, with the words that play it again. */
export type Judged = {
  readonly wrong: readonly string[];
  readonly calls: number;
  readonly starts: number;
};

export const wordsFor = (one: Case): string =>
  `--story ${one.plot} ${'call' in one ? `--call ${one.call}` : `--start ${one.start}`} --as ${one.as}`;

const troubleOf = (one: Case) => ({
  calls: new Map('call' in one ? [[one.call, one.as]] : []),
  starts: new Map('start' in one ? [[one.start, one.as]] : []),
});

const calmFaults = (calm: Outcome): readonly string[] =>
  faultsOf(calm).map((one) => `without any trouble: ${one}`);

const judgeScenario = async (scenario: Scenario, trouble: Trouble): Promise<Judged> => {
  const staging = stage(scenario);
  const calm = await play(staging);
  const faults = calmFaults(calm);
  if (faults.length > 0) return { ...calm, wrong: faults };
  return { ...calm, wrong: judgeRun(calm, await play(staging, wrongIn(calm, trouble))) };
};

const judgeCases = async (plot: PlotName, cases: readonly Case[]): Promise<Judged> => {
  const calm = await play(plots[plot]);
  const wrong = [...calmFaults(calm)];
  for (const one of cases) {
    const says = judgeRun(calm, await play(plots[plot], troubleOf(one)));
    if (says.length > 0) wrong.push([`npm run simulate -- ${wordsFor(one)}`, ...says].join('\n  '));
  }
  return { ...calm, wrong };
};

const judge = (task: Task): Promise<Judged> => {
  if (task.is === 'scenario') return judgeScenario(task.scenario, task.trouble);
  return judgeCases(task.plot, task.is === 'cases' ? task.cases : []);
};

const { wrong, calls, starts } = await judge(JSON.parse(process.argv[2] ?? '') as Task);
process.send?.({ wrong, calls, starts } satisfies Judged, () => process.exit());
