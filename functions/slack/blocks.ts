/**
 * Makes the blocks that Drydock's Slack messages are built of, within Slack's limits.
 *
 * Pure.
 */
import type { KnownBlock } from '@slack/types';
import type { Message } from '../domain/ports.ts';
import { cut, escapeText } from './mrkdwn.ts';

export const section = (text: string): KnownBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(text) },
});
export const context = (text: string): KnownBlock => ({
  type: 'context',
  elements: [{ type: 'mrkdwn', text: cut(text) }],
});
export const header = (text: string): KnownBlock => ({
  type: 'header',
  text: { type: 'plain_text', text: cut(text, 150) },
});

/** The text is what notifications show; Slack reads it like mrkdwn. */
export const toMessage = (text: string, blocks: readonly KnownBlock[]): Message => ({
  text: escapeText(cut(text, 500)),
  blocks,
});
