/**
 * Makes news of a rollout of two waves, and reads messages as text, for the tests of Slack's messages.
 *
 * Pure.
 */
import { type Change, changeOf, listedChanges, type RolloutNews, tell } from '../../functions/domain/news.ts';
import type { Message } from '../../functions/domain/ports.ts';
import type { GroupState, Rollout } from '../../functions/domain/rollout.ts';
import { rolloutReply } from '../../functions/slack/rollout-reply.ts';
import { audience, done, monday as now, policy, rollout, rolloutGroup, wave } from './factories.ts';

export const rules = policy({ waves: [wave({ name: 'canary' }), wave({ name: 'rest' })] });

/** As Slack writes monday's date. */
export const date = '<!date^1784534400^{date_short_pretty} {time}|2026-07-20 08:00 UTC>';

type Block = {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly { readonly type: string; readonly text: string | { readonly text: string } }[];
};
const isActions = ({ type }: Block) => type === 'actions';
const blocksOf = ({ blocks }: Message) => blocks as readonly Block[];

/** Its texts without its buttons. */
export const textOf = (message: Message): string =>
  blocksOf(message)
    .filter((block) => !isActions(block))
    .map(({ text, elements }) => text?.text ?? elements?.map(({ text }) => text).join('\n') ?? '')
    .join('\n\n');

/** The labels of its buttons. */
export const buttonsOf = (message: Message): readonly string[] =>
  blocksOf(message)
    .filter(isActions)
    .flatMap(({ elements = [] }) =>
      elements.map(({ text }) => (typeof text === 'string' ? text : text.text)),
    );

export type Telling = Parameters<typeof tell>[1];

export const told = (telling: Telling, other: Partial<Rollout> = {}): RolloutNews => {
  const [news] = tell(rollout(other), telling, rules, now).outbox;
  if (!news || !('sequence' in news.detail)) throw new Error('nothing told');
  return news as RolloutNews;
};

export const replyMessage = (telling: Telling, other: Partial<Rollout> = {}): Message | undefined =>
  rolloutReply(told(telling, other), audience);

export const replyTo = (telling: Telling, other: Partial<Rollout> = {}): string | undefined => {
  const reply = replyMessage(telling, other);
  return reply && textOf(reply);
};

export const groupOf = (state: GroupState, name = 'workers') =>
  rolloutGroup({ nodeGroup: name, wave: 'rest', state });

export const change = (is: Change['is'], state: GroupState = done, name = 'workers') =>
  changeOf(groupOf(state, name), is);

export const progressed = (...changes: Change[]): Telling => ({
  type: 'Rollout Progressed',
  more: { changes: listedChanges(changes) },
});

export const opened = (
  groups: readonly Change[],
  other: Partial<Extract<RolloutNews, { type: 'Rollout Opened' }>['detail']> = {},
): Telling => ({
  type: 'Rollout Opened',
  more: {
    groups: listedChanges(groups),
    leftAlone: { items: [], more: 0 },
    forecast: { timed: 0, waves: [] },
    ...other,
  },
});
