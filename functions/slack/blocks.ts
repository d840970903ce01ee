/**
 * Puts a message together from blocks, within Slack's limits.
 *
 * Knows that a section holds 3,000 characters, a header 150, and that the text beside the blocks is what
 * notifications show; Slack reads it like mrkdwn. docs.slack.dev/reference/block-kit/blocks, checked 2026-11-23.
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

/** `before`: what stands before the text in notifications and is Slack's own, such as a mention. */
export const toMessage = (text: string, blocks: readonly KnownBlock[], before = ''): Message => ({
  text: `${before}${escapeText(cut(text, 500))}`,
  blocks,
});
