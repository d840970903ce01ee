/** The page of `npm run slack` in a real browser: people read, press, and see what comes of it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startBrowser } from '../slack-page/browser.ts';
import { servePage } from '../slack-page/server.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
  // The first time it is unpacked.
}, 120_000);
afterAll(() => browser?.close());

const asks = policyWith(
  ['  - name: rest\n', '  - name: rest\n    approval: { timeoutHours: 48 }\n'],
  ['  allow: {}', '  allow: { all: [U0ALICE] }'],
);

const open = async (story: Story, user = 'U0ALICE'): Promise<Page> => {
  const { url, close } = await servePage(story, 0);
  onTestFinished(close);
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
  onTestFinished(() => page.close());
  await page.goto(`${url}?user=${user}`);
  return page;
};
const untilAsked = async () => {
  const story = await tellStory(undefined, { policy: asks });
  await story.stack.runUntil(day(23, '12:00'));
  return story;
};
const rollout = 'main article:has-text("al2023 v20260610"):has(.replies)';
const openThread = (page: Page) => page.locator(rollout).first().locator('.replies').click();
/** Presses the button, and says yes to "are you sure?". */
const press = async (page: Page, where: string, name: string) => {
  const button = page.locator(where).getByRole('button', { name, exact: true });
  await button.first().click();
  await page.locator('[popover]:popover-open').getByRole('button', { name, exact: true }).click();
};

describe('in the page', () => {
  it('Approve lets the wave go on, and the question says who it was and offers nothing more', async () => {
    const story = await untilAsked();
    const page = await open(story);
    await openThread(page);
    await press(page, 'aside', 'Approve');
    await page.locator('aside .context', { hasText: 'Approved by alice' }).waitFor();
    expect(await page.locator('aside').getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(story.changes()).toContain('started prod/general');
    await page.getByRole('button', { name: '1 day' }).click();
    await page.locator('aside article', { hasText: 'is finished' }).waitFor();
    expect(story.runs()['prod/general']).toBe('1.34.8-20260610');
  });

  it('Stop halts the rollout, and Resume is offered in its place', async () => {
    const story = await tellStory(undefined, { policy: asks });
    await story.stack.runUntil(day(18, '08:20'));
    const page = await open(story);
    await press(page, rollout, 'Stop');
    await page.locator(rollout).getByRole('button', { name: 'Resume', exact: true }).first().waitFor();
    expect(story.told('Rollout Halted')).toMatchObject([{ state: { why: 'stopped' } }]);
    await page.getByRole('button', { name: '1 day' }).click();
    await page.locator(rollout).first().waitFor();
    expect(story.changes()).not.toContain('started staging/general');
  });

  it('saying no to “are you sure?” changes nothing', async () => {
    const story = await untilAsked();
    const page = await open(story);
    await openThread(page);
    await page.locator('aside').getByRole('button', { name: 'Approve', exact: true }).first().click();
    await page.locator('[popover]:popover-open').getByRole('button', { name: 'Cancel' }).click();
    expect(await page.locator('[popover]:popover-open').count()).toBe(0);
    expect(story.cloud.callCounts()['events:PutEvents']).toBeGreaterThan(0);
    expect(story.told('Command Done')).toEqual([]);
  });

  it('who may not is told so alone', async () => {
    const story = await untilAsked();
    const page = await open(story, 'U0BOB');
    await openThread(page);
    await press(page, 'aside', 'Approve');
    const refusal = page.locator('aside .whisper', { hasText: 'You may not ask for approve here' });
    await refusal.waitFor();
    await page.getByRole('link', { name: 'alice' }).click();
    await page.locator('header a.chosen', { hasText: 'alice' }).waitFor();
    expect(await refusal.count()).toBe(0);
    expect(story.told('Command Done')).toEqual([]);
  });

  it('what stands in a message is text, whatever it looks like', async () => {
    const story = await tellStory(
      ({ estate }) => void estate.addCluster({ ...home, name: 'a', version: '1.34' }),
    );
    const nasty =
      '<script>window.hit=1</script><img src=x onerror="window.hit=1"> &lt;b&gt; <javascript:alert(1)|x>';
    const blocks = [
      { type: 'section', text: { type: 'mrkdwn', text: nasty } },
      { type: 'video', title: nasty },
    ];
    story.cloud.slack.post('C0DRYDOCK', { text: nasty, blocks });
    const page = await open(story);
    const shown = page.locator('main article', { hasText: 'onerror' });
    await shown.waitFor();
    expect(await page.locator('main script, main img, main a[href^="javascript"]').count()).toBe(0);
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(await shown.textContent()).toContain('A block that this page cannot show');
  });
});

it('npm run slack shows the sample fleet at the moment when a wave asks', async () => {
  const main = join(import.meta.dirname, '../slack-page/main.ts');
  const command = spawn(process.execPath, [main, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void command.kill());
  let said = '';
  for await (const chunk of command.stdout) {
    said += chunk;
    if (said.includes('Ctrl-C')) break;
  }
  const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0] ?? '';
  const page = await (await fetch(url)).text();
  expect(page).toContain('It needs a person’s approval');
  expect(page).toContain('>Stop</button>');
});

it('takes nothing from other sites, and says what is wrong with a request', async () => {
  const story = await tellStory(
    ({ estate }) => void estate.addCluster({ ...home, name: 'a', version: '1.34' }),
  );
  const { url, close } = await servePage(story, 0);
  onTestFinished(close);
  const before = story.cloud.clock.now();
  const ask = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const { status } = await fetch(`${url}${path}`, { method: 'POST', body, headers, redirect: 'manual' });
    return status;
  };
  expect(await ask('wait', 'minutes=60', { origin: 'https://evil.example' })).toBe(403);
  expect(await ask('wait', 'minutes=0')).toBe(400);
  expect(await ask('press', 'ts=1.2')).toBe(400);
  expect(await ask('press', `ts=${'1'.repeat(20_000)}`)).toBe(400);
  expect(await ask('press', 'in=C0DRYDOCK&ts=1.2&block=b&action=a')).toBe(500);
  expect(await ask('nowhere', '')).toBe(404);
  expect(story.cloud.clock.now()).toEqual(before);
  expect(await ask('wait', 'minutes=60')).toBe(303);
  expect(story.cloud.clock.now().getTime() - before.getTime()).toBe(3_600_000);
});
