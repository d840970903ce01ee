/**
 * Does what people do in a run: gives commands by hand, and presses buttons in Slack.
 *
 * Knows that a person sees when a command failed or a button did nothing, and tries again.
 */
import type { SlackMessage } from '../cloud/services/slack-workspace.ts';
import type { Story } from '../stories/open-story.ts';
import type { Plot } from './plot.ts';

export const anna = 'U0ANNA';

/** Somebody for whom every hour is as the one before. */
export const nobody: Plot['acts'] = () => async () => {};

export type Act = { readonly at: Date; readonly does: (story: Story) => Promise<unknown> | unknown };

/** One after the other, none before its time; what failed is tried again an hour later. */
export const inTurn =
  (acts: readonly Act[]): Plot['acts'] =>
  (story) => {
    const open = [...acts];
    return async (now) => {
      const [next] = open;
      if (!next || now < next.at) return;
      const done = await Promise.resolve()
        .then(() => next.does(story))
        .then(() => true)
        .catch(() => false);
      if (done) open.shift();
    };
  };

/** A command by hand. */
export const commands =
  (command: { readonly command: string } & Readonly<Record<string, unknown>>) =>
  ({ stack }: Story) =>
    stack.invoke('control', { by: 'anna', why: 'A drill.', ...command });

const buttonIn = ({ blocks }: SlackMessage, actionId: string): boolean =>
  JSON.stringify(blocks).includes(`"action_id":"${actionId}"`);

/** Answers every question that still has a button. */
export const approves: Plot['acts'] =
  ({ cloud }) =>
  async () => {
    const asking = cloud.slack.messages().filter((message) => buttonIn(message, 'drydock-approve'));
    for (const { channel, ts } of asking)
      await cloud.press({ channel, ts, actionId: 'drydock-approve', user: anna });
  };
