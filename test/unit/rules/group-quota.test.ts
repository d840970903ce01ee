import { describe, expect, it } from 'vitest';
import { groupQuota } from '../../../functions/domain/rules/group-quota.ts';
import { cluster, group, judge, plane, planeOf } from '../survey-factories.ts';

const sized = (desired: number) => planeOf({ scaling: { min: 0, max: 450, desired } }, []);
const many = (count: number) =>
  plane({
    clusters: [
      cluster({ groups: Array.from({ length: count }, (_, i) => group({ nodeGroup: `g${i}` })), nodes: [] }),
    ],
  });

describe('counts nodes of a group', () => {
  it.each([
    ['359, below 80 per cent', sized(359), []],
    ['360, at 80 per cent', sized(360), ['medium']],
    ['427, below 95 per cent', sized(427), ['medium']],
    ['428, above it', sized(428), ['high']],
    ['450', sized(450), ['high']],
  ])('%s', (_case, seen, severities) => {
    expect(judge(groupQuota, seen).map(({ severity }) => severity)).toEqual(severities);
  });
});

describe('counts groups of a cluster', () => {
  it.each([
    ['23, below 80 per cent', many(23), []],
    ['24, at 80 per cent', many(24), ['medium']],
    ['28, below 95 per cent', many(28), ['medium']],
    ['29, above it', many(29), ['high']],
  ])('%s', (_case, seen, severities) => {
    expect(judge(groupQuota, seen).map(({ severity }) => severity)).toEqual(severities);
  });
});

it('says which quota, and its code', () => {
  expect([...judge(groupQuota, sized(400)), ...judge(groupQuota, many(25))]).toMatchObject([
    {
      about: { cluster: 'blue', nodeGroup: 'workers' },
      sentence: 'Node group workers of blue has 400 of at most 450 nodes.',
      evidence: { used: 400, quota: 450, percent: 89, code: 'L-BD136A63' },
      weight: 400,
    },
    {
      about: { cluster: 'blue' },
      sentence: 'Cluster blue has 25 of at most 30 managed node groups.',
      evidence: { used: 25, quota: 30, percent: 83, code: 'L-6D54EA21' },
      suggestion: expect.stringContaining('(L-6D54EA21)'),
    },
  ]);
});

it('takes the quotas that the account was granted', () => {
  expect(judge(groupQuota, sized(400), { nodesPerGroup: 600 })).toEqual([]);
  expect(judge(groupQuota, many(25), { groupsPerCluster: 50 })).toEqual([]);
  expect(judge(groupQuota, sized(90), { nearPercent: 20 })).toHaveLength(1);
});
