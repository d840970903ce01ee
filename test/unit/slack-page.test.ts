import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emoji, mrkdwnToHtml } from '../slack-page/mrkdwn.ts';

describe('the page shows', () => {
  it.each([
    ['bold', '*Done* now', '<b>Done</b> now'],
    ['bold code', '*`blue`*: fine', '<b><code>blue</code></b>: fine'],
    ['italic', 'it is _late_.', 'it is <i>late</i>.'],
    ['no markup within words', 'a_b_c 2*3*4', 'a_b_c 2*3*4'],
    ['code', '`a &lt; *b*`', '<code>a &lt; *b*</code>'],
    ['a block of code', '```a\n*b*```', '<pre>a\n*b*</pre>'],
    ['a link', '<https://a.b/?x=1&amp;y|Why>', '<a href="https://a.b/?x=1&amp;y" rel="noreferrer">Why</a>'],
    ['a date', '<!date^0^{date}|then>', '<time datetime="1970-01-01T00:00:00.000Z">1970-01-01 00:00</time>'],
    ['a person', '<@U0ANNA>', '<span class="mention">@U0ANNA</span>'],
    ['a user group', '<!subteam^S0OPS>', '<span class="mention">@S0OPS</span>'],
    ['emoji', ':warning: 10:00:00', '⚠️ 10:00:00'],
  ])('%s', (_case, text, html) => {
    expect(mrkdwnToHtml(text)).toBe(html);
  });

  it.each([
    ['markup', '<b onclick="x">', '&lt;b onclick=&quot;x&quot;&gt;'],
    ['escaped markup', '&lt;script&gt;', '&lt;script&gt;'],
    ['a link to a script', '<javascript:alert(1)|x>', '&lt;javascript:alert(1)|x&gt;'],
    [
      'quotes in a link',
      '<https://a.b/"onclick="x|y>',
      '<a href="https://a.b/&quot;onclick=&quot;x" rel="noreferrer">y</a>',
    ],
  ])('as text %s', (_case, text, html) => {
    expect(mrkdwnToHtml(text)).toBe(html);
  });

  it('every emoji that Drydock writes', () => {
    const folder = join(import.meta.dirname, '../../functions/slack');
    const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const used = new Set(sources.flatMap((source) => source.match(/:[a-z_]+:(?=[ '`])/g) ?? []));
    expect(used.size).toBeGreaterThan(10);
    expect([...used].filter((name) => !(name.slice(1, -1) in emoji))).toEqual([]);
  });
});
