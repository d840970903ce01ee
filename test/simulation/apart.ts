/**
 * Plays runs in a process of its own, and sends the parent what came of them or what was wrong.
 *
 * Knows that every run leaves loaded bundles and a table behind, so that a process is good for few runs
 * only. What to do comes as a message.
 */
import { plotOf } from './fleet-plot.ts';
import { commandFor, type Moment, wrongAt } from './moments.ts';
import { type Outcome, play, wrongIn } from './play.ts';
import { plotNamed } from './plots.ts';
import type { Scenario, Trouble } from './scenario.ts';
import { faultsOf, judgeRun } from './verdict.ts';

export type Task =
  | { readonly is: 'scenario'; readonly scenario: Scenario; readonly trouble: Trouble }
  | { readonly is: 'calm'; readonly story: string }
  /** The story with each of the moments, in a run of its own. */
  | {
      readonly is: 'moments';
      readonly story: string;
      readonly calm: Outcome;
      readonly moments: readonly Moment[];
    };

const judgeScenario = async (scenario: Scenario, trouble: Trouble): Promise<readonly string[]> => {
  const plot = plotOf(scenario);
  const calm = await play(plot);
  const faults = faultsOf(calm);
  if (faults.length > 0) return faults.map((one) => `without any trouble: ${one}`);
  return judgeRun(calm, await play(plot, wrongIn(calm, trouble)));
};

const storyOf = (name: string) => {
  const plot = plotNamed(name);
  if (!plot) throw new Error(`no story ${name}`);
  return plot;
};

const judgeMoments = async ({
  story,
  calm,
  moments,
}: Extract<Task, { is: 'moments' }>): Promise<readonly string[]> => {
  const wrong = [];
  for (const moment of moments) {
    const says = judgeRun(calm, await play(storyOf(story), wrongAt(moment)));
    if (says.length > 0) wrong.push([...says, commandFor(story, moment)].join('\n'));
  }
  return wrong;
};

const does = (task: Task): Promise<Outcome | readonly string[]> => {
  if (task.is === 'scenario') return judgeScenario(task.scenario, task.trouble);
  return task.is === 'calm' ? play(storyOf(task.story)) : judgeMoments(task);
};

process.on('message', async (task) => {
  process.send?.(await does(task as Task), () => process.exit());
});
