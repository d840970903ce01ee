import { expect, it } from 'vitest';
import { clusterKey, groupKey, regionKey } from '../../functions/domain/target.ts';

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
