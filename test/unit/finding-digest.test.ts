import { describe, expect, it } from 'vitest';
import type { Finding } from '../../functions/domain/finding.ts';
import { type FindingPage, turnPages, withMute } from '../../functions/domain/finding-book.ts';
import { digestsOf, type FindingsDigest } from '../../functions/domain/finding-digest.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { finding, monday, target } from './factories.ts';

const days = (number: number) => minutesAfter(monday, number * 24 * 60);
const now = days(7);
const none = { critical: 0, high: 0, medium: 0, low: 0 };

type Look = { readonly at: string; readonly found: readonly Finding[]; readonly unread?: readonly string[] };

/** The pages after these looks, each told before the next. */
const lookedAt = (...looks: readonly Look[]): readonly FindingPage[] =>
  looks.reduce<readonly FindingPage[]>(
    (pages, { at, found, unread }) =>
      turnPages(pages, found, new Set(unread), at).map((page) => ({ ...page, untold: [] })),
    [],
  );
const placed = (pages: readonly FindingPage[]) => pages.map((page) => ({ ...page, target }));
const digests = (pages: readonly FindingPage[], at = now): readonly FindingsDigest['detail'][] =>
  digestsOf(placed(pages), 'eu-central-1', { since: minutesAfter(at, -7 * 24 * 60), now: at }).map(
    ({ detail }) => detail,
  );
const one = (pages: readonly FindingPage[], at = now): FindingsDigest['detail'] => {
  const [detail, ...more] = digests(pages, at);
  if (!detail || more.length > 0) throw new Error(`${more.length} digests too many, or none`);
  return detail;
};

describe('the week’s trend', () => {
  it.each<[string, readonly Look[], Partial<Record<'open' | 'still' | 'opened' | 'resolved', number>>]>([
    [
      'counts what opened and is open',
      [
        { at: days(1), found: [finding()] },
        { at: days(7), found: [finding()] },
      ],
      { open: 1, opened: 1 },
    ],
    [
      'counts what was there before as still open',
      [
        { at: days(-1), found: [finding()] },
        { at: days(7), found: [finding()] },
      ],
      { open: 1, still: 1 },
    ],
    [
      'takes what opened as the week began for new',
      [
        { at: days(0), found: [finding()] },
        { at: days(7), found: [finding()] },
      ],
      { open: 1, opened: 1 },
    ],
    [
      'counts what was there before and is resolved, long after its page has forgotten it',
      [
        { at: days(-1), found: [finding()] },
        { at: days(1), found: [] },
        { at: days(3), found: [] },
        { at: days(6), found: [] },
      ],
      { resolved: 1 },
    ],
    [
      'counts what came and went within the week as both',
      [
        { at: days(1), found: [finding()] },
        { at: days(2), found: [] },
      ],
      { opened: 1, resolved: 1 },
    ],
    [
      'counts a finding that grew worse once',
      [
        { at: days(-1), found: [finding()] },
        { at: days(7), found: [finding({ weight: 20 })] },
      ],
      { open: 1, still: 1 },
    ],
  ])('%s', (_case, looks, expected) => {
    const { open, still, opened, resolved } = one(lookedAt(...looks));
    const high = (number = 0) => ({ ...none, high: number });
    expect({ open, still, opened, resolved }).toEqual({
      open: high(expected.open),
      still: high(expected.still),
      opened: high(expected.opened),
      resolved: high(expected.resolved),
    });
  });

  it('leaves out what was resolved before the week, and then there is nothing to tell', () => {
    const pages = lookedAt({ at: days(-3), found: [finding()] }, { at: days(-1), found: [] });
    expect(digests(pages)).toEqual([]);
    expect(one(pages, days(6)).resolved.high).toBe(1);
  });

  it('counts muted findings apart', () => {
    const pages = lookedAt({ at: days(1), found: [finding(), finding({ rule: 'b' })] }).map(
      (page) =>
        withMute(page, 'b 111122223333/eu-central-1/blue/workers/d3.8xlarge', {
          until: days(9),
          by: 'anna',
          why: 'known',
        }) ?? page,
    );
    expect(one(pages)).toMatchObject({ open: { high: 1 }, muted: 1 });
  });

  it('is empty where nothing is open and nothing changed, muted or not', () => {
    expect(digests([])).toEqual([]);
    expect(digests(lookedAt({ at: days(1), found: [finding({ muted: { until: undefined } })] }))).toEqual([]);
  });
});

describe('its clusters', () => {
  const inCluster = (cluster: string, other: Partial<Finding> = {}) =>
    finding({ about: { target, cluster }, ...other });

  it('come gravest first, each with its three worst, gravest first', () => {
    const pages = lookedAt({
      at: days(6),
      found: [
        inCluster('a'),
        inCluster('b', { severity: 'critical' }),
        ...['low', 'medium', 'high', 'critical'].map((severity) =>
          inCluster('c', { rule: severity, severity: severity as Finding['severity'] }),
        ),
        finding({ about: { target } }),
      ],
    });
    expect(
      one(pages).clusters.items.map(({ cluster, worst }) => [cluster, worst.map(({ rule }) => rule)]),
    ).toEqual([
      ['c', ['critical', 'high', 'medium']],
      ['b', ['ebs-slots']],
      [undefined, ['ebs-slots']],
      ['a', ['ebs-slots']],
    ]);
  });

  it.each([
    ['say so when nobody could look for more than two days', 2.01, true],
    ['say nothing of it before', 2, false],
  ])('%s', (_case, ago, says) => {
    const at = days(7 - ago);
    const pages = lookedAt({ at, found: [inCluster('a')] }, { at: days(7), found: [], unread: ['a'] });
    expect(one(pages).clusters.items[0]?.unseenSince).toBe(says ? at : undefined);
  });

  it('are as many as an event holds, and the rest is counted', () => {
    const nasty = 'ü'.repeat(4_000);
    const found = Array.from({ length: 150 }, (_, i) => inCluster(`c${i}`, { sentence: nasty }));
    const detail = one(lookedAt({ at: days(6), found }));
    expect(detail.clusters.items.length + detail.clusters.more).toBe(150);
    expect(JSON.stringify(detail).length).toBeLessThan(100_000);
  });

  it('join what several functions keep of one', () => {
    const [page] = lookedAt({ at: days(6), found: [inCluster('a')] });
    const [other] = lookedAt({ at: days(6), found: [inCluster('a', { rule: 'patches' })] });
    if (!page || !other) throw new Error('there are no pages');
    expect(one([page, other]).clusters.items).toMatchObject([{ cluster: 'a', open: { high: 2 } }]);
  });
});

it('each channel has a digest of its own, known by its day', () => {
  const found = [finding(), finding({ rule: 'b', channel: '#data' })];
  const pages = lookedAt({ at: days(6), found });
  expect(digests(pages).map(({ id, channel, open }) => [id, channel, open.high])).toEqual([
    ['eu-central-1 digest 2026-07-27', undefined, 1],
    ['eu-central-1 digest 2026-07-27 #data', '#data', 1],
  ]);
});
