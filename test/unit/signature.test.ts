import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { judgeSignature } from '../../functions/slack/signature.ts';
import { monday as now } from './factories.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const seconds = Date.parse(now) / 1000;
const sign = (body: Uint8Array | string, timestamp: string, key = secret) =>
  `v0=${createHmac('sha256', key).update(`v0:${timestamp}:`).update(body).digest('hex')}`;

const request = (other: { at?: number; key?: string; sent?: string; signed?: string } = {}) => {
  const { at = seconds, key = secret, sent = 'payload=%7B%7D', signed = sent } = other;
  return {
    body: Buffer.from(sent),
    timestamp: String(at),
    signature: sign(signed, String(at), key),
  };
};
const genuine = { is: 'genuine' };
const refused = (why: string) => ({ is: 'refused', why });

it('accepts the example of Slack’s own documentation', () => {
  // docs.slack.dev/authentication/verifying-requests-from-slack, checked 2026-11-24.
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  const signed = {
    body: Buffer.from(body),
    timestamp: '1531420618',
    signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  };
  expect(judgeSignature(signed, secret, '2018-07-12T18:36:58.000Z')).toEqual(genuine);
});

it.each<[string, ReturnType<typeof request>, object]>([
  ['a request signed just now', request(), genuine],
  ['one signed five minutes ago', request({ at: seconds - 300 }), genuine],
  ['one signed a second earlier', request({ at: seconds - 301 }), refused('tooOld')],
  ['one signed five minutes ahead', request({ at: seconds + 300 }), genuine],
  ['one signed a second later', request({ at: seconds + 301 }), refused('tooOld')],
  ['one signed with another secret', request({ key: 'other' }), refused('forged')],
  ['one whose body was changed', request({ sent: 'payload=1', signed: 'payload=2' }), refused('forged')],
  ['one whose time was changed', { ...request(), timestamp: String(seconds - 10) }, refused('forged')],
  ['an empty body', request({ sent: '' }), genuine],
  ['a body that is no text', request({ sent: 'é\u0000😀' }), genuine],
  ['no signature', { ...request(), signature: '' }, refused('unsigned')],
  [
    'a signature of another version',
    { ...request(), signature: request().signature.replace('v0', 'v1') },
    refused('unsigned'),
  ],
  [
    'a signature that is too short',
    { ...request(), signature: request().signature.slice(0, -1) },
    refused('unsigned'),
  ],
  ['a signature that goes on', { ...request(), signature: `${request().signature}\n` }, refused('unsigned')],
  ['no time', { ...request(), timestamp: '' }, refused('unsigned')],
  ['a time that is no number', { ...request(), timestamp: `${seconds}.0` }, refused('unsigned')],
  ['a time that is negative', { ...request(), timestamp: '-1' }, refused('unsigned')],
])('judges %s', (_case, signed, verdict) => {
  expect(judgeSignature(signed, secret, now)).toEqual(verdict);
});

it('judges a request without any header', () => {
  const nothing = { body: Buffer.from('x'), timestamp: undefined, signature: undefined };
  expect(judgeSignature(nothing, secret, now)).toEqual(refused('unsigned'));
});
