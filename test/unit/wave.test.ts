import { describe, expect, it } from 'vitest';
import type { NodeGroup } from '../../functions/domain/node-group.ts';
import { groupKey } from '../../functions/domain/target.ts';
import { assignWaves } from '../../functions/domain/wave.ts';
import { nodeGroup, wave } from './factories.ts';

const group = (name: string, desiredSize: number, other: Partial<NodeGroup> = {}) =>
  nodeGroup({ nodeGroup: name, desiredSize, ...other });
const tiny = group('tiny', 1);
const small = group('small', 2);
const large = group('large', 50);

const canary = wave({ name: 'canary', select: [{ tags: { stage: 'dev' } }] });
const staging = wave({ name: 'staging', select: [{ tags: { stage: 'dev' } }, { clusters: ['staging'] }] });
const rest = wave({ name: 'rest' });

const namesOf = (groups: readonly NodeGroup[], waves = [canary, staging, rest], taken = {}) => {
  const assigned = assignWaves(groups, waves, taken);
  return groups.map((one) => assigned.get(groupKey(one)));
};

describe('puts a group', () => {
  it.each<[string, Partial<NodeGroup>, string]>([
    ['into the wave that selects it', { cluster: 'staging' }, 'staging'],
    ['into the first wave that selects it', { tags: { stage: 'dev' } }, 'canary'],
    ['into the last wave when none selects it', {}, 'rest'],
    [
      'into the wave its tag names, whatever selects it',
      { tags: { stage: 'dev', 'drydock:wave': 'rest' } },
      'rest',
    ],
    ["into the wave its cluster's tag names", { clusterTags: { 'drydock:wave': 'staging' } }, 'staging'],
    [
      'where it belongs when its tag names no wave',
      { cluster: 'staging', tags: { 'drydock:wave': 'cannary' } },
      'staging',
    ],
  ])('%s', (_case, other, name) => {
    expect(namesOf([group('one', 1, other)])).toEqual([name]);
  });
});

it('puts all groups into the only wave', () => {
  expect(namesOf([tiny, large], [rest])).toEqual(['rest', 'rest']);
});

describe('fills a wave that wants at least so many', () => {
  const atLeast = (number: number, other = {}) => [
    wave({ name: 'canary', atLeast: number, select: [{ tags: { stage: 'dev' } }] }),
    staging,
    wave({ name: 'rest', ...other }),
  ];
  const dev = group('dev', 9, { tags: { stage: 'dev' } });
  const empty = group('empty', 0);
  const emptyDev = group('empty-dev', 0, { tags: { stage: 'dev' } });
  it.each([
    ['with the smallest of the rest', [large, small, tiny], atLeast(1), {}, ['rest', 'rest', 'canary']],
    ['not with one that has no nodes', [large, empty, tiny], atLeast(1), {}, ['rest', 'rest', 'canary']],
    ['with one that has no nodes for want of others', [large, empty], atLeast(2), {}, ['canary', 'canary']],
    ['though one without nodes is selected', [emptyDev, large], atLeast(1), {}, ['canary', 'canary']],
    ['with the smallest two', [large, small, tiny], atLeast(2), {}, ['rest', 'canary', 'canary']],
    ['with all there are when there are fewer', [large, small], atLeast(5), {}, ['canary', 'canary']],
    ['with nothing when its selectors gave enough', [dev, tiny], atLeast(1), {}, ['canary', 'rest']],
    [
      'with what its selectors left missing',
      [dev, tiny, large],
      atLeast(2),
      {},
      ['canary', 'canary', 'rest'],
    ],
    ['with nothing when it has enough already', [tiny, large], atLeast(1), { canary: 1 }, ['rest', 'rest']],
    ['with nothing when it has more than enough', [tiny, large], atLeast(1), { canary: 2 }, ['rest', 'rest']],
    ['whatever other waves have', [tiny, large], atLeast(1), { rest: 4 }, ['canary', 'rest']],
    [
      'with the first by name of several of one size',
      [group('b', 1), group('a', 1)],
      atLeast(1),
      {},
      ['rest', 'canary'],
    ],
    [
      'counting what tags put there',
      [group('tagged', 9, { tags: { 'drydock:wave': 'canary' } }), tiny],
      atLeast(1),
      {},
      ['canary', 'rest'],
    ],
    [
      'not with what a tag put elsewhere',
      [group('tagged', 1, { tags: { 'drydock:wave': 'rest' } }), small],
      atLeast(1),
      {},
      ['rest', 'canary'],
    ],
  ])('%s', (_case, groups, waves, taken, names) => {
    expect(namesOf(groups, waves, taken)).toEqual(names);
    expect(namesOf(groups.toReversed(), waves, taken).toReversed()).toEqual(names);
  });

  it('takes them before a later wave selects them', () => {
    expect(namesOf([group('s', 1, { cluster: 'staging' }), large], atLeast(1))).toEqual(['canary', 'rest']);
  });
});
