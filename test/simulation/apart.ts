/**
 * Judges troubled runs in a process of its own, one at a time, and sends the parent what was wrong.
 */
import { type Outcome, play, type Wrong, wrongIn } from './play.ts';
import { type PlotName, plots } from './plots.ts';
import type { CallTrouble, Scenario, StartTrouble, Trouble } from './scenario.ts';
import { stage } from './stage.ts';
import { faultsOf, judgeRun, mayAdd, openAtTheEnd } from './verdict.ts';

/** One call or one start of a plot that goes wrong, by its number from 0. */
export type Case =
  | { readonly plot: PlotName; readonly call: number; readonly as: CallTrouble }
  | { readonly plot: PlotName; readonly start: number; readonly as: StartTrouble };

export type Task =
  | { readonly is: 'scenario'; readonly scenario: Scenario; readonly trouble: Trouble }
  | { readonly is: 'case'; readonly case: Case }
  | { readonly is: 'count'; readonly plot: PlotName };

/** Sentences of what was wrong; of a case, with the words that play it again. */
export type Judged = {
  readonly wrong: readonly string[];
} & Pick<Outcome, 'calls' | 'starts'>;

export const wordsFor = (one: Case): string =>
  `--story ${one.plot} ${'call' in one ? `--call ${one.call}` : `--start ${one.start}`} --as ${one.as}`;

const wrongOf = (one: Case, name: string): Wrong => ({
  calls: new Map('call' in one ? [[name, one.as]] : []),
  starts: new Map('start' in one ? [[name, one.as]] : []),
});

const calmFaults = (calm: Outcome): readonly string[] =>
  faultsOf(calm).map((one) => `without any trouble: ${one}`);

const judgeScenario = async (scenario: Scenario, trouble: Trouble): Promise<Judged> => {
  const staging = stage(scenario);
  const calm = await play(staging);
  const faults = calmFaults(calm);
  if (faults.length > 0) return { ...calm, wrong: faults };
  // In a week of them a finding may come and go between two looks, or just be seen by one: a matter of minutes.
  const troubled = await play(staging, wrongIn(calm, trouble));
  const failed = troubled.failedLately.map((one) => `failed on the last day: ${one}`);
  return { ...calm, wrong: [...judgeRun(calm, troubled, { told: openAtTheEnd }), ...failed] };
};

const calmOnes = new Map<PlotName, Promise<Outcome>>();

/** Played once by a process. */
const calmOf = (plot: PlotName): Promise<Outcome> => {
  const calm = calmOnes.get(plot) ?? play(plots[plot]);
  calmOnes.set(plot, calm);
  return calm;
};

const judgeCase = async (one: Case): Promise<Judged> => {
  const calm = await calmOf(one.plot);
  const name = 'call' in one ? calm.calls[one.call] : calm.starts[one.start];
  if (name === undefined) return { ...calm, wrong: [`${wordsFor(one)}: there is no such call or start`] };
  const troubled = await play(plots[one.plot], wrongOf(one, name));
  const wrong = [
    ...calmFaults(calm),
    ...([...troubled.calls, ...troubled.starts].includes(name)
      ? []
      : [`${name} was never there, so that nothing went wrong`]),
    ...judgeRun(calm, troubled, { mayBeMore: mayAdd(one.as) }),
    ...troubled.deadLetters,
  ];
  return {
    ...calm,
    wrong: wrong.length > 0 ? [[`npm run simulate -- ${wordsFor(one)}`, ...wrong].join('\n  ')] : [],
  };
};

const judge = async (task: Task): Promise<Judged> => {
  if (task.is === 'scenario') return judgeScenario(task.scenario, task.trouble);
  if (task.is === 'case') return judgeCase(task.case);
  const calm = await calmOf(task.plot);
  return { ...calm, wrong: calmFaults(calm) };
};

process.on('message', async (task: Task) => {
  const { wrong, calls, starts } = await judge(task);
  process.send?.({ wrong, calls, starts } satisfies Judged);
});
process.on('disconnect', () => process.exit());
