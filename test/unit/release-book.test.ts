import { describe, expect, it } from 'vitest';
import type { ImageVerdict } from '../../functions/domain/image.ts';
import type { Release, ReleaseSource } from '../../functions/domain/release.ts';
import { type BookPage, type Reading, takeDown } from '../../functions/domain/release-book.ts';
import { monday, policy } from './factories.ts';

const source: ReleaseSource = { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' };
const own: ReleaseSource = { is: 'own', parameter: '/golden/node' };

const ids: Record<string, string> = { a: '20260618', b: '20260625', c: '20260714' };
/** The releases a, b and c, in this order, each with its own image. */
const named = (letter: string, other: object = {}): Reading => ({
  is: 'named',
  version: `1.34.9-${ids[letter]}`,
  imageId: `ami-${letter}`,
  since: `${ids[letter]?.replace(/(....)(..)(..)/, '$1-$2-$3')}T20:00:00.000Z`,
  ...other,
});
const ownNamed = (imageId: string, since: string): Reading => ({
  is: 'named',
  version: undefined,
  imageId,
  since,
});

const rule = { ...policy().releases, minimumAgeDays: 3, deny: ['al2023 v-denied'] };
const sound: ImageVerdict = { is: 'sound', createdAt: undefined };
type Other = {
  readonly history?: readonly Reading[];
  readonly now?: string;
  /** Images that are not sound; `undefined`: unknown. */
  readonly images?: Readonly<Record<string, ImageVerdict | undefined>>;
};

const take = (
  page: BookPage | undefined,
  from: ReleaseSource,
  reading: Reading,
  { history = [], now = monday, images = {} }: Other = {},
): BookPage => {
  const named = [reading, ...history].flatMap((one) => (one.is === 'named' ? [one.imageId] : []));
  const verdicts = new Map<string, ImageVerdict>(
    [...named, ...(page?.releases ?? []).map(({ imageId }) => imageId)].map((id) => [id, sound]),
  );
  for (const [imageId, verdict] of Object.entries(images))
    if (verdict) verdicts.set(imageId, verdict);
    else verdicts.delete(imageId);
  return takeDown(page, from, { reading, history, images: verdicts, rule, now });
};
const read = (page: BookPage | undefined, reading: Reading, other: Other = {}) =>
  take(page, source, reading, other);
const told = (page: BookPage): BookPage => ({ ...page, untold: [] });
const textsOf = ({ releases }: BookPage) =>
  releases.map(({ imageId, withdrawnAt }) => imageId + (withdrawnAt ? ' withdrawn' : ''));
const notesOf = ({ untold }: BookPage) => untold.map(({ is, imageId }) => `${is} ${imageId}`);

describe('on first sight of a source', () => {
  it('takes down what it names, and tells that alone', () => {
    const page = read(undefined, named('b'));
    expect(page).toMatchObject({
      source,
      revision: 0,
      untold: [{ is: 'detected', train: { family: 'al2023', build: 'v20260625' }, imageId: 'ami-b' }],
    });
    expect(page.releases).toEqual([
      expect.objectContaining({
        imageId: 'ami-b',
        train: { family: 'al2023', build: 'v20260625' },
        publishedAt: '2026-06-25T20:00:00.000Z',
      }),
    ]);
    expect(page.problem).toBeUndefined();
  });

  it.each([
    ['older ones that SSM remembers count, oldest first', ['b', 'a'], 'c', ['ami-a', 'ami-b', 'ami-c']],
    ['what is named counts once although the history has it too', ['a', 'b'], 'b', ['ami-a', 'ami-b']],
    [
      'newer ones than recommended are not taken: AWS pins releases before it recommends them, and after it withdrew them',
      ['a', 'c'],
      'b',
      ['ami-a', 'ami-b'],
    ],
  ])('%s', (_case, history, current, known) => {
    const page = read(undefined, named(current), { history: history.map((letter) => named(letter)) });
    expect(textsOf(page)).toEqual(known);
    expect(notesOf(page)).toEqual([`detected ami-${current}`]);
  });

  it('leaves out of the history what it cannot read or what is of another minor', () => {
    const history = [
      named('a', { version: '1.33.9-20260618' }),
      named('a', { version: 'v20260618' }),
      { is: 'missing', parameter: '/x' } as const,
    ];
    expect(textsOf(read(undefined, named('b'), { history }))).toEqual(['ami-b']);
  });

  it('keeps the newest fifty', () => {
    const history = Array.from({ length: 60 }, (_, i) =>
      named('a', {
        version: `1.34.9-2025${String(1 + Math.floor(i / 28)).padStart(2, '0')}${String(1 + (i % 28)).padStart(2, '0')}`,
        imageId: `ami-${i}`,
      }),
    );
    const page = read(undefined, named('b'), { history });
    expect(page.releases).toHaveLength(50);
    expect(page.releases[0]?.imageId).toBe('ami-11');
    expect(page.releases.at(-1)?.imageId).toBe('ami-b');
  });

  it('looks at the history also when all it had was a problem, and keeps its place in the store', () => {
    const missing = read(undefined, { is: 'missing', parameter: '/x' });
    const page = read({ ...missing, revision: 3 }, named('b'), { history: [named('a')] });
    expect(page).toMatchObject({ revision: 3 });
    expect(textsOf(page)).toEqual(['ami-a', 'ami-b']);
    expect(page.problem).toBeUndefined();
  });
});

describe('when a source is looked at again', () => {
  const known = told(read(undefined, named('b'), { history: [named('a')] }));

  it('gives back the same page when it names the same', () => {
    expect(read(known, named('b'))).toBe(known);
    expect(read(known, named('b', { since: monday }))).toBe(known);
  });

  it('takes the right image for one that it read while AWS wrote version and image one after the other', () => {
    const torn = read(known, named('c', { imageId: 'ami-b' }));
    expect(torn.releases.map(({ version, imageId }) => [version?.build, imageId]).at(-1)).toEqual([
      'v20260714',
      'ami-b',
    ]);
    expect(textsOf(read(torn, named('c')))).toEqual(['ami-a', 'ami-b', 'ami-c']);
    const later = named('c', { since: '2026-07-15T20:00:00.000Z' });
    expect(textsOf(read(torn, later))).toEqual(['ami-a', 'ami-b', 'ami-b', 'ami-c']);
  });

  it('takes down a value it has not seen as a release, and tells it', () => {
    const page = read(known, named('c'));
    expect(textsOf(page)).toEqual(['ami-a', 'ami-b', 'ami-c']);
    expect(notesOf(page)).toEqual(['detected ami-c']);
    expect(page.releases.at(-1)?.publishedAt).toBe('2026-07-14T20:00:00.000Z');
  });

  it('does not ask the history again', () => {
    expect(
      textsOf(
        read(known, named('c'), {
          history: [named('a', { version: '1.34.8-20260601', imageId: 'ami-old' })],
        }),
      ),
    ).toEqual(['ami-a', 'ami-b', 'ami-c']);
  });

  it('keeps what is not told yet in front of what is new', () => {
    const untold = read(undefined, named('b'));
    expect(notesOf(read(untold, named('c')))).toEqual(['detected ami-b', 'detected ami-c']);
  });

  it('takes an old version with a new image for a new release', () => {
    expect(notesOf(read(known, named('b', { imageId: 'ami-b2' })))).toEqual(['detected ami-b2']);
  });

  it('keeps the newest fifty', () => {
    let page = known;
    for (let day = 1; day <= 60; day++) {
      const text = new Date(Date.UTC(2027, 0, day)).toISOString().slice(0, 10).replaceAll('-', '');
      page = told(read(page, named('c', { version: `1.34.9-${text}`, imageId: `ami-${day}` })));
    }
    expect(page.releases).toHaveLength(50);
    expect(page.releases.at(-1)?.imageId).toBe('ami-60');
  });
});

describe('when a value goes back', () => {
  const known = told(read(read(read(undefined, named('a')), named('b')), named('c')));

  it('withdraws what came after it, and tells that', () => {
    const page = read(known, named('b'));
    expect(textsOf(page)).toEqual(['ami-a', 'ami-b', 'ami-c withdrawn']);
    expect(notesOf(page)).toEqual(['withdrawn ami-c']);
    expect(page.releases.at(-1)).toMatchObject({
      withdrawnAt: monday,
      withdrawnBecause: 'parameterWentBack',
    });
    expect(page.releases[1]?.publishedAt).toBe('2026-06-25T20:00:00.000Z');
  });

  it('withdraws all of several that came after it', () => {
    const page = read(known, named('a'));
    expect(textsOf(page)).toEqual(['ami-a', 'ami-b withdrawn', 'ami-c withdrawn']);
    expect(notesOf(page)).toEqual(['withdrawn ami-b', 'withdrawn ami-c']);
  });

  it('withdraws them also when it goes back to one that was never seen', () => {
    const page = read(known, named('a', { version: '1.34.9-20260701', imageId: 'ami-x', since: monday }));
    expect(textsOf(page)).toEqual(['ami-a', 'ami-b', 'ami-x', 'ami-c withdrawn']);
    expect(notesOf(page)).toEqual(['withdrawn ami-c', 'detected ami-x']);
  });

  it('tells it once', () => {
    const page = told(read(known, named('b')));
    expect(read(page, named('b'))).toBe(page);
  });

  it('takes it up again when the value goes forward again, and counts its age from then', () => {
    const later = '2026-07-22T08:00:00.000Z';
    const page = read(told(read(known, named('b'))), named('c'), { now: later });
    expect(page.releases).toEqual([
      ...known.releases.slice(0, 2),
      { ...known.releases[2], publishedAt: later },
    ]);
    expect(page.untold).toMatchObject([{ is: 'detected', imageId: 'ami-c', again: later }]);
  });

  it('does not while its image is not sound', () => {
    const back = told(read(known, named('b')));
    const images = { 'ami-c': { is: 'unfit', why: 'imageDeprecated' } as const };
    expect(textsOf(read(back, named('c'), { images }))).toEqual(['ami-a', 'ami-b', 'ami-c withdrawn']);
  });

  it('keeps it withdrawn when the value goes forward to a newer one', () => {
    const page = read(
      told(read(known, named('b'))),
      named('c', { version: '1.34.9-20260718', imageId: 'ami-d' }),
    );
    expect(textsOf(page)).toEqual(['ami-a', 'ami-b', 'ami-c withdrawn', 'ami-d']);
    expect(notesOf(page)).toEqual(['detected ami-d']);
  });

  it('keeps the day of the first withdrawal when it goes back further', () => {
    const later = '2026-07-21T08:00:00.000Z';
    const page = read(told(read(known, named('b'))), named('a'), { now: later });
    expect(page.releases.map(({ withdrawnAt }) => withdrawnAt)).toEqual([undefined, later, monday]);
    expect(notesOf(page)).toEqual(['withdrawn ami-b']);
  });
});

describe('when a source cannot be understood', () => {
  const known = told(read(undefined, named('b')));
  it.each<[string, Reading, string]>([
    ['a missing parameter', { is: 'missing', parameter: '/x' }, 'missing'],
    ['an unreadable parameter', { is: 'unreadable', parameter: '/x' }, 'unreadable'],
    ['a version of another form', named('b', { version: 'v20260714' }), 'unreadable'],
    ['a version of another minor', named('b', { version: '1.33.9-20260714' }), 'unreadable'],
    ['an image without a version', named('b', { version: undefined }), 'unreadable'],
  ])('takes down %s as a problem, once, and keeps what it knew', (_case, reading, problem) => {
    const page = read(known, reading);
    expect(page).toEqual({ ...known, problem });
    expect(read(page, reading)).toBe(page);
    expect(read(undefined, reading)).toEqual({ source, revision: 0, releases: [], untold: [], problem });
  });

  it('takes down that the problem is another one', () => {
    const page = read(known, { is: 'missing', parameter: '/x' });
    expect(read(page, { is: 'unreadable', parameter: '/x' }).problem).toBe('unreadable');
  });

  it('forgets the problem when the value is back, without telling anything', () => {
    const page = read(read(known, { is: 'missing', parameter: '/x' }), named('b'));
    expect(page).toEqual(known);
    expect('problem' in page).toBe(false);
  });

  it('forgets the problem when a new value is there', () => {
    const page = read(read(known, { is: 'missing', parameter: '/x' }), named('c'));
    expect('problem' in page).toBe(false);
    expect(notesOf(page)).toEqual(['detected ami-c']);
  });
});

describe('for sources of other kinds', () => {
  it('reads Bottlerocket, whose versions name no minor', () => {
    const bottlerocket: ReleaseSource = { is: 'aws', amiType: 'BOTTLEROCKET_ARM_64', minor: '1.34' };
    const page = take(undefined, bottlerocket, named('a', { version: '1.55.0-d93bb1b1' }));
    expect(page.releases[0]).toMatchObject({
      train: { family: 'bottlerocket', build: '1.55.0' },
      version: { minor: undefined },
    });
  });

  const at = (day: number) => `2026-07-${String(day).padStart(2, '0')}T00:00:00.000Z`;
  const made = (day: number): ImageVerdict => ({ is: 'sound', createdAt: at(day) });
  const images = { 'ami-1': made(1), 'ami-2': made(4) };
  const takeOwn = (page: BookPage | undefined, reading: Reading, other: Other = {}) =>
    take(page, own, reading, { images, ...other });

  it('makes a train of every own image', () => {
    const page = takeOwn(undefined, ownNamed('ami-2', at(5)), { history: [ownNamed('ami-1', at(2))] });
    expect(page.releases).toEqual([
      {
        train: { family: '/golden/node', build: 'ami-1' },
        imageId: 'ami-1',
        version: undefined,
        publishedAt: at(2),
        imageCreatedAt: at(1),
      },
      {
        train: { family: '/golden/node', build: 'ami-2' },
        imageId: 'ami-2',
        version: undefined,
        publishedAt: at(5),
        imageCreatedAt: at(4),
      },
    ]);
  });

  const both = told(takeOwn(takeOwn(undefined, ownNamed('ami-1', at(2))), ownNamed('ami-2', at(5))));

  it('takes an older image for a withdrawal of the newer ones', () => {
    const page = takeOwn(both, ownNamed('ami-1', at(6)));
    expect(textsOf(page)).toEqual(['ami-1', 'ami-2 withdrawn']);
    expect(notesOf(page)).toEqual(['withdrawn ami-2']);
  });

  it('knows a value that went back to a known image also while EC2 says nothing of it', () => {
    const page = takeOwn(both, ownNamed('ami-1', at(6)), {
      images: { 'ami-1': undefined, 'ami-2': undefined },
    });
    expect(textsOf(page)).toEqual(['ami-1', 'ami-2 withdrawn']);
    expect(page.problem).toBe('imageUnseen');
  });

  it('orders images of unknown age by when they were named', () => {
    const undated = { images: {} };
    const known = told(
      takeOwn(takeOwn(undefined, ownNamed('ami-1', at(2)), undated), ownNamed('ami-2', at(5)), undated),
    );
    expect(textsOf(known)).toEqual(['ami-1', 'ami-2']);
    expect('imageCreatedAt' in (known.releases[0] ?? {})).toBe(false);
  });
});

describe('what EC2 says of the images', () => {
  const known = told(read(read(undefined, named('a')), named('b')));
  const unfit = (why: 'imageDeprecated' | 'imageGone' | 'imageNotAvailable' = 'imageGone'): ImageVerdict => ({
    is: 'unfit',
    why,
  });
  const later = '2026-07-22T08:00:00.000Z';

  it.each(['imageDeprecated', 'imageGone', 'imageNotAvailable'] as const)(
    'withdraws the release that is named, and tells why: %s',
    (why) => {
      const page = read(known, named('b'), { images: { 'ami-b': unfit(why) } });
      expect(textsOf(page)).toEqual(['ami-a', 'ami-b withdrawn']);
      expect(page.releases[1]).toMatchObject({ withdrawnAt: monday, withdrawnBecause: why });
      expect(page.untold).toMatchObject([{ is: 'withdrawn', imageId: 'ami-b', why }]);
      expect(page.problem).toBeUndefined();
    },
  );

  it.each([
    [
      'and tells it while a rollout would choose it: a newer one is too young',
      '2026-07-17T08:00:00.001Z',
      true,
    ],
    ['and tells nobody when a newer one is old enough', '2026-07-17T08:00:00.000Z', false],
  ])('withdraws an older release %s', (_case, since, isTold) => {
    const newer = named('c', { since });
    const page = read(told(read(read(undefined, named('b')), newer)), newer, {
      images: { 'ami-b': unfit() },
    });
    expect(textsOf(page)).toEqual(['ami-b withdrawn', 'ami-c']);
    expect(notesOf(page)).toEqual(isTold ? ['withdrawn ami-b'] : []);
  });

  it.each<[string, (newer: Release) => Release]>([
    ['is denied', (newer) => ({ ...newer, train: { family: 'al2023', build: 'v-denied' } })],
    ['was withdrawn before', (newer) => ({ ...newer, withdrawnAt: monday, withdrawnBecause: 'imageGone' })],
  ])('tells it also when the newer one %s', (_case, other) => {
    const both = told(read(read(undefined, named('a')), named('b')));
    const page = { ...both, releases: both.releases.map((one, i) => (i === 1 ? other(one) : one)) };
    const after = read(
      page,
      { is: 'missing', parameter: '/x' },
      {
        images: { 'ami-a': unfit(), 'ami-b': undefined },
      },
    );
    expect(notesOf(after)).toEqual(['withdrawn ami-a']);
  });

  it('tells the newest alone of several that go at once', () => {
    const page = read(known, named('b'), { images: { 'ami-a': unfit(), 'ami-b': unfit() } });
    expect(textsOf(page)).toEqual(['ami-a withdrawn', 'ami-b withdrawn']);
    expect(notesOf(page)).toEqual(['withdrawn ami-b']);
  });

  it('withdraws also while the parameter is missing', () => {
    const page = read(known, { is: 'missing', parameter: '/x' }, { images: { 'ami-b': unfit() } });
    expect(textsOf(page)).toEqual(['ami-a', 'ami-b withdrawn']);
    expect(page.problem).toBe('missing');
  });

  it('tells it once, and keeps the first reason and day', () => {
    const page = told(read(known, named('b'), { images: { 'ami-b': unfit('imageDeprecated') } }));
    expect(read(page, named('b'), { images: { 'ami-b': unfit('imageGone') }, now: later })).toBe(page);
  });

  it('withdraws nothing that it does not know of, and says that what is named cannot be seen', () => {
    const page = read(known, named('b'), { images: { 'ami-a': undefined, 'ami-b': undefined } });
    expect(page).toEqual({ ...known, problem: 'imageUnseen' });
    expect(read(page, named('b'))).toEqual(known);
  });

  it('says nothing when only an older one is unknown', () => {
    expect(read(known, named('b'), { images: { 'ami-a': undefined } })).toBe(known);
  });

  it.each([
    ['is not shown', unfit('imageGone')],
    ['is deprecated from the start', unfit('imageDeprecated')],
    ['is still being made', unfit('imageNotAvailable')],
    ['is unknown', undefined],
  ])('takes no release down whose image %s, until it is sound', (_case, verdict) => {
    const images = { 'ami-c': verdict };
    const page = read(known, named('c'), { images });
    expect(page).toEqual({ ...known, problem: 'imageUnseen' });
    expect(read(page, named('c'), { images })).toBe(page);
    const first = read(undefined, named('c'), { images, history: [named('a')] });
    expect(first).toEqual({ source, revision: 0, releases: [], untold: [], problem: 'imageUnseen' });

    const seen = read(page, named('c'));
    expect(textsOf(seen)).toEqual(['ami-a', 'ami-b', 'ami-c']);
    expect(notesOf(seen)).toEqual(['detected ami-c']);
    expect('problem' in seen).toBe(false);
  });

  it('still withdraws what came after an older value whose image is not shown', () => {
    const page = read(known, named('a', { version: '1.34.9-20260601', imageId: 'ami-x' }), {
      images: { 'ami-x': unfit() },
    });
    expect(textsOf(page)).toEqual(['ami-a withdrawn', 'ami-b withdrawn']);
    expect(page.problem).toBe('imageUnseen');
  });

  it('leaves out of the history what may no longer be used', () => {
    const history = [named('a'), named('a', { version: '1.34.9-20260601', imageId: 'ami-x' })];
    const page = read(undefined, named('b'), { history, images: { 'ami-x': unfit(), 'ami-a': undefined } });
    expect(textsOf(page)).toEqual(['ami-b']);
  });

  describe('when an image is sound again', () => {
    const withdrawn = told(read(known, named('b'), { images: { 'ami-b': unfit() } }));

    it('is a release again, as old as that', () => {
      const page = read(withdrawn, named('b'), { now: later });
      expect(page.releases[1]).toEqual({ ...known.releases[1], publishedAt: later });
      expect(page.untold).toMatchObject([{ is: 'detected', imageId: 'ami-b', again: later }]);
      expect(read(told(page), named('b'), { now: '2026-07-23T08:00:00.000Z' })).toEqual(told(page));
    });

    it('is one also when a newer one is named by now', () => {
      const page = read(withdrawn, named('c'), { now: later });
      expect(textsOf(page)).toEqual(['ami-a', 'ami-b', 'ami-c']);
      expect(notesOf(page)).toEqual(['detected ami-b', 'detected ami-c']);
    });

    it('is none as long as that is unknown', () => {
      expect(textsOf(read(withdrawn, named('b'), { images: { 'ami-b': undefined } }))).toEqual([
        'ami-a',
        'ami-b withdrawn',
      ]);
    });

    it('is none when its parameter went back meanwhile, not even when that goes past it', () => {
      const back = read(withdrawn, named('a'), { now: later });
      expect(back.releases[1]).toMatchObject({ withdrawnAt: monday, withdrawnBecause: 'parameterWentBack' });
      expect(notesOf(back)).toEqual([]);
      const page = read(back, named('c'));
      expect(textsOf(page)).toEqual(['ami-a', 'ami-b withdrawn', 'ami-c']);
    });
  });
});
