/**
 * Judges troubled runs in a process of its own, and sends the parent what was wrong.
 *
 * Knows that every run leaves loaded bundles and a table behind, so that a process is good for few runs
 * only. What to do comes as the argument, in JSON.
 */
import { play, wrongIn } from './play.ts';
import { type callTroubles, type Scenario, smallest, type Trouble } from './scenario.ts';
import { faultsOf, judgeRun } from './verdict.ts';

export type Task =
  | { readonly is: 'scenario'; readonly scenario: Scenario; readonly trouble: Trouble }
  /** The calls of these numbers of the smallest scenario fail, each in a run of its own. */
  | { readonly is: 'calls'; readonly calls: readonly number[]; readonly as: (typeof callTroubles)[number] };

const judgeScenario = async (scenario: Scenario, trouble: Trouble): Promise<readonly string[]> => {
  const calm = await play(scenario);
  const faults = faultsOf(calm);
  if (faults.length > 0) return faults.map((one) => `without any trouble: ${one}`);
  return judgeRun(calm, await play(scenario, wrongIn(calm, trouble)));
};

const judgeCalls = async ({ calls, as }: Extract<Task, { is: 'calls' }>): Promise<readonly string[]> => {
  const calm = await play(smallest);
  const wrong = [];
  for (const call of calls) {
    const says = judgeRun(calm, await play(smallest, { calls: new Map([[call, as]]), starts: new Map() }));
    wrong.push(...says.map((one) => `call ${call} ${as}: ${one}`));
  }
  return wrong;
};

const task = JSON.parse(process.argv[2] ?? '') as Task;
const wrong =
  task.is === 'scenario' ? await judgeScenario(task.scenario, task.trouble) : await judgeCalls(task);
process.send?.(wrong, () => process.exit());
