/**
 * Presses a button of a message as a person does: Slack posts what was pressed to the app's address, as
 * a form with JSON in it, signed.
 *
 * Knows the shape of that payload (`block_actions`) and of the signature, and that Slack gives up after
 * three seconds. docs.slack.dev/reference/interaction-payloads/block_actions-payload and
 * /authentication/verifying-requests-from-slack, checked 2026-11-23.
 *
 * Effect: an HTTP request to the app.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { isObject } from './block-judges.ts';
import { shown, withIds } from './slack-methods.ts';
import type { SlackMessage, SlackWorkspace } from './slack-workspace.ts';

export type Press = {
  /** Its id, or name. */
  readonly channel: string;
  readonly ts: string;
  readonly actionId: string;
  /** Of the row, where several rows have the same button. */
  readonly blockId?: string;
  readonly user: string;
  /** Who has not seen the edits yet presses what the message said at first. */
  readonly asFirstPosted?: boolean;
};

export type Pressed = { readonly status: number; readonly body: string; readonly tookMs: number };

const team = { id: 'T0SIMULATED', domain: 'simulated' };

type Button = { readonly type: string; readonly action_id: string; readonly confirm?: unknown };

const findButton = (
  message: SlackMessage,
  { actionId, blockId, asFirstPosted = false }: Pick<Press, 'actionId' | 'blockId' | 'asFirstPosted'>,
) => {
  const blocks = asFirstPosted ? (message.edits[0]?.blocks ?? message.blocks) : message.blocks;
  for (const block of withIds(blocks)) {
    const { block_id, elements } = block as { block_id: string; elements?: readonly unknown[] };
    if (blockId !== undefined && block_id !== blockId) continue;
    const found = elements?.find((element) => isObject(element) && element.action_id === actionId);
    if (found) return { block_id, ...(found as Button) };
  }
  throw new Error(`the message ${message.ts} has no button ${actionId}`);
};

const tsOf = (at: Date): string => (at.getTime() / 1000).toFixed(6);

/** What Slack posts when the button is pressed, before it is made a form. */
export const payloadOf = (workspace: SlackWorkspace, press: Press, responseUrl: string): object => {
  const channel = workspace.channel(press.channel);
  const message = channel && workspace.find(channel.id, press.ts);
  if (!channel || !message) throw new Error(`there is no message ${press.ts} in ${press.channel}`);
  const button = findButton(message, press);
  const name = workspace.users.get(press.user) ?? 'stranger';
  const thread = message.thread_ts ? { thread_ts: message.thread_ts } : {};
  return {
    type: 'block_actions',
    user: { id: press.user, username: name, name, team_id: team.id },
    api_app_id: 'A0DRYDOCK',
    token: 'deprecated',
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: false,
      ...thread,
    },
    trigger_id: `13345224609.738474920.${randomBytes(16).toString('hex')}`,
    team,
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel.id, name: channel.isPrivate ? 'privategroup' : channel.name },
    message: { ...shown(message), app_id: 'A0DRYDOCK', team: team.id },
    state: { values: {} },
    response_url: responseUrl,
    actions: [{ ...button, action_ts: tsOf(workspace.now()) }],
  };
};

/** A request as Slack signs it, for the time it is sent at. */
export const signedRequest = (payload: object, signingSecret: string, at: Date): RequestInit => {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const digest = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${digest}`,
  };
  return { method: 'POST', headers, body };
};

/** `hooksOrigin`: where the simulated Slack itself is reached. */
export const pressButton = async (
  workspace: SlackWorkspace,
  hooksOrigin: string,
  press: Press,
): Promise<Pressed> => {
  const { app } = workspace;
  if (!app) throw new Error('the app has no address for pressed buttons');
  const responseUrl = `${hooksOrigin}${workspace.awaitAnswer(press)}`;
  const payload = payloadOf(workspace, press, responseUrl);
  const started = performance.now();
  const answer = await fetch(app.requestUrl, signedRequest(payload, app.signingSecret, workspace.now()));
  const body = await answer.text();
  return { status: answer.status, body, tookMs: performance.now() - started };
};
