/**
 * Runs a built function as Lambda would: its bundle, its environment, its own credentials, the
 * simulated time, and what it writes kept as its log.
 *
 * The time a function reads is the cloud's; timers stay real, as requests need them, but for those that run
 * while a call hangs (hangs.ts). Only runs of the
 * same function may overlap, since the process has one time and one output.
 *
 * Effect: loads bundles into this process; while a function runs, `Date` and what is written to stdout
 * and stderr are the function's. `process.env` is the function's for all that its runs began, even
 * what goes on after one has failed.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install } from '@sinonjs/fake-timers';
import type { Clock } from './clock.ts';
import type { Deaths } from './deaths.ts';
import type { Identities } from './identities.ts';
import type { Properties } from './template.ts';
import { watchTimers } from './timers.ts';

type Handler = (event: unknown, context: object) => Promise<unknown>;
export type LogLine = {
  readonly at: Date;
  readonly function: string;
  readonly entry: Record<string, unknown>;
};

export type LambdaSpec = {
  readonly properties: Properties;
  /** Folder that holds a folder for each function. */
  readonly bundles: string;
  readonly endpoint: string;
  /** Where Slack is, if not there too. */
  readonly slack?: string;
  readonly place: { readonly account: string; readonly region: string };
};

/** What it needs of the cloud. */
type Surroundings = {
  readonly clock: Clock;
  readonly identities: Identities;
  readonly deaths: Deaths;
};

let loads = 0;

/** What the process is given while a function runs; its overlapping runs share it. */
let stage: { by: number; clear: () => void } | undefined;

type Environment = Readonly<Record<string, string | undefined>>;

const environments = new AsyncLocalStorage<Environment>();
const ownEnvironment = process.env;
const environmentNow = () => environments.getStore() ?? ownEnvironment;
process.env = new Proxy(ownEnvironment, {
  get: (_, name) => Reflect.get(environmentNow(), name),
  has: (_, name) => Reflect.has(environmentNow(), name),
  ownKeys: () => Reflect.ownKeys(environmentNow()),
  getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(environmentNow(), name),
});

watchTimers(() => environments.getStore() !== undefined);

type Scene = {
  readonly now: Date;
  readonly keep: (line: string) => void;
};

/** Gives the process the function's time and output, until every run that entered has left. */
const enter = ({ now, keep }: Scene): (() => void) => {
  if (!stage) {
    const time = install({ now, toFake: ['Date'], ignoreMissingTimers: true });
    const release = capture(keep);
    const clear = () => {
      release();
      time.uninstall();
    };
    stage = { by: 0, clear };
  }
  const entered = stage;
  entered.by++;
  return () => {
    if (--entered.by > 0) return;
    entered.clear();
    stage = undefined;
  };
};

/** Keeps what is written, by lines, until released. */
const capture = (keep: (line: string) => void): (() => void) => {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  for (const stream of streams)
    stream.write = ((chunk: string | Uint8Array) => {
      for (const line of String(chunk).split('\n')) if (line.trim()) keep(line);
      return true;
    }) as typeof stream.write;
  return () => {
    for (const [i, stream] of streams.entries()) stream.write = originals[i] as typeof stream.write;
  };
};

export class LambdaFunction {
  readonly name: string;
  readonly properties: Properties;
  readonly logs: LogLine[] = [];
  readonly #spec: LambdaSpec;
  readonly #cloud: Surroundings;
  #bundles: string;
  #lives = 0;
  #accessKeyId = '';
  #handler: Promise<Handler> | undefined;

  constructor(spec: LambdaSpec, cloud: Surroundings) {
    this.#spec = spec;
    this.#cloud = cloud;
    this.#bundles = spec.bundles;
    this.properties = spec.properties;
    const [, name = ''] = /\.build\/([^/]+)\/index\.handler$/.exec(spec.properties.Handler) ?? [];
    if (!name) throw new Error(`${spec.properties.Handler} is not the handler of a bundle`);
    this.name = name;
    this.#revive();
  }

  /** Its calls are known by it; another one after each death. */
  get accessKeyId(): string {
    return this.#accessKeyId;
  }

  #revive(): void {
    const session = `${this.name}-${this.#lives++}`;
    this.#accessKeyId = this.#cloud.identities.keyFor(this.properties.Role, session).accessKeyId;
    this.cool();
  }

  /** Runs the bundles of another folder from now on, as a deploy over it does. */
  deploy(bundles: string): void {
    this.#bundles = bundles;
    this.cool();
  }

  /** Forgets the loaded bundle: the next invocation is a cold start. */
  cool(): void {
    this.#handler = undefined;
  }

  /** What Lambda sets, and where the simulated cloud is. */
  get environment(): Readonly<Record<string, string>> {
    const { endpoint, slack = endpoint, place } = this.#spec;
    return {
      ...this.properties.Environment?.Variables,
      AWS_ENDPOINT_URL: endpoint,
      SLACK_API_URL: `${slack}/slack/api/`,
      AWS_REGION: place.region,
      // The simulated AWS takes any number of calls, and time stands still while they are made.
      AWS_RETRY_MODE: 'standard',
      CALL_PACE_PERCENT: '1000000',
      AWS_ACCESS_KEY_ID: this.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'simulated',
      AWS_LAMBDA_FUNCTION_NAME: this.properties.FunctionName,
      _HANDLER: this.properties.Handler,
    };
  }

  async invoke(event: unknown, requestId: string = randomUUID()): Promise<unknown> {
    const { clock, deaths } = this.#cloud;
    const leave = enter({
      now: clock.now(),
      keep: (line) => this.#log(line),
    });
    const death = Promise.withResolvers<never>();
    const endWatch = deaths.watch(this.accessKeyId, () =>
      death.reject(new Error('Runtime exited with error: signal: killed')),
    );
    const key = this.accessKeyId;
    try {
      const environment = { ...ownEnvironment, AWS_PROFILE: undefined, ...this.environment };
      const work = environments.run(environment, async () => {
        const handler = await this.#load();
        return handler(structuredClone(event), this.#context(requestId));
      });
      return await Promise.race([work, death.promise]);
    } finally {
      endWatch();
      if (deaths.isDead(key) && key === this.accessKeyId) this.#revive();
      leave();
    }
  }

  #load(): Promise<Handler> {
    const file = pathToFileURL(join(this.#bundles, this.name, 'index.js'));
    this.#handler ??= import(`${file}?load=${loads++}`).then(
      (module: { handler: Handler }) => module.handler,
    );
    return this.#handler;
  }

  #context(awsRequestId: string): object {
    const { FunctionName, MemorySize, Timeout } = this.properties;
    const { account, region } = this.#spec.place;
    return {
      awsRequestId,
      functionName: FunctionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:${region}:${account}:function:${FunctionName}`,
      memoryLimitInMB: String(MemorySize),
      logGroupName: `/aws/lambda/${FunctionName}`,
      logStreamName: 'simulated',
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Number(Timeout ?? 6) * 1000,
    };
  }

  #log(line: string): void {
    let entry: Record<string, unknown>;
    try {
      entry = JSON.parse(line);
    } catch {
      entry = { message: line };
    }
    this.logs.push({ at: this.#cloud.clock.now(), function: this.name, entry });
  }
}
