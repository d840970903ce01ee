import { describe, expect, it } from 'vitest';
import {
  compareReleaseVersions,
  type Grammar,
  parseReleaseVersion,
} from '../../functions/domain/release-version.ts';
import { recordedTrains } from '../cloud/release-trains.ts';
import { version } from './factories.ts';

describe('reads what EKS writes', () => {
  it.each([
    ['a Linux release', 'eks-linux', '1.34.9-20260714', '1.34', 'v20260714', [2026, 7, 14, 9]],
    [
      'a Linux release with a patch of two digits',
      'eks-linux',
      '1.28.11-20240817',
      '1.28',
      'v20240817',
      [2024, 8, 17, 11],
    ],
    ['a Bottlerocket release', 'bottlerocket', '1.55.0-d93bb1b1', undefined, '1.55.0', [1, 55, 0]],
    ['a Windows release', 'windows', '1.34-2026.07.15', '1.34', '2026.07.15', [2026, 7, 15]],
    ['a Windows release with a patch', 'windows', '1.31.3-2024.11.12', '1.31', '2024.11.12', [2024, 11, 12]],
  ] as const)('%s', (_case, grammar, text, minor, build, order) => {
    expect(parseReleaseVersion(grammar, text)).toEqual({ grammar, text, minor, build, order });
  });
});

it.each([
  ['an image id, as EKS gives for own images', 'eks-linux', 'ami-0123456789abcdef0'],
  ['nothing', 'eks-linux', ''],
  ['a Linux release without its build', 'eks-linux', '1.34.9'],
  ['a Linux release without its patch', 'eks-linux', '1.34-20260714'],
  ['a train name', 'eks-linux', 'v20260714'],
  ['a date with a digit too few', 'eks-linux', '1.34.9-2026071'],
  ['a date with a digit too many', 'eks-linux', '1.34.9-202607140'],
  ['a line break at the end', 'eks-linux', '1.34.9-20260714\n'],
  ['a Bottlerocket release in the Linux grammar', 'eks-linux', '1.55.0-d93bb1b1'],
  ['a Linux release in the Bottlerocket grammar', 'bottlerocket', '1.34.9-2026071g'],
  ['a Bottlerocket commit of seven digits', 'bottlerocket', '1.55.0-d93bb1b'],
  ['a Bottlerocket version alone', 'bottlerocket', '1.55.0'],
  ['a Windows release with dashes in its date', 'windows', '1.34-2026-07-15'],
  ['a Windows release in the Linux grammar', 'eks-linux', '1.34-2026.07.15'],
] as const)('does not read %s', (_case, grammar, text) => {
  expect(parseReleaseVersion(grammar, text)).toBeUndefined();
});

describe('puts releases in order', () => {
  it.each([
    ['by day', 'eks-linux', '1.34.9-20260625', '1.34.9-20260714'],
    ['by patch where the day is the same', 'eks-linux', '1.34.8-20260714', '1.34.9-20260714'],
    [
      'by number, where text order says the opposite (9 before 11)',
      'eks-linux',
      '1.28.9-20240729',
      '1.28.11-20240817',
    ],
    ['by number on one day, 9 before 11', 'eks-linux', '1.28.9-20240817', '1.28.11-20240817'],
    ['by day before patch', 'eks-linux', '1.28.11-20240729', '1.28.9-20240817'],
    ['by year before month', 'eks-linux', '1.34.2-20251209', '1.34.2-20260107'],
    ['Bottlerocket by number, 9 before 10', 'bottlerocket', '1.9.2-aaaaaaaa', '1.10.0-11111111'],
    ['Bottlerocket by patch', 'bottlerocket', '1.26.0-ffffffff', '1.26.1-00000000'],
    ['Windows by day', 'windows', '1.34-2026.06.13', '1.34-2026.07.18'],
    ['Windows across the forms with and without patch', 'windows', '1.31.3-2024.11.12', '1.31-2024.12.13'],
  ] as const)('%s', (_case, grammar, older, newer) => {
    const [a, b] = [version(older, grammar), version(newer, grammar)];
    expect(compareReleaseVersions(a, b)).toBeLessThan(0);
    expect(compareReleaseVersions(b, a)).toBeGreaterThan(0);
    expect(compareReleaseVersions(a, a)).toBe(0);
  });

  it('calls two Bottlerocket builds of one version the same age', () => {
    expect(
      compareReleaseVersions(
        version('1.55.0-d93bb1b1', 'bottlerocket'),
        version('1.55.0-00000000', 'bottlerocket'),
      ),
    ).toBe(0);
  });
});

it.each([
  ['two minors', version('1.33.13-20260714'), version('1.34.9-20260714')],
  ['two Windows minors', version('1.33-2026.07.18', 'windows'), version('1.34-2026.07.18', 'windows')],
  ['Linux and Windows', version('1.34.9-20260714'), version('1.34-2026.07.18', 'windows')],
  ['Linux and Bottlerocket', version('1.34.9-20260714'), version('1.55.0-d93bb1b1', 'bottlerocket')],
])('does not compare %s', (_case, a, b) => {
  expect(compareReleaseVersions(a, b)).toBeUndefined();
  expect(compareReleaseVersions(b, a)).toBeUndefined();
});

describe('over every release on record', () => {
  const grammars: Record<string, Grammar> = {
    al2023: 'eks-linux',
    al2: 'eks-linux',
    bottlerocket: 'bottlerocket',
  };
  const published = recordedTrains().flatMap(({ family, name, releases }) =>
    releases.map((release) => ({ ...release, family, name, grammar: grammars[family] ?? 'windows' })),
  );

  it('reads each of them, with the build of its train', () => {
    expect(published.length).toBeGreaterThan(1_000);
    const wrong = published.filter(({ grammar, releaseVersion, name, minor }) => {
      const read = parseReleaseVersion(grammar, releaseVersion);
      return read?.build !== name || (grammar !== 'bottlerocket' && read.minor !== minor);
    });
    expect(wrong).toEqual([]);
  });

  it('finds the order in which they were published, where text order does not', () => {
    const series = Map.groupBy(published, ({ amiType, minor }) => `${amiType} ${minor}`);
    let textIsWrong = 0;
    for (const releases of series.values()) {
      const versions = releases.map(({ grammar, releaseVersion }) => version(releaseVersion, grammar));
      // One release reached SSM later than its successor's date, but none after its successor.
      expect(versions.toSorted((a, b) => compareReleaseVersions(a, b) ?? Number.NaN)).toEqual(versions);
      const texts = versions.map(({ text }) => text);
      if (JSON.stringify(texts.toSorted()) !== JSON.stringify(texts)) textIsWrong++;
    }
    expect(textIsWrong).toBeGreaterThan(0);
  });
});
