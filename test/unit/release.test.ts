import { describe, expect, it } from 'vitest';
import {
  compareReleases,
  judgeRelease,
  type Release,
  type ReleaseRule,
  type Running,
  sourceKey,
  trainName,
} from '../../functions/domain/release.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { recordedTrains } from '../cloud/release-trains.ts';
import { monday, ownRelease, release, version } from './factories.ts';

const june = release('1.34.9-20260625');
const july = release('1.34.9-20260714');
const runs = (text: string): Running => ({ is: 'release version', version: version(text) });
const rule = (other: Partial<ReleaseRule> = {}): ReleaseRule => ({
  minimumAgeDays: 3,
  atMostEveryDays: 0,
  deny: [],
  ...other,
});

describe('judges a group with an image of EKS', () => {
  it.each<[string, string, readonly Release[], Partial<ReleaseRule>, object]>([
    ['that runs the newest release', '1.34.9-20260714', [june, july], {}, { is: 'current' }],
    ['that runs the only release', '1.34.9-20260714', [july], {}, { is: 'current' }],
    [
      'one release behind, with the days between the two',
      '1.34.9-20260625',
      [june, july],
      {},
      { is: 'behind', target: july, days: 19 },
    ],
    [
      'whose release is no longer known, by the dates in the versions',
      '1.34.9-20260618',
      [july],
      {},
      { is: 'behind', target: july, days: 26 },
    ],
    [
      'that runs the newest that is old enough, while newer ones are young',
      '1.34.9-20260625',
      [june, july],
      { minimumAgeDays: 10 },
      { is: 'held', why: 'tooFresh', until: '2026-07-24T20:00:00.000Z' },
    ],
    [
      'that is behind both an old enough and a young release',
      '1.34.9-20260618',
      [june, july],
      { minimumAgeDays: 10 },
      { is: 'behind', target: june, days: 7 },
    ],
    ['without any known release', '1.34.9-20260625', [], {}, { is: 'held', why: 'noRelease' }],
    [
      'that runs what is not recommended any more',
      '1.34.9-20260714',
      [june, { ...july, withdrawnAt: monday }],
      {},
      { is: 'held', why: 'runsNewer' },
    ],
    [
      'that runs something newer than anything known',
      '1.34.9-20260801',
      [june, july],
      {},
      { is: 'held', why: 'runsNewer' },
    ],
    [
      'whose newest release was withdrawn',
      '1.34.9-20260618',
      [june, { ...july, withdrawnAt: monday }],
      {},
      { is: 'behind', target: june },
    ],
    [
      'whose newest release is denied by its train',
      '1.34.9-20260618',
      [june, july],
      { deny: ['al2023 v20260714'] },
      { is: 'behind', target: june },
    ],
    [
      'whose newest release is denied by its version',
      '1.34.9-20260618',
      [june, july],
      { deny: ['1.34.9-20260714'] },
      { is: 'behind', target: june },
    ],
    [
      'whose newest release is denied by its image',
      '1.34.9-20260618',
      [june, july],
      { deny: [july.imageId] },
      { is: 'behind', target: june },
    ],
    [
      'whatever a train of another family is denied',
      '1.34.9-20260618',
      [june, july],
      { deny: ['al2 v20260714'] },
      { is: 'behind', target: july },
    ],
    [
      'all of whose releases are denied',
      '1.34.9-20260618',
      [july],
      { deny: ['al2023 v20260714'] },
      { is: 'held', why: 'noRelease' },
    ],
    [
      'of another minor than the releases',
      '1.33.13-20260625',
      [june, july],
      {},
      { is: 'held', why: 'unreadableVersion' },
    ],
    [
      'without a minimum age',
      '1.34.9-20260625',
      [june, july],
      { minimumAgeDays: 0 },
      { is: 'behind', target: july },
    ],
  ])('%s', (_case, running, known, other, verdict) => {
    expect(judgeRelease(runs(running), known, rule(other), monday)).toMatchObject(verdict);
    expect(judgeRelease(runs(running), known.toReversed(), rule(other), monday)).toMatchObject(verdict);
  });
});

describe('takes the newest of many, whatever part of the version differs first', () => {
  const december = release('1.34.2-20251209');
  const january = release('1.34.2-20260129');
  it.each([
    ['two releases of the next year', '1.34.2-20251209', [december, january, july]],
    ['one later this month, one in months', '1.34.2-20260107', [release('1.34.2-20260107'), january, july]],
    ['three months in a row', '1.34.2-20260107', [july, january, june]],
    ['one day, two patches', '1.34.8-20260625', [release('1.34.8-20260714'), july]],
  ])('%s', (_case, running, known) => {
    expect(judgeRelease(runs(running), known, rule(), monday)).toMatchObject({ is: 'behind', target: july });
    expect(judgeRelease(runs(running), known.toReversed(), rule(), monday)).toMatchObject({ target: july });
  });

  it('Bottlerocket by numbers', () => {
    const bottlerocket = (text: string, publishedAt: string) =>
      release(text, { amiType: 'BOTTLEROCKET_x86_64', publishedAt });
    const known = [
      bottlerocket('1.9.2-aaaaaaaa', '2026-05-01T00:00:00.000Z'),
      bottlerocket('1.55.0-d93bb1b1', '2026-06-01T00:00:00.000Z'),
      bottlerocket('1.10.0-cccccccc', '2026-07-01T00:00:00.000Z'),
    ];
    const running: Running = { is: 'release version', version: version('1.9.2-aaaaaaaa', 'bottlerocket') };
    expect(judgeRelease(running, known, rule(), monday)).toEqual({
      is: 'behind',
      target: known[1],
      days: 31,
      runningImageId: known[0]?.imageId,
    });
    const unknown: Running = { is: 'release version', version: version('1.8.0-aaaaaaaa', 'bottlerocket') };
    expect(judgeRelease(unknown, known, rule(), monday)).toMatchObject({
      is: 'behind',
      target: known[1],
      days: 0,
    });
  });
});

describe('counts the minimum age from when the release was published, to the minute', () => {
  const eligibleAt = '2026-07-17T20:00:00.000Z';
  it.each([
    [
      'a minute before',
      minutesAfter(eligibleAt, -1),
      { is: 'held', why: 'tooFresh', until: eligibleAt, train: july.train },
    ],
    ['at the minute', eligibleAt, { is: 'behind', target: july, days: 19, runningImageId: june.imageId }],
    [
      'a minute after',
      minutesAfter(eligibleAt, 1),
      { is: 'behind', target: july, days: 19, runningImageId: june.imageId },
    ],
  ])('%s', (_case, now, verdict) => {
    expect(judgeRelease(runs('1.34.9-20260625'), [june, july], rule(), now)).toEqual(verdict);
  });

  it('not from the date in its version: v20260409 reached SSM five days later', () => {
    const late = release('1.34.4-20260409', { publishedAt: '2026-04-14T22:22:00.000Z' });
    expect(judgeRelease(runs('1.34.4-20260403'), [late], rule(), '2026-04-17T22:21:00.000Z')).toEqual({
      is: 'held',
      why: 'tooFresh',
      until: '2026-04-17T22:22:00.000Z',
      train: late.train,
    });
  });

  it('says when the first of several young releases will be old enough', () => {
    const known = [june, july, release('1.34.9-20260718')];
    expect(judgeRelease(runs('1.34.9-20260625'), known, rule({ minimumAgeDays: 10 }), monday)).toEqual({
      is: 'held',
      why: 'tooFresh',
      until: '2026-07-24T20:00:00.000Z',
      train: july.train,
    });
  });
});

describe('judges a group with an own image by when it was made', () => {
  const older = ownRelease('ami-0000000000000000a', '2026-07-01T00:00:00.000Z');
  const newer = ownRelease('ami-0000000000000000b', '2026-07-10T00:00:00.000Z');
  const { imageCreatedAt: _, ...undated } = newer;
  const image = (imageId: string, createdAt: string | undefined): Running => ({
    is: 'image',
    imageId,
    createdAt,
  });
  it.each<[string, Running, readonly Release[], object]>([
    [
      'that runs the named image',
      image(newer.imageId, '2026-07-10T00:00:00.000Z'),
      [older, newer],
      { is: 'current' },
    ],
    [
      'that runs the named image, although nobody knows when it was made',
      image(newer.imageId, undefined),
      [newer],
      { is: 'current' },
    ],
    [
      'that runs an older image',
      image(older.imageId, '2026-07-01T00:00:00.000Z'),
      [older, newer],
      { is: 'behind', target: newer, days: 9, runningImageId: older.imageId },
    ],
    [
      'that runs an image nobody named, made before',
      image('ami-x', '2026-06-30T00:00:00.000Z'),
      [newer],
      { is: 'behind', target: newer, days: 10, runningImageId: 'ami-x' },
    ],
    [
      'that runs an image nobody named, made after',
      image('ami-x', '2026-07-11T00:00:00.000Z'),
      [newer],
      { is: 'held', why: 'runsNewer' },
    ],
    [
      'that runs an image whose age is unknown',
      image('ami-x', undefined),
      [newer],
      { is: 'held', why: 'unknownAge' },
    ],
    [
      'whose named image has no known age',
      image('ami-x', '2026-07-01T00:00:00.000Z'),
      [undated],
      { is: 'held', why: 'unknownAge' },
    ],
  ])('%s', (_case, running, known, verdict) => {
    expect(judgeRelease(running, known, rule(), monday)).toEqual(verdict);
  });
});

it("knows AWS's image in a launch template by its id, as its name does not tell the kubelet patch", () => {
  const named = version('1.34.0-20260714');
  expect(
    judgeRelease(
      { is: 'release version', version: named, imageId: july.imageId },
      [june, july],
      rule(),
      monday,
    ),
  ).toEqual({
    is: 'current',
  });
});

it.each([
  ['by version', june, july],
  ['by version, whatever the dates', { ...june, publishedAt: '2026-08-01T00:00:00.000Z' }, july],
  [
    'by the age of the image',
    ownRelease('ami-a', '2026-07-01T00:00:00.000Z', { publishedAt: monday }),
    ownRelease('ami-b', '2026-07-02T00:00:00.000Z', { publishedAt: '2026-07-03T00:00:00.000Z' }),
  ],
])('puts releases of one source in order %s', (_case, older, newer) => {
  expect(compareReleases(older, newer)).toBeLessThan(0);
  expect(compareReleases(newer, older)).toBeGreaterThan(0);
});

it('names trains and sources as people do', () => {
  expect(trainName({ family: 'al2023', build: 'v20260714' })).toBe('al2023 v20260714');
  expect(sourceKey({ is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' })).toBe(
    'AL2023_x86_64_STANDARD 1.34',
  );
  expect(sourceKey({ is: 'own', parameter: '/golden/node' })).toBe('/golden/node');
});

describe("over AWS's releases of 2025 and 2026, looking once a day with a minimum age of 14 days", () => {
  const published = recordedTrains()
    .filter(({ family }) => family === 'al2023')
    .flatMap(({ publishedAt, releases }) =>
      releases
        .filter(({ amiType, minor }) => amiType === 'AL2023_x86_64_STANDARD' && minor === '1.33')
        .map(({ releaseVersion }) => release(releaseVersion, { publishedAt: publishedAt.toISOString() })),
    );
  const [first, ...others] = published;
  const last = others.at(-1);
  if (!first?.version || !last) throw new Error('no releases on record');

  const live = (known: (now: string) => readonly Release[]) => {
    let running: Running = {
      is: 'release version',
      version: first.version as NonNullable<Release['version']>,
    };
    const adopted: { text: string; ageDays: number }[] = [];
    for (
      let now = first.publishedAt;
      now < minutesAfter(last.publishedAt, 30 * 24 * 60);
      now = minutesAfter(now, 24 * 60)
    ) {
      const verdict = judgeRelease(running, known(now), rule({ minimumAgeDays: 14 }), now);
      if (verdict.is !== 'behind' || !verdict.target.version) continue;
      running = { is: 'release version', version: verdict.target.version };
      const ageDays = (Date.parse(now) - Date.parse(verdict.target.publishedAt)) / 86_400_000;
      adopted.push({ text: verdict.target.version.text, ageDays });
    }
    return adopted;
  };
  const seen = (now: string) => published.filter(({ publishedAt }) => publishedAt <= now);
  const newestOldEnough = live(seen);
  const onlyWhileNewest = live((now) => seen(now).slice(-1));

  it('adopts nearly every release, none of them before its time and none much later', () => {
    expect(newestOldEnough.length).toBeGreaterThanOrEqual(others.length - 2);
    expect(Math.min(...newestOldEnough.map(({ ageDays }) => ageDays))).toBeGreaterThanOrEqual(14);
    expect(Math.max(...newestOldEnough.map(({ ageDays }) => ageDays))).toBeLessThan(16);
  });

  it('adopts far more than it would if it waited while the newest is too young', () => {
    expect(onlyWhileNewest.length).toBeGreaterThan(0);
    expect(newestOldEnough.length).toBeGreaterThan(3 * onlyWhileNewest.length);
  });
});
