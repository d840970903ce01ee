/**
 * Shows Slack's mrkdwn as HTML: bold, italic, code, links, mentions, dates and emoji.
 *
 * Knows that whatever stands between angle brackets is Slack's own syntax and that `&amp;`, `&lt;` and
 * `&gt;` are the only entities (docs.slack.dev/messaging/formatting-message-text, checked 2026-11-24).
 * Whatever it does not know is shown as text; nothing of a message becomes markup of the page.
 *
 * Pure.
 */
const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const decode = (text: string): string =>
  text.replaceAll(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity);

const htmlOf: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** For text and for attributes in quotes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => htmlOf[character] ?? character);

const plain = (text: string): string => escapeHtml(decode(text));

/** Those that Drydock writes. */
export const emoji: Readonly<Record<string, string>> = {
  arrow_forward: '▶️',
  arrows_counterclockwise: '🔄',
  bar_chart: '📊',
  bust_in_silhouette: '👤',
  checkered_flag: '🏁',
  large_blue_circle: '🔵',
  large_orange_circle: '🟠',
  large_yellow_circle: '🟡',
  mag: '🔍',
  no_bell: '🔕',
  no_entry: '⛔',
  octagonal_sign: '🛑',
  package: '📦',
  raised_hand: '✋',
  red_circle: '🔴',
  rewind: '⏪',
  rotating_light: '🚨',
  test_tube: '🧪',
  warning: '⚠️',
  wastebasket: '🗑️',
  wave: '👋',
  white_check_mark: '✅',
  white_circle: '⚪',
};

const withEmoji = (html: string): string =>
  html.replaceAll(/:([a-z_]+):/g, (whole, name: string) => emoji[name] ?? whole);

const styled = (text: string): string =>
  withEmoji(
    plain(text)
      .replaceAll(/(^|[\s(])\*([^*\n]+)\*(?=$|[\s.,:;!?)])/g, '$1<b>$2</b>')
      .replaceAll(/(^|[\s(])_([^_\n]+)_(?=$|[\s.,:;!?)])/g, '$1<i>$2</i>'),
  );

/** `!date^SECONDS^FORMAT|FALLBACK`, in UTC. */
const dateOf = (inner: string): string | undefined => {
  const seconds = /^!date\^(\d+)\^/.exec(inner)?.[1];
  if (seconds === undefined) return undefined;
  const at = new Date(Number(seconds) * 1000).toISOString();
  return `<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')}</time>`;
};

/** What stands between angle brackets. */
const special = (inner: string): string => {
  const [target = '', label = target] = inner.split('|');
  const date = dateOf(inner);
  if (date !== undefined) return date;
  if (/^https?:\/\//.test(target)) return `<a href="${plain(target)}" rel="noreferrer">${plain(label)}</a>`;
  const mention = /^(?:@|#|!subteam\^|!)(?=\w)/.exec(target);
  if (mention) return `<span class="mention">@${plain(target.slice(mention[0].length))}</span>`;
  return plain(`<${inner}>`);
};

const bold = (html: string, isBold: boolean): string => (isBold ? `<b>${html}</b>` : html);

/** Between code; bold may reach over code, as in *`name`*. */
const prose = (text: string): string =>
  text
    .split(/<([^<>]*)>/)
    .map((part, index) => (index % 2 === 0 ? styled(part) : special(part)))
    .join('');

const inline = (text: string): string =>
  text
    .split(/(\*?`[^`\n]+`\*?)/)
    .map((part, index) => {
      if (index % 2 === 0) return prose(part);
      const isBold = part.startsWith('*') && part.endsWith('*');
      const code = part.replaceAll(/^\*?`|`\*?$/g, '');
      return bold(`<code>${plain(code)}</code>`, isBold);
    })
    .join('');

export const mrkdwnToHtml = (text: string): string =>
  text
    .split(/```([\s\S]*?)```/)
    .map((part, index) => (index % 2 === 0 ? inline(part) : `<pre>${plain(part)}</pre>`))
    .join('');
