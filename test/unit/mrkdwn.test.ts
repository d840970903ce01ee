import { describe, expect, it } from 'vitest';
import { code, cut, dated, escapeText, lines } from '../../functions/slack/mrkdwn.ts';

it.each([
  ['the three characters that Slack reads', 'a<b>&c', 'a&lt;b&gt;&amp;c'],
  ['each of them', '<<&&', '&lt;&lt;&amp;&amp;'],
  ['what is escaped already, so that it is shown as written', '&lt;', '&amp;lt;'],
  ['a mention of everybody', '<!channel>', '&lt;!channel&gt;'],
  ['nothing else', 'blue_workers *1* ~x~', 'blue_workers *1* ~x~'],
])('escapes %s', (_case, text, escaped) => {
  expect(escapeText(text)).toBe(escaped);
});

it('writes code without a backtick in it', () => {
  expect(code('blue/`rm`')).toBe('`blue/ʼrmʼ`');
  expect(code('<a&b>')).toBe('`&lt;a&amp;b&gt;`');
});

it("writes a time for the reader's own time zone, with one in UTC for those who cannot read it", () => {
  expect(dated('2026-07-20T08:05:59.999Z')).toBe(
    '<!date^1784534759^{date_short_pretty} {time}|2026-07-20 08:05 UTC>',
  );
});

describe('cuts a text', () => {
  it.each([
    ['not when it fits', 'abcde', 5, 'abcde'],
    ['when it is one too long', 'abcdef', 5, 'abcd…'],
    ['not within a character of two halves', 'abc😀f', 5, 'abc…'],
    ['behind a character of two halves', 'ab😀efg', 5, 'ab😀…'],
    ['not within what stands for a character', 'abc&lt;d', 6, 'abc…'],
    ['behind what stands for a character', 'a&lt;bcd', 6, 'a&lt;…'],
  ])('%s', (_case, text, longest, short) => {
    expect(cut(text, longest)).toBe(short);
    expect(short.length).toBeLessThanOrEqual(longest);
  });

  it("at Slack's limit for a section, with room", () => {
    expect(cut('x'.repeat(2_900))).toHaveLength(2_900);
    expect(cut('x'.repeat(2_901))).toHaveLength(2_900);
    expect(cut('x'.repeat(2_901))).toMatch(/x…$/);
  });
});

describe('lists lines', () => {
  const many = Array.from({ length: 500 }, (_, i) => `• line ${i} ${'x'.repeat(50)}`);
  it('all of them when they fit', () => {
    expect(lines(['a', 'b'])).toBe('a\nb');
    expect(lines([])).toBe('');
  });

  it('and how many were left out before', () => {
    expect(lines(['a'], { more: 3 })).toBe('a\n… and 3 more');
    expect(lines([], { more: 3 })).toBe('… and 3 more');
  });

  it('as many as fit, in their order, and how many did not', () => {
    const list = lines(many).split('\n');
    expect(list.slice(0, -1)).toEqual(many.slice(0, list.length - 1));
    expect(list.at(-1)).toBe(`… and ${500 - (list.length - 1)} more`);
    expect(list.length).toBeGreaterThan(30);
  });

  it('counting those left out before with those that did not fit', () => {
    const fit = lines(many).split('\n').length - 1;
    expect(lines(many, { more: 7 })).toContain(`… and ${500 - fit + 7} more`);
  });

  it('with room in a section for a heading and the count', () => {
    expect(lines(many, { more: 999 }).length).toBeLessThan(2_750);
    expect(lines(Array(9).fill('&'.repeat(600)), { more: 999 }).length).toBeLessThan(2_750);
  });

  it('none longer than 600 characters', () => {
    expect(lines(['x'.repeat(601)])).toHaveLength(600);
    expect(lines(['x'.repeat(600)])).toBe('x'.repeat(600));
  });
});
