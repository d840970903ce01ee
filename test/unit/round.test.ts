import { describe, expect, it } from 'vitest';
import { groupsOf, type Part, partsToCome, unreadOf } from '../../functions/domain/round.ts';
import { nodeGroup } from './factories.ts';

const dev = { account: '444455556666', region: 'eu-central-1' };
const prod = { account: '777788889999', region: 'eu-central-1' };
const read = (target: typeof dev, share?: number, problems: readonly string[] = []): Part => ({
  target,
  ...(share !== undefined && { share }),
  is: 'read',
  groups: [nodeGroup({ target, nodeGroup: `g${share ?? ''}` })],
  problems,
});
const hasGaps = (parts: readonly Part[]) => unreadOf([dev, prod], parts).some(({ refused }) => !refused);
const hasRefusals = (parts: readonly Part[]) => unreadOf([dev, prod], parts).some(({ refused }) => refused);
const divided = (target: typeof dev, shares: number): Part => ({ target, is: 'divided', shares });

describe('of a round', () => {
  it.each<[string, readonly Part[], readonly string[], boolean]>([
    ['nothing has come at first', [], ['444455556666/eu-central-1', '777788889999/eu-central-1'], true],
    ['one target may come first', [read(prod)], ['444455556666/eu-central-1'], true],
    ['both have come', [read(dev), read(prod)], [], false],
    ['what could not be read leaves a gap', [read(dev), read(prod, undefined, ['slow'])], [], true],
    [
      'each share of a divided target is to come',
      [read(prod), divided(dev, 2), read(dev, 2)],
      ['444455556666/eu-central-1 1'],
      true,
    ],
    ['all shares have come', [read(prod), divided(dev, 2), read(dev, 2), read(dev, 1)], [], false],
    [
      'shares that came before their target was said to be divided wait for that',
      [read(prod), read(dev, 1), read(dev, 2)],
      ['444455556666/eu-central-1'],
      true,
    ],
  ])('%s', (_case, parts, toCome, gaps) => {
    expect(partsToCome([dev, prod], parts)).toEqual(toCome);
    expect(hasGaps(parts)).toBe(gaps);
  });

  it('what refuses is no gap, and is known', () => {
    const refused: Part = { target: prod, is: 'read', groups: [], problems: [], refused: true };
    expect(hasGaps([read(dev), refused])).toBe(false);
    expect(hasRefusals([read(dev), refused])).toBe(true);
    expect(hasRefusals([read(dev), read(prod)])).toBe(false);
  });

  it.each<[string, readonly Part[], readonly object[]]>([
    ['all was', [read(dev), read(prod)], []],
    ['nothing has come of it', [read(prod)], [{ target: dev, refused: false }]],
    ['a share has not come', [read(prod), divided(dev, 2), read(dev, 1)], [{ target: dev, refused: false }]],
    ['a part had problems', [read(dev), read(prod, undefined, ['slow'])], [{ target: prod, refused: false }]],
    [
      'it refused',
      [read(dev), { target: prod, is: 'read', groups: [], problems: [], refused: true }],
      [{ target: prod, refused: true }],
    ],
  ])('what was not read: %s', (_case, parts, unread) => {
    expect(unreadOf([dev, prod], parts)).toEqual(unread);
  });

  it('the groups are those of all parts', () => {
    const groups = groupsOf([read(prod), divided(dev, 2), read(dev, 1), read(dev, 2)]);
    expect(groups.map(({ target, nodeGroup }) => `${target.account} ${nodeGroup}`)).toEqual([
      '777788889999 g',
      '444455556666 g1',
      '444455556666 g2',
    ]);
  });
});
