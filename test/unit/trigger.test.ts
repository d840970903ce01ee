import { describe, expect, it } from 'vitest';
import { type ReleaseSource, sourceKey } from '../../functions/domain/release.ts';
import type { Reading } from '../../functions/domain/release-book.ts';
import { regionsMeant, sourcesMeant, type Trigger, unnamedImages } from '../../functions/domain/trigger.ts';
import { monday } from './factories.ts';

const region = 'eu-central-1';
const inUse: ReleaseSource[] = [
  { is: 'own', parameter: '/golden/1.33/image-id' },
  { is: 'own', parameter: '/golden/1.34/image-id' },
  { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' },
];
const changed = (...names: string[]): Trigger => ({ is: 'parameters changed', names });
const built = (...images: [imageId: string, region: string][]): Trigger => ({
  is: 'images built',
  images: images.map(([imageId, region]) => ({ imageId, region })),
});

describe('a look is about', () => {
  const own = ['/golden/1.33/image-id', '/golden/1.34/image-id'];
  it.each<[string, Trigger, string[]]>([
    ['everything in use, when told to look now', { is: 'look now' }, [...own, 'AL2023_x86_64_STANDARD 1.34']],
    ['the parameter that changed', changed('/golden/1.34/image-id'), ['/golden/1.34/image-id']],
    ['nothing, when that parameter is not in use', changed('/golden/1.36/image-id'), []],
    ['nothing, when the name is that of an AMI type', changed('AL2023_x86_64_STANDARD 1.34'), []],
    ['own images, when one was built for the region', built(['ami-1', region]), own],
    [
      'own images, when one was built for the region too',
      built(['ami-0', 'us-east-1'], ['ami-1', region]),
      own,
    ],
    ['nothing, when one was built for another region', built(['ami-0', 'us-east-1']), []],
    ['nothing, when a build came to nothing', built(), []],
  ])('%s', (_case, trigger, sources) => {
    expect(sourcesMeant(trigger, inUse, region).map(sourceKey)).toEqual(sources);
  });
});

describe('a look is about', () => {
  const regions = ['eu-central-1', 'us-east-1'];
  it.each<[string, Trigger, string[]]>([
    ['every region when nothing else is said', { is: 'look now' }, regions],
    ['the region at home when a parameter changed, as of others nobody is told', changed('/a'), [region]],
    ['the regions of new images', built(['ami-1', 'us-east-1'], ['ami-2', 'eu-west-1']), ['us-east-1']],
    ['no region when nothing was built', built(), []],
  ])('%s', (_case, trigger, meant) => {
    expect(regionsMeant(trigger, regions, region)).toEqual(meant);
  });
});

describe('a new image that no parameter names', () => {
  const readings: Reading[] = [
    { is: 'named', version: undefined, imageId: 'ami-1', since: monday },
    { is: 'missing', parameter: '/golden/1.33/image-id' },
  ];
  it.each<[string, Trigger, string[]]>([
    ['is pointed out', built(['ami-1', region], ['ami-2', region]), ['ami-2']],
    ['is nothing to say of when it is for another region', built(['ami-2', 'us-east-1']), []],
    ['is nothing to say of when nothing was built', changed('/golden/1.34/image-id'), []],
  ])('%s', (_case, trigger, images) => {
    expect(unnamedImages(trigger, readings, region)).toEqual(images);
  });
});
