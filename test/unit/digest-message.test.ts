import { describe, expect, it } from 'vitest';
import type { Severity } from '../../functions/domain/finding.ts';
import type { Counts, DigestCluster, FindingsDigest } from '../../functions/domain/finding-digest.ts';
import type { Message } from '../../functions/domain/ports.ts';
import { digestMessage } from '../../functions/slack/digest-message.ts';
import { charactersOf, judgeBlocks } from '../cloud/services/slack-blocks.ts';
import { monday } from './factories.ts';

const counts = (some: Partial<Record<Severity, number>> = {}): Counts => ({
  critical: 0,
  high: 0,
  medium: 0,
  low: 0,
  ...some,
});
const none = { open: counts(), still: counts(), opened: counts(), resolved: counts() };
const cluster = (other: Partial<DigestCluster> = {}): DigestCluster => ({
  cluster: 'blue',
  ...none,
  open: counts({ high: 1 }),
  worst: [
    { rule: 'r', severity: 'high', sentence: 'Blue <burns>.', link: 'https://a.b', firstSeenAt: monday },
  ],
  ...other,
});
const messageOf = (other: Partial<FindingsDigest['detail']> = {}): Message =>
  digestMessage({
    type: 'Findings Digest',
    detail: {
      schema: 1,
      id: 'x',
      at: monday,
      region: 'eu-central-1',
      since: '2026-07-13T08:00:00.000Z',
      ...none,
      open: counts({ high: 1 }),
      muted: 0,
      clusters: { items: [cluster()], more: 0 },
      ...other,
    },
  });
const textsOf = ({ blocks }: Message): readonly string[] =>
  (blocks as readonly { text?: { text: string }; elements?: readonly { text: string }[] }[]).map(
    ({ text, elements }) => text?.text ?? elements?.map((element) => element.text).join('\n') ?? '',
  );

const since = '<!date^1783929600^{date_short_pretty} {time}|2026-07-13 08:00 UTC>';
const dated = '<!date^1784534400^{date_short_pretty} {time}|2026-07-20 08:00 UTC>';

it('says what is open and how it changed, by severity, then by cluster with the worst', () => {
  const message = messageOf({
    open: counts({ critical: 1, high: 3 }),
    still: counts({ high: 2 }),
    opened: counts({ critical: 1, high: 1 }),
    resolved: counts({ high: 4, low: 1 }),
    muted: 2,
    clusters: { items: [cluster({ opened: counts({ high: 1 }), resolved: counts({ high: 4 }) })], more: 1 },
  });
  expect(message.text).toBe('Findings of the week: 1 critical, 3 high; this week 2 opened, 5 resolved');
  expect(textsOf(message)).toEqual([
    `:bar_chart: *Findings of the week* in eu-central-1, since ${since}.`,
    [
      ':red_circle: *critical*: 1 open: 1 new',
      ':large_orange_circle: *high*: 3 open: 1 new, 2 still open; 4 resolved',
      ':white_circle: *low*: none open; 1 resolved',
    ].join('\n'),
    [
      '*`blue`*: 1 high; this week 1 opened, 4 resolved',
      `• high, since ${dated}: Blue &lt;burns&gt;. <https://a.b|Why>`,
    ].join('\n'),
    '2 more are muted. 1 cluster not listed here.',
  ]);
});

it('lists no clusters when nothing has changed, but those that nobody could look at', () => {
  const still = counts({ high: 2 });
  const items = [cluster({ cluster: 'a' }), cluster({ cluster: 'b', unseenSince: monday, worst: [] })];
  expect(textsOf(messageOf({ open: still, still, clusters: { items, more: 0 } }))).toEqual([
    `:bar_chart: *Findings of the week* in eu-central-1, since ${since}. Nothing has changed since.`,
    ':large_orange_circle: *high*: 2 open: 2 still open',
    `*\`b\`*: 1 high\n:warning: Not looked at in full since ${dated}: what is open there now is unknown.`,
    '1 cluster with nothing new.',
  ]);
});

it('lists a cluster again only when something changed there', () => {
  const items = [cluster({ cluster: 'a', opened: counts({ low: 1 }) }), cluster({ cluster: 'b' })];
  const texts = textsOf(messageOf({ opened: counts({ low: 1 }), clusters: { items, more: 0 } }));
  expect(texts[2]).toMatch(/^\*`a`\*: 1 high; this week 1 opened\n/);
  expect(texts.slice(3)).toEqual(['1 cluster with nothing new.']);
});

it('says where a finding is of no cluster', () => {
  const { cluster: _, ...of } = cluster({ opened: counts({ high: 1 }) });
  const text = textsOf(messageOf({ opened: counts({ high: 1 }), clusters: { items: [of], more: 0 } }))[2];
  expect(text).toMatch(/^\*no cluster\*: 1 high; this week 1 opened\n/);
});

describe('stays within Slack’s limits', () => {
  const nasty = '<!channel>&*_~`\n'.repeat(19);
  it.each([
    ['a hundred clusters', (i: number) => `c${i}`, 'Fine.'],
    ['a hundred clusters with long and hostile texts', (i: number) => `${nasty}${i}`, nasty],
  ])('%s', (_case, name, sentence) => {
    const worst = Array(3).fill({ ...cluster().worst[0], sentence });
    const items = Array.from({ length: 100 }, (_, i) =>
      cluster({ cluster: name(i), worst, unseenSince: monday }),
    );
    const message = messageOf({ opened: counts({ high: 1 }), clusters: { items, more: 7 } });
    expect(judgeBlocks(message.blocks)).toEqual([]);
    expect(charactersOf(message.blocks)).toBeLessThan(10_000);
    const texts = textsOf(message);
    expect(texts.join('\n')).not.toContain('<!channel>');
    const listed = texts.filter((text) => text.includes('Not looked at')).length;
    expect(listed).toBeGreaterThan(3);
    expect(texts.at(-1)).toBe(`${107 - listed} clusters not listed here.`);
  });
});
