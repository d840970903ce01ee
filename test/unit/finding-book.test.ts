import { describe, expect, it } from 'vitest';
import { type Finding, fingerprint } from '../../functions/domain/finding.ts';
import {
  countOpen,
  type FindingPage,
  isBlank,
  type Mute,
  turnPages,
  withMute,
  withoutMute,
} from '../../functions/domain/finding-book.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { finding, monday, target } from './factories.ts';

const hours = (number: number) => minutesAfter(monday, number * 60);
const print = fingerprint(finding());
const mute = (until: string): Mute => ({ until, by: 'anna', why: 'known' });

type Look = { readonly at: string; readonly found?: readonly Finding[]; readonly unread?: readonly string[] };

/** What each look tells, one look after another, each told before the next. */
const story = (looks: readonly (Look | ((page: FindingPage) => FindingPage | undefined))[]) => {
  let pages: readonly FindingPage[] = [];
  const told: string[] = [];
  for (const look of looks) {
    if (typeof look === 'function') {
      pages = pages.map((page) => look(page) ?? page);
      continue;
    }
    pages = turnPages(pages, look.found ?? [], new Set(look.unread), look.at);
    const notes = pages
      .flatMap(({ untold }) => untold)
      .map(({ is, finding: { weight } }) => `${is} ${weight}`);
    told.push(notes.join(', ') || '-');
    pages = pages.map((page) => ({ ...page, untold: [] }));
  }
  return { told, pages };
};

const there = (at: string, other: Partial<Finding> = {}): Look => ({ at, found: [finding(other)] });
const gone = (at: string): Look => ({ at });

describe('what is told', () => {
  it.each<[string, Parameters<typeof story>[0], string[]]>([
    [
      'once, though it is found every day',
      [there(hours(0)), there(hours(24)), there(hours(48))],
      ['opened 10', '-', '-'],
    ],
    [
      'when it is resolved, once',
      [there(hours(0)), gone(hours(24)), gone(hours(48))],
      ['opened 10', 'resolved 10', '-'],
    ],
    [
      'at once when it is resolved within the day',
      [there(hours(0)), gone(hours(1))],
      ['opened 10', 'resolved 10'],
    ],
    [
      'when its weight has grown by a tenth',
      [there(hours(0)), there(hours(1), { weight: 11 })],
      ['opened 10', 'worsened 11'],
    ],
    [
      'not when it has grown by less',
      [there(hours(0)), there(hours(1), { weight: 10.9 })],
      ['opened 10', '-'],
    ],
    [
      'by what was told last, so that creeping counts together',
      [there(hours(0)), there(hours(1), { weight: 10.9 }), there(hours(2), { weight: 11.5 })],
      ['opened 10', '-', 'worsened 11.5'],
    ],
    [
      'not when it gets better, nor when it is as bad again',
      [there(hours(0)), there(hours(1), { weight: 2 }), there(hours(2))],
      ['opened 10', '-', '-'],
    ],
    [
      'a tenth of three as well, though floating point has it otherwise',
      [there(hours(0), { weight: 3 }), there(hours(1), { weight: 3.3 })],
      ['opened 3', 'worsened 3.3'],
    ],
    [
      'when nothing becomes something',
      [there(hours(0), { weight: 0 }), there(hours(1), { weight: 1 })],
      ['opened 0', 'worsened 1'],
    ],
    [
      'not when nothing stays nothing',
      [there(hours(0), { weight: 0 }), there(hours(1), { weight: 0 })],
      ['opened 0', '-'],
    ],
    [
      'when it is graver, whatever its weight',
      [there(hours(0)), there(hours(1), { severity: 'critical', weight: 1 })],
      ['opened 10', 'worsened 1'],
    ],
    [
      'not when it is milder, whatever its weight',
      [there(hours(0)), there(hours(1), { severity: 'medium', weight: 99 })],
      ['opened 10', '-'],
    ],
    [
      'not again when it comes back within a day of being told resolved',
      [there(hours(0)), gone(hours(24)), there(hours(46.9)), gone(hours(47))],
      ['opened 10', 'resolved 10', '-', '-'],
    ],
    [
      'again when it has stayed until a day after it was told resolved',
      [there(hours(0)), gone(hours(24)), there(hours(30)), there(hours(47))],
      ['opened 10', 'resolved 10', '-', 'opened 10'],
    ],
    [
      'as new when it comes back later',
      [there(hours(0)), gone(hours(24)), gone(hours(48)), there(hours(72))],
      ['opened 10', 'resolved 10', '-', 'opened 10'],
    ],
    [
      'not when its cluster could not be read: neither resolved nor opened again after',
      [there(hours(0)), { at: hours(24), unread: ['blue'] }, there(hours(48))],
      ['opened 10', '-', '-'],
    ],
    [
      'as resolved when its cluster is read again without it',
      [there(hours(0)), { at: hours(24), unread: ['blue'] }, gone(hours(48))],
      ['opened 10', '-', 'resolved 10'],
    ],
    [
      'when it is found in a cluster that could not be read in full',
      [{ at: hours(0), found: [finding()], unread: ['blue'] }],
      ['opened 10'],
    ],
    [
      'when another cluster could not be read',
      [there(hours(0)), { at: hours(24), unread: ['green'] }],
      ['opened 10', 'resolved 10'],
    ],
    [
      'of no cluster only when every cluster was read',
      [there(hours(0), { about: { target } }), { at: hours(24), unread: ['green'] }, gone(hours(48))],
      ['opened 10', '-', 'resolved 10'],
    ],
    [
      'once for two with one fingerprint: the first',
      [{ at: hours(0), found: [finding({ weight: 12 }), finding()] }],
      ['opened 12'],
    ],
    [
      'for each, when the fingerprints differ',
      [{ at: hours(0), found: [finding(), finding({ rule: 'ebs-full', weight: 1 })] }],
      ['opened 10, opened 1'],
    ],
  ])('%s', (_case, looks, told) => {
    expect(story(looks).told).toEqual(told);
  });
});

describe('a person’s mute', () => {
  const muted = (until: string) => (page: FindingPage) => withMute(page, print, mute(until));

  it.each<[string, Parameters<typeof story>[0], string[]]>([
    [
      'keeps a finding from being told, also when it worsens',
      [there(hours(0)), muted(hours(100)), there(hours(24)), there(hours(48), { weight: 99 })],
      ['opened 10', '-', '-'],
    ],
    [
      'ends at its time, and what is still there is told as opened',
      [there(hours(0)), muted(hours(48)), there(hours(47.9)), there(hours(48)), there(hours(72))],
      ['opened 10', '-', 'opened 10', '-'],
    ],
    [
      'keeps its resolution from being told until it ends',
      [there(hours(0)), muted(hours(48)), gone(hours(24)), gone(hours(48)), gone(hours(96))],
      ['opened 10', '-', 'resolved 10', '-'],
    ],
    [
      'outlives the finding, should it come back',
      [there(hours(0)), muted(hours(100)), gone(hours(24)), there(hours(48)), there(hours(100))],
      ['opened 10', '-', '-', 'opened 10'],
    ],
    [
      'can be ended before its time',
      [
        there(hours(0)),
        muted(hours(100)),
        there(hours(24)),
        (page) => withoutMute(page, print, hours(25)),
        there(hours(48)),
      ],
      ['opened 10', '-', 'opened 10'],
    ],
    [
      'waits with its end for the cluster to be read',
      [there(hours(0)), muted(hours(24)), { at: hours(30), unread: ['blue'] }, there(hours(48))],
      ['opened 10', '-', 'opened 10'],
    ],
    [
      'that lies in the past changes nothing',
      [there(hours(0)), muted(hours(-1)), there(hours(24))],
      ['opened 10', '-'],
    ],
  ])('%s', (_case, looks, told) => {
    expect(story(looks).told).toEqual(told);
  });

  it('is refused for a finding that is not on the page', () => {
    const { pages } = story([there(hours(0))]);
    for (const page of pages) {
      expect(withMute(page, 'ebs-slots elsewhere', mute(hours(9)))).toBeUndefined();
      expect(withoutMute(page, 'ebs-slots elsewhere', hours(9))).toBeUndefined();
    }
  });
});

describe('a mute by the policy', () => {
  const quiet = (at: string, until?: string) => there(at, { muted: { until } });

  it.each<[string, Parameters<typeof story>[0], string[]]>([
    ['keeps a finding from being told', [quiet(hours(0)), quiet(hours(24), hours(48))], ['-', '-']],
    [
      'that was taken away lets it be told',
      [quiet(hours(0)), there(hours(24)), there(hours(48))],
      ['-', 'opened 10', '-'],
    ],
    [
      'that has ended lets it be told, once',
      [quiet(hours(0), hours(24)), quiet(hours(24), hours(24)), quiet(hours(48), hours(24))],
      ['-', 'opened 10', '-'],
    ],
    [
      'that came later tells it again when it is taken away',
      [there(hours(0)), quiet(hours(24)), there(hours(48))],
      ['opened 10', '-', 'opened 10'],
    ],
    [
      'lets it go untold',
      [there(hours(0)), quiet(hours(24)), gone(hours(48)), gone(hours(72))],
      ['opened 10', '-', '-', '-'],
    ],
  ])('%s', (_case, looks, told) => {
    expect(story(looks).told).toEqual(told);
  });
});

describe('what is kept', () => {
  it('is since when a finding is there, when it was seen last, and how it was then', () => {
    const { pages } = story([
      there(hours(0)),
      there(hours(24), { weight: 9 }),
      { at: hours(48), unread: ['blue'] },
    ]);
    expect(pages).toMatchObject([
      { cluster: 'blue', known: [{ firstSeenAt: hours(0), lastSeenAt: hours(24), finding: { weight: 9 } }] },
    ]);
  });

  it('is nothing a day after a finding was told resolved', () => {
    const looks = [there(hours(0)), gone(hours(24)), gone(hours(46.9))];
    expect(story(looks).pages.flatMap(({ known }) => known)).toHaveLength(1);
    expect(story([...looks, gone(hours(47))]).pages.flatMap(({ known }) => known)).toEqual([]);
  });

  it('is told later, when it was not told at once', () => {
    const first = turnPages([], [finding()], new Set(), hours(0));
    const second = turnPages(first, [], new Set(), hours(24));
    expect(second.flatMap(({ untold }) => untold).map(({ is, at }) => [is, at])).toEqual([
      ['opened', hours(0)],
      ['resolved', hours(24)],
    ]);
  });

  it('stands on a page for each cluster', () => {
    const found = ['blue', 'green'].map((cluster) => finding({ about: { target, cluster } }));
    const pages = turnPages([], [...found, finding({ about: { target } })], new Set(), monday);
    expect(pages.map(({ cluster, known }) => [cluster, known.length])).toEqual([
      ['blue', 1],
      ['green', 1],
      [undefined, 1],
    ]);
  });
});

it('counts what is open by severity, without what is gone, and apart what is muted', () => {
  const of = (rule: string, other: Partial<Finding>) => finding({ rule, ...other });
  const all = [
    of('a', { severity: 'critical' }),
    of('b', {}),
    of('c', {}),
    of('d', { severity: 'low' }),
    of('e', { muted: { until: undefined } }),
    of('f', {}),
  ];
  const f = fingerprint(all[5] ?? finding());
  const { pages } = story([
    { at: hours(0), found: all },
    (page) => withMute(page, f, mute(hours(99))),
    { at: hours(1), found: all.slice(0, 5) },
  ]);
  expect(countOpen(pages, hours(1))).toEqual({ critical: 1, high: 2, medium: 0, low: 1, muted: 1 });
});

describe('a page is forgotten', () => {
  const resolvedAt = hours(24);
  const after = (days: number) =>
    story([there(hours(0)), gone(resolvedAt), gone(minutesAfter(resolvedAt, days * 24 * 60))]).pages;

  it.each([
    ['not while something is open', story([there(hours(0))]).pages, false],
    ['not when the finding is, as the digest counts what was resolved', after(2), false],
    ['not within fifteen days', after(14.9), false],
    ['after fifteen days with nothing on it', after(15), true],
  ])('%s', (_case, pages, blank) => {
    expect(pages.map(isBlank)).toEqual([blank]);
  });

  it('not before what it holds was told', () => {
    const [page] = story([there(hours(0))]).pages;
    const note = { is: 'opened', at: monday, firstSeenAt: monday, finding: finding() } as const;
    expect(page && isBlank({ ...page, known: [], lately: [], untold: [note] })).toBe(false);
  });
});
