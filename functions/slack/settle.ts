/**
 * Decides what becomes of a reply that asks something when the rollout has moved on: its buttons go, and it
 * says who decided and when.
 *
 * Pure.
 */
import type { Progress } from '../domain/news.ts';
import type { PatchingProgressed } from '../domain/patching/patch-news.ts';
import type { Asking, Message } from '../domain/ports.ts';
import { haltReasons } from '../domain/rollout.ts';
import { context } from './blocks.ts';
import { isOffer } from './button.ts';
import { dated, escapeText } from './mrkdwn.ts';
import { isOfPatching, type Threaded } from './threads.ts';

/** What the reply to the news asks; `undefined` when it asks nothing. */
export const askedBy = (news: Threaded): Asking['about'] | undefined => {
  if (isOfPatching(news)) return news.detail.state.is === 'asking' ? { is: 'patching' } : undefined;
  const { type, detail } = news;
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

const patchOutcome = ({
  state,
  approved,
  sentence,
  at,
}: PatchingProgressed['detail']): string | undefined => {
  if (state.is === 'asking') return undefined;
  if (approved)
    return `:white_check_mark: *Approved* by ${escapeText(approved.by)} ${dated(approved.at)}. ${escapeText(approved.why)}`;
  return `:no_entry: Ended ${dated(at)}. ${escapeText(sentence ?? '')}`;
};

/** How the question was settled, as of the news; `undefined` while it is open. */
export const outcomeOf = ({ about }: Asking, news: Threaded): string | undefined => {
  if (isOfPatching(news)) return patchOutcome(news.detail);
  const { detail } = news;
  if (about.is === 'approval') return approvalOutcome(about.wave, detail);
  return about.is === 'halt' ? haltOutcome(about.at, detail, detail.at) : undefined;
};

/** The reply without what no longer applies, and with what came of it. */
export const settled = ({ message }: Asking, outcome: string): Message => ({
  ...message,
  blocks: [...message.blocks.filter((block) => !isOffer(block)), context(outcome)],
});
