/** Whatever fails, wherever: a fixed share of what `npm run simulate` does. */
import { expect, it } from 'vitest';
import { plotOf } from './fleet-plot.ts';
import { play } from './play.ts';
import { plotNamed, plots } from './plots.ts';
import { runMoments, runRandom } from './runs.ts';
import { smallest } from './scenario.ts';
import { faultsOf, judgeRun } from './verdict.ts';

const longest = 900_000;

/** Of so many moments one is played, from the first one on. */
const shares: Readonly<Record<string, { readonly k: number; readonly n: number }>> = {
  rollout: { k: 5, n: 211 },
  approval: { k: 5, n: 397 },
  patching: { k: 5, n: 499 },
  findings: { k: 5, n: 199 },
  withdrawal: { k: 5, n: 397 },
  stop: { k: 5, n: 599 },
};

it('the suite plays a share of every story', () => {
  expect(Object.keys(shares)).toEqual(plots.map(({ name }) => name));
});

it.each(Object.entries(shares))(
  'calls fail and starts come twice in %s: it ends as if none had, and everything is told once',
  async (name, share) => {
    const plot = plotNamed(name);
    const { runs, wrong } = await runMoments(plot ?? plotOf(smallest), share);
    expect(wrong).toEqual([]);
    expect(runs).toBeGreaterThan(5);
  },
  longest,
);

it(
  'random fleets, policies, persons and troubles end as without the troubles',
  async () => {
    const { runs, wrong } = await runRandom({ runs: 3, seed: 1 });
    expect(wrong).toEqual([]);
    expect(runs).toBe(3);
  },
  longest,
);

it('the judge sees what is lost, what is too much and what must never be', async () => {
  const calm = await play(plotOf(smallest));
  expect(faultsOf(calm)).toEqual([]);
  const [runs = '', update] = calm.ends;
  expect(update).toBe('prod/a Successful');
  expect(calm.reads.length).toBeGreaterThan(2);
  const [first = '', second = ''] = calm.news;
  const troubled = {
    ...calm,
    ends: ['prod/a runs ami-old', 'prod/a Successful', 'prod/a Successful'],
    news: [second, ...calm.news.slice(1)],
    reads: [...calm.reads, 'once more'],
    broken: ['2 updates at once in prod'],
  };
  expect(judgeRun(calm, troubled)).toEqual([
    '2 updates at once in prod',
    'Slack message too much: once more',
    `end lost: ${runs}`,
    'end too much: prod/a runs ami-old',
    'end too much: prod/a Successful',
    `news lost: ${first}`,
    `news too much: ${second}`,
  ]);
});
