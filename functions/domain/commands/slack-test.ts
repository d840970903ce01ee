/**
 * Carries out `slack-test`: says what stands between Drydock and the people it tells.
 *
 * Pure.
 */
import { sayChat } from '../chat-check.ts';
import { type Carry, refused } from './world.ts';

export const slackTest: Carry<'slack-test'> = (_command, { chat }) => {
  if (!chat) return refused('Nobody has looked at Slack.');
  const { isFine, says } = sayChat(chat);
  return { accepted: isFine, says, deeds: [] };
};
