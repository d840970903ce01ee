/**
 * Runs `npm run simulate`: random fleets and stories through the built bundles while everything fails that can.
 *
 * Effect: starts processes, prints, and ends with 1 when a run ended otherwise than it should.
 */
import { parseArgs } from 'node:util';
import { type Found, runCalls, runRandom } from './runs.ts';

const usage = `Simulates Drydock while functions die, calls fail and events come twice or late.

  npm run simulate -- [--runs N] [--seed S]       N random runs (100), from a seed (today's second)
  npm run simulate -- --runs 1 --seed S --path P  one of them again
  npm run simulate -- --exhaustive                every call of the smallest story, each way to fail`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1_000) % 1_000_000) },
    path: { type: 'string' },
    exhaustive: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const mistakes = (['runs', 'seed'] as const)
  .filter((name) => !/^\d{1,9}$/.test(values[name]))
  .map((name) => `--${name} ${values[name]} is no number`);
if (values.help || mistakes.length > 0) {
  console.log([...mistakes, usage].join('\n'));
  process.exit(mistakes.length > 0 ? 2 : 0);
}

let done = 0;
const show = (one: Found) => {
  done += one.runs;
  console.log(`${done} runs${one.wrong.length > 0 ? ', something is wrong' : ''}`);
};
const [runs, seed] = [Number(values.runs), Number(values.seed)];
if (!values.exhaustive) console.log(`seed ${seed}`);
const found = values.exhaustive
  ? await runCalls('all', show)
  : await runRandom({ runs, seed, path: values.path }, show);
for (const says of found.wrong) console.log(`\n${says}`);
console.log(`\n${found.runs} runs, ${found.wrong.length === 0 ? 'all' : 'not all'} ended as they should`);
process.exit(found.wrong.length > 0 ? 1 : 0);
