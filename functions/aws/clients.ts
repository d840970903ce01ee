/**
 * Makes the clients of AWS, each with the project's patience, and paced where the service has rates.
 *
 * Effect: none until a client is used.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import { pacing } from './pace.ts';
import { onceOnly, patience } from './patience.ts';
import type { ClientConfig } from './reach.ts';

/** Of the published rates; for accounts whose quotas are others (serverless.yml). */
const percent = Number(process.env.CALL_PACE_PERCENT ?? 100);
if (!(percent > 0)) throw new Error('CALL_PACE_PERCENT is no number above 0: see serverless.yml');

type Pacing = { readonly middlewareStack: { use(plugin: ReturnType<typeof pacing>): void } };

const paced = <Client extends Pacing>(service: Parameters<typeof pacing>[0], client: Client): Client => {
  client.middlewareStack.use(pacing(service, percent));
  return client;
};

export const cloudWatchClient = () => paced('cloudwatch', new CloudWatchClient(patience));
export const dynamoDbClient = () => new DynamoDBClient(patience);
export const ec2Client = (config: ClientConfig) => paced('ec2', new EC2Client(config));
export const eksClient = (config: ClientConfig) => paced('eks', new EKSClient(config));
export const eventBridgeClient = () => new EventBridgeClient(patience);
export const ssmClient = (config: ClientConfig = patience) => paced('ssm', new SSMClient(config));
/** For commands: they have no client token. */
export const ssmClientOnce = (config: ClientConfig) =>
  paced('ssm', new SSMClient({ ...config, ...onceOnly }));
