/**
 * Writes Slack's threads as text: each first message as it stands at the end, its replies below it.
 *
 * Knows the parts of mrkdwn and of Block Kit that a message of ours may have; what it does not know
 * it names by its type, so that nothing is left out unseen.
 *
 * Pure.
 */
import { moment, width, wrap } from './layout.ts';
import type { Message } from './rehearsal.ts';

const emojis: Readonly<Record<string, string>> = {
  arrows_counterclockwise: '↻',
  checkered_flag: '■',
  large_blue_circle: '●',
  large_orange_circle: '▲',
  mag: '⌕',
  octagonal_sign: '⛔',
  package: '+',
  red_circle: '▲',
  rewind: '«',
  warning: '⚠',
  white_check_mark: '✓',
  white_circle: '○',
};

/** `seenFrom`: when it was posted; dates of another year say so. */
export const plain = (mrkdwn: string, seenFrom: string): string =>
  mrkdwn
    .replace(/<!date\^(\d+)\^[^|>]*\|[^>]*>/g, (_, seconds: string) =>
      moment(new Date(Number(seconds) * 1000).toISOString(), seenFrom),
    )
    .replace(/<!(here|channel|everyone)>/g, '@$1')
    .replace(/<([^|>]+)\|([^>]*)>/g, '$2 ($1)')
    .replace(/<([^>]+)>/g, '$1')
    .replace(/:([a-z_]+):/g, (whole, name: string) => emojis[name] ?? whole)
    .replace(/(^|[\s(“])\*([^*\n]+)\*/g, '$1$2')
    .replaceAll('`', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

type Text = { readonly type: string; readonly text: string };
type Block = {
  readonly type: string;
  readonly text?: Text;
  readonly fields?: readonly Text[];
  readonly elements?: readonly { readonly type: string; readonly text?: Text | string }[];
};

const textOf = ({ type, text }: Text, seenFrom: string): string =>
  type === 'mrkdwn' ? plain(text, seenFrom) : text;

const blockLines = (block: Block, at: string): readonly string[] => {
  switch (block.type) {
    case 'header':
    case 'section':
      return [block.text, ...(block.fields ?? [])].flatMap((text) =>
        text ? textOf(text, at).split('\n') : [],
      );
    case 'context':
      return (block.elements ?? []).flatMap(({ type, text }) =>
        typeof text === 'string' ? textOf({ type, text }, at).split('\n') : [`[${type}]`],
      );
    case 'actions':
      return [
        (block.elements ?? [])
          .map(({ text, type }) => `[ ${typeof text === 'object' ? text.text : type} ]`)
          .join(' '),
      ];
    case 'divider':
      return ['───'];
    default:
      return [`[${block.type}]`];
  }
};

const linesOf = ({ blocks, text, at }: Message): readonly string[] =>
  blocks.length === 0
    ? plain(text, at).split('\n')
    : (blocks as readonly Block[]).flatMap((block) => blockLines(block, at));

const indented = (lines: readonly string[], margin: string): readonly string[] =>
  lines.flatMap((line) =>
    wrap(line, width - margin.length, line.startsWith('• ') ? '  ' : '').map((part) => `${margin}${part}`),
  );

const threadLines = (root: Message, replies: readonly Message[]): readonly string[] => {
  const edited = root.editedAt === undefined ? '' : `, as it stands since ${moment(root.editedAt, root.at)}`;
  return [
    `${root.channel}  ${moment(root.at)}${edited}`,
    ...indented(linesOf(root), '  │ '),
    ...replies.flatMap((reply) => [
      `  └ ${moment(reply.at, root.at)}`,
      ...indented(linesOf(reply), '      '),
    ]),
  ];
};

export const threads = (messages: readonly Message[]): readonly string[] => {
  const roots = messages.filter(({ thread }) => thread === undefined);
  return roots.flatMap((root, i) => {
    const replies = messages.filter(({ thread, channel }) => thread === root.ts && channel === root.channel);
    return [...(i > 0 ? [''] : []), ...threadLines(root, replies)];
  });
};
