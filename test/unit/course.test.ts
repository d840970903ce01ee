import { describe, expect, it } from 'vitest';
import { currentWave, groupsOf, soakWait, watched, withWavesDone } from '../../functions/domain/course.ts';
import type { GroupState, Rollout } from '../../functions/domain/rollout.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import {
  done,
  failed,
  gone,
  held,
  monday as now,
  rollout,
  rolloutGroup,
  updating,
  verifying,
  wave,
} from './factories.ts';

const canary = wave({ name: 'canary', soakHours: 24 });
const middle = wave({ name: 'middle', soakHours: 2 });
const rest = wave({ name: 'rest' });
const waves = [canary, middle, rest];
const waiting = { is: 'waiting', attempt: 1 } as const;
const group = (wave: string, state: GroupState, nodeGroup = wave) => rolloutGroup({ wave, state, nodeGroup });
const namesOf = ({ groups }: Pick<Rollout, 'groups'>) => groups.map(({ nodeGroup }) => nodeGroup);

describe('is at the first wave that has something to move or to follow', () => {
  it.each<[string, Rollout['groups'], string | undefined]>([
    ['the first that waits', [group('rest', waiting), group('middle', waiting)], 'middle'],
    ['one that updates', [group('canary', updating()), group('rest', waiting)], 'canary'],
    ['one that is verified', [group('canary', verifying()), group('rest', waiting)], 'canary'],
    [
      'past one that is settled',
      [
        group('canary', done),
        group('canary', failed()),
        group('canary', held),
        group('canary', gone),
        group('rest', waiting),
      ],
      'rest',
    ],
    ['none when all is settled', [group('rest', done)], undefined],
    ['none without groups', [], undefined],
    ['the last one for a wave that the policy forgot', [group('beta', waiting)], 'rest'],
  ])('%s', (_case, groups, name) => {
    expect(currentWave(rollout({ groups }), waves)?.name).toBe(name);
  });
});

it('counts groups of a wave that the policy forgot among the last', () => {
  const both = rollout({ groups: [group('beta', waiting), group('canary', waiting), group('rest', done)] });
  expect(namesOf({ groups: groupsOf(both, rest, waves) })).toEqual(['beta', 'rest']);
  expect(namesOf({ groups: groupsOf(both, canary, waves) })).toEqual(['canary']);
});

describe('watches what is done until the soak of its wave is over', () => {
  const doneAt = minutesAfter(now, -24 * 60);
  const open = (other: Partial<Rollout> = {}) =>
    rollout({
      groups: [group('canary', done), group('rest', waiting)],
      waveDoneAt: { canary: doneAt },
      ...other,
    });
  it.each<[string, Rollout, string, string[]]>([
    ['a minute before its end', open(), minutesAfter(now, -1), ['canary']],
    ['no longer at its end', open(), now, []],
    ['not while the wave is not complete', open({ waveDoneAt: {} }), minutesAfter(now, -1), []],
    [
      'only what is done',
      open({
        groups: [group('canary', failed(), 'a'), group('canary', gone, 'b'), group('rest', waiting)],
      }),
      minutesAfter(now, -1),
      [],
    ],
    [
      'not when nothing is left that could be spared',
      open({ groups: [group('canary', done), group('rest', held)] }),
      minutesAfter(now, -1),
      [],
    ],
    [
      'not when it is halted',
      open({ state: { is: 'halted', why: 'stopped', at: now } }),
      minutesAfter(now, -1),
      [],
    ],
  ])('%s', (_case, of, at, names) => {
    expect(namesOf({ groups: watched(of, waves, at) })).toEqual(names);
  });
});

describe('lets a wave wait for the soak of every earlier one', () => {
  const at = (canaryAgo: number, middleAgo: number) =>
    rollout({
      waveDoneAt: { canary: minutesAfter(now, -canaryAgo), middle: minutesAfter(now, -middleAgo) },
    });
  it.each<[string, Rollout, typeof canary, object | undefined]>([
    ['nothing was done before', rollout(), rest, undefined],
    [
      'a minute before the end of one',
      at(24 * 60 - 1, 999),
      rest,
      { why: 'soaking', wave: 'canary', until: minutesAfter(now, 1) },
    ],
    ['at the end of both', at(24 * 60, 2 * 60), rest, undefined],
    [
      'the wave just before it soaks',
      at(24 * 60, 2 * 60 - 1),
      rest,
      { why: 'soaking', wave: 'middle', until: minutesAfter(now, 1) },
    ],
    ['the earliest that soaks is named', at(0, 0), rest, { wave: 'canary' }],
    ['its own soak is none of its business', at(24 * 60, 0), middle, undefined],
  ])('%s', (_case, of, which, wait) => {
    const found = soakWait(of, which, waves, now);
    if (wait) expect(found).toMatchObject(wait);
    else expect(found).toBeUndefined();
  });
});

describe('takes down which waves are complete', () => {
  const earlier = '2026-07-19T08:00:00.000Z';
  it.each<[string, Partial<Rollout>, Rollout['waveDoneAt'], string | undefined]>([
    ['one whose groups are done', { groups: [group('canary', done)] }, { canary: now }, 'canary'],
    ['one whose only group failed', { groups: [group('canary', failed())] }, { canary: now }, 'canary'],
    [
      'not one with a group that waits',
      { groups: [group('canary', done), group('canary', waiting)] },
      {},
      undefined,
    ],
    [
      'not one with a group under way',
      { groups: [group('canary', done), group('canary', updating())] },
      {},
      undefined,
    ],
    [
      'not one whose groups all left: nothing to soak',
      { groups: [group('canary', held), group('canary', gone)] },
      {},
      undefined,
    ],
    ['not one without groups', { groups: [] }, {}, undefined],
    [
      'not one a second time',
      { groups: [group('canary', done)], waveDoneAt: { canary: earlier } },
      { canary: earlier },
      undefined,
    ],
    [
      'several at once, telling the last',
      { groups: [group('canary', done), group('middle', done), group('rest', waiting)] },
      { canary: now, middle: now },
      'middle',
    ],
  ])('%s', (_case, other, waveDoneAt, told) => {
    const { rollout: after, done } = withWavesDone(rollout(other), waves, now);
    expect(after.waveDoneAt).toEqual(waveDoneAt);
    expect(done).toBe(told);
  });
});
