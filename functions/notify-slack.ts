/**
 * Tells Slack each piece of news once: one thread a rollout and a patch job, its first message kept up to date.
 *
 * Runs on batches of the FIFO queue that our bus feeds. Takes news in order and stops at the first
 * that Slack does not take: the run fails, the queue brings it back, and what was told is known.
 */
import * as v from 'valibot';
import policy from '../infra/policy.yml';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableTold } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { ssmClient } from './aws/ssm-client.ts';
import { ssmSecret } from './aws/ssm-secrets.ts';
import type { News } from './domain/news.ts';
import type { Chat, Log, Told } from './domain/ports.ts';
import { rolloutIdOf } from './domain/rollout.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { queueBatch } from './edge/events.ts';
import { parseNews } from './edge/news.ts';
import { readSettings, text } from './edge/settings.ts';
import { aloneOf } from './slack/alone.ts';
import type { Audience } from './slack/audience.ts';
import { conversation } from './slack/conversation.ts';
import { TokenRefused } from './slack/errors.ts';
import type { Delivery } from './slack/posting.ts';
import { isThreaded, type Threaded } from './slack/threads.ts';
import { slackChat } from './slack/web-api.ts';

type Tools = { readonly chat: Chat; readonly told: Told; readonly log: Log };
type Batch = v.InferOutput<typeof queueBatch>;

/** Slack's clock and SQS's may differ. */
const skewMs = 60_000;

export const notifySlack = ({ chat, told, log }: Tools, audience: Audience) => {
  const { tellInThread, tellAlone, takeAwayMuted } = conversation({ chat, told }, audience);

  /** `false` when nothing of it is to be told at once. */
  const tellOther = async (news: Exclude<News, Threaded>, delivery: Delivery): Promise<boolean> => {
    const isWithdrawal = news.type === 'AMI Release Withdrawn';
    const hasRollout = isWithdrawal && (await told.read(rolloutIdOf(news.detail.train))) !== undefined;
    const alone = aloneOf(news, audience, hasRollout);
    for (const one of alone) await tellAlone(one, news.detail, delivery);
    if (news.type === 'Command Done') await takeAwayMuted(news, delivery);
    return alone.length > 0;
  };

  const tell = async ({ messageId, body, attributes }: Batch['Records'][number], now: string) => {
    const news = parseNews(body);
    if (!news) {
      log.info('queue message not understood, dropped', { messageId });
      log.count('EventDropped');
      return 0;
    }
    const { ApproximateReceiveCount, SentTimestamp } = attributes;
    const sentAt = new Date(SentTimestamp - skewMs).toISOString();
    const delivery = { again: ApproximateReceiveCount > 1, sentAt, now };
    const { type, detail } = news;
    const isTold = isThreaded(news)
      ? await tellInThread(news, delivery).then(() => true)
      : await tellOther(news, delivery);
    log.info(isTold ? 'told slack' : 'not urgent, not told', { type, id: detail.id });
    return isTold ? 1 : 0;
  };

  return async ({ Records }: Batch, { now }: Now) => {
    let number = 0;
    try {
      for (const record of Records) number += await tell(record, now);
    } catch (error) {
      // Nobody can be told of it in Slack: an alarm counts these.
      if (error instanceof TokenRefused) log.count('SlackTokenRefused');
      throw error;
    }
    return { told: number };
  };
};

const settings = readSettings({
  TABLE_NAME: text,
  STAGE: text,
  AWS_REGION: text,
  SLACK_TOKEN_PARAMETER: text,
  SLACK_API_URL: v.optional(text),
});

export const handler = entry(
  queueBatch,
  notifySlack(
    {
      chat: slackChat({
        token: ssmSecret(ssmClient(), settings.SLACK_TOKEN_PARAMETER),
        apiUrl: settings.SLACK_API_URL,
      }),
      told: tableTold(dynamoDbTable(dynamoDbClient(), settings.TABLE_NAME)),
      log,
    },
    { slack: policy.slack, stage: settings.STAGE, region: settings.AWS_REGION },
  ),
);
