/**
 * Decides what becomes of a reply that asks something when the rollout has moved on: its buttons go, and it
 * says who decided and when.
 *
 * Pure.
 */
import type { Progress, RolloutNews } from '../domain/news.ts';
import type { Asking, Message } from '../domain/ports.ts';
import { haltReasons } from '../domain/rollout.ts';
import { context } from './blocks.ts';
import { isOffer } from './button.ts';
import { dated, escapeText } from './mrkdwn.ts';

/** What the reply to the news asks; `undefined` when it asks nothing. */
export const askedBy = ({ type, detail }: RolloutNews): Asking['about'] | undefined => {
  if (type === 'Approval Requested') return { is: 'approval', wave: detail.wave };
  return type === 'Rollout Halted' && detail.state.is === 'halted'
    ? { is: 'halt', at: detail.state.at }
    : undefined;
};

const approvalOutcome = (wave: string, { state, approvals }: Progress): string | undefined => {
  const answer = approvals?.[wave]?.approved;
  if (answer)
    return `:white_check_mark: *Approved* by ${escapeText(answer.by)} ${dated(answer.at)}. ${escapeText(answer.why)}`;
  if (state.is === 'rolling') return undefined;
  const at = dated(state.at);
  if (state.is === 'closed') return `The rollout ended ${at}.`;
  if (state.why === 'rejected')
    return `:no_entry: *Rejected* by ${escapeText(state.by ?? 'somebody')} ${at}.`;
  return `:no_entry: Halted ${at}. ${haltReasons[state.why]}`;
};

const haltOutcome = (haltedAt: string, { state }: Progress, at: string): string | undefined => {
  if (state.is === 'halted' && state.at === haltedAt) return undefined;
  if (state.is === 'closed') return `The rollout ended ${dated(state.at)}.`;
  return `:arrow_forward: *It went on* ${dated(at)}.`;
};

/** How the question was settled, as of the news; `undefined` while it is open. */
export const outcomeOf = ({ about }: Asking, { detail }: RolloutNews): string | undefined =>
  about.is === 'approval' ? approvalOutcome(about.wave, detail) : haltOutcome(about.at, detail, detail.at);

/** The reply without what no longer applies, and with what came of it. */
export const settled = ({ message }: Asking, outcome: string): Message => ({
  ...message,
  blocks: [...message.blocks.filter((block) => !isOffer(block)), context(outcome)],
});
