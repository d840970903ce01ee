/**
 * Checks what the shelf recommends as releases come and go, and the recorded trains.
 */
import { describe, expect, it } from 'vitest';
import { awsImage } from './ami-names.ts';
import { Clock } from './clock.ts';
import { type Fate, Shelf } from './release-shelf.ts';
import { imagesOf, recordedTrains } from './release-trains.ts';

const region = 'eu-west-1';
const amiType = 'AL2023_x86_64_STANDARD';
const image = (releaseVersion: string, date: string) =>
  awsImage({ region, amiType, minor: '1.34', releaseVersion, createdAt: new Date(date) });
const older = image('1.34.8-20260610', '2026-06-10');
const newer = image('1.34.9-20260618', '2026-06-18');

const shelfOf = (...images: (typeof older)[]) => {
  const shelf = new Shelf(new Clock(new Date('2026-07-20T00:00:00Z')));
  for (const each of images) shelf.publish(region, each, each.createdAt);
  return shelf;
};

describe('a withdrawn release', () => {
  it.each<[Fate, { deprecatedAt?: Date } | undefined]>([
    ['stays', newer],
    ['deprecated', { deprecatedAt: new Date('2026-07-20T00:00:00Z') }],
    ['gone', undefined],
  ])('is no longer recommended, and its image is %s', (fate, left) => {
    const shelf = shelfOf(older, newer);
    shelf.withdraw(region, amiType, newer.releaseVersion, fate);
    expect(shelf.recommended(region, amiType, '1.34')).toEqual(older);
    expect(shelf.recommendations(region, amiType, '1.34')).toHaveLength(3);
    if (left) expect(shelf.byImageId(region, newer.imageId)).toMatchObject(left);
    else expect(shelf.find(region, amiType, newer.releaseVersion)).toBeUndefined();
  });

  it('changes nothing when a newer one is recommended', () => {
    const shelf = shelfOf(older, newer);
    shelf.withdraw(region, amiType, older.releaseVersion);
    expect(shelf.recommended(region, amiType, '1.34')).toEqual(newer);
  });

  it('leaves no recommendation when it was the only one', () => {
    const shelf = shelfOf(newer);
    shelf.withdraw(region, amiType, newer.releaseVersion, 'gone');
    expect(shelf.recommended(region, amiType, '1.34')).toBeUndefined();
  });
});

it.each<[Fate, object | undefined]>([
  ['deprecated', { ...newer, deprecatedAt: new Date('2026-07-20T00:00:00Z') }],
  ['gone', undefined],
])('an image may be %s while its parameter names it, and be made good', (fate, left) => {
  const shelf = shelfOf(older, newer);
  shelf.let(region, newer, fate);
  expect(shelf.byImageId(region, newer.imageId)).toEqual(left);
  expect(shelf.recommended(region, amiType, '1.34')).toEqual(newer);
  shelf.let(region, newer, 'stays');
  expect(shelf.byImageId(region, newer.imageId)).toEqual(newer);
});

it('tells apart the minors that share a Bottlerocket version', () => {
  const shelf = new Shelf(new Clock(new Date('2026-07-20')));
  const train = recordedTrains().find(({ name }) => name === '1.62.0');
  if (train) shelf.publishTrain([region], train);
  const version = train?.releases[0]?.releaseVersion ?? '';
  expect(shelf.find(region, 'BOTTLEROCKET_ARM_64', version, '1.31')?.imageName).toContain(
    'k8s-1.31-aarch64-v1.62.0',
  );
  expect(shelf.find(region, 'BOTTLEROCKET_ARM_64', version, '1.36')?.imageName).toContain(
    'k8s-1.36-aarch64-v1.62.0',
  );
});

describe('the recorded trains', () => {
  const trains = recordedTrains();

  it('publish nothing abandoned, no AL2 after its end, and no image twice', () => {
    expect(trains.some(({ name }) => name === 'v20260311')).toBe(false);
    expect(trains.filter(({ family }) => family === 'al2').at(-1)?.name).toBe('v20251209');
    const ids = trains.flatMap((train) => imagesOf(train, region).map(({ imageId }) => imageId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('come late, or not at all, where they did', () => {
    const late = trains.find(({ name }) => name === 'v20260409');
    expect(late?.publishedAt).toEqual(new Date('2026-04-14T22:22:00Z'));
    const [missing] = trains.filter(({ missingIn }) => missingIn.includes('us-east-1'));
    expect(missing && [imagesOf(missing, 'us-east-1').length, imagesOf(missing, region).length > 0]).toEqual([
      0,
      true,
    ]);
  });

  it('are there from the start with their true dates, or come in their time', async () => {
    const clock = new Clock(new Date('2026-06-12T00:00:00Z'));
    const shelf = new Shelf(clock);
    shelf.scheduleOnto(clock, [region], { from: clock.now(), to: new Date('2026-06-20') });
    const recommended = () => shelf.recommended(region, amiType, '1.34');
    expect(recommended()).toMatchObject({
      releaseVersion: '1.34.8-20260610',
      createdAt: new Date('2026-06-10T20:00:00Z'),
    });
    await clock.advanceTo(new Date('2026-06-18T19:59:00Z'));
    expect(recommended()?.releaseVersion).toBe('1.34.8-20260610');
    await clock.advanceTo(new Date('2026-06-18T20:00:00Z'));
    expect(recommended()?.releaseVersion).toBe('1.34.9-20260618');
    await clock.advanceTo(new Date('2026-08-01'));
    expect(recommended()?.releaseVersion).toBe('1.34.9-20260618');
  });
});
