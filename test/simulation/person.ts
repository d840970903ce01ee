/**
 * Does what a person does in a run, once an hour until it is done: stops and resumes, or approves.
 *
 * Knows that a person sees when a command failed or a button did nothing, and tries again.
 */
import type { SlackMessage } from '../cloud/services/slack-workspace.ts';
import { day, type Story } from '../stories/open-story.ts';
import type { Scenario } from './scenario.ts';

export const anna = 'U0ANNA';

const buttonIn = ({ blocks }: SlackMessage, actionId: string): boolean =>
  JSON.stringify(blocks).includes(`"action_id":"${actionId}"`);

export const person = ({ cloud, stack }: Story, { person: does }: Scenario) => {
  const open = [
    { command: 'stop', at: day(18, '08:10') },
    { command: 'resume', at: day(18, '12:10') },
  ];

  const command = async (now: Date): Promise<void> => {
    const [next] = open;
    if (!next || now < next.at) return;
    const done = await stack
      .invoke('control', { command: next.command, by: 'anna', why: 'A drill.' })
      .then(() => true)
      .catch(() => false);
    if (done) open.shift();
  };

  const approve = async (): Promise<void> => {
    const asking = cloud.slack.messages().filter((message) => buttonIn(message, 'drydock-approve'));
    for (const { channel, ts } of asking)
      await cloud.press({ channel, ts, actionId: 'drydock-approve', user: anna });
  };

  return async (now: Date): Promise<void> => {
    if (does === 'stops and resumes') await command(now);
    if (does === 'approves') await approve();
  };
};
