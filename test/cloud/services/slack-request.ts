/**
 * Reads what a call of Slack's Web API says, and judges the message in it.
 *
 * Knows that arguments come as a form (with JSON inside) or as JSON, the token in a header or an
 * argument, and when Slack refuses a message. docs.slack.dev/reference/methods, checked 2026-11-23.
 *
 * Pure.
 */
import { Refusal } from '../service.ts';
import type { WireRequest } from '../wire.ts';
import { charactersOf, judgeBlocks, mostCharacters } from './slack-blocks.ts';
import type { Content } from './slack-workspace.ts';

export type Arguments = Readonly<Record<string, unknown>>;

const parseForm = (body: string): Arguments => {
  const form = Object.fromEntries(new URLSearchParams(body));
  const parsed = ['blocks', 'metadata', 'attachments'].flatMap((name) =>
    form[name] === undefined ? [] : [[name, parseJson(form[name])]],
  );
  return { ...form, ...Object.fromEntries(parsed) };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('invalid_blocks_format', 'The blocks are no JSON.');
  }
};

export const readArguments = ({ headers, body, url }: WireRequest): Arguments => {
  const json = headers['content-type']?.startsWith('application/json');
  const sent = json ? (JSON.parse(body || '{}') as Arguments) : parseForm(body);
  const [, bearer] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  return { ...Object.fromEntries(url.searchParams), ...sent, ...(bearer ? { token: bearer } : {}) };
};

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === '1';

const invalidBlocks = (messages: readonly string[]): Refusal =>
  new Refusal('invalid_blocks', messages.join(' '), {
    members: { errors: messages, response_metadata: { messages } },
  });

/** What a message says, if Slack would take it. */
export const readContent = (input: Arguments): Content => {
  const blocks = input.blocks ?? [];
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format', 'The blocks are no list.');
  const wrong = judgeBlocks(blocks);
  if (wrong.length > 0) throw invalidBlocks(wrong);
  if (charactersOf(blocks) > mostCharacters)
    throw new Refusal('msg_blocks_too_long', 'The blocks say too much.');
  const said = text(input.text);
  if (said === '' && blocks.length === 0) throw new Refusal('no_text', 'There is neither text nor blocks.');
  if ([...said].length > 40_000) throw new Refusal('msg_too_long', 'The text is too long.');
  return { text: said, blocks, ...(input.metadata === undefined ? {} : { metadata: input.metadata }) };
};
