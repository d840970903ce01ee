import { describe, expect, it } from 'vitest';
import { imagesInQuestion } from '../../functions/domain/images-in-question.ts';
import type { Release } from '../../functions/domain/release.ts';
import type { BookPage, Reading } from '../../functions/domain/release-book.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { monday as now, policy, release } from './factories.ts';

const rule = policy({ releases: { ...policy().releases, minimumAgeDays: 7, deny: ['ami-denied'] } }).releases;

/** Published so many days ago. */
const aged = (imageId: string, days: number, other: Partial<Release> = {}): Release =>
  release(undefined, { imageId, publishedAt: minutesAfter(now, -days * 24 * 60), ...other });
const deprecated = { withdrawnAt: now, withdrawnBecause: 'imageDeprecated' } as const;
const wentBack = { withdrawnAt: now, withdrawnBecause: 'parameterWentBack' } as const;
const naming = (imageId: string): Reading => ({ is: 'named', version: '1', imageId, since: now });

/** Releases oldest first. */
const page = (...releases: Release[]): BookPage => ({
  source: { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' },
  revision: 1,
  releases,
  untold: [],
});

describe('of a source it asks about', () => {
  const missing: Reading = { is: 'missing', parameter: '/x' };
  it.each<[string, BookPage | undefined, Reading, string[]]>([
    ['what is named, on first sight', undefined, naming('new'), ['new']],
    ['nothing when it names nothing and has nothing', undefined, missing, []],
    [
      'what is named, and the two newest that are old enough',
      page(aged('d', 40), aged('c', 30), aged('b', 20), aged('a', 10)),
      naming('a'),
      ['a', 'b'],
    ],
    [
      'what is old enough before what is too young',
      page(aged('d', 40), aged('c', 20), aged('b', 7), aged('a', 6.99), aged('z', 1)),
      naming('z'),
      ['z', 'b', 'c', 'a'],
    ],
    [
      'no further than the second, also when the parameter is missing',
      page(aged('c', 30), aged('b', 20), aged('a', 10)),
      missing,
      ['a', 'b'],
    ],
    [
      'one whose image was taken back and may come back, beside two others',
      page(aged('d', 40), aged('c', 30), aged('b', 20, deprecated), aged('a', 10)),
      naming('a'),
      ['a', 'b', 'c'],
    ],
    [
      'what is named again although its parameter had gone back',
      page(aged('b', 20), aged('a', 10, wentBack)),
      naming('a'),
      ['a', 'b'],
    ],
    [
      'no other one that its parameter went back from, and none that is denied',
      page(aged('d', 40), aged('c', 30), aged('ami-denied', 20), aged('b', 15, wentBack), aged('a', 10)),
      naming('a'),
      ['a', 'c'],
    ],
    ['all that are old enough when only one is', page(aged('b', 20), aged('a', 1)), naming('a'), ['a', 'b']],
  ])('%s', (_case, known, reading, asked) => {
    expect(imagesInQuestion([{ page: known, reading }], rule, now)).toEqual(asked);
  });
});

describe('of many sources it asks about', () => {
  const source = (i: number) => ({
    page: page(aged(`c${i}`, 30), aged(`b${i}`, 20), aged(`a${i}`, 10), aged(`z${i}`, 1)),
    reading: naming(`z${i}`),
  });
  const asked = (sources: number) =>
    imagesInQuestion(
      Array.from({ length: sources }, (_, i) => source(i)),
      rule,
      now,
    );

  it.each([
    [1, 3],
    [10, 30],
    [100, 300],
    [133, 399],
    [134, 400],
    [1_000, 400],
  ])('for %i sources %i images: two calls at most', (sources, images) => {
    expect(asked(sources).length).toBe(images);
  });

  it('what each names before what any could go back to', () => {
    const images = asked(200);
    expect(images.filter((id) => id.startsWith('z')).length).toBe(200);
    expect(images.filter((id) => id.startsWith('a')).length).toBe(200);
  });

  it('an image that two of them name once', () => {
    const same = { page: undefined, reading: naming('x') };
    expect(imagesInQuestion([same, same], rule, now)).toEqual(['x']);
  });
});
