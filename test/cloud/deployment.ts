/**
 * Deploys the packaged stack into the simulated cloud: makes its table, queues and bus, and wires its
 * functions to schedules, rules, queues, topics and addresses as the packaged template says.
 *
 * Knows how Lambda treats what starts it: an asynchronous event is tried three times (after 1 and 2
 * minutes) and then goes to the function's destination; a queue's batch comes back after its
 * visibility timeout. Idle ticks may be jumped over: see `isIdle`.
 *
 * Effect: runs bundles in this process; see `lambda.ts`.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { withPolicy } from '../../infra/bundle/build.ts';
import { statementFor } from '../../infra/bundle/own-parameters.js';
import { assumeFor, publicParametersFor } from '../../infra/bundle/target-statements.js';
import type { Cloud } from './cloud.ts';
import { matchesPattern } from './event-pattern.ts';
import { openFunctionUrl } from './function-url.ts';
import { homeAccount } from './identities.ts';
import { LambdaFunction, type Load, type LogLine } from './lambda.ts';
import { nextDue } from './schedule.ts';
import { removeFolder, scratchFolder } from './scratch.ts';
import { undelivered } from './services/eventbridge.ts';
import type { Queue } from './services/queue.ts';
import { systemAttributesOf } from './services/sqs-message.ts';
import { setUpSlack } from './set-up-slack.ts';
import { type Properties, type Resource, readTemplate } from './template.ts';

export type Invocation = {
  readonly at: Date;
  readonly function: string;
  readonly cause: string;
  readonly answer?: unknown;
  readonly error?: Error;
};

export type Deployment = {
  /** Runs everything that is due until then: schedules, queues, rules, retries. */
  runUntil(time: Date, watch?: (now: Date) => void): Promise<void>;
  /** Throws what the function throws. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Deploys the bundles with another policy over these; what is stored and under way stays. */
  redeploy(policy: string): void;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  /** Where functions are reached by HTTP, by their names. */
  readonly urls: ReadonlyMap<string, string>;
  readonly invocations: readonly Invocation[];
  readonly news: readonly {
    readonly at: Date;
    readonly type: string;
    readonly detail: Record<string, unknown>;
  }[];
  readonly logs: readonly LogLine[];
  /** Idle invocations that were jumped over. */
  readonly jumpedOver: number;
};

/**
 * What befalls whatever starts a function: it comes twice at once, again some minutes later, late, or at once with
 * the next start, whatever that is of. A FIFO queue gives nothing out twice at once: there it comes again.
 */
export type Mischief = 'twiceAtOnce' | 'againLater' | 'late' | 'besideTheNext';

export type DeployOptions = {
  /** Another policy file than infra/policy.yml: for the bundles and the role that reads its parameters, not for rules. */
  readonly policy?: string;
  /** Another folder that was packaged, with a policy and wiring of its own. */
  readonly packaged?: string;
  /** Where `bundlesWith` has put the bundles with the policy; kept when the cloud is closed. */
  readonly bundles?: string;
  /** How bundles are loaded, if not as Lambda does it. */
  readonly load?: Load;
  /** Leaves out no tick, however idle. */
  readonly everyTick?: boolean;
  /** Asked at each start of a function and each event for a queue, by its name. */
  readonly mischief?: (name: string) => Mischief | undefined;
};

const root = join(import.meta.dirname, '../..');
const templateIn = (folder: string) => join(folder, '.serverless/cloudformation-template-update-stack.json');
const stackName = 'drydock-prod';
const looking = [
  'DetectReleasesRole',
  'PlanRolloutsRole',
  'ControlRole',
  'AuditNodesRole',
  'TrackComplianceRole',
];
const duties = { look: looking, roll: ['RollNodeGroupsRole'], patch: ['PatchNodesRole'] };
const retryMinutes = [1, 2];
/** Longer than a FIFO queue knows a repeat. */
const mischiefMinutes = 7;
const later = (time: Date, minutes: number) => new Date(time.getTime() + minutes * 60_000);

const createTable = async (
  cloud: Cloud,
  { TableName, AttributeDefinitions, KeySchema, BillingMode }: Properties,
  region: string,
) => {
  const credentials = { accessKeyId: 'AKIADEPLOYER', secretAccessKey: 'simulated' };
  const client = new DynamoDBClient({ endpoint: cloud.url, region, credentials });
  await client.send(new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode }));
  client.destroy();
};

/** The built bundles with a policy, in a folder of their own. */
export const bundlesWith = (policy: string, bundles = join(root, '.build')): string => {
  const into = scratchFolder('bundles');
  withPolicy(bundles, policy, into);
  return into;
};

type Start = () => void | Promise<void>;

class Stack implements Deployment {
  readonly functions = new Map<string, LambdaFunction>();
  readonly urls = new Map<string, string>();
  readonly invocations: Invocation[] = [];
  readonly news: { at: Date; type: string; detail: Record<string, unknown> }[] = [];
  readonly #byArn = new Map<string, LambdaFunction>();
  readonly #cloud: Cloud;
  readonly #resources: readonly Resource[];
  readonly #everyTick: boolean;
  readonly #mischief: (name: string) => Mischief | undefined;
  readonly #load: Load | undefined;
  /** What the last run of each function found when it did nothing, and when it wants to look again. */
  readonly #idle = new Map<string, { revision: number; until: string }>();
  /** Starts that wait for the next one, and go together with it. */
  #besides: Start[] = [];
  jumpedOver = 0;

  constructor(
    cloud: Cloud,
    resources: readonly Resource[],
    { everyTick = false, mischief, load }: DeployOptions,
  ) {
    this.#cloud = cloud;
    this.#resources = resources;
    this.#everyTick = everyTick;
    this.#mischief = mischief ?? (() => undefined);
    this.#load = load;
  }

  get logs(): readonly LogLine[] {
    return [...this.functions.values()]
      .flatMap(({ logs }) => logs)
      .sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  #ofType(type: string): readonly Resource[] {
    return this.#resources.filter((resource) => resource.type === type);
  }

  async deploy(bundles: string, place: { account: string; region: string }): Promise<void> {
    const { queues, topics, events, clock, url: endpoint } = this.#cloud;
    for (const { properties } of this.#ofType('AWS::DynamoDB::Table'))
      await createTable(this.#cloud, properties, place.region);
    for (const { properties } of this.#ofType('AWS::SQS::Queue')) {
      const { QueueName, ...rest } = properties;
      const attributes = Object.entries(rest).map(([key, value]) => [
        key,
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      ]);
      queues.create(place, QueueName, Object.fromEntries(attributes));
    }
    for (const { properties } of this.#ofType('AWS::SNS::Topic'))
      topics.create(`arn:aws:sns:${place.region}:${place.account}:${properties.TopicName}`);
    for (const { id, properties } of this.#ofType('AWS::IAM::Role')) {
      const statements = properties.Policies.flatMap(
        ({ PolicyDocument }: Properties) => PolicyDocument.Statement,
      );
      this.#cloud.permissions.attach(`arn:aws:iam::${place.account}:role/${id}`, statements);
    }
    for (const { properties } of this.#ofType('AWS::Lambda::Function')) {
      const made = new LambdaFunction(
        { properties, bundles, load: this.#load, endpoint, place },
        this.#cloud,
      );
      this.functions.set(made.name, made);
      this.#byArn.set(
        `arn:aws:lambda:${place.region}:${place.account}:function:${properties.FunctionName}`,
        made,
      );
    }
    for (const { properties } of this.#ofType('AWS::Lambda::EventSourceMapping')) {
      const queue = queues.byArn(properties.EventSourceArn);
      if (queue) queue.onArrival = () => this.#poll(properties.EventSourceArn);
    }
    await this.#rolesMustAllowLambda(place);
    for (const { properties } of this.#ofType('AWS::Lambda::Url')) {
      const target = this.#functionOf(properties.TargetFunctionArn);
      this.#mustBeOpenToAll(properties.TargetFunctionArn);
      const invoke = (event: object) => this.#answer(target, event);
      const { url, close } = await openFunctionUrl({ region: place.region, now: () => clock.now(), invoke });
      this.urls.set(target.name, url);
      this.#cloud.onClose(close);
    }
    for (const { id, properties } of this.#ofType('AWS::Events::Rule')) {
      const name = [properties.EventBusName, properties.Name ?? id].filter(Boolean).join('/');
      const rule = `arn:aws:events:${place.region}:${place.account}:rule/${name}`;
      for (const { Arn } of properties.Targets)
        if (this.#byArn.has(Arn)) this.#mustBeAllowed('events.amazonaws.com', rule, Arn);
      if (properties.ScheduleExpression) this.#schedule(properties, clock.now());
      else events.onEvents((event, bus) => this.#route(rule, properties, event, bus));
    }
    for (const { properties } of this.#ofType('AWS::SNS::Subscription')) {
      const { TopicArn, Protocol, Endpoint, Region = place.region } = properties;
      this.#mustBeAllowed('sns.amazonaws.com', TopicArn, Endpoint);
      // As SNS does, it refuses a topic of another region than the subscription is asked for in.
      if (TopicArn.split(':')[3] !== Region) throw new Error(`${TopicArn} is not a topic of ${Region}`);
      topics.subscribe(TopicArn, { protocol: Protocol, endpoint: Endpoint, owner: place.account });
      topics.onPublish((message) => {
        if (message.topicArn !== properties.TopicArn) return;
        const { id: MessageId, topicArn: TopicArn, subject: Subject, message: Message, at } = message;
        const Sns = {
          Type: 'Notification',
          MessageId,
          TopicArn,
          Subject,
          Message,
          Timestamp: at.toISOString(),
        };
        this.#start(
          properties.Endpoint,
          { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns }] },
          'a message of a topic',
        );
      });
    }
    events.onEvents((event, bus) => {
      if (bus !== 'default')
        this.news.push({
          at: clock.now(),
          type: event['detail-type'],
          detail: event.detail as Record<string, unknown>,
        });
    });
  }

  /** What Lambda does in the names of the roles: writes logs, takes from queues, keeps what failed. */
  async #rolesMustAllowLambda({ account, region }: { account: string; region: string }): Promise<void> {
    const check = async ({ properties }: LambdaFunction, action: string, resource: string) => {
      if (!(await this.#cloud.permissions.allows(properties.Role, { action, resource })))
        throw new Error(`${properties.Role} must allow ${action} on ${resource}`);
    };
    for (const made of this.functions.values()) {
      const stream = `log-group:/aws/lambda/${made.properties.FunctionName}:log-stream:one`;
      for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents'])
        await check(made, action, `arn:aws:logs:${region}:${account}:${stream}`);
    }
    for (const { properties } of this.#ofType('AWS::Lambda::EventSourceMapping'))
      for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])
        await check(this.#functionOf(properties.FunctionName), action, properties.EventSourceArn);
    for (const { properties } of this.#ofType('AWS::Lambda::EventInvokeConfig'))
      await check(
        this.#functionOf(properties.FunctionName),
        'sqs:SendMessage',
        properties.DestinationConfig.OnFailure.Destination,
      );
  }

  /** Without a permission Lambda refuses the call, and nobody is told. */
  #mustBeAllowed(principal: string, source: string, functionArn: string): void {
    const isAllowed = this.#ofType('AWS::Lambda::Permission').some(
      ({ properties: { Principal, SourceArn = source, FunctionName } }) =>
        Principal === principal && SourceArn === source && FunctionName === functionArn,
    );
    if (!isAllowed) throw new Error(`${source} may not start ${functionArn}`);
  }

  /** An address without these two answers 403 to everybody (the second since October 2025). */
  #mustBeOpenToAll(functionArn: string): void {
    const given = this.#ofType('AWS::Lambda::Permission').map(({ properties }) => properties);
    const opens = (more: object) => ({ FunctionName: functionArn, Principal: '*', ...more });
    for (const wanted of [
      opens({ Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' }),
      opens({ Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true }),
    ])
      if (!given.some((one) => isDeepStrictEqual({ ...one }, wanted)))
        throw new Error(`the address of ${functionArn} lacks a permission: ${JSON.stringify(wanted)}`);
  }

  #schedule(rule: Properties, after: Date): void {
    const { clock } = this.#cloud;
    const due = nextDue(rule.ScheduleExpression, after);
    clock.at(due, async () => {
      this.#schedule(rule, due);
      for (const { Arn } of rule.Targets) {
        const target = this.#functionOf(Arn);
        if (this.#isIdle(target.name)) this.jumpedOver++;
        else
          await this.#begin(
            target,
            { source: 'aws.events', 'detail-type': 'Scheduled Event', time: due.toISOString(), detail: {} },
            'its schedule',
          );
      }
    });
  }

  #functionOf(arnOrName: string): LambdaFunction {
    const found =
      this.#byArn.get(arnOrName) ??
      [...this.functions.values()].find(({ properties }) => properties.FunctionName === arnOrName);
    if (!found) throw new Error(`no function ${arnOrName}`);
    return found;
  }

  #route(arn: string, rule: Properties, event: object, bus: string): void {
    if ((rule.EventBusName ?? 'default') !== bus || !matchesPattern(rule.EventPattern, event)) return;
    for (const { Arn, SqsParameters, InputPath, InputTransformer, DeadLetterConfig } of rule.Targets) {
      if (InputPath || InputTransformer) throw new Error('input paths of rules are not simulated');
      if (this.#cloud.events.refusing.has(Arn)) {
        this.#cloud.queues.byArn(DeadLetterConfig?.Arn)?.send(undelivered(arn, Arn, event));
        continue;
      }
      const queue = this.#cloud.queues.byArn(Arn);
      if (!queue) this.#start(Arn, event, 'an event');
      else {
        const group = SqsParameters?.MessageGroupId;
        const deliver = () => {
          queue.send({ body: JSON.stringify(event), ...(group && { group }) });
        };
        for (const start of this.#befall(queue.name, deliver)) void start();
      }
    }
  }

  #start(arn: string, event: unknown, cause: string): void {
    const target = this.#functionOf(arn);
    this.#cloud.clock.at(this.#cloud.clock.now(), () => this.#begin(target, event, cause));
  }

  async #begin(target: LambdaFunction, event: unknown, cause: string): Promise<void> {
    const starts = this.#befall(target.name, () => this.#try(target, event, cause, 0));
    if (starts.length > 0) await this.#together(starts);
  }

  /** How often it starts now; what comes later is on its way. */
  #befall(name: string, start: Start): readonly Start[] {
    const mischief = this.#mischief(name);
    const { clock } = this.#cloud;
    const soon = later(clock.now(), mischiefMinutes);
    if (mischief === 'late' || mischief === 'againLater') clock.at(soon, start);
    if (mischief === 'besideTheNext') this.#waitForNext(start);
    if (mischief === 'besideTheNext' || mischief === 'late') return [];
    return mischief === 'twiceAtOnce' ? [start, start] : [start];
  }

  /** Some minutes at most: it may be that nothing else starts. */
  #waitForNext(start: Start): void {
    const { clock } = this.#cloud;
    this.#besides.push(start);
    clock.at(later(clock.now(), mischiefMinutes), () => this.#together([]));
  }

  /** Starts them with those that waited for the next start, all at once. */
  async #together(starts: readonly Start[]): Promise<void> {
    const all = [...starts, ...this.#besides];
    this.#besides = [];
    await Promise.all(all.map((start) => start()));
  }

  /** An asynchronous invocation, with Lambda's retries and the function's destination after them. */
  async #try(
    target: LambdaFunction,
    event: unknown,
    cause: string,
    attempt: number,
    requestId = crypto.randomUUID(),
  ): Promise<void> {
    const { error } = await this.#run(
      target,
      event,
      attempt === 0 ? cause : `${cause}, attempt ${attempt + 1}`,
      requestId,
    );
    if (!error) return;
    const { clock, queues } = this.#cloud;
    const wait = retryMinutes[attempt];
    if (wait !== undefined)
      return clock.at(later(clock.now(), wait), () =>
        this.#try(target, event, cause, attempt + 1, requestId),
      );
    const config = this.#ofType('AWS::Lambda::EventInvokeConfig').find(
      ({ properties }) => properties.FunctionName === target.properties.FunctionName,
    );
    queues.byArn(config?.properties.DestinationConfig?.OnFailure?.Destination)?.send({
      body: JSON.stringify({ requestPayload: event, responsePayload: { errorMessage: error.message } }),
    });
  }

  async #run(target: LambdaFunction, event: unknown, cause: string, requestId?: string): Promise<Invocation> {
    const at = this.#cloud.clock.now();
    const { revision: before, troubles } = this.#cloud;
    const outcome = await target.invoke(event, requestId).then(
      (answer) => ({ answer }),
      (error: Error) => ({ error }),
    );
    const invocation = { at, function: target.name, cause, ...outcome };
    const answer = 'answer' in outcome ? outcome.answer : { skipped: 'it failed' };
    const { lookAgainAt, skipped } = (answer ?? {}) as { lookAgainAt?: string; skipped?: string };
    // Who found another at work may have found the lease of a dead one, which ends with time alone.
    const until = skipped === undefined ? (lookAgainAt ?? 'never') : 'next tick';
    // A run in which something went wrong may have left the rest to the next one.
    const isTroubled = this.#cloud.troubles !== troubles;
    const isIdle = this.#cloud.revision === before && until !== 'next tick' && !isTroubled;
    // Only a run that the clock starts does what the next one would.
    if (!isIdle) this.#idle.delete(target.name);
    else if (cause === 'its schedule') this.#idle.set(target.name, { revision: before, until });
    this.invocations.push(invocation);
    return invocation;
  }

  /**
   * Whether a tick would find the world exactly as the last one left it, which did nothing: nothing in
   * the cloud changed, and the time it named has not come.
   */
  #isIdle(name: string): boolean {
    const idle = this.#idle.get(name);
    if (this.#everyTick || !idle) return false;
    const notYet = idle.until === 'never' || idle.until > this.#cloud.clock.now().toISOString();
    return idle.revision === this.#cloud.revision && notYet;
  }

  #poll(queueArn: string): void {
    const mapping = this.#ofType('AWS::Lambda::EventSourceMapping').find(
      ({ properties }) => properties.EventSourceArn === queueArn,
    );
    const queue = this.#cloud.queues.byArn(queueArn);
    if (!mapping || !queue) return;
    const { clock } = this.#cloud;
    const target = this.#functionOf(mapping.properties.FunctionName);
    // A function that gathers a batch is started when the window of its first message is over.
    const window = (mapping.properties.MaximumBatchingWindowInSeconds ?? 0) / 60;
    clock.at(later(queue.nextReceivableAt() ?? clock.now(), window), async () => {
      // Another poll has taken it.
      if (queue.nextReceivableAt()?.getTime() !== clock.now().getTime()) return;
      const mischief = this.#mischief(target.name);
      const pollAgain = () => {
        if (queue.nextReceivableAt()) this.#poll(queueArn);
      };
      const work = async () => {
        await this.#work(queue, target, mapping.properties.BatchSize, mischief);
        pollAgain();
      };
      if (mischief === 'late') clock.at(later(clock.now(), mischiefMinutes), pollAgain);
      else if (mischief === 'besideTheNext') this.#waitForNext(work);
      else await this.#together([work]);
    });
  }

  /** Runs a batch of a queue, and deletes what went well. */
  async #work(
    queue: Queue,
    target: LambdaFunction,
    most: number,
    mischief: Mischief | undefined,
  ): Promise<void> {
    const received = queue.receive({ most });
    if (received.length === 0) return;
    const Records = received.map((message) => ({
      messageId: message.id,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: systemAttributesOf(message),
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
    }));
    const isTwice = mischief === 'twiceAtOnce' && !queue.fifo;
    const runs = Array.from({ length: isTwice ? 2 : 1 }, () => this.#run(target, { Records }, 'a queue'));
    const ended = await Promise.all(runs);
    // A batch that was taken and not deleted in time comes again.
    if (mischief === 'againLater' || (mischief === 'twiceAtOnce' && queue.fifo)) return;
    for (const { answer, error } of ended) {
      const failures = (answer as { batchItemFailures?: { itemIdentifier: string }[] })?.batchItemFailures;
      const failed = new Set(failures?.map(({ itemIdentifier }) => itemIdentifier));
      if (!error)
        for (const { id, receiptHandle } of received) if (!failed.has(id)) queue.delete(receiptHandle);
    }
  }

  async invoke(name: string, event: unknown): Promise<unknown> {
    const target = this.functions.get(name);
    if (!target) throw new Error(`no function ${name}`);
    return this.#answer(target, event, 'by hand');
  }

  async #answer(
    target: LambdaFunction,
    event: unknown,
    cause = 'a request to its address',
  ): Promise<unknown> {
    const { answer, error } = await this.#run(target, event, cause);
    if (error) throw error;
    return answer;
  }

  redeploy(policy: string): void {
    const bundles = bundlesWith(policy);
    for (const made of this.functions.values()) made.deploy(bundles);
    this.#idle.clear();
  }

  async runUntil(time: Date, watch?: (now: Date) => void): Promise<void> {
    const { clock } = this.#cloud;
    for (let next = clock.nextAt(); next && next <= time; next = clock.nextAt()) {
      await clock.advanceTo(next);
      watch?.(clock.now());
    }
    await clock.advanceTo(time);
  }
}

type Statements = readonly (readonly [role: string, statement: object])[];

const statementsFor = (policy: string): Statements => [
  ['DetectReleasesRole', statementFor(policy)],
  ['DetectReleasesRole', publicParametersFor(policy)],
  ...Object.entries(duties).flatMap(([duty, roles]) => {
    const statement = assumeFor(policy, duty as keyof typeof duties, stackName);
    return roles.map((role) => [role, statement] as const);
  }),
];

/** By policy file: a simulation deploys the same one many times. */
const statementsByPolicy = new Map<string, Statements>();

/** What the roles would have, had the stack been packaged with the policy. */
const giveStatements = (
  raw: Parameters<NonNullable<Parameters<typeof readTemplate>[2]>>[0],
  policy: string,
): void => {
  const given = statementsByPolicy.get(policy) ?? statementsFor(policy);
  statementsByPolicy.set(policy, given);
  for (const [role, statement] of given)
    raw[role]?.Properties?.Policies[0].PolicyDocument.Statement?.push(statement);
};

/** The stack must have been packaged (`npm run package`). */
export const deploy = async (cloud: Cloud, options: DeployOptions = {}): Promise<Deployment> => {
  const place = { account: homeAccount, region: 'eu-central-1' };
  const { policy, packaged = root } = options;
  const built = join(packaged, '.build');
  const made = policy === undefined || options.bundles ? undefined : bundlesWith(policy, built);
  const bundles = options.bundles ?? made ?? built;
  const resources = readTemplate(templateIn(packaged), place, (raw) => {
    if (policy !== undefined) giveStatements(raw, policy);
  });
  const stack = new Stack(cloud, resources, options);
  cloud.onClose(() => {
    if (made) removeFolder(made);
  });
  await stack.deploy(bundles, place);
  setUpSlack(cloud, place, stack.urls.get('answer-slack'));
  return stack;
};
