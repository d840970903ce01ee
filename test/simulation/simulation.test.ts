/** Whatever fails, wherever: a fixed share of what `npm run simulate` does. */
import { expect, it } from 'vitest';
import { play } from './play.ts';
import { runCalls, runRandom } from './runs.ts';
import { smallest } from './scenario.ts';
import { faultsOf, judgeRun } from './verdict.ts';

const longest = 900_000;

it(
  'calls of a rollout fail one by one: it ends as if none had, and everything is told once',
  async () => {
    const { runs, wrong } = await runCalls('share');
    expect(wrong).toEqual([]);
    expect(runs).toBeGreaterThan(40);
  },
  longest,
);

it(
  'random fleets, policies, persons and troubles end as without the troubles',
  async () => {
    const { runs, wrong } = await runRandom({ runs: 4, seed: 1 });
    expect(wrong).toEqual([]);
    expect(runs).toBe(4);
  },
  longest,
);

it('the judge sees what is lost, what is too much and what must never be', async () => {
  const calm = await play(smallest);
  expect(faultsOf(calm)).toEqual([]);
  expect(calm.updates).toEqual(['prod/a Successful']);
  expect(calm.reads.length).toBeGreaterThan(2);
  const [first = ''] = calm.news;
  const troubled = {
    ...calm,
    runs: { 'prod/a': 'ami-old' },
    updates: [...calm.updates, ...calm.updates],
    news: calm.news.slice(1),
    reads: [...calm.reads, 'once more'],
    broken: ['2 updates at once in prod'],
  };
  expect(judgeRun(calm, troubled)).toEqual([
    '2 updates at once in prod',
    'Slack message too much: once more',
    `end lost: prod/a runs ${calm.runs['prod/a']}`,
    'end too much: prod/a runs ami-old',
    'update too much: prod/a Successful',
    `news lost: ${first}`,
  ]);
});
