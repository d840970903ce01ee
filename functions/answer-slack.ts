/**
 * Turns a button pressed in Slack into a command on our bus, within the three seconds that Slack waits.
 *
 * The one address of Drydock that the world can reach: nothing of a request is read before its signature
 * is found to be Slack's. Only asks; `control` carries the command out and the answer comes to the
 * message's thread. Who may not ask is told so, and nobody else is.
 */
import * as v from 'valibot';
import policy from '../infra/policy.yml';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { eventBridgeClient } from './aws/eventbridge-client.ts';
import { ssmClient } from './aws/ssm-client.ts';
import { ssmSecret } from './aws/ssm-secrets.ts';
import type { Command } from './domain/command.ts';
import { judgePermission } from './domain/permission.ts';
import type { Policy } from './domain/policy.ts';
import type { Bus, Log, Whisper } from './domain/ports.ts';
import type { Instant } from './domain/time.ts';
import { command } from './edge/commands.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { urlRequest } from './edge/events.ts';
import { remember } from './edge/remember.ts';
import { readSettings, text } from './edge/settings.ts';
import { askedOf, type Press, parsePress } from './slack/press.ts';
import { judgeSignature } from './slack/signature.ts';
import { slackWhisper } from './slack/whisper.ts';

type Tools = {
  readonly signingSecret: (now: Instant) => Promise<string>;
  readonly members: (group: string, now: Instant) => Promise<readonly string[]>;
  readonly bus: Bus;
  readonly whisper: Whisper;
  readonly log: Log;
};

type Request = v.InferOutput<typeof urlRequest>;

/** Slack sends the message along: some 60 KB at most, twice that as a form, a third more in base64. */
const longestBody = 256 * 1024;

const answers = {
  notUnderstood:
    'Drydock does not understand this button (any more). Nothing was changed. Newer messages have newer buttons.',
  notAllowed: (name: string) =>
    `You may not ask for \`${name}\` here: \`slack.allow\` in Drydock’s policy names who may. Nothing was changed.`,
  membersUnknown: (name: string) =>
    `Drydock could not ask Slack who is in the user groups that may ask for \`${name}\`. Nothing was changed. Try again, or give the command by hand.`,
} as const;

export const answerSlack = ({ signingSecret, members, bus, whisper, log }: Tools, { slack }: Policy) => {
  const refuse = (statusCode: number, why: string) => {
    log.info('request refused', { why });
    log.count('RequestRefused');
    return { statusCode };
  };

  const whyNot = async ({ user }: Press, name: Command['command'], now: Instant) => {
    const permission = judgePermission(slack.allow, name, user);
    if (permission.is === 'allowed') return undefined;
    if (permission.is === 'refused') return answers.notAllowed(name);
    const known = await Promise.allSettled(permission.groups.map((group) => members(group, now)));
    if (known.some((one) => one.status === 'fulfilled' && one.value.includes(user))) return undefined;
    const unread = known.find((one) => one.status === 'rejected');
    if (!unread) return answers.notAllowed(name);
    log.info('user groups not read', { error: String(unread.reason) });
    return answers.membersUnknown(name);
  };

  const ask = async (press: Press, now: Instant) => {
    const asked = v.safeParse(command, { ...askedOf(press, now), by: press.by, why: 'A button in Slack.' });
    if (!asked.success) return answers.notUnderstood;
    const { output } = asked;
    const why = await whyNot(press, output.command, now);
    if (why !== undefined) return why;
    const { id, replyIn } = press;
    const detail = { schema: 1, id, at: now, command: output, replyIn };
    await bus.publish([{ type: 'Command Requested', detail }]);
    log.info('command requested', { id, command: output.command, by: press.by });
    return undefined;
  };

  return async ({ headers, body, isBase64Encoded }: Request, { now }: Now) => {
    if (body.length > longestBody) return refuse(413, 'tooLong');
    const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
    const timestamp = headers['x-slack-request-timestamp'];
    const signed = { body: bytes, timestamp, signature: headers['x-slack-signature'] };
    const verdict = judgeSignature(signed, await signingSecret(now), now);
    if (verdict.is === 'refused') return refuse(401, verdict.why);
    const press = parsePress(bytes.toString());
    if (!press) return refuse(400, 'notUnderstood');
    const refusal = await ask(press, now);
    if (refusal !== undefined) {
      log.info('press refused', { by: press.by, refusal });
      await whisper.to(press.responseUrl, refusal);
    }
    return { statusCode: 200 };
  };
};

const settings = readSettings({
  BUS_NAME: text,
  SLACK_SIGNING_SECRET_PARAMETER: text,
  SLACK_TOKEN_PARAMETER: text,
  SLACK_API_URL: v.optional(text),
});

const minutesRemembered = 5;
const ssm = ssmClient();
const signingSecret = remember(minutesRemembered, (name) => ssmSecret(ssm, name)());
/** Loaded only where the policy names user groups. */
const members = remember(minutesRemembered, async (group) => {
  const { slackUserGroups } = await import('./slack/user-groups.ts');
  const token = ssmSecret(ssm, settings.SLACK_TOKEN_PARAMETER);
  return slackUserGroups({ token, apiUrl: settings.SLACK_API_URL }).members(group);
});

export const handler = entry(
  urlRequest,
  answerSlack(
    {
      signingSecret: (now) => signingSecret(settings.SLACK_SIGNING_SECRET_PARAMETER, now),
      members,
      bus: eventBridgeBus(eventBridgeClient(), settings.BUS_NAME),
      whisper: slackWhisper({ apiUrl: settings.SLACK_API_URL }),
      log,
    },
    policy,
  ),
);
