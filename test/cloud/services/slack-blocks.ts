/**
 * Judges the blocks of a Slack message against Block Kit's limits.
 *
 * One row for each kind of block and element, each limit once. Slack gives up on a message whose blocks
 * say more than some 13,000 characters in all (undocumented: slackapi/bolt-js issues 2509 and 2867). Sources: docs.slack.dev/reference/block-kit,
 * doc comments of @slack/types 3.2.0, slackapi/python-slack-sdk's validators; checked 2026-11-23. Kinds
 * that Drydock does not use are refused as unknown.
 *
 * Pure.
 */
import {
  anything,
  boolean,
  isObject,
  type Judge,
  kinds,
  list,
  oneOf,
  type Row,
  shape,
  string,
  told,
  url,
} from './block-judges.ts';

export const mostCharacters = 13_000;

const plainText = (most: number) =>
  kinds({ plain_text: { required: { text: string(most) }, optional: { emoji: boolean } } });
const text = (most: number) =>
  kinds({
    plain_text: { required: { text: string(most) }, optional: { emoji: boolean } },
    mrkdwn: { required: { text: string(most) }, optional: { verbatim: boolean } },
  });

const confirm = shape({
  required: { title: plainText(100), text: text(300), confirm: plainText(30), deny: plainText(30) },
  optional: { style: oneOf('primary', 'danger') },
});
const option = shape({
  required: { text: text(75), value: string(150) },
  optional: { description: text(75), url },
});
const actionId = string(255);
const image: Row = { required: { image_url: url, alt_text: string(2000) } };

const elements: Readonly<Record<string, Row>> = {
  button: {
    required: { text: plainText(75) },
    optional: {
      action_id: actionId,
      url,
      value: string(2000),
      style: oneOf('primary', 'danger'),
      confirm,
      accessibility_label: string(75),
    },
  },
  overflow: { required: { options: list(5, option) }, optional: { action_id: actionId, confirm } },
  static_select: {
    required: { options: list(100, option) },
    optional: { action_id: actionId, placeholder: plainText(150), initial_option: option, confirm },
  },
};

const blockId = string(255);
const blocks: Readonly<Record<string, Row>> = {
  actions: { required: { elements: list(25, kinds(elements)) } },
  context: { required: { elements: list(10, kinds({ image, ...textRows() })) } },
  divider: { required: {} },
  header: { required: { text: plainText(150) } },
  image: { ...image, optional: { title: plainText(2000) } },
  markdown: { required: { text: string(12_000) } },
  rich_text: { required: { elements: anything } },
  section: {
    required: {},
    optional: {
      text: text(3000),
      fields: list(10, text(2000)),
      accessory: kinds({ ...elements, image }),
      expand: boolean,
    },
  },
};

function textRows(): Readonly<Record<string, Row>> {
  return {
    plain_text: { required: { text: string(3000) }, optional: { emoji: boolean } },
    mrkdwn: { required: { text: string(3000) }, optional: { verbatim: boolean } },
  };
}

const judgeBlock: Judge = (value, path) => {
  const rows = Object.entries(blocks).map(([type, row]) => [
    type,
    { ...row, optional: { ...row.optional, block_id: blockId } },
  ]);
  const wrong = kinds(Object.fromEntries(rows))(value, path);
  const hollow = isObject(value) && value.type === 'section' && !value.text && !value.fields;
  return hollow ? [...wrong, told('must have text or fields', path)] : wrong;
};

const valuesOf = (value: unknown, name: string): string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(item, name));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === name && typeof member === 'string' ? [member] : valuesOf(member, name),
  );
};

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

/** What is wrong with them, in Slack's words; empty when nothing is. */
export const judgeBlocks = (value: readonly unknown[]): readonly string[] => {
  if (value.length > 50) return [told('no more than 50 items allowed', '/blocks')];
  const each = value.flatMap((block, index) => judgeBlock(block, `/blocks/${index}`));
  const blockIds = repeated(
    value.flatMap((block) => (isObject(block) && typeof block.block_id === 'string' ? [block.block_id] : [])),
  );
  const actionIds = value.flatMap((block, index) =>
    repeated(valuesOf(block, 'action_id')).map((id) =>
      told(`action_id already exists: ${id}`, `/blocks/${index}`),
    ),
  );
  return [...each, ...blockIds.map((id) => told(`block_id already exists: ${id}`, '/blocks')), ...actionIds];
};

/** How many characters all texts of the blocks have together. */
export const charactersOf = (value: readonly unknown[]): number =>
  valuesOf(value, 'text').reduce((sum, part) => sum + [...part].length, 0);
