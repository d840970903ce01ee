/**
 * Understands what is asked of `npm run simulate`.
 *
 * Pure, but for the seed of a run that names none, which is today's second.
 */
import { parseArgs } from 'node:util';
import type { Case } from './apart.ts';
import { type PlotName, plotNames } from './plots.ts';
import type { Share } from './runs.ts';
import { callTroubles, startTroubles } from './scenario.ts';

export const usage = `Simulates Drydock while functions die, calls fail and events come twice or late.

  npm run simulate -- [--runs N] [--seed S]         N random runs (100), from a seed (today's second)
  npm run simulate -- --runs 1 --seed S --path P    one of them again
  npm run simulate -- --exhaustive [--story NAME]   every call and every start of every story, each way to fail
                      [--as F] [--share K/N]        only this way; the K-th of N parts of them
  npm run simulate -- --story NAME --call I --as F  one of them again: a call
  npm run simulate -- --story NAME --start I --as F or a start of a function

stories: ${plotNames.join(', ')}
calls fail as: ${callTroubles.join(', ')}
starts fail as: ${startTroubles.join(', ')}
SIMULATE_AT_ONCE=1 runs one process and not one for each core.`;

export type Wish =
  | { readonly is: 'help'; readonly mistakes: readonly string[] }
  | { readonly is: 'case'; readonly case: Case }
  | { readonly is: 'plots'; readonly plots: readonly PlotName[]; readonly share: Share }
  | { readonly is: 'random'; readonly runs: number; readonly seed: number; readonly path?: string };

const options = {
  runs: { type: 'string', default: '100' },
  seed: { type: 'string', default: String(Math.floor(Date.now() / 1_000) % 1_000_000) },
  path: { type: 'string' },
  exhaustive: { type: 'boolean', default: false },
  share: { type: 'string', default: '1/1' },
  story: { type: 'string' },
  call: { type: 'string' },
  start: { type: 'string' },
  as: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const one = <T extends string>(name: string, of: readonly T[]): T | undefined => of.find((it) => it === name);

const caseOf = (
  plot: PlotName,
  call: string | undefined,
  start: string | undefined,
  as: string | undefined,
) => {
  const [ofCall, ofStart] = [one(as ?? '', callTroubles), one(as ?? '', startTroubles)];
  if (call !== undefined && ofCall) return { plot, call: Number(call), as: ofCall };
  if (start !== undefined && ofStart) return { plot, start: Number(start), as: ofStart };
  return undefined;
};

export const wishOf = (args: readonly string[]): Wish => {
  const { values } = parseArgs({ args: [...args], options });
  const { runs, seed, path, share, story, call, start, as } = values;
  const [part = 0, parts = 0] = share.split('/').map(Number);
  const plot = story === undefined ? undefined : one(story, plotNames);
  const wrong = (is: boolean, sentence: string) => (is ? [sentence] : []);
  const numbers = Object.entries({ runs, seed, call, start }).flatMap(([name, value]) =>
    wrong(value !== undefined && !/^\d{1,9}$/.test(value), `--${name} ${value} is no number`),
  );
  const trouble = one(as ?? '', [...callTroubles, ...startTroubles]);
  const mistakes = [
    ...numbers,
    ...wrong(!(part >= 1 && part <= parts), `--share ${share} is no part, such as 1/4`),
    ...wrong(story !== undefined && !plot, `there is no story ${story}`),
    ...wrong(as !== undefined && !trouble, `nothing fails as ${as}`),
  ];
  if (values.help || mistakes.length > 0) return { is: 'help', mistakes };
  if (values.exhaustive)
    return { is: 'plots', plots: plot ? [plot] : plotNames, share: { part, parts, as: trouble } };
  if (!plot)
    return { is: 'random', runs: Number(runs), seed: Number(seed), ...(path !== undefined && { path }) };
  const found = caseOf(plot, call, start, as);
  if (found) return { is: 'case', case: found };
  return { is: 'help', mistakes: ['a story needs --exhaustive, or --call or --start and how it fails'] };
};
