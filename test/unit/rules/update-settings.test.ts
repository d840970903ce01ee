import { describe, expect, it } from 'vitest';
import type { GroupSurvey } from '../../../functions/domain/data-plane.ts';
import { updateSettings } from '../../../functions/domain/rules/update-settings.ts';
import { judge, planeOf } from '../survey-factories.ts';

const rolling = (
  desired: number,
  maxUnavailable: GroupSurvey['maxUnavailable'],
  other: Partial<GroupSurvey> = {},
) => planeOf({ scaling: { min: 0, max: 500, desired }, maxUnavailable, ...other }, []);

describe('estimates how long a roll takes', () => {
  it.each([
    ['48 nodes, one at a time: 8 hours', rolling(48, { nodes: 1 }), []],
    ['49 nodes, one at a time', rolling(49, { nodes: 1 }), ['slow']],
    ['96 nodes, two at a time', rolling(96, { nodes: 2 }), []],
    ['97 nodes, two at a time', rolling(97, { nodes: 2 }), ['slow']],
    ['100 nodes, a twentieth at a time', rolling(100, { percent: 5 }), []],
    ['no node', rolling(0, { nodes: 1 }), []],
    ['not where what goes at once is unknown', rolling(100, undefined), []],
  ])('%s', (_case, seen, details) => {
    expect(judge(updateSettings, seen).map(({ about }) => about.detail)).toEqual(details);
  });
});

describe('looks at the share that goes at once', () => {
  it.each([
    ['four of ten', rolling(10, { nodes: 4 }), []],
    ['five of ten', rolling(10, { nodes: 5 }), ['medium']],
    ['half', rolling(10, { percent: 50 }), ['medium']],
    ['half, old nodes first', rolling(10, { percent: 50 }, { updateStrategy: 'MINIMAL' }), ['high']],
    ['four of ten, old nodes first', rolling(10, { nodes: 4 }, { updateStrategy: 'MINIMAL' }), []],
    ['one of two: it cannot be fewer', rolling(2, { nodes: 1 }), []],
    ['two of two', rolling(2, { nodes: 2 }), ['medium']],
    ['more than there are', rolling(3, { nodes: 10 }), ['medium']],
  ])('%s', (_case, seen, severities) => {
    expect(judge(updateSettings, seen).map(({ severity }) => severity)).toEqual(severities);
  });
});

it('says how long, and what would be quick enough', () => {
  expect(judge(updateSettings, rolling(100, { nodes: 1 }))).toMatchObject([
    {
      about: { nodeGroup: 'workers', detail: 'slow' },
      severity: 'medium',
      sentence: 'A roll of node group workers of blue takes about 17 hours: 1 of 100 nodes at a time.',
      evidence: { nodes: 100, atOnce: 1, hours: 17, minutesPerBatch: 10 },
      weight: 17,
      suggestion:
        'Set maxUnavailable to 3, or maxUnavailablePercentage to 3, if the disruption budgets of its pods allow it.',
    },
  ]);
  expect(judge(updateSettings, rolling(100, { nodes: 3 }))).toEqual([]);
});

it('says how many go at once', () => {
  expect(judge(updateSettings, rolling(3, { nodes: 10 }, { updateStrategy: 'MINIMAL' }))).toMatchObject([
    {
      about: { detail: 'unsafe' },
      sentence:
        'A roll of node group workers of blue drains 10 of 3 nodes at once, and starts new ones only afterwards.',
      evidence: { share: 100, updateStrategy: 'MINIMAL' },
      weight: 100,
      suggestion: 'Lower maxUnavailable below 50 per cent of the nodes, or use the DEFAULT update strategy.',
    },
  ]);
});

it('tunes the pace, what is slow and what is unsafe', () => {
  expect(judge(updateSettings, rolling(48, { nodes: 1 }), { minutesPerBatch: 11 })).toHaveLength(1);
  expect(judge(updateSettings, rolling(49, { nodes: 1 }), { slowHours: 9 })).toEqual([]);
  expect(judge(updateSettings, rolling(10, { nodes: 5 }), { unsafePercent: 51 })).toEqual([]);
});
