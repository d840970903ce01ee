import { describe, expect, it } from 'vitest';
import { minorSupport } from '../../../functions/domain/rules/minor-support.ts';
import { cluster, judge, plane, scene } from '../survey-factories.ts';

const ends = (standardSupportEndsAt: string | undefined) =>
  plane({ clusters: [cluster({ standardSupportEndsAt })] });
const now = scene({ now: '2026-07-20T08:00:00.000Z' });

describe('counts the days to the end of standard support', () => {
  it.each([
    ['91 days', '2026-10-19T08:00:00.000Z', []],
    ['90 days', '2026-10-18T08:00:00.000Z', ['medium']],
    ['31 days', '2026-08-20T08:00:00.000Z', ['medium']],
    ['30 days', '2026-08-19T08:00:00.000Z', ['high']],
    ['an hour', '2026-07-20T09:00:00.000Z', ['high']],
    ['the end', '2026-07-20T08:00:00.000Z', ['high']],
    ['a year ago', '2025-07-20T08:00:00.000Z', ['high']],
    ['not when it is unknown', undefined, []],
  ])('%s', (_case, end, severities) => {
    expect(judge(minorSupport, ends(end), {}, now).map(({ severity }) => severity)).toEqual(severities);
  });
});

it('tunes both', () => {
  expect(judge(minorSupport, ends('2026-10-19T08:00:00.000Z'), { warnDays: 91 }, now)).toHaveLength(1);
  expect(judge(minorSupport, ends('2026-08-20T08:00:00.000Z'), { urgentDays: 31 }, now)).toMatchObject([
    { severity: 'high' },
  ]);
});

it('says which minor, of which cluster, until when', () => {
  expect([
    ...judge(minorSupport, ends('2026-08-19T08:00:00.000Z'), {}, now),
    ...judge(minorSupport, ends('2026-07-19T00:00:00.000Z'), {}, now),
  ]).toMatchObject([
    {
      about: { cluster: 'blue', detail: '1.34' },
      sentence:
        'Standard support of Kubernetes 1.34, which cluster blue runs, ends on 2026-08-19, in 30 days.',
      evidence: { minor: '1.34', endsAt: '2026-08-19T08:00:00.000Z', days: 30 },
      suggestion: expect.stringMatching(/^Upgrade the control plane of blue by one minor/),
    },
    {
      sentence:
        'Standard support of Kubernetes 1.34 ended on 2026-07-19: cluster blue is in extended support, which costs more.',
    },
  ]);
});
