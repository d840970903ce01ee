import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches, mayMean, type Selector } from '../../functions/domain/selector.ts';
import { nodeGroup } from './factories.ts';

const group = nodeGroup({
  cluster: 'prod-eu.1',
  nodeGroup: 'spot-large',
  tags: { team: 'shop', stage: 'prod' },
  clusterTags: { team: 'platform', environment: 'prod' },
});

describe('means a group by', () => {
  it.each<[string, Selector, boolean]>([
    ['the name of its cluster', { clusters: ['prod-eu.1'] }, true],
    ['any of several clusters', { clusters: ['dev', 'prod-eu.1'] }, true],
    ['a star alone', { clusters: ['*'] }, true],
    ['a star at the end', { clusters: ['prod-*'] }, true],
    ['a star at the start', { clusters: ['*-eu.1'] }, true],
    ['a star in the middle', { clusters: ['p*.1'] }, true],
    ['two stars', { clusters: ['*eu*'] }, true],
    ['a star for nothing', { clusters: ['prod-eu.1*'] }, true],
    ['no part of the name', { clusters: ['prod'] }, false],
    ['no ending of the name', { clusters: ['eu.1'] }, false],
    ['a dot as a dot', { clusters: ['prod-eu?1', 'prod.eu.1'] }, false],
    ['letters as they are written', { clusters: ['PROD-EU.1'] }, false],
    ['its account', { accounts: ['111122223333'] }, true],
    ['not the number of another account', { accounts: ['444455556666'], clusters: ['*'] }, false],
    ['its region', { regions: ['eu-*'] }, true],
    ['not another region', { regions: ['us-east-1'] }, false],
    ['its own name', { nodeGroups: ['spot-*'] }, true],
    ['not the name of another group', { nodeGroups: ['on-demand'] }, false],
    ['its tag', { tags: { stage: 'prod' } }, true],
    ['any value of its tag', { tags: { stage: '*' } }, true],
    ['not a tag it does not have, whatever its value', { tags: { owner: '*' } }, false],
    ['not another value', { tags: { stage: 'dev' } }, false],
    ['not a tag that every object has, but no group', { tags: { toString: '*' } }, false],
    ["its cluster's tag", { tags: { environment: 'prod' } }, true],
    ["its own tag before its cluster's", { tags: { team: 'platform' } }, false],
    ['all of several tags', { tags: { stage: 'prod', team: 'shop' } }, true],
    ['not some of several tags', { tags: { stage: 'prod', team: 'platform' } }, false],
    [
      'cluster, name and tags together',
      { clusters: ['prod-*'], nodeGroups: ['spot-*'], tags: { team: 'shop' } },
      true,
    ],
    [
      'not when its cluster is another',
      { clusters: ['dev'], nodeGroups: ['spot-*'], tags: { team: 'shop' } },
      false,
    ],
    [
      'not when its name is another',
      { clusters: ['prod-*'], nodeGroups: ['x'], tags: { team: 'shop' } },
      false,
    ],
    [
      'not when its tag is another',
      { clusters: ['prod-*'], nodeGroups: ['spot-*'], tags: { team: 'x' } },
      false,
    ],
    ['nothing, where no cluster is named', { clusters: [] }, false],
  ])('%s', (_case, selector, answer) => {
    expect(matches(selector, group)).toBe(answer);
  });
});

it.each<[Selector, boolean]>([
  [{}, true],
  [{ clusters: ['dev', 'prod-*'], nodeGroups: ['x'], tags: { team: 'shop' } }, true],
  [{ clusters: ['dev'] }, false],
])('%j may mean a group of prod-a: %s', (selector, answer) => {
  expect(mayMean(selector, 'prod-a')).toBe(answer);
});

it.each([
  ['brackets', 'a[b](c){d}'],
  ['a backslash', 'a\\d'],
  ['a line break', 'a\nb'],
  ['an alternative', 'a|b'],
])('takes %s in a tag as written', (_case, value) => {
  expect(matches({ tags: { note: value } }, nodeGroup({ tags: { note: value } }))).toBe(true);
  expect(matches({ tags: { note: 'a*' } }, nodeGroup({ tags: { note: value } }))).toBe(true);
  expect(matches({ tags: { note: value } }, nodeGroup({ tags: { note: 'a' } }))).toBe(false);
});

describe('takes a pattern', () => {
  const hundred = 'a'.repeat(100);
  it.each<[string, string, string, boolean]>([
    ['with a run of stars as one star', 'a***b', 'a-b', true],
    ['with a run of stars for nothing', 'a***b', 'ab', true],
    ['of stars alone for anything', '**', 'ab', true],
    ['of stars alone for nothing', '**', '', true],
    ['that is empty for an empty text', '', '', true],
    ['that is empty for no other text', '', 'a', false],
    ['whose ends would share a letter as no match', 'a*a', 'a', false],
    ['whose ends just fit', 'a*a', 'aa', true],
    ['whose ends would overlap as no match', 'aba*aba', 'ababa', false],
    ['whose ends lie side by side', 'aba*aba', 'abaaba', true],
    ['whose middle is only in its start', 'ab*b*c', 'abc', false],
    ['whose middle is only in its end', 'a*b*bc', 'abc', false],
    ['whose middle lies between', 'a*b*bc', 'abbc', true],
    ['whose parts come in order', '*a*b*c*', 'xaybzc', true],
    ['whose parts come in another order', '*a*b*c*', 'xcybza', false],
    ['whose part is there once and wanted twice', '*ab*ab*', 'xabx', false],
    ['whose part is there twice', '*ab*ab*', 'xabxabx', true],
    ['whose part overlaps itself', '*aa*aa*', 'aaa', false],
    ['with a start that comes again', 'ab*ab', 'abxabxab', true],
    ['with an end that comes before', '*ab', 'abx', false],
    ['with what is special elsewhere, as it is written', 'a.+?[b]*(c)|\\d^$', 'a.+?[b]-(c)|\\d^$', true],
    ['with a dot for a dot alone', 'a.*c', 'abc', false],
    ['over a line break', 'a*b', 'a\n\nb', true],
    ['of many stars soon, where nothing matches', '*a*a*a*a*a*a*a*a*a*a*b', hundred, false],
    ['of many stars soon, where it matches', '*a*a*a*a*a*a*a*a*a*a*b', `${hundred}b`, true],
    ['of many stars soon, with its last letter in the middle', '*a*a*a*a*a*a*a*a*a*a*b*c', hundred, false],
  ])('%s', (_case, pattern, text, answer) => {
    expect(matches({ clusters: [pattern] }, nodeGroup({ cluster: text }))).toBe(answer);
  });
});

it('takes any pattern as a regular expression would that has the text of each part', () => {
  const letters = (unit: string, maxLength: number) =>
    fc.array(fc.constantFrom(...unit), { maxLength }).map((all) => all.join(''));
  fc.assert(
    fc.property(letters('ab*', 6), letters('ab', 8), (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
      expect(matches({ clusters: [pattern] }, nodeGroup({ cluster: text }))).toBe(expression.test(text));
    }),
    { numRuns: 2_000 },
  );
});
