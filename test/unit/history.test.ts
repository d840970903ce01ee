import { describe, expect, it } from 'vitest';
import { minutesTaken, rolledAt } from '../../functions/domain/history.ts';
import type { GroupState, Rollout } from '../../functions/domain/rollout.ts';
import { groupKey } from '../../functions/domain/target.ts';
import { failed, gone, held, rollout, rolloutGroup, target, updating, verifying } from './factories.ts';

const june = '2026-06-20T08:00:00.000Z';
const july = '2026-07-20T08:00:00.000Z';
const done = (at: string, minutes?: number): GroupState => ({
  is: 'done',
  at,
  ...(minutes !== undefined && { minutes }),
});
const kept = (...states: GroupState[]): Rollout[] =>
  states.map((state) => rollout({ groups: [rolloutGroup({ state })] }));
const key = groupKey(rolloutGroup());

describe('knows when a group was last rolled', () => {
  it.each<[string, Rollout[], string | undefined]>([
    ['never, without a rollout', [], undefined],
    ['when it was done', kept(done(june)), june],
    ['the later of two times, named last', kept(done(june), done(july)), july],
    ['the later of two times, named first', kept(done(july), done(june)), july],
    ['not by a failure after it', kept(done(june), failed()), june],
    [
      'never, while nothing was done',
      kept({ is: 'waiting', attempt: 1 }, updating(), verifying(), failed(), held, gone),
      undefined,
    ],
  ])('%s', (_case, rollouts, at) => {
    expect(rolledAt(rollouts).get(key)).toBe(at);
  });

  it('each group apart, also those of one name in two regions', () => {
    const groups = [
      rolloutGroup({ state: done(june) }),
      rolloutGroup({ target: { ...target, region: 'us-east-1' }, state: done(july) }),
    ];
    expect([...rolledAt([rollout({ groups })]).values()]).toEqual([june, july]);
  });
});

describe('knows how many minutes an update took', () => {
  it.each<[string, Rollout[], number | undefined]>([
    ['nothing, without a rollout', [], undefined],
    ['as long as it took', kept(done(june, 40)), 40],
    ['as long as the latest took, named last', kept(done(june, 40), done(july, 30)), 30],
    ['as long as the latest took, named first', kept(done(july, 30), done(june, 40)), 30],
    ['no minute at all', kept(done(june, 0)), 0],
    ['nothing of a group that ran the release already', kept(done(june)), undefined],
    ['the one before, where the latest was not timed', kept(done(june, 40), done(july)), 40],
    ['nothing of a group that failed', kept(failed()), undefined],
  ])('%s', (_case, rollouts, minutes) => {
    expect(minutesTaken(rollouts).get(key)).toBe(minutes);
  });
});
