import { describe, expect, it } from 'vitest';
import type { GroupImage } from '../../functions/domain/node-group.ts';
import {
  addLoad,
  type GroupState,
  goalIsMet,
  haltReasons,
  isSettled,
  isUnderWay,
  loadOf,
  rolloutId,
  waitReasons,
  waveOf,
} from '../../functions/domain/rollout.ts';
import {
  done,
  failed,
  goal,
  gone,
  held,
  ownImage,
  rolloutGroup,
  target,
  updating,
  verifying,
  wave,
} from './factories.ts';

it.each([
  ['a Linux train', { family: 'al2023', build: 'v20260714' }, 'al2023-v20260714'],
  ['a Bottlerocket train', { family: 'bottlerocket', build: '1.55.0' }, 'bottlerocket-1.55.0'],
  ['a Windows train', { family: 'windows-2022', build: '2026.07.15' }, 'windows-2022-2026.07.15'],
  [
    'an own image, without the slashes of its parameter',
    { family: '/golden/eks-node', build: 'ami-0abc' },
    'golden-eks-node-ami-0abc',
  ],
])('names the rollout of %s', (_case, train, id) => {
  expect(rolloutId(train)).toBe(id);
  expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9.-]*$/);
});

it.each<[string, GroupState, boolean, boolean]>([
  ['waiting', { is: 'waiting', attempt: 1 }, false, false],
  ['updating', updating(), true, false],
  ['verifying', verifying(), true, false],
  ['done', done, false, true],
  ['failed', failed(), false, true],
  ['held', held, false, true],
  ['gone', gone, false, true],
])('knows whether a group that is %s is under way, or settled', (_case, state, underWay, settled) => {
  const group = rolloutGroup({ state });
  expect([isUnderWay(group), isSettled(group)]).toEqual([underWay, settled]);
});

it.each([
  ['the wave of its name', 'canary', 'canary'],
  ['the last wave when the policy knows its wave no more', 'beta', 'rest'],
])('finds %s', (_case, name, found) => {
  expect(waveOf(rolloutGroup({ wave: name }), [wave({ name: 'canary' }), wave({ name: 'rest' })])?.name).toBe(
    found,
  );
});

describe('has met its goal', () => {
  const own = { by: 'launch template', launchTemplateId: 'lt-1', imageId: 'ami-2' } as const;
  const eks = (releaseVersion: string): GroupImage => ({
    is: 'eks',
    amiType: 'AL2023_x86_64_STANDARD',
    releaseVersion,
  });
  it.each([
    ['with the wanted release', goal, eks('1.34.9-20260714'), true],
    ['not with another release', goal, eks('1.34.9-20260625'), false],
    ['not with a newer release', goal, eks('1.34.9-20260801'), false],
    ['not with the wanted image from a launch template', goal, ownImage(goal.imageId), false],
    ['with the wanted own image', own, ownImage('ami-2'), true],
    ['not with another own image', own, ownImage('ami-1'), false],
    ['not with a release of EKS where an own image is wanted', own, eks('1.34.9-20260714'), false],
  ])('%s', (_case, wanted, image, met) => {
    expect(goalIsMet(wanted, image)).toBe(met);
  });
});

it('counts what is under way, by cluster and by region', () => {
  const us = { ...target, region: 'us-east-1' };
  const groups = [
    rolloutGroup({ state: updating() }),
    rolloutGroup({ nodeGroup: 'b', state: verifying() }),
    rolloutGroup({ nodeGroup: 'c' }),
    rolloutGroup({ nodeGroup: 'd', state: done }),
    rolloutGroup({ cluster: 'green', state: updating() }),
    rolloutGroup({ target: us, state: updating() }),
  ];
  const load = loadOf(groups);
  expect(load).toEqual({
    '111122223333/eu-central-1/blue': 2,
    '111122223333/eu-central-1/green': 1,
    '111122223333/eu-central-1': 3,
    '111122223333/us-east-1/blue': 1,
    '111122223333/us-east-1': 1,
  });
  expect(addLoad(load, { '111122223333/us-east-1': 2, elsewhere: 1 })).toEqual({
    ...load,
    '111122223333/us-east-1': 3,
    elsewhere: 1,
  });
  expect(load['111122223333/us-east-1']).toBe(1);
});

it.each(Object.entries({ ...haltReasons, ...waitReasons }))('gives %s a sentence', (_why, sentence) => {
  expect(sentence).toMatch(/^[A-Z].*\.$/);
});
