/**
 * Decides whether a request comes from Slack: signed with our app's secret, not long ago.
 *
 * Knows how Slack signs: `v0=` and the HMAC-SHA256 of `v0:TIMESTAMP:BODY` in hexadecimal, of the body's
 * bytes as they were sent. Nothing of the body is read before. Signatures are compared in constant time.
 * docs.slack.dev/authentication/verifying-requests-from-slack, checked 2026-11-24.
 *
 * Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../domain/time.ts';

export const refusals = {
  unsigned: 'It carries no signature of Slack’s form, or no time.',
  tooOld: 'It was signed more than five minutes ago, or ahead of time.',
  forged: 'Its signature is not that of our app.',
} as const;

export type SignatureVerdict =
  | { readonly is: 'genuine' }
  | { readonly is: 'refused'; readonly why: keyof typeof refusals };

export type Signed = {
  readonly body: Uint8Array;
  /** Slack's headers `X-Slack-Request-Timestamp` and `X-Slack-Signature`. */
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
};

const longestSeconds = 300;

export const judgeSignature = (
  { body, timestamp = '', signature = '' }: Signed,
  secret: string,
  now: Instant,
): SignatureVerdict => {
  if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature))
    return { is: 'refused', why: 'unsigned' };
  const seconds = Math.abs(Date.parse(now) / 1000 - Number(timestamp));
  if (seconds > longestSeconds) return { is: 'refused', why: 'tooOld' };
  const wanted = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  return timingSafeEqual(wanted, Buffer.from(signature.slice(3), 'hex'))
    ? { is: 'genuine' }
    : { is: 'refused', why: 'forged' };
};
