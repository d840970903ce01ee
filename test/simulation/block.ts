/**
 * Runs one block of simulated runs in a process of its own, and sends the parent what it found.
 *
 * Knows that every run leaves loaded bundles behind, so that a process is good for some runs only. The
 * block comes as the argument, in JSON.
 */
import fc from 'fast-check';
import { play, wrongIn } from './play.ts';
import { type callTroubles, type Scenario, scenarios, smallest, type Trouble, troubles } from './scenario.ts';
import { faultsOf, judgeRun } from './verdict.ts';

export type Block =
  | { readonly is: 'random'; readonly seed: number; readonly runs: number; readonly path?: string }
  /** The calls of these numbers of the smallest scenario fail, each in a run of its own. */
  | {
      readonly is: 'each call';
      readonly calls: readonly number[];
      readonly as: (typeof callTroubles)[number];
    };

export type Found = {
  readonly runs: number;
  /** Sentences, and how to see it again. */
  readonly wrong: readonly { readonly case: unknown; readonly says: readonly string[] }[];
};

/** Shrinking is ended then, with the smallest case so far. */
const patienceMs = 600_000;

const judgeScenario = async (scenario: Scenario, trouble: Trouble): Promise<readonly string[]> => {
  const calm = await play(scenario);
  const faults = faultsOf(calm);
  if (faults.length > 0) return faults.map((one) => `without any trouble: ${one}`);
  return judgeRun(calm, await play(scenario, wrongIn(calm, trouble)));
};

const random = async ({ seed, runs, path }: Extract<Block, { is: 'random' }>): Promise<Found> => {
  const property = fc.asyncProperty(scenarios, troubles, async (scenario, trouble) => {
    const wrong = await judgeScenario(scenario, trouble);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  const details = await fc.check(property, {
    seed,
    numRuns: runs,
    interruptAfterTimeLimit: patienceMs,
    ...(path !== undefined && { path }),
  });
  if (!details.failed) return { runs: details.numRuns, wrong: [] };
  const again = `npm run simulate -- --runs 1 --seed ${seed} --path ${details.counterexamplePath}`;
  const says = details.counterexample
    ? [String(details.errorInstance), again]
    : [`after ${details.numRuns} of ${runs} runs time was up`];
  return { runs: details.numRuns, wrong: [{ case: details.counterexample, says }] };
};

const eachCall = async ({ calls, as }: Extract<Block, { is: 'each call' }>): Promise<Found> => {
  const calm = await play(smallest);
  const wrong = [];
  for (const call of calls) {
    const says = judgeRun(calm, await play(smallest, { calls: new Map([[call, as]]), starts: new Map() }));
    if (says.length > 0) wrong.push({ case: { call, as }, says });
  }
  return { runs: calls.length, wrong };
};

const block = JSON.parse(process.argv[2] ?? '') as Block;
const found = await (block.is === 'random' ? random(block) : eachCall(block));
process.send?.(found, () => process.exit());
