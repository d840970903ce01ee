import { describe, expect, it } from 'vitest';
import type { GroupSurvey } from '../../functions/domain/data-plane.ts';
import { atOnce, newNodesFirst } from '../../functions/domain/roll-pace.ts';
import { group } from './survey-factories.ts';

const of = (desired: number, other: Partial<GroupSurvey> = {}) =>
  group({ scaling: { min: 0, max: 500, desired }, ...other });

describe('takes at once', () => {
  it.each<[string, GroupSurvey, number | undefined]>([
    ['the number that is set', of(10, { maxUnavailable: { nodes: 3 } }), 3],
    ['a share, rounded up', of(10, { maxUnavailable: { percent: 25 } }), 3],
    ['one at least', of(0, { maxUnavailable: { percent: 25 } }), 1],
    ['a hundred', of(400, { maxUnavailable: { percent: 25 } }), 100],
    ['no more than a hundred', of(404, { maxUnavailable: { percent: 25 } }), 100],
    ['an unknown number where EKS gives none', of(10, { maxUnavailable: undefined }), undefined],
  ])('%s', (_case, seen, nodes) => {
    expect(atOnce(seen)).toBe(nodes);
  });
});

describe('starts first', () => {
  it.each<[string, GroupSurvey, number, number | undefined]>([
    ['two for each zone', of(10), 3, 6],
    ['as many as go at once, if those are more', of(10, { maxUnavailable: { nodes: 7 } }), 3, 7],
    ['none where old nodes go first', of(10, { updateStrategy: 'MINIMAL' }), 3, 0],
    ['two for each zone where EKS gives no strategy', of(10, { updateStrategy: undefined }), 1, 2],
    [
      'an unknown number where what goes at once is unknown',
      of(10, { maxUnavailable: undefined }),
      3,
      undefined,
    ],
  ])('%s', (_case, seen, zones, nodes) => {
    expect(newNodesFirst(seen, zones)).toBe(nodes);
  });
});
