import { describe, expect, it } from 'vitest';
import { type Finding, severities } from '../../functions/domain/finding.ts';
import type { FindingNote } from '../../functions/domain/finding-book.ts';
import { type FindingsChanged, findingNewsOf } from '../../functions/domain/finding-news.ts';
import type { Message } from '../../functions/domain/ports.ts';
import { findingsMessages } from '../../functions/slack/findings-message.ts';
import { charactersOf, judgeBlocks } from '../cloud/services/slack-blocks.ts';
import { audience, finding, monday, target } from './factories.ts';

const note = (is: FindingNote['is'], other: Partial<Finding> = {}): FindingNote => ({
  is,
  at: monday,
  firstSeenAt: '2026-07-01T08:00:00.000Z',
  finding: finding(other),
});
const newsOf = (untold: readonly FindingNote[], open = {}): FindingsChanged => {
  const place = { region: 'eu-central-1', foundBy: 'audit-nodes' };
  const [news] = findingNewsOf([{ cluster: 'blue', revision: 1, known: [], untold }], place, monday);
  if (!news) throw new Error('there is no news');
  return { ...news, detail: { ...news.detail, open: { ...news.detail.open, ...open } } };
};
const textsOf = ({ blocks }: Message): readonly string[] =>
  (blocks as readonly { text?: { text: string }; elements?: readonly { text: string }[] }[]).map(
    ({ text, elements }) => text?.text ?? elements?.map((element) => element.text).join('\n') ?? '',
  );
/** Where all else is told. */
const findingsMessage = (news: FindingsChanged, reader: typeof audience): Message | undefined =>
  findingsMessages(news, reader).find(({ channel }) => channel === undefined)?.message;
const nobody = { ...audience, slack: { ...audience.slack, allow: {} } };
const told = (...notes: FindingNote[]) => findingsMessage(newsOf(notes), nobody);

describe('makes a message of', () => {
  it.each<[string, boolean, FindingNote]>([
    ['a critical finding that opened', true, note('opened', { severity: 'critical' })],
    ['a high finding that opened', true, note('opened')],
    ['a high finding that worsened', true, note('worsened')],
    ['a high finding that was resolved', true, note('resolved')],
    ['no medium finding', false, note('opened', { severity: 'medium' })],
    ['no low finding', false, note('resolved', { severity: 'low' })],
  ])('%s', (_case, urgent, one) => {
    expect(told(one) !== undefined).toBe(urgent);
  });
});

it('says what is wrong, what to do, and where that is explained, by severity and cluster', () => {
  const green = { about: { target, cluster: 'green' } };
  const message = findingsMessage(
    newsOf(
      [
        note('opened', { ...green, sentence: 'Green has <3 nodes.', suggestion: 'Add some.' }),
        note('opened', { severity: 'critical', sentence: 'Blue burns.', suggestion: 'Put it out.' }),
        note('worsened', { rule: 'b', ...green, sentence: 'Green is full.', suggestion: 'Empty it.' }),
        note('resolved', { rule: 'c', ...green, sentence: 'Green was small.' }),
        note('opened', { rule: 'd', severity: 'low' }),
      ],
      { critical: 1, high: 2, low: 7, muted: 3 },
    ),
    nobody,
  );
  if (!message) throw new Error('there is no message');
  const why = `<${finding().link}|Why>`;
  expect(message.text).toBe('Findings: 3 opened, 1 worsened, 1 resolved');
  expect(textsOf(message)).toEqual([
    ':mag: *Findings* in eu-central-1: 3 opened, 1 worsened, 1 resolved.',
    `:red_circle: *critical* in \`blue\` (eu-central-1)\n• Blue burns. Put it out. ${why}`,
    [
      ':large_orange_circle: *high* in `green` (eu-central-1)',
      `• Green has &lt;3 nodes. Add some. ${why}`,
      `• Worse: Green is full. Empty it. ${why}`,
      ':white_check_mark: Resolved: Green was small. It was there since <!date^1782892800^{date_short_pretty} {time}|2026-07-01 08:00 UTC>.',
    ].join('\n'),
    'Open now in all clusters: 1 critical, 2 high, 0 medium, 7 low; 3 muted.',
  ]);
});

it('leaves the cluster out where a finding is of none', () => {
  const message = told(note('opened', { about: { target } }));
  expect(message && textsOf(message)[1]).toMatch(/^:large_orange_circle: \*high\* \(eu-central-1\)\n/);
});

describe('stays within Slack’s limits and tells what it leaves out', () => {
  const nasty = '<!channel>&*_~`\n'.repeat(60);
  const many = (make: (i: number) => Partial<Finding>) =>
    (['opened', 'worsened', 'resolved'] as const).flatMap((is) =>
      Array.from({ length: 170 }, (_, i) => note(is, { rule: `rule-${is}-${i}`, ...make(i) })),
    );

  it.each<[string, readonly FindingNote[]]>([
    ['510 findings in one cluster', many(() => ({}))],
    ['510 findings, each in a cluster of its own', many((i) => ({ about: { target, cluster: `c-${i}` } }))],
    [
      '170 short findings, each in a cluster of its own',
      Array.from({ length: 170 }, (_, i) =>
        note('opened', {
          about: { target, cluster: `${i}` },
          sentence: 'a',
          suggestion: 'b',
          link: 'https://c.d',
        }),
      ),
    ],
    [
      '510 findings with long and hostile texts',
      many((i) => ({
        about: { target: { account: nasty, region: nasty }, cluster: `${nasty}${i}`, nodeGroup: nasty },
        severity: severities[i % 2] ?? 'high',
        sentence: nasty,
        suggestion: nasty,
      })),
    ],
  ])('%s', (_case, notes) => {
    const message = told(...notes);
    if (!message) throw new Error('there is no message');
    expect(judgeBlocks(message.blocks)).toEqual([]);
    expect(charactersOf(message.blocks)).toBeLessThan(10_000);
    expect(message.text.length).toBeLessThan(4_000);
    const texts = textsOf(message).join('\n');
    expect(texts).not.toContain('<!channel>');
    const lines = texts
      .split('\n')
      .filter((line) => line.includes('|Why>') || line.startsWith(':white_check_mark:'));
    const more = [...texts.matchAll(/… and (\d+) more/g)].reduce(
      (sum, [, number]) => sum + Number(number),
      0,
    );
    const left = Number(/ (\d+) more are in the log of audit-nodes/.exec(texts)?.[1] ?? 0);
    expect(lines.length + more + left).toBe(notes.length);
    expect(lines.length).toBeGreaterThan(3);
  });
});

describe('may be muted from the message', () => {
  const actionsOf = (notes: readonly FindingNote[], reader = audience): readonly string[] =>
    ((findingsMessage(newsOf(notes), reader)?.blocks ?? []) as { elements?: { action_id?: string }[] }[])
      .flatMap(({ elements = [] }) => elements)
      .flatMap(({ action_id }) => action_id ?? []);
  const several = (number: number, is: FindingNote['is'] = 'opened') =>
    Array.from({ length: number }, (_, index) => note(is, { rule: `rule-${index}` }));
  const both = ['drydock-mute-7', 'drydock-mute-30'];

  it.each<[string, readonly FindingNote[], typeof audience, readonly string[]]>([
    ['one that opened', several(1), audience, both],
    ['one that worsened', several(1, 'worsened'), audience, both],
    ['not one that is gone', several(1, 'resolved'), audience, []],
    ['not where nobody may', several(1), nobody, []],
    ['five', several(5), audience, Array(5).fill(both).flat()],
    ['not six', several(6), audience, []],
  ])('%s', (_case, notes, reader, actions) => {
    expect(actionsOf(notes, reader)).toEqual(actions);
  });

  it('within Slack’s limits', () => {
    const long = several(5).map((one) => ({
      ...one,
      finding: { ...one.finding, sentence: 'x'.repeat(3_000), about: { target, cluster: 'c'.repeat(100) } },
    }));
    const message = findingsMessage(newsOf(long), audience);
    expect(judgeBlocks(message?.blocks ?? [])).toEqual([]);
  });
});

describe('in several channels', () => {
  const told = (...notes: FindingNote[]) =>
    findingsMessages(newsOf(notes), nobody).map(({ channel, message }) => [channel, message.text]);

  it('each has a message with its own findings', () => {
    expect(
      told(
        note('opened'),
        note('resolved', { rule: 'b', channel: '#b' }),
        note('opened', { rule: 'c', channel: '#b' }),
      ),
    ).toEqual([
      [undefined, 'Findings: 1 opened'],
      ['#b', 'Findings: 1 opened, 1 resolved'],
    ]);
  });

  it('has none where nothing of it is told at once', () => {
    expect(told(note('opened', { channel: '#b' }), note('opened', { rule: 'b', severity: 'low' }))).toEqual([
      ['#b', 'Findings: 1 opened'],
    ]);
  });

  it('counts what no list holds where all else is told', () => {
    const many = Array.from({ length: 103 }, (_, i) => note('opened', { rule: `r-${i}`, channel: '#b' }));
    expect(told(...many, note('opened', { rule: 'a' }))).toEqual([
      [undefined, 'Findings: 5 opened'],
      ['#b', 'Findings: 99 opened'],
    ]);
  });
});

it('tells at once what the policy names', () => {
  const findings = { ...audience.slack.findings, atOnce: ['low'] as const };
  const reader = { ...nobody, slack: { ...nobody.slack, findings } };
  const notes = [note('opened'), note('opened', { rule: 'b', severity: 'low', sentence: 'A trifle.' })];
  const [first, ...more] = findingsMessages(newsOf(notes), reader);
  expect(more).toEqual([]);
  expect(first && textsOf(first.message)[1]).toMatch(/^:white_circle: \*low\* in `blue` .*\n• A trifle\./);
});
