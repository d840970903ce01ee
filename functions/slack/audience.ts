/**
 * Says who reads the messages and what they can do from there: whom to mention, which buttons anybody may
 * press, and the command to give by hand.
 *
 * Pure.
 */
import type { SlackPolicy } from '../domain/policy.ts';
import type { Ask } from './button.ts';
import { cut, escapeText } from './mrkdwn.ts';

export type Audience = {
  readonly slack: SlackPolicy;
  readonly stage: string;
  readonly region: string;
};

/** In Slack's own syntax, with a space behind it; empty when the policy names nobody. */
export const mentionsOf = ({ slack }: Audience): string =>
  slack.mention.map((id) => `${id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`} `).join('');

/** The command as a person gives it in a shell, from a clone of Drydock. */
export const byHand = (ask: Ask, { stage, region }: Audience): string => {
  const event = JSON.stringify({ ...ask, by: 'YOUR NAME', why: 'YOUR REASON' }).replaceAll("'", "'\\''");
  return `npx serverless invoke --stage ${stage} --region ${region} -f control --data '${event}'`;
};

/** A block of code cannot hold three backticks. */
export const shell = (commands: string): string =>
  `\`\`\`${cut(escapeText(commands).replaceAll('```', 'ʼʼʼ'))}\`\`\``;
