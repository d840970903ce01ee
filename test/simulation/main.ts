/**
 * Runs `npm run simulate`: random fleets and stories through the built bundles while everything fails that can.
 *
 * Effect: starts processes, prints, and ends with 1 when a run ended otherwise than it should.
 */
import { type Found, runCase, runPlots, runRandom } from './runs.ts';
import { usage, wishOf } from './wish.ts';

const wish = wishOf(process.argv.slice(2));
if (wish.is === 'help') {
  console.log([...wish.mistakes, usage].join('\n'));
  process.exit(wish.mistakes.length > 0 ? 2 : 0);
}

/** Runs between two lines that say how far it is. */
const step = 20;
let done = 0;
const show = (one: Found) => {
  const before = done;
  done += one.runs;
  const isWrong = one.wrong.length > 0;
  if (isWrong || Math.floor(done / step) > Math.floor(before / step))
    console.log(`${done} runs${isWrong ? ', something is wrong' : ''}`);
  for (const says of one.wrong) console.log(`\n${says}\n`);
};

const run = (): Promise<Found> => {
  if (wish.is === 'case') return runCase(wish.case, show);
  if (wish.is === 'plots')
    return runPlots(wish.plots, wish.share, show, (plot, { calls, starts, cases }) =>
      console.log(`${plot}: ${calls} calls and ${starts} starts, ${cases} cases`),
    );
  console.log(`seed ${wish.seed}`);
  return runRandom(wish, show);
};

const found = await run();
console.log(`\n${found.runs} runs, ${found.wrong.length} of them ended otherwise than they should`);
process.exit(found.wrong.length > 0 ? 1 : 0);
