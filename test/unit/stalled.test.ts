/** Which rollouts stand still without a reason that the policy gives. */
import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../functions/domain/rollout.ts';
import { noteWait, stalledRollouts } from '../../functions/domain/stalled.ts';
import { rollout, rolloutGroup } from './factories.ts';

const opened = '2026-07-20T08:00:00.000Z';
const later = (hours: number) => new Date(Date.parse(opened) + hours * 3_600_000).toISOString();
const still = (other: Partial<Rollout> = {}): Rollout => rollout({ openedAt: opened, ...other });
const waits = (why: 'updating' | 'limitReached' | 'stopped' | 'windowShut', until?: string) => ({
  waiting: { why, wave: 'dev', ...(until && { until }) },
});
const stalled = (hours: number, ...rollouts: readonly Rollout[]) =>
  stalledRollouts(rollouts, later(hours)).length;

it.each([
  ['it has just moved', still(), 1, 0],
  ['nothing explains it', still(), 2, 1],
  ['EKS takes that long', still(waits('updating')), 7, 1],
  ['its window opens later', still(waits('windowShut', later(60))), 50, 0],
  ['its window opened, and nothing came of it', still(waits('windowShut', later(6))), 7, 1],
  ['a person stopped everything', still(waits('stopped')), 500, 0],
  ['it halted', still({ state: { is: 'halted', why: 'stopped', at: opened } }), 500, 0],
  ['a person resumed it', still({ resumedAt: later(6) }), 7, 0],
  ['a wave was done', still({ waveDoneAt: { dev: later(6) } }), 7, 0],
  ['a group moved', still({ groups: [rolloutGroup({ state: { is: 'done', at: later(6) } })] }), 7, 0],
  [
    'a group started',
    still({ groups: [rolloutGroup({ state: { is: 'updating', attempt: 1, since: later(6) } })] }),
    7,
    0,
  ],
])('when %s', (_case, one, hours, expected) => {
  expect(stalled(hours, one)).toBe(expected);
});

it('waits for room as long as another one moves', () => {
  const mover = still({ id: 'other', waveDoneAt: { dev: later(6) } });
  expect(stalled(7, still(waits('limitReached')), mover)).toBe(0);
  expect(stalled(7, still(waits('updating')), mover)).toBe(1);
  expect(stalled(8, still(waits('limitReached')), mover)).toBe(2);
});

describe('a rollout that could not move while its window was open', () => {
  const noted = noteWait(still(waits('updating')), later(1));

  it.each([
    ['stands still, though the window is shut again', waits('windowShut', later(60)), 1],
    ['is stopped by a person', waits('stopped'), 0],
  ])('%s', (_case, wait, expected) => {
    expect(stalled(3, { ...noted, ...wait })).toBe(expected);
  });

  it('does not any more once it moved', () => {
    expect(stalled(5, { ...noted, ...waits('windowShut', later(60)), waveDoneAt: { dev: later(2) } })).toBe(
      0,
    );
  });

  it('is noted once until it moves, and then anew', () => {
    expect(noteWait(noted, later(2))).toEqual(noted);
    const moved = { ...noted, waveDoneAt: { dev: later(2) } };
    expect(noteWait(moved, later(3)).unexplainedSince).toBe(later(3));
  });

  it.each([
    ['a window that is shut', waits('windowShut', later(6))],
    ['a person who stopped it', waits('stopped')],
    ['others that take the room', waits('limitReached')],
  ])('is not what %s explains', (_case, wait) => {
    expect(noteWait(still(wait), later(1)).unexplainedSince).toBeUndefined();
  });
});
