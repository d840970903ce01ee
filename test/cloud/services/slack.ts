/**
 * Answers for as much of Slack as Drydock calls: the Web API below `/slack/api/`, and the addresses below
 * `/slack/hooks/` at which a pressed button may be answered.
 *
 * Knows that Slack refuses with HTTP 200 and `ok: false`, except when it throttles (429 and
 * `Retry-After`); how it judges tokens and their scopes, and that every answer names the scopes.
 * docs.slack.dev/authentication and /reference/methods, checked 2026-11-23.
 */
import { type Asked, type Endpoint, notSimulated } from '../endpoint.ts';
import type { TakePage } from '../paging.ts';
import { Refusal } from '../service.ts';
import type { WireAnswer, WireRequest } from '../wire.ts';
import { methodsOf, scopesOf } from './slack-methods.ts';
import { type Arguments, readArguments, readContent, text } from './slack-request.ts';
import type { SlackWorkspace, Token } from './slack-workspace.ts';

type Input = Arguments & { readonly token: Token };

const answer = (status: number, body: object, error?: string, headers = {}): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
  ...(error ? { error } : {}),
});

const readToken = (workspace: SlackWorkspace, token: unknown): Token => {
  if (!token) throw new Refusal('not_authed', 'There is no token.');
  const known = workspace.tokens.get(text(token));
  if (!known) throw new Refusal('invalid_auth', 'The token is not known.');
  if (known.isRevoked) throw new Refusal('token_revoked', 'The token was revoked.');
  return known;
};

const checkScope = (workspace: SlackWorkspace, operation: string, { token, channel }: Input): void => {
  const [open, hidden = open] = scopesOf[operation] ?? [];
  const needed = workspace.channel(text(channel))?.isPrivate ? hidden : open;
  if (!needed || token.scopes.has(needed)) return;
  const members = { needed, provided: [...token.scopes].join(',') };
  throw new Refusal('missing_scope', `The token has not the scope ${needed}.`, { members });
};

const readHook = ({ url, body }: WireRequest): Asked => ({
  operation: 'response_url',
  input: { ...(JSON.parse(body) as Arguments), path: url.pathname },
});

/** Slack answers its hooks in plain text. */
const answerHook = (workspace: SlackWorkspace, { path, ...said }: Arguments): WireAnswer => {
  if (said.response_type !== 'ephemeral' || said.replace_original !== false)
    throw notSimulated('slack', 'response_url other than for one person, beside the message');
  workspace.answerPress(text(path), readContent(said));
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' };
};

export const slackEndpoint = (workspace: SlackWorkspace, takePage: TakePage): Endpoint => {
  const methods = methodsOf(workspace, takePage);
  return {
    read: (request): Asked => {
      if (request.url.pathname.startsWith('/slack/hooks/')) return readHook(request);
      const operation = request.url.pathname.replace('/slack/api/', '');
      const { token, ...input } = readArguments(request);
      return { operation, input: { ...input, token: readToken(workspace, token) } };
    },
    answer: async ({ operation, input }) => {
      if (operation === 'response_url') return answerHook(workspace, input as Arguments);
      const method = methods[operation];
      if (!method) throw notSimulated('slack', operation);
      const { token, ...rest } = input as Input;
      checkScope(workspace, operation, input as Input);
      const scopes = { 'x-oauth-scopes': [...token.scopes].join(',') };
      return answer(200, { ok: true, ...method(rest) }, undefined, scopes);
    },
    refuse: ({ name, status = 200, members }) => {
      const { retryAfterSeconds, ...told } = members;
      const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      return answer(status, { ok: false, error: name, ...told }, name, headers);
    },
  };
};
