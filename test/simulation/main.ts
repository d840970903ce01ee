/**
 * Runs `npm run simulate`: random fleets and stories through the built bundles while everything fails that can.
 *
 * Effect: starts processes, prints, and ends with 1 when a run ended otherwise than it should.
 */
import { parseArgs } from 'node:util';
import { momentFrom } from './moments.ts';
import { plotNamed, plots } from './plots.ts';
import { type Found, runMoments, runPlots, runRandom } from './runs.ts';
import { callTroubles, startTroubles } from './scenario.ts';

const usage = `Simulates Drydock while functions die, calls fail and events come twice or late.

  npm run simulate -- [--runs N] [--seed S]       N random runs (100), from a seed (today's second)
  npm run simulate -- --runs 1 --seed S --path P  one of them again

  npm run simulate -- --exhaustive                every call and start of every story, each way to go wrong
    --story NAME              of one: ${plots.map(({ name }) => name).join(', ')}
    --share K/N               every Nth of them, from the Kth on
    --story NAME --call N --as KIND    one of them: ${callTroubles.join(', ')}
    --story NAME --start N --as KIND   or: ${startTroubles.join(', ')}`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1_000) % 1_000_000) },
    path: { type: 'string' },
    exhaustive: { type: 'boolean', default: false },
    story: { type: 'string' },
    share: { type: 'string', default: '1/1' },
    call: { type: 'string' },
    start: { type: 'string' },
    as: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

const [k = 0, n = 0] = values.share.split('/').map(Number);
const plot = values.story === undefined ? undefined : plotNamed(values.story);
const of = values.call === undefined ? 'start' : 'call';
const at = values.call ?? values.start;
const moment = at === undefined ? undefined : momentFrom(of, Number(at), values.as);

const mistakes = [
  ...(['runs', 'seed', 'call', 'start'] as const)
    .filter((name) => !/^\d{1,9}$/.test(values[name] ?? '0'))
    .map((name) => `--${name} ${values[name]} is no number`),
  ...(/^\d{1,5}\/\d{1,5}$/.test(values.share) && k >= 1 && k <= n
    ? []
    : [`--share ${values.share} is no share`]),
  ...(values.story === undefined || plot ? [] : [`there is no story ${values.story}`]),
  ...(at === undefined || moment ? [] : [`a ${of} does not go wrong --as ${values.as}`]),
  ...(at === undefined || plot ? [] : [`--${of} is one of a --story`]),
];
if (values.help || mistakes.length > 0) {
  console.log([...mistakes, usage].join('\n'));
  process.exit(mistakes.length > 0 ? 2 : 0);
}

let done = 0;
const show = (one: Found) => {
  done += one.runs;
  console.log([`${done} runs`, ...one.wrong].join('\n\n'));
};
const exhaustive = (): Promise<Found> => {
  if (plot && moment) return runMoments(plot, [moment], show);
  return runPlots(plot ? [plot] : plots, { k, n }, show);
};
const random = (): Promise<Found> => {
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  console.log(`seed ${seed}`);
  return runRandom({ runs, seed, path: values.path }, show);
};
const found = await (values.exhaustive ? exhaustive() : random());
console.log(`\n${found.runs} runs, ${found.wrong.length === 0 ? 'all' : 'not all'} ended as they should`);
process.exit(found.wrong.length > 0 ? 1 : 0);
