/**
 * Names the refusals of Slack that mean something to Drydock; everything else is a fault.
 *
 * Codes: docs.slack.dev/reference/methods, chat.postMessage, chat.update and conversations.history,
 * checked 2026-11-24; `invalid_thread_ts` and `restricted_action_*` as client libraries list them, 2026-11-27.
 */
import { ErrorCode } from '@slack/web-api';

type Coded = Error & {
  readonly code?: string;
  readonly data?: { readonly error?: string };
  readonly retryAfter?: number;
};

/** Slack's word for why it refused; `undefined` for anything else that went wrong. */
export const slackError = (error: unknown): string | undefined => {
  const { code, data } = (error instanceof Error ? error : {}) as Partial<Coded>;
  return code === ErrorCode.PlatformError ? data?.error : undefined;
};

const among =
  (...codes: readonly string[]) =>
  (error: unknown): boolean =>
    codes.includes(slackError(error) ?? '');

export const isMalformed = among(
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
);

export const isTokenRefused = among(
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
);

/** Somebody deleted or locked the message or the thread, another app posted it, or it never was one. */
export const isMessageLost = among(
  'message_not_found',
  'thread_not_found',
  'invalid_thread_ts',
  'restricted_action_thread_locked',
  'restricted_action_non_threadable_channel',
  'cannot_reply_to_message',
  'cant_update_message',
  'edit_window_closed',
);

export const isChannelLost = among(
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'is_inactive',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
);

/** The app has no leave to read the channel, or what it would read is gone. */
export const cannotLook = (error: unknown): boolean =>
  among('missing_scope')(error) || isChannelLost(error) || isMessageLost(error);

/** Longer than this the queue waits, not the function. */
const longestSeconds = 10;

/** How long Slack asks to wait, where waiting here makes sense. */
export const secondsToWait = (error: unknown): number | undefined => {
  const { code, retryAfter } = (error instanceof Error ? error : {}) as Partial<Coded>;
  const asked = code === ErrorCode.RateLimitedError ? retryAfter : undefined;
  return asked !== undefined && asked <= longestSeconds ? asked : undefined;
};

/** Counted apart, as no message in Slack can tell it. */
export class TokenRefused extends Error {
  constructor(why: string | undefined, cause: unknown) {
    super(`Slack refuses the bot token: ${why}`, { cause });
  }
}
