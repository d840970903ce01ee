import { describe, expect, it } from 'vitest';
import type { Finding } from '../../functions/domain/finding.ts';
import { fingerprint } from '../../functions/domain/finding.ts';
import { type FindingPage, isBlank, turnPages, withMute } from '../../functions/domain/finding-book.ts';
import { leave, targetsLeft } from '../../functions/domain/target-left.ts';

const target = { account: '444455556666', region: 'us-east-1' };
const finding: Finding = {
  rule: 'ebs-slots',
  about: { target, cluster: 'blue', nodeGroup: 'workers' },
  severity: 'high',
  sentence: 'blue/workers has room for 2 volumes.',
  evidence: {},
  weight: 1,
  suggestion: 'Take another type.',
  link: 'https://example.com',
};
const [then, now] = ['2026-06-01T05:30:00.000Z', '2026-06-05T05:30:00.000Z'];
const found = turnPages([], [finding], new Set(), then).map((page): FindingPage => ({ ...page, untold: [] }));

describe('a target that left', () => {
  it.each([
    ['is one that was looked at before and is not named any more', [target], [], [target]],
    ['is none that is still named', [target], [target], []],
    ['is none that is named for the first time', [], [target], []],
    ['is told by its region, too', [target], [{ ...target, region: 'eu-central-1' }], [target]],
  ])('%s', (_case, before, targets, left) => {
    expect(targetsLeft(before, targets)).toEqual(left);
  });

  it('has its findings told once, in words that do not say they are mended', () => {
    const [page] = leave(found, target, now);
    expect(page?.untold).toMatchObject([
      {
        is: 'resolved',
        finding: {
          sentence:
            '444455556666/us-east-1 left the policy, and nobody looks whether this is still so: blue/workers has room for 2 volumes.',
        },
      },
    ]);
    expect(fingerprint(page?.untold[0]?.finding ?? finding)).toBe(fingerprint(finding));
  });

  it('leaves nothing behind once that is told', () => {
    const [page] = leave(found, target, now);
    expect(page && isBlank({ ...page, untold: [] })).toBe(true);
  });

  it('has nothing told that a person muted', () => {
    const mute = { until: '2026-07-01T00:00:00.000Z', by: 'ada', why: 'known' };
    const muted = found.flatMap((page) => withMute(page, fingerprint(finding), mute) ?? []);
    expect(leave(muted, target, now).flatMap(({ untold }) => untold)).toEqual([]);
  });
});
