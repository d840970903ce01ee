import { describe, expect, it } from 'vitest';
import { fleetAcross, instancesAcross, updatesAcross } from '../../functions/aws/across.ts';
import { rollout, rolloutGroup } from './factories.ts';

const never = () => {
  throw new Error('a target that the policy does not name was asked');
};
const group = rolloutGroup({ target: { account: '444455556666', region: 'us-east-1' } });

describe('of a target that the policy names no more', () => {
  const updates = updatesAcross([], never);
  it.each([
    ['a group is gone', () => fleetAcross([], never).read(group), undefined],
    ['an update is gone', () => updates.read(group, 'u-1'), undefined],
    [
      'an update is not started',
      () => updates.start(rollout(), group, new AbortController().signal),
      { is: 'gone' },
    ],
    ['there are no instances', () => instancesAcross([], never).of(group), []],
  ])('%s, and nobody is asked', async (_case, ask, answer) => {
    expect(await ask()).toEqual(answer);
  });
});
