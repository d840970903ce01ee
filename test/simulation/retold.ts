/**
 * Says what Slack should read: the same news, each piece once, told by a `notify-slack` that nothing befalls.
 *
 * The pieces come in the order in which the queue took them first.
 */
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

const idOf = ({ body }: Taken): string => {
  const { 'detail-type': type, detail } = JSON.parse(body);
  return `${type} ${detail.id}`;
};

type Deployed = { readonly policy: string; readonly bundles: string };

export const retold = async (taken: readonly Taken[], deployed: Deployed, from: Date) => {
  const story = await openStory(() => {}, { ...deployed, from });
  const once = new Map<string, Taken>();
  for (const one of taken) if (!once.has(idOf(one))) once.set(idOf(one), one);
  try {
    for (const [id, { body, sentAt }] of once)
      await story.stack.invoke('notify-slack', {
        Records: [
          {
            messageId: id,
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
