/** How long AWS has been silent, against the longest that it ever was. */
import { expect, it } from 'vitest';
import type { AmiType } from '../../functions/domain/ami-type.ts';
import { releaseSilence } from '../../functions/domain/release-silence.ts';

const now = '2026-07-31T00:00:00.000Z';
const page = (amiType: AmiType, ...published: string[]) => ({
  source: { is: 'aws', amiType, minor: '1.34' } as const,
  revision: 1,
  untold: [],
  releases: published.map((date) => ({
    train: { family: 'any', build: date },
    imageId: 'ami-0',
    version: undefined,
    publishedAt: `2026-${date}T00:00:00.000Z`,
  })),
});

it.each([
  ['half of the longest', [page('AL2023_x86_64_STANDARD', '06-01', '07-11')], 50],
  ['more than ever', [page('AL2023_x86_64_STANDARD', '06-11')], 125],
  [
    'of the source that spoke last',
    [page('AL2023_x86_64_STANDARD', '06-11'), page('AL2023_ARM_64_STANDARD', '07-31')],
    0,
  ],
  [
    'of the family that is silent longest, whichever comes first',
    [page('AL2023_x86_64_STANDARD', '06-11'), page('BOTTLEROCKET_x86_64', '07-31')],
    125,
  ],
  [
    'of that family by its source that spoke last',
    [
      page('BOTTLEROCKET_x86_64', '07-31'),
      page('AL2023_x86_64_STANDARD', '06-11'),
      page('AL2023_ARM_64_STANDARD', '07-11'),
    ],
    50,
  ],
  ['by the longest of its family', [page('BOTTLEROCKET_x86_64', '06-04')], 100],
])('is %s', (_case, pages, percent) => {
  expect(releaseSilence(pages, now)).toBe(percent);
});

it.each([
  ['nothing is in use', []],
  ['nothing was ever named', [page('AL2023_x86_64_STANDARD')]],
  ['AWS publishes it no more', [page('AL2_x86_64', '01-01')]],
  [
    'the parameter is the user’s',
    [{ ...page('AL2023_x86_64_STANDARD', '01-01'), source: { is: 'own', parameter: '/a' } as const }],
  ],
])('is unknown when %s', (_case, pages) => {
  expect(releaseSilence(pages, now)).toBeUndefined();
});
