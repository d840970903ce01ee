import { ErrorCode } from '@slack/web-api';
import { expect, it } from 'vitest';
import { isChannelLost, isMessageLost } from '../../functions/slack/errors.ts';

const refusal = (error: string, code: string = ErrorCode.PlatformError) =>
  Object.assign(new Error(`An API error occurred: ${error}`), { code, data: { ok: false, error } });

it.each<[string, Error, 'message' | 'channel' | undefined]>([
  ['a thread that was deleted', refusal('thread_not_found'), 'message'],
  ['what is no id of a thread', refusal('invalid_thread_ts'), 'message'],
  ['a thread that was locked', refusal('restricted_action_thread_locked'), 'message'],
  ['a thread where the channel has none', refusal('restricted_action_non_threadable_channel'), 'message'],
  ['a channel that was archived', refusal('is_archived'), 'channel'],
  ['a message in a channel that was archived', refusal('is_inactive'), 'channel'],
  ['a channel for some people only', refusal('restricted_action'), 'channel'],
  ['a channel to read only', refusal('restricted_action_read_only_channel'), 'channel'],
  ['a channel that takes replies only', refusal('restricted_action_thread_only_channel'), 'channel'],
  ['no place, but the app', refusal('missing_scope'), undefined],
  ['no place, but Slack itself', refusal('internal_error'), undefined],
  ['nothing, where no answer of Slack is', refusal('thread_not_found', ErrorCode.HTTPError), undefined],
])('a refusal of Slack is about %s', (_case, error, lost) => {
  expect([isMessageLost(error), isChannelLost(error)]).toEqual([lost === 'message', lost === 'channel']);
});
