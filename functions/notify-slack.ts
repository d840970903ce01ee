/**
 * Tells Slack each piece of news once: one thread a rollout, its first message kept up to date.
 *
 * Runs on batches of the FIFO queue that our bus feeds. Takes news in order and stops at the first
 * that Slack does not take: the run fails, the queue brings it back, and what was told is known.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as v from 'valibot';
import policy from '../infra/policy.yml';
import { tableTold } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { patience } from './aws/patience.ts';
import { ssmSecret } from './aws/ssm-secrets.ts';
import { isRolloutNews, type News, type RolloutNews } from './domain/news.ts';
import type { Policy } from './domain/policy.ts';
import type { Chat, Log, Message, Told, ToldThread } from './domain/ports.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { parseNews, queueBatch } from './edge/events.ts';
import { readSettings, text } from './edge/settings.ts';
import { findingsMessage } from './slack/findings-message.ts';
import { rolloutMessage, rolloutReply, standaloneMessage } from './slack/message.ts';
import { slackChat } from './slack/web-api.ts';

type Tools = { readonly chat: Chat; readonly told: Told; readonly log: Log };

export const notifySlack = ({ chat, told, log }: Tools, { slack }: Policy) => {
  const tellAlone = async ({ detail: { id } }: News, message: Message, now: string) => {
    if (await told.read(id)) return;
    const posted = await chat.post(slack.channel, message);
    await told.save(id, { revision: 0, ...posted, shows: 0, ids: [id] }, now);
  };

  /** The thread with its first message as new as the news. */
  const keepUp = async (news: RolloutNews, thread: ToldThread | undefined): Promise<ToldThread> => {
    const { sequence } = news.detail;
    if (!thread)
      return {
        revision: 0,
        ...(await chat.post(slack.channel, rolloutMessage(news.detail))),
        shows: sequence,
        ids: [],
      };
    if (thread.shows >= sequence) return thread;
    await chat.update(thread.channel, thread.ts, rolloutMessage(news.detail));
    return { ...thread, shows: sequence };
  };

  const tellRollout = async (news: RolloutNews, now: string) => {
    const { id, rollout } = news.detail;
    const known = await told.read(rollout);
    if (known?.ids.includes(id)) return;
    const kept = await keepUp(news, known);
    const reply = rolloutReply(news);
    // A thread that was just opened is stored before the reply, so that its head is not posted again.
    const revision = reply && !known ? await told.save(rollout, kept, now) : kept.revision;
    if (reply) await chat.post(kept.channel, reply, kept.ts);
    await told.save(rollout, { ...kept, revision, ids: [...kept.ids, id] }, now);
  };

  return async (batch: v.InferOutput<typeof queueBatch>, { now }: Now) => {
    let number = 0;
    for (const { body, messageId } of batch.Records) {
      const news = parseNews(body);
      if (!news) {
        log.info('queue message not understood, dropped', { messageId });
        log.count('EventDropped');
        continue;
      }
      if (isRolloutNews(news)) await tellRollout(news, now);
      else {
        const message = news.type === 'Findings Changed' ? findingsMessage(news) : standaloneMessage(news);
        if (!message) {
          log.info('not urgent, not told', { type: news.type, id: news.detail.id });
          continue;
        }
        await tellAlone(news, message, now);
      }
      log.info('told slack', { type: news.type, id: news.detail.id });
      number++;
    }
    return { told: number };
  };
};

const settings = readSettings({
  TABLE_NAME: text,
  SLACK_TOKEN_PARAMETER: text,
  SLACK_API_URL: v.optional(text),
});

export const handler = entry(
  queueBatch,
  notifySlack(
    {
      chat: slackChat({
        token: ssmSecret(new SSMClient(patience), settings.SLACK_TOKEN_PARAMETER),
        apiUrl: settings.SLACK_API_URL,
      }),
      told: tableTold(dynamoDbTable(new DynamoDBClient(patience), settings.TABLE_NAME)),
      log,
    },
    policy,
  ),
);
