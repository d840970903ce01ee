import { describe, expect, it } from 'vitest';
import { mute, unmute } from '../../../functions/domain/commands/mute.ts';
import type { World } from '../../../functions/domain/commands/world.ts';
import { type Finding, fingerprint } from '../../../functions/domain/finding.ts';
import type { KnownFinding } from '../../../functions/domain/finding-book.ts';
import { minutesAfter } from '../../../functions/domain/time.ts';
import { finding, monday, policy } from '../factories.ts';

const asked = fingerprint(finding());
const later = minutesAfter(monday, 1);
const who = { by: 'anna', why: 'known', dryRun: false };

const known = (other: Partial<KnownFinding> = {}, found: Partial<Finding> = {}): KnownFinding => ({
  finding: finding(found),
  firstSeenAt: monday,
  lastSeenAt: monday,
  ...other,
});
const world = (...findings: readonly KnownFinding[]): World => ({
  rollouts: [],
  holds: [],
  stop: undefined,
  findings,
  judged: [],
  unread: 0,
  policy: policy(),
  now: monday,
  id: 'c0ffee',
});
const some = (number: number) =>
  Array.from({ length: number }, (_, index) =>
    known({}, { about: { ...finding().about, cluster: `c${index}` } }),
  );

describe('mute', () => {
  const by = (until: string, ...findings: readonly KnownFinding[]) =>
    mute({ command: 'mute', finding: asked, until, ...who }, world(...findings));

  it('keeps who, why and until when', () => {
    expect(by(later, known()).deeds).toEqual([
      { is: 'mute', finding: asked, mute: { until: later, by: 'anna', why: 'known' } },
    ]);
  });

  it.each<[string, string, readonly KnownFinding[], string]>([
    ['refuses a date that is now', monday, [known()], 'The date until has passed'],
    ['refuses what nobody has found', later, [], 'Fingerprints stand in'],
    ['refuses what nobody has found, naming its likes', later, some(10), 'c9/workers/d3.8xlarge.'],
    ['names ten of its likes and counts the rest', later, some(11), '; and 1 more.'],
    [
      'refuses what nobody has found, not naming other rules',
      later,
      [known({}, { rule: 'syslog' })],
      'Fingerprints stand in',
    ],
  ])('%s', (_case, until, findings, says) => {
    expect(by(until, ...findings)).toEqual({
      accepted: false,
      says: [expect.stringContaining(says)],
      deeds: [],
    });
  });

  it.each<[string, NonNullable<Finding['muted']>, string | undefined]>([
    ['for good', { until: undefined }, 'The policy mutes it; findings.mute says so.'],
    ['until later', { until: later }, 'The policy mutes it until 2026-07-20 08:01 UTC'],
    ['no longer', { until: monday }, undefined],
  ])('says that the policy mutes it too: %s', (_case, muted, says) => {
    const answer = by(later, known({}, { muted }));
    expect(answer.says[2]).toEqual(says === undefined ? undefined : expect.stringContaining(says));
  });
});

describe('unmute', () => {
  const by = (...findings: readonly KnownFinding[]) =>
    unmute({ command: 'unmute', finding: asked, ...who }, world(...findings));
  const muted = (until: string) => known({ mute: { until, by: 'bob', why: 'noise' } });

  it.each<[string, readonly KnownFinding[], boolean, number]>([
    ['ends a mute that lasts', [muted(later)], true, 1],
    ['has nothing to do once the mute has ended', [muted(monday)], true, 0],
    ['has nothing to do where nobody muted', [known()], true, 0],
    ['refuses what nobody has found', [], false, 0],
  ])('%s', (_case, findings, accepted, deeds) => {
    const answer = by(...findings);
    expect([answer.accepted, answer.deeds.length]).toEqual([accepted, deeds]);
  });
});
