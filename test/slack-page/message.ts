/**
 * Shows a message of Slack as HTML: its blocks, its buttons with their "are you sure?", and whether it was
 * edited. A button is a form, so that the page needs no script.
 *
 * Pure.
 */
import * as v from 'valibot';
import type { SlackMessage } from '../cloud/services/slack-workspace.ts';
import { escapeHtml, mrkdwnToHtml } from './mrkdwn.ts';

const textObject = v.object({ type: v.picklist(['mrkdwn', 'plain_text']), text: v.string() });
const button = v.object({
  type: v.literal('button'),
  text: textObject,
  action_id: v.string(),
  style: v.optional(v.string(), 'plain'),
  confirm: v.optional(
    v.object({ title: textObject, text: textObject, confirm: textObject, deny: textObject }),
  ),
});
type Button = v.InferOutput<typeof button>;
const block = v.variant('type', [
  v.object({ type: v.literal('section'), text: textObject }),
  v.object({ type: v.literal('header'), text: textObject }),
  v.object({ type: v.literal('context'), elements: v.array(textObject) }),
  v.object({ type: v.literal('actions'), block_id: v.string(), elements: v.array(button) }),
]);
type Block = v.InferOutput<typeof block>;

const textHtml = ({ type, text }: v.InferOutput<typeof textObject>): string =>
  type === 'mrkdwn' ? mrkdwnToHtml(text) : escapeHtml(text);

/** Who presses, and what the page shows after it. */
export type Viewer = { readonly user: string; readonly channel: string; readonly thread: string };

type Place = Pick<SlackMessage, 'channel' | 'ts'> & { readonly viewer: Viewer };

const hidden = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
    .join('');

export const form = (action: string, fields: Readonly<Record<string, string>>, inner: string): string =>
  `<form method="post" action="${action}">${hidden(fields)}${inner}</form>`;

const buttonHtml = (one: Button, blockId: string, { channel, ts, viewer }: Place): string => {
  const { action_id, text, style, confirm } = one;
  const at = { ...viewer, in: channel, ts, block: blockId, action: action_id };
  const press = (label: string, kind: string) =>
    form('/press', at, `<button class="${escapeHtml(kind)}">${label}</button>`);
  if (!confirm) return press(textHtml(text), style);
  const id = escapeHtml(`confirm-${ts}-${blockId}-${action_id}`);
  return [
    `<button type="button" class="${escapeHtml(style)}" popovertarget="${id}">${textHtml(text)}</button>`,
    `<div popover id="${id}" role="dialog"><h3>${textHtml(confirm.title)}</h3><p>${textHtml(confirm.text)}</p>`,
    `<div class="row"><button type="button" class="plain" popovertarget="${id}" popovertargetaction="hide">${textHtml(confirm.deny)}</button>`,
    `${press(textHtml(confirm.confirm), style)}</div></div>`,
  ].join('');
};

const blockHtml = (one: Block, place: Place): string => {
  switch (one.type) {
    case 'header':
      return `<h2>${textHtml(one.text)}</h2>`;
    case 'section':
      return `<div class="section">${textHtml(one.text)}</div>`;
    case 'context':
      return `<div class="context">${one.elements.map(textHtml).join(' ')}</div>`;
    case 'actions':
      return `<div class="row">${one.elements.map((element) => buttonHtml(element, one.block_id, place)).join('')}</div>`;
  }
};

/** A block that this page cannot show is said, not left out. */
const shownBlock = (value: unknown, place: Place): string => {
  const parsed = v.safeParse(block, value);
  return parsed.success
    ? blockHtml(parsed.output, place)
    : `<div class="unknown">A block that this page cannot show: ${escapeHtml(JSON.stringify(value))}</div>`;
};

const timeOf = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ');

export const messageHtml = (message: SlackMessage, viewer: Viewer, below = ''): string => {
  const { channel, ts, text, blocks, postedAt, editedAt } = message;
  const place = { channel, ts, viewer };
  const body =
    blocks.length > 0
      ? blocks.map((one) => shownBlock(one, place)).join('')
      : `<div class="section">${mrkdwnToHtml(text)}</div>`;
  return [
    `<article id="m-${escapeHtml(ts)}"><div class="avatar">⚓</div><div class="body">`,
    `<div class="by"><b>Drydock</b> <span class="app">APP</span> <time>${timeOf(postedAt)}</time></div>`,
    `${body}${editedAt ? '<span class="edited">(edited)</span>' : ''}${below}</div></article>`,
  ].join('');
};

/** What only one person sees. */
export const whisperHtml = (text: string): string =>
  `<article class="whisper"><div class="avatar">⚓</div><div class="body"><div class="by">Only visible to you</div><div class="section">${mrkdwnToHtml(text)}</div></div></article>`;
