import { describe, expect, it } from 'vitest';
import { openRollBack, wantsBack } from '../../functions/domain/roll-back.ts';
import type { HaltReason, Rollout } from '../../functions/domain/rollout.ts';
import {
  done,
  failed,
  goal,
  held,
  monday as now,
  policy,
  rollout,
  rolloutGroup,
  updating,
} from './factories.ts';

const asked = { by: 'anna', why: 'it leaks' };
const of = (other: Partial<Rollout>) => openRollBack(rollout({ rollBack: asked, ...other }), policy(), now);
const named = (nodeGroup: string, state: ReturnType<typeof rolloutGroup>['state']) =>
  rolloutGroup({ nodeGroup, state });

describe('opens the way back', () => {
  it('for groups that moved or may be mixed, and takes the others out', () => {
    const groups = [
      named('moved', done),
      named('mixed', failed()),
      named('waits', { is: 'waiting', attempt: 1 }),
      named('left', held),
    ];
    const [back, first] = of({ groups });
    expect([back?.id, back?.purpose]).toEqual([
      'al2023-v20260714-back',
      { is: 'rollBack', ...asked, of: 'al2023-v20260714' },
    ]);
    expect(back?.groups.map(({ nodeGroup, state }) => [nodeGroup, state.is])).toEqual([
      ['moved', 'waiting'],
      ['mixed', 'waiting'],
    ]);
    expect(first?.rollBack).toEqual({ ...asked, to: 'al2023-v20260714-back' });
    expect(first?.groups.map(({ nodeGroup, state }) => [nodeGroup, state.is])).toEqual([
      ['moved', 'done'],
      ['mixed', 'failed'],
      ['waits', 'held'],
      ['left', 'held'],
    ]);
  });

  it('to what a group of EKS’s images ran before, and knows the image that it leaves', () => {
    const group = rolloutGroup({ state: done, before: '1.34.9-20260625', beforeImageId: 'ami-old' });
    const [back] = of({ groups: [group] });
    expect(back?.groups[0]).toMatchObject({
      before: goal.releaseVersion,
      beforeImageId: goal.imageId,
      goal: {
        by: 'release version',
        releaseVersion: '1.34.9-20260625',
        imageId: 'ami-old',
        leaves: goal.imageId,
      },
    });
  });

  it('to the image before, of a launch template', () => {
    const own = { by: 'launch template', launchTemplateId: 'lt-1', imageId: 'ami-new' } as const;
    const [back] = of({ groups: [rolloutGroup({ state: done, before: 'ami-old', goal: own })] });
    expect(back?.groups[0]).toMatchObject({
      before: 'ami-new',
      goal: { by: 'launch template', launchTemplateId: 'lt-1', imageId: 'ami-old' },
    });
  });

  it.each<[string, Partial<Rollout>]>([
    ['while an update is under way', { groups: [named('a', done), named('b', updating())] }],
    ['a second time', { groups: [named('a', done)], rollBack: { ...asked, to: 'x' } }],
  ])('not %s', (_case, other) => {
    expect(of(other)).toEqual([]);
  });

  it('not when nothing has moved after all: then nobody has asked', () => {
    const before = rollout({ groups: [rolloutGroup()] });
    expect(openRollBack({ ...before, rollBack: asked }, policy(), now)).toEqual([before]);
  });

  it('not unless somebody asks', () => {
    expect(openRollBack(rollout({ groups: [named('a', done)] }), policy(), now)).toEqual([]);
  });
});

describe('goes back by itself', () => {
  const rules = policy({ rollBackOn: ['withdrawn'] });
  const halted = (why: HaltReason, other: Partial<Rollout> = {}) =>
    rollout({ state: { is: 'halted', why, at: now }, groups: [named('a', done)], ...other });
  it.each<[string, Rollout, boolean]>([
    ['after a halt that the policy names', halted('withdrawn'), true],
    ['not after another halt', halted('stopped'), false],
    ['not while it rolls', rollout({ groups: [named('a', done)] }), false],
    ['not when nothing moved', halted('withdrawn', { groups: [rolloutGroup()] }), false],
    ['when something still moves', halted('withdrawn', { groups: [named('a', updating())] }), true],
    ['not from a way back', halted('withdrawn', { purpose: { is: 'rollBack', ...asked, of: 'x' } }), false],
  ])('%s', (_case, after, back) => {
    expect(wantsBack(rollout(), after, rules).rollBack !== undefined).toBe(back);
  });

  it('not when it had halted before: whoever looked at it left it so', () => {
    expect(wantsBack(halted('withdrawn'), halted('withdrawn'), rules).rollBack).toBeUndefined();
  });

  it('not again when a person asked for it', () => {
    expect(wantsBack(rollout(), halted('withdrawn', { rollBack: asked }), rules).rollBack).toEqual(asked);
  });
});
