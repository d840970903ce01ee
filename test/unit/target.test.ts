import { describe, expect, it } from 'vitest';
import { clusterKey, groupKey, placeName, regionKey, targetsOf } from '../../functions/domain/target.ts';

const target = { account: '111122223333', region: 'eu-central-1' };

it('names a group, its cluster and its region, each within the one above', () => {
  const id = { target, cluster: 'blue', nodeGroup: 'workers' };
  expect(groupKey(id)).toBe('111122223333/eu-central-1/blue/workers');
  expect(clusterKey(id)).toBe('111122223333/eu-central-1/blue');
  expect(regionKey(target)).toBe('111122223333/eu-central-1');
});

it.each([
  ['another account', { target: { ...target, account: '999999999999' } }],
  ['another region', { target: { ...target, region: 'us-east-1' } }],
  ['another cluster', { cluster: 'green' }],
  ['another name', { nodeGroup: 'spot' }],
])('tells groups apart in %s', (_case, other) => {
  const id = { target, cluster: 'blue', nodeGroup: 'workers' };
  expect(groupKey({ ...id, ...other })).not.toBe(groupKey(id));
});

describe('the targets of a policy', () => {
  const home = { account: '111122223333', region: 'eu-central-1' };
  const dev = '444455556666';
  it.each<[string, Parameters<typeof targetsOf>[0], readonly string[]]>([
    ['are where it is deployed when the entry is empty', [{}], ['111122223333/eu-central-1']],
    [
      'are regions of its own account',
      [{ regions: ['eu-central-1', 'us-east-1'] }],
      ['111122223333/eu-central-1', '111122223333/us-east-1'],
    ],
    ['are its own region in another account', [{ account: dev }], [`${dev}/eu-central-1`]],
    [
      'are each there once, however often they are named',
      [{}, { account: home.account, regions: ['eu-central-1'] }, { account: dev, regions: ['us-east-1'] }],
      ['111122223333/eu-central-1', `${dev}/us-east-1`],
    ],
  ])('%s', (_case, named, expected) => {
    expect(targetsOf(named, home).map(regionKey)).toEqual(expected);
  });

  it('go by the region at home, and by account and region elsewhere', () => {
    expect(placeName(home, home)).toBe('eu-central-1');
    expect(placeName({ ...home, region: 'us-east-1' }, home)).toBe('111122223333/us-east-1');
    expect(placeName({ ...home, account: dev }, home)).toBe(`${dev}/eu-central-1`);
  });
});
