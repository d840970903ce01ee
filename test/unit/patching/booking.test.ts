/** A booked group is first in line, and never rolled to a release that is older than its patches. */
import { describe, expect, it } from 'vitest';
import { type Booking, bookedFirst, keepPatches } from '../../../functions/domain/patching/booking.ts';
import { daysAgo, hoursAgo } from '../compliance-factories.ts';
import { nodeGroup, ownRelease, release, target } from '../factories.ts';

const booking: Booking = {
  target,
  cluster: 'blue',
  nodeGroup: 'workers',
  patchedAt: daysAgo(1),
  job: 'patch-1',
};
const behind = (publishedAt: string) =>
  ({
    is: 'behind',
    target: release('1.34.9-20260714', { publishedAt }),
    days: 1,
    runningImageId: undefined,
  }) as const;

describe('a verdict on a booked group', () => {
  it.each([
    ['holds it from a release older than its patches', behind(daysAgo(2)), booking, 'held'],
    ['holds it from one as old', behind(daysAgo(1)), booking, 'held'],
    ['lets it go to a newer one', behind(hoursAgo(23)), booking, 'behind'],
    ['stays without a booking', behind(daysAgo(2)), undefined, 'behind'],
    ['stays when there is nothing to roll to', { is: 'current' } as const, booking, 'current'],
    [
      'holds it from an own image that was made before, though named later',
      {
        is: 'behind',
        target: ownRelease('ami-2', daysAgo(3), { publishedAt: hoursAgo(1) }),
        days: 1,
        runningImageId: undefined,
      } as const,
      booking,
      'held',
    ],
  ])('%s', (_case, verdict, booked, is) => {
    expect(keepPatches(verdict, booked).is).toBe(is);
  });

  it('says why', () => {
    expect(keepPatches(behind(daysAgo(2)), booking)).toEqual({
      is: 'held',
      why: 'patchedSince',
      train: { family: 'al2023', build: 'v20260714' },
    });
  });
});

it('booked groups come first, the others in their order', () => {
  const groups = ['a', 'workers', 'b'].map((name) => ({ group: nodeGroup({ nodeGroup: name }) }));
  expect(bookedFirst(groups, [booking]).map(({ group }) => group.nodeGroup)).toEqual(['workers', 'a', 'b']);
});
