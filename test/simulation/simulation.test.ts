/** Whatever fails, wherever: a fixed share of what `npm run simulate` does. */
import { expect, it } from 'vitest';
import { day } from '../stories/open-story.ts';
import { play } from './play.ts';
import { plotNames, plots } from './plots.ts';
import { runCase, runPlots, runRandom } from './runs.ts';
import type { CallTrouble, StartTrouble } from './scenario.ts';
import { addedIn, outOfTurnIn } from './told.ts';
import { faultsOf, judgeRun, mayAdd, openAtTheEnd } from './verdict.ts';

const longest = 900_000;
/** One case in so many: with no number of ways to fail does it fall in step. */
const parts = 613;

it(
  'calls and starts of every story fail one by one: it ends as if none had, and everything is told once',
  async () => {
    const { runs, wrong } = await runPlots(plotNames, { part: 1, parts });
    expect(wrong).toEqual([]);
    expect(runs).toBeGreaterThan(30);
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
  const calm = await play(plots.ownImage);
  expect(faultsOf(calm)).toEqual([]);
  expect(calm.updates).toEqual(['prod/a Successful']);
  expect(calm.reads.length).toBeGreaterThan(2);
  const started = 'Rollout al2023 v20260610: started prod/a';
  const troubled = {
    ...calm,
    ends: ['prod/a runs ami-old'],
    updates: [...calm.updates, ...calm.updates],
    news: calm.news.filter((one) => one !== started),
    reads: [...calm.reads, 'once more'],
    broken: ['2 updates at once in prod'],
  };
  expect(judgeRun(calm, troubled)).toEqual([
    '2 updates at once in prod',
    'Slack message too much: once more',
    `end lost: ${calm.ends[0]}`,
    'end too much: prod/a runs ami-old',
    'update too much: prod/a Successful',
    `news lost: ${started}`,
  ]);
});

it('the judge sees what is said only when news comes again', () => {
  const told = (...names: string[]) => ({
    at: day(18),
    type: 'Rollout Progressed',
    detail: {
      id: 'r #5',
      changes: { items: names.map((nodeGroup) => ({ is: 'started', cluster: 'prod', nodeGroup })) },
    },
  });
  expect(addedIn({ news: [told('a', 'b'), told('b')] })).toEqual([]);
  expect(addedIn({ news: [told('b'), told('a', 'b')] })).toEqual([
    'Rollout Progressed r #5 said only when it came again: Rollout: started prod/a',
  ]);
});

it('of a week of findings the judge sees what is told open and is not, or twice', () => {
  const told = (is: string, name: string) => `Findings Changed: ${is} ${name}`;
  const closed = 'Patching Progressed: closed done';
  expect(openAtTheEnd([told('opened', 'a'), closed, told('resolved', 'a')])).toEqual([closed]);
  expect(openAtTheEnd([told('opened', 'a'), told('opened', 'a')])).toEqual(['open a', 'open a']);
  expect(openAtTheEnd([told('opened', 'a (low)'), told('worsened', 'a (high)')])).toEqual(['open a (high)']);
  expect(openAtTheEnd([told('opened', 'a (low)'), told('worsened', 'a (low)')])).toEqual(['open a (low)']);
});

it('the judge passes over what a trouble may add, and over nothing that it may lose', async () => {
  const calm = await play(plots.ownImage);
  const [patches = '', images = '', unread = '', other = ''] = [
    'worsened missing-patches a (high)',
    'worsened old-images a (high)',
    'opened not-judged a (low)',
    'worsened ebs-full a (high)',
  ].map((one) => `Findings Changed: ${one}`);
  const all = [patches, images, unread, other];
  const more = (as: CallTrouble | StartTrouble) =>
    judgeRun(calm, { ...calm, news: [...calm.news, ...all] }, { mayBeMore: mayAdd(as) });
  const tooMuch = (...news: string[]) => news.map((one) => `news too much: ${one}`);
  expect(more('late')).toEqual(tooMuch(images, other));
  expect(more('throttledBehind')).toEqual(tooMuch(patches, other));
  expect(more('dies')).toEqual(tooMuch(patches, images, other));
  const fewer = judgeRun({ ...calm, news: [...calm.news, ...all] }, calm, { mayBeMore: mayAdd('late') });
  expect(fewer).toEqual(all.map((one) => `news lost: ${one}`));
});

it('the judge sees a finding that is told open when it is, and otherwise when it is not', () => {
  let id = 0;
  const told = (is: 'opened' | 'worsened' | 'resolved', ...names: string[]) => ({
    at: day(18),
    type: 'Findings Changed',
    detail: { id: `f #${id++}`, [is]: { items: names.map((fingerprint) => ({ fingerprint })) } },
  });
  const well = [told('opened', 'a', 'b'), told('worsened', 'a'), told('resolved', 'a'), told('opened', 'a')];
  expect(outOfTurnIn({ news: [...well, ...well.slice(0, 1)] })).toEqual([]);
  expect(
    outOfTurnIn({ news: [...well, told('opened', 'b'), told('worsened', 'c'), told('resolved', 'd')] }),
  ).toEqual(['told out of turn: opened b', 'told out of turn: worsened c', 'told out of turn: resolved d']);
});

it('the judge sees a run that fails on the last day', async () => {
  const calm = await play(plots.findings);
  expect(calm.failedLately).toEqual([]);
  const last = calm.calls.findLast((name) => name.startsWith('eks:ListClusters ')) ?? '';
  const troubled = await play(plots.findings, { calls: new Map([[last, 'dies']]), starts: new Map() });
  expect(troubled.failedLately).toEqual([expect.stringMatching(/^[a-z]+-[a-z-]+: ./)]);
});

it('the judge sees a group that joined twice', async () => {
  const calm = await play(plots.ownImage);
  const joined = 'Rollout al2023 v20260610: joined prod/a';
  const twice = { ...calm, news: [...calm.news, joined, joined] };
  expect(judgeRun(calm, twice)).toEqual([`news told twice: ${joined}`]);
});

it('a case of a call that is not there is wrong', async () => {
  const { wrong } = await runCase({ plot: 'rejected', call: 99_999, as: 'dies' }, () => {});
  expect(wrong).toEqual([expect.stringContaining('there is no such call or start')]);
});

it('the judge sees each finding that is lost, and what was told twice under two names', async () => {
  const calm = await play(plots.findings);
  expect(faultsOf(calm)).toEqual([]);
  const finding = (is: string) =>
    calm.news.find((one) => one.startsWith(`Findings Changed: ${is} ebs-slots`)) ?? '';
  const [opened, resolved] = [finding('opened'), finding('resolved')];
  expect([opened, resolved]).not.toContain('');
  const troubled = { ...calm, news: [...calm.news.filter((one) => one !== resolved), opened] };
  expect(judgeRun(calm, troubled)).toEqual([`news lost: ${resolved}`, `news too much: ${opened}`]);
});
