/**
 * Looks for secrets in all that a story left behind: logs, what functions answered and threw, their environments, the
 * table, events, queues and Slack.
 *
 * Secret are the values of SecureStrings and the external ids that roles were assumed with.
 *
 * Reads the simulated cloud.
 */
import { gunzipSync } from 'node:zlib';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Cloud } from '../cloud/cloud.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { home, type Story } from './open-story.ts';

const storedIn = async (cloud: Cloud): Promise<readonly string[]> => {
  cloud.faults.clear();
  const client = clientOf(DynamoDBClient, cloud, { region: home.region });
  const items: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: 'drydock-prod' }))
    for (const { body, ...rest } of Items)
      items.push(JSON.stringify(rest) + (body?.B ? gunzipSync(body.B).toString() : ''));
  client.destroy();
  return items;
};

/** `logs: xoxb-…`, for each place that holds a secret. */
export const secretsTold = async ({ cloud, stack }: Story): Promise<readonly string[]> => {
  const places = {
    logs: stack.logs,
    answers: stack.invocations.map(({ answer, error }) => [answer, error?.stack]),
    environments: [...stack.functions.values()].map(({ environment }) => environment),
    events: stack.news,
    queues: cloud.queues.all().map((queue) => queue.messages()),
    slack: [cloud.slack.messages(), cloud.slack.ephemerals],
    table: await storedIn(cloud),
  };
  const secrets = [...cloud.ssm.secrets, ...cloud.identities.externalIds];
  return Object.entries(places).flatMap(([place, held]) => {
    const text = JSON.stringify(held);
    return secrets.filter((secret) => text.includes(secret)).map((secret) => `${place}: ${secret}`);
  });
};
