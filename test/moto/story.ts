/**
 * Opens a story on moto: the packaged stack in it, and the simulated Slack, which moto has not. Runs the
 * functions, and does what starts them there: gives them what the rules put into their queues.
 *
 * The time that functions read is the story's own and stands still; moto's is the machine's. Of the
 * simulated AWS they reach nothing but what `front.ts` says: `simulatedCalls` has what they asked it.
 *
 * Effect: empties moto; see `lambda.ts` for what running a function does.
 */
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { inject, onTestFinished } from 'vitest';
import { withPolicy } from '../../infra/bundle/build.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { openFunctionUrl } from '../cloud/function-url.ts';
import { LambdaFunction, type LogLine } from '../cloud/lambda.ts';
import { nextDue } from '../cloud/schedule.ts';
import { removeFolder, scratchFolder } from '../cloud/scratch.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { setUpSlack, slackParameters } from '../cloud/set-up-slack.ts';
import { openFront } from './front.ts';
import { bodyOf, openQueues, type Queues, toRecord } from './queues.ts';
import { deployStack, doorOf, functionsOf } from './stack.ts';

export type News = { readonly type: string; readonly detail: Record<string, unknown> };

type Clients = ReturnType<typeof clientsOf>;

export type MotoStory = Clients & {
  readonly url: string;
  /** The clock of the functions, and Slack. */
  readonly cloud: Pick<Cloud, 'clock' | 'slack' | 'press'>;
  readonly queues: Queues;
  /** Throws what the function throws. */
  run(name: string, event?: unknown): Promise<unknown>;
  /** Runs what is started until all queues are empty, and throws what these runs throw. */
  settle(): Promise<void>;
  /** All that came into Slack's queue and was told, in its order. */
  readonly news: readonly News[];
  logs(name: string): readonly LogLine['entry'][];
  put(name: string, value: string): Promise<void>;
  /** Calls that the simulated AWS answered, and not moto. */
  simulatedCalls(): readonly string[];
};

/** Moto's own account. */
export const home = { account: '123456789012', region: 'eu-central-1' };
export const tableName = 'drydock-prod';
const built = join(import.meta.dirname, '../../.build');
const slackQueue = 'drydock-prod-slack.fifo';

const clientsOf = (url: string) => ({
  cloudWatch: clientOf(CloudWatchClient, { url }, home),
  dynamoDb: clientOf(DynamoDBClient, { url }, home),
  ec2: clientOf(EC2Client, { url }, home),
  eks: clientOf(EKSClient, { url }, home),
  events: clientOf(EventBridgeClient, { url }, home),
  sqs: clientOf(SQSClient, { url }, home),
  ssm: clientOf(SSMClient, { url }, home),
});

const bundlesWith = (policy: string): string => {
  const bundles = scratchFolder('moto');
  onTestFinished(() => removeFolder(bundles));
  withPolicy(built, policy, bundles);
  return bundles;
};

type Functions = ReadonlyMap<string, LambdaFunction>;

const openFunctions = async (url: string, cloud: Cloud, policy: string | undefined): Promise<Functions> => {
  const front = await openFront(url, cloud.url);
  onTestFinished(front.close);
  const bundles = policy === undefined ? built : bundlesWith(policy);
  const place = { bundles, endpoint: front.url, slack: cloud.url, place: home };
  const described = await functionsOf(url, home.region);
  const made = described.map((properties) => new LambdaFunction({ properties, ...place }, cloud));
  return new Map(made.map((one) => [one.name, one]));
};

const named = (functions: Functions, name: string): LambdaFunction => {
  const found = functions.get(name);
  if (!found) throw new Error(`no function ${name}`);
  return found;
};

/** What EventBridge and Lambda do of themselves: what a rule put into a queue starts the queue's function. */
const starter = (functions: Functions, queues: Queues) => {
  const news: News[] = [];

  const startFunctions = async (): Promise<number> => {
    let started = 0;
    for (const made of functions.values())
      started += await queues.take(doorOf(made.properties.FunctionName), async (messages) => {
        for (const message of messages) await made.invoke(bodyOf(message));
      });
    return started;
  };

  const tellSlack = () =>
    queues.take(slackQueue, async (messages) => {
      await named(functions, 'notify-slack').invoke({ Records: messages.map(toRecord) });
      for (const { 'detail-type': type, detail } of messages.map(bodyOf))
        news.push({ type: String(type), detail: detail as News['detail'] });
    });

  const settle = async (): Promise<void> => {
    while ((await startFunctions()) + (await tellSlack()) > 0);
  };
  return { news, settle };
};

const openSlack = async (cloud: Cloud, functions: Functions, put: MotoStory['put']): Promise<void> => {
  const { url, close } = await openFunctionUrl({
    region: home.region,
    now: () => cloud.clock.now(),
    invoke: (event) => named(functions, 'answer-slack').invoke(event),
  });
  cloud.onClose(close);
  setUpSlack(cloud, home, url);
  for (const [name, value] of slackParameters) await put(name, value);
};

/** `policy`: another file than infra/policy.yml. */
export const tellMotoStory = async (policy?: string): Promise<MotoStory> => {
  const url = inject('motoUrl');
  await deployStack(url, home.region);
  const cloud = await startCloud({ start: new Date() });
  onTestFinished(() => cloud.close());
  const functions = await openFunctions(url, cloud, policy);
  const clients = clientsOf(url);
  const queues = openQueues(clients.sqs, `${url}/${home.account}`);
  const put = async (Name: string, Value: string) => {
    await clients.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  };
  await openSlack(cloud, functions, put);
  return {
    ...clients,
    ...starter(functions, queues),
    url,
    cloud,
    queues,
    put,
    run: (name, event = {}) => named(functions, name).invoke(event),
    logs: (name) => named(functions, name).logs.map(({ entry }) => entry),
    simulatedCalls: () => Object.keys(cloud.callCounts()).filter((call) => !call.startsWith('slack:')),
  };
};

/** Lets at least so many days pass, until a Tuesday at ten, when the policy's window is open. */
export const passDays = ({ cloud }: MotoStory, days: number): Promise<void> => {
  const after = cloud.clock.now().getTime() + days * 24 * 60 * 60_000;
  return cloud.clock.advanceTo(nextDue('cron(0 10 ? * TUE *)', new Date(after)));
};
