/** Checks event patterns against what EventBridge's user guide says of them. */
import { describe, expect, it } from 'vitest';
import { matchesPattern } from './event-pattern.ts';

const named = (name: string) => ({ source: 'aws.ssm', detail: { name } });

describe('a pattern', () => {
  it.each<[string, unknown, string, boolean]>([
    ['means an exact value', '/golden/image-id', '/golden/image-id', true],
    ['means no longer one', '/golden/image-id', '/golden/image-id/2', false],
    ['means what begins so', { prefix: '/golden/' }, '/golden/1.34/image-id', true],
    ['means not what has it further on', { prefix: 'i-' }, 'mi-0a1b2c3d4e5f60718', false],
    [
      'means any run in place of a wildcard',
      { wildcard: '/golden/*/image-id' },
      '/golden/1.34/image-id',
      true,
    ],
    ['means slashes there too', { wildcard: '/golden/*/image-id' }, '/golden/a/b/image-id', true],
    ['means nothing there too', { wildcard: '/golden*' }, '/golden', true],
    ['means all of a value, not its middle', { wildcard: '/golden/*' }, '/my/golden/x', false],
    ['means all of a value, not its beginning', { wildcard: '*/image-id' }, '/golden/image-id/2', false],
    ['takes other signs for themselves', { wildcard: '/golden/1.3*' }, '/golden/1x34', false],
    ['takes an escaped asterisk for itself', { wildcard: '/a\\*b' }, '/a*b', true],
    ['takes an escaped asterisk for nothing else', { wildcard: '/a\\*b' }, '/axb', false],
    ['means none of these', { 'anything-but': ['/a', '/b'] }, '/b', false],
  ])('%s', (_case, filter, name, matched) => {
    expect(matchesPattern({ source: ['aws.ssm'], detail: { name: [filter] } }, named(name))).toBe(matched);
  });

  it('means any of several values, and all of its members', () => {
    const pattern = { source: ['aws.ssm'], detail: { name: ['/a', { wildcard: '/b*' }] } };
    expect(['/a', '/bc', '/c'].map((name) => matchesPattern(pattern, named(name)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(matchesPattern({ ...pattern, source: ['aws.ec2'] }, named('/a'))).toBe(false);
  });

  it.each([
    ['two wildcards in a row', { wildcard: '/a/**' }],
    ['a lone backslash', { wildcard: '/a\\b' }],
    ['a filter that is not simulated', { suffix: 'id' }],
  ])('is refused: %s', (_case, filter) => {
    expect(() => matchesPattern({ detail: { name: [filter] } }, named('/a'))).toThrow();
  });
});
