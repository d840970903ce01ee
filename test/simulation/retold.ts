/**
 * Says what Slack should read: the same news, each piece once, told by a `notify-slack` that nothing befalls.
 *
 * The pieces come in the order in which the queue took them first. Most runs of a plot have the same ones: what
 * Slack should read of them is found once.
 */
import type { DeployOptions } from '../cloud/deployment.ts';
import { openStory, type Story } from '../stories/open-story.ts';

export type Taken = { readonly body: string; readonly sentAt: Date };

/** Texts and blocks of all messages, each after the first line of its thread. */
export const readIn = ({ cloud }: Story): readonly string[] => {
  const messages = cloud.slack.messages();
  return messages.map(({ text, blocks, thread_ts }) => {
    const thread = messages.find(({ ts }) => ts === thread_ts)?.text ?? '';
    return JSON.stringify([thread, text, blocks]);
  });
};

const idOf = ({ body }: Pick<Taken, 'body'>): string => {
  const { 'detail-type': type, detail } = JSON.parse(body);
  return `${type} ${detail.id}`;
};

export type Deployed = Required<Pick<DeployOptions, 'policy' | 'bundles' | 'load'>>;

const tell = async (taken: readonly Taken[], deployed: Deployed, from: Date): Promise<readonly string[]> => {
  const story = await openStory(() => {}, { ...deployed, from });
  try {
    for (const { body, sentAt } of taken)
      await story.stack.invoke('notify-slack', {
        Records: [
          {
            messageId: idOf({ body }),
            body,
            attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(sentAt.getTime()) },
          },
        ],
      });
    return readIn(story);
  } finally {
    await story.cloud.close();
  }
};

const told = new Map<string, Promise<readonly string[]>>();

export const retold = (
  taken: readonly Taken[],
  deployed: Deployed,
  from: Date,
): Promise<readonly string[]> => {
  const once = new Map<string, Taken>();
  for (const one of taken) if (!once.has(idOf(one))) once.set(idOf(one), one);
  const pieces = [...once.values()];
  const key = JSON.stringify([pieces, deployed, from]);
  const reads = told.get(key) ?? tell(pieces, deployed, from);
  told.set(key, reads);
  return reads;
};
