import { describe, expect, it } from 'vitest';
import type { Finding } from '../../functions/domain/finding.ts';
import { type FindingNote, type FindingPage, turnPages } from '../../functions/domain/finding-book.ts';
import { findingNewsOf } from '../../functions/domain/finding-news.ts';
import { parseNews } from '../../functions/edge/news.ts';
import { finding, monday, target } from './factories.ts';

const tuesday = '2026-07-21T08:00:00.000Z';
const place = { region: 'eu-central-1', foundBy: 'audit-nodes' };

const note = (other: Partial<Finding> = {}, more: Partial<FindingNote> = {}): FindingNote => ({
  is: 'opened',
  at: monday,
  firstSeenAt: monday,
  finding: finding(other),
  ...more,
});
const page = (untold: readonly FindingNote[], other: Partial<FindingPage> = {}): FindingPage => ({
  cluster: 'blue',
  revision: 1,
  known: [],
  untold,
  ...other,
});
const newsOf = (...untold: FindingNote[]) => findingNewsOf([page(untold)], place, tuesday);
const numbered = (count: number, other: (i: number) => Partial<Finding> = () => ({})) =>
  Array.from({ length: count }, (_, i) => note({ rule: `rule-${String(i).padStart(4, '0')}`, ...other(i) }));

it('tells nothing when nothing changed', () => {
  expect(newsOf()).toEqual([]);
});

it('tells what one look found as one piece of news, over all clusters', () => {
  const green = { about: { target, cluster: 'green' } };
  const pages = [
    page([note(), note({ rule: 'b' }, { is: 'worsened' })]),
    page([note(green, { is: 'resolved', firstSeenAt: '2026-07-01T08:00:00.000Z' })], { cluster: 'green' }),
  ];
  expect(findingNewsOf(pages, place, tuesday)).toMatchObject([
    {
      type: 'Findings Changed',
      detail: {
        schema: 1,
        id: `eu-central-1 audit-nodes ${monday}`,
        at: monday,
        region: 'eu-central-1',
        foundBy: 'audit-nodes',
        opened: {
          items: [
            {
              fingerprint: 'ebs-slots 111122223333/eu-central-1/blue/workers/d3.8xlarge',
              rule: 'ebs-slots',
              cluster: 'blue',
              nodeGroup: 'workers',
              detail: 'd3.8xlarge',
              evidence: { slots: 3, instead: ['m7i.8xlarge'] },
              firstSeenAt: monday,
            },
          ],
          more: 0,
        },
        worsened: { items: [{ rule: 'b' }], more: 0 },
        resolved: { items: [{ cluster: 'green', firstSeenAt: '2026-07-01T08:00:00.000Z' }], more: 0 },
      },
    },
  ]);
});

it('has the same id when it is told again later, beside what was found since', () => {
  const later = note({ rule: 'b' }, { at: tuesday });
  expect(newsOf(later, note()).map(({ detail: { id, at } }) => [id, at])).toEqual([
    [`eu-central-1 audit-nodes ${monday}`, monday],
    [`eu-central-1 audit-nodes ${tuesday}`, tuesday],
  ]);
});

it('says how many are open', () => {
  const pages = turnPages([], [finding(), finding({ rule: 'b', severity: 'low' })], new Set(), monday);
  const [news] = findingNewsOf(pages, place, monday);
  expect(news?.detail.open).toEqual({ critical: 0, high: 1, medium: 0, low: 1, muted: 0 });
});

it('names the gravest first, then the heaviest', () => {
  const items = newsOf(
    note({ rule: 'low', severity: 'low', weight: 99 }),
    note({ rule: 'light' }),
    note({ rule: 'heavy', weight: 11 }),
    note({ rule: 'critical', severity: 'critical', weight: 0 }),
  )[0]?.detail.opened.items;
  expect(items?.map(({ rule }) => rule)).toEqual(['critical', 'heavy', 'light', 'low']);
});

describe('stays within what an event can hold', () => {
  const opened = (notes: readonly FindingNote[]) => newsOf(...notes)[0]?.detail.opened;

  it.each([
    ['a hundred are all named', 100, { named: 100, more: 0 }],
    ['of more, the rest is counted', 101, { named: 100, more: 1 }],
    ['of many, too', 500, { named: 100, more: 400 }],
  ])('%s', (_case, number, { named, more }) => {
    expect(opened(numbered(number))).toMatchObject({ items: { length: named }, more });
  });

  it('texts and lists are cut, and findings left out that would make it too large', () => {
    const nasty = '\u{1F525}<&>"ü'.repeat(500);
    const evidence = { nodes: Array(900).fill(nasty), text: nasty, number: 1 };
    const notes = (['opened', 'worsened', 'resolved'] as const).flatMap((is) =>
      numbered(200, () => ({ sentence: nasty, suggestion: nasty, evidence })).map((one) => ({ ...one, is })),
    );
    const [news] = newsOf(...notes);
    const text = JSON.stringify({ source: 'drydock', 'detail-type': news?.type, detail: news?.detail });
    expect(Buffer.byteLength(text)).toBeLessThan(250_000);
    expect(parseNews(text)).toEqual(news);
    for (const { items, more } of [news?.detail.opened, news?.detail.worsened, news?.detail.resolved].flatMap(
      (list) => list ?? [],
    )) {
      expect(items.length).toBeGreaterThan(0);
      expect(items.length + more).toBe(200);
      expect(items[0]?.evidence).toMatchObject({ nodes: { length: 20 }, number: 1 });
    }
  });
});
