/**
 * Says what a look at the way to the chat found, part by part, and which of it is wrong.
 *
 * Slack's words for a refusal: docs.slack.dev/reference/methods, chat.postMessage and auth.test, checked
 * 2026-11-24.
 *
 * Pure.
 */
import { groupsNamed } from './permission.ts';
import type { SlackPolicy } from './policy.ts';

type Refusal =
  /** `code`: Slack's word. */
  { readonly is: 'refused'; readonly code: string } | { readonly is: 'unreachable'; readonly why: string };

/** `why`: SSM's word. */
type Unread = { readonly is: 'unread'; readonly why: string };

export type ChatFacts = {
  readonly tokenParameter: string;
  readonly token:
    | {
        readonly is: 'accepted';
        readonly team: string;
        readonly bot: string;
        readonly scopes: readonly string[];
      }
    | { readonly is: 'no bot token' }
    | Unread
    | Refusal;
  readonly secretParameter: string;
  readonly secret: { readonly is: 'there' } | { readonly is: 'a token' } | Unread;
  /** Empty where the token is of no use. */
  readonly channels: readonly ({ readonly channel: string } & (
    | { readonly is: 'posted' }
    | { readonly is: 'not tried' }
    | Refusal
  ))[];
  readonly groups: readonly ({ readonly group: string } & (
    | { readonly is: 'read'; readonly people: number }
    | Refusal
  ))[];
};

/** What must be looked at, as the policy names it. */
export const partsOf = ({ channel, findings, allow }: SlackPolicy) => ({
  channels: [...new Set([channel, ...findings.channels.map((one) => one.channel)])],
  groups: groupsNamed(allow),
});

/** SSM's words: API reference, GetParameter, checked 2026-11-24. */
const unreadReasons: Readonly<Record<string, string>> = {
  ParameterNotFound: 'there is no such parameter',
  AccessDeniedException: 'Drydock may not. If a key of yours encrypts it, the key must let Drydock decrypt',
};
const whyUnread = ({ why }: Unread): string => unreadReasons[why] ?? why;

type Sentence = { readonly isWrong: boolean; readonly text: string };
const fine = (text: string): Sentence => ({ isWrong: false, text });
const wrong = (text: string): Sentence => ({ isWrong: true, text });

const unreachable = ({ why }: Extract<Refusal, { is: 'unreachable' }>): Sentence =>
  wrong(`Slack cannot be reached: ${why}.`);

const anew = 'install it again under “Install App”, and put the token it then shows into the parameter';

const tokenRefusals: Readonly<Record<string, string>> = {
  invalid_auth: 'Slack does not know the token: it is of another workspace, cut off, or was replaced',
  not_authed: 'Slack does not know the token: it is empty',
  token_revoked: 'The token was revoked',
  token_expired: 'The token has expired: Drydock’s app must not rotate its token',
  account_inactive: 'The app was taken out of the workspace, or the workspace is gone',
};

const tokenSentence = ({ token, tokenParameter }: ChatFacts): Sentence => {
  switch (token.is) {
    case 'accepted':
      return fine(`Token: Slack takes it, as ${token.bot} in ${token.team}.`);
    case 'no bot token':
      return wrong(
        `Token: what ${tokenParameter} holds is no bot token, which begins with xoxb-. It is on api.slack.com/apps, “OAuth & Permissions”.`,
      );
    case 'unread':
      return wrong(
        `Token: ${tokenParameter} cannot be read: ${whyUnread(token)}. It must be a SecureString; README, “Deploy”, has the command.`,
      );
    case 'refused':
      return wrong(
        `Token: ${tokenRefusals[token.code] ?? `Slack refuses it: ${token.code}`}. On api.slack.com/apps choose the app, ${anew} ${tokenParameter}.`,
      );
    case 'unreachable':
      return unreachable(token);
  }
};

const addScope = 'Add it on api.slack.com/apps, “OAuth & Permissions”, and install the app again';

const scopeSentences = ({ token }: ChatFacts, groups: readonly string[]): readonly Sentence[] => {
  if (token.is !== 'accepted') return [];
  const lacks = (scope: string) => !token.scopes.includes(scope);
  const write = lacks('chat:write')
    ? [wrong(`Scope: chat:write is missing; without it nothing can be posted. ${addScope}.`)]
    : [];
  const history = ['channels:history', 'groups:history'].filter(lacks);
  const look =
    history.length > 0
      ? [
          fine(
            `Scope: ${history.join(' and ')} ${history.length > 1 ? 'are' : 'is'} missing; after a crash a message may stand there twice. ${addScope}, if you mind.`,
          ),
        ]
      : [];
  const people =
    groups.length > 0 && lacks('usergroups:read')
      ? [
          wrong(
            `Scope: usergroups:read is missing; nobody can tell who is in ${groups.join(', ')}, which slack.allow names. ${addScope}.`,
          ),
        ]
      : [];
  return [...write, ...look, ...people];
};

const channelRefusals: Readonly<Record<string, string>> = {
  channel_not_found:
    'there is none of that name, or it is private and the app is not in it. Put its id (C0…, below its “About”) into the policy, and write /invite @drydock there',
  not_in_channel: 'the app is not in it. Write /invite @drydock there',
  is_archived: 'it is archived. Unarchive it, or name another in the policy',
  restricted_action: 'the workspace lets only some people post there. Let the app, or name another channel',
  restricted_action_read_only_channel: 'only some people post there. Let the app, or name another channel',
  restricted_action_thread_only_channel: 'it takes replies only. Name another channel',
  missing_scope: 'the app lacks the scope chat:write',
};

const channelSentence = (one: ChatFacts['channels'][number]): Sentence => {
  const { channel } = one;
  switch (one.is) {
    case 'posted':
      return fine(`Channel ${channel}: a test message is there.`);
    case 'not tried':
      return fine(`Channel ${channel}: not tried in a dry run; without it a test message is posted.`);
    case 'refused':
      return wrong(`Channel ${channel}: ${channelRefusals[one.code] ?? `Slack refuses it: ${one.code}`}.`);
    case 'unreachable':
      return unreachable(one);
  }
};

const secretSentence = ({ secret, secretParameter }: ChatFacts): Sentence => {
  switch (secret.is) {
    case 'there':
      return fine(
        'Signing secret: it is there. Whether it is this app’s shows when somebody presses a button.',
      );
    case 'a token':
      return wrong(
        `Signing secret: ${secretParameter} holds a token. The signing secret is on api.slack.com/apps, “Basic Information”.`,
      );
    case 'unread':
      return wrong(
        `Signing secret: ${secretParameter} cannot be read: ${whyUnread(secret)}. Without it no button works; README, “Deploy”, has the command.`,
      );
  }
};

const groupSentence = (one: ChatFacts['groups'][number]): Sentence => {
  if (one.is === 'read') return fine(`User group ${one.group}: ${one.people} people are in it.`);
  if (one.is === 'unreachable') return unreachable(one);
  const why = one.code === 'no_such_subteam' ? 'there is none of that id' : `Slack refuses it: ${one.code}`;
  return wrong(`User group ${one.group}: ${why}. slack.allow in the policy names it.`);
};

/** A sentence for each part, what is wrong first. */
export const sayChat = (facts: ChatFacts): { readonly isFine: boolean; readonly says: readonly string[] } => {
  const named = facts.groups.map(({ group }) => group);
  const sentences = [
    tokenSentence(facts),
    ...scopeSentences(facts, named),
    ...facts.channels.map(channelSentence),
    ...facts.groups.map(groupSentence),
    secretSentence(facts),
  ];
  const [bad, good] = [sentences.filter(({ isWrong }) => isWrong), sentences.filter((one) => !one.isWrong)];
  return { isFine: bad.length === 0, says: [...bad, ...good].map(({ text }) => text) };
};
