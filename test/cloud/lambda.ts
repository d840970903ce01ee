/**
 * Runs a built function as Lambda would: its bundle, its environment, its own credentials, the
 * simulated time, and what it writes kept as its log.
 *
 * The time a function reads is the cloud's; timers stay real, as requests need them, but for those that run
 * while a call hangs (hangs.ts). Runs may overlap: each has a sandbox, a key, and a time of its own.
 *
 * Effect: loads bundles into this process; while functions run, `Date` and what is written to stdout and stderr
 * are those of the run that looks or writes. `process.env` is the run's for all that it began, even what goes on
 * after it has failed.
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

export type Handler = (event: unknown, context: object) => Promise<unknown>;
/** Loads a bundle, given its file, with variables of its own each time. */
export type Load = (file: string) => Promise<Handler>;
export type LogLine = {
  readonly at: Date;
  readonly function: string;
  readonly entry: Record<string, unknown>;
};

export type LambdaSpec = {
  readonly properties: Properties;
  /** Folder that holds a folder for each function. */
  readonly bundles: string;
  /** As Lambda does it, unless told otherwise. */
  readonly load?: Load | undefined;
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

const importAnew: Load = async (file) => {
  const module: { readonly handler: Handler } = await import(`${pathToFileURL(file)}?load=${loads++}`);
  return module.handler;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** What a run sees of the process, in all that it begins. */
type Scene = {
  readonly environment: Environment;
  readonly now: () => number;
  readonly keep: (line: string) => void;
};

const scenes = new AsyncLocalStorage<Scene>();
const ownEnvironment = process.env;
const environmentNow = () => scenes.getStore()?.environment ?? ownEnvironment;
process.env = new Proxy(ownEnvironment, {
  get: (_, name) => Reflect.get(environmentNow(), name),
  has: (_, name) => Reflect.has(environmentNow(), name),
  ownKeys: () => Reflect.ownKeys(environmentNow()),
  getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(environmentNow(), name),
});

watchTimers(() => scenes.getStore() !== undefined);

/** Runs that are under way; while there are any, `Date` and what is written are theirs. */
let underWay = 0;
let leaveStage = () => {};

/** Of two runs at once one is a little later than the other. */
const apartMs = 37;

/** Gives the process a run's time and output, until every run that entered has left. */
const enter = (scene: Scene): (() => void) => {
  if (underWay++ === 0) {
    const time = install({ now: scene.now(), toFake: ['Date'], ignoreMissingTimers: true });
    Object.defineProperty(time, 'now', { get: () => (scenes.getStore() ?? scene).now() });
    const release = capture((line) => (scenes.getStore() ?? scene).keep(line));
    leaveStage = () => {
      release();
      time.uninstall();
    };
  }
  return () => {
    if (--underWay === 0) leaveStage();
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

/** Where Lambda runs a function, one run at a time: with its own loaded bundle, and known by its own key. */
type Sandbox = {
  readonly accessKeyId: string;
  isBusy: boolean;
  handler?: Promise<Handler>;
};

export class LambdaFunction {
  readonly name: string;
  readonly properties: Properties;
  readonly logs: LogLine[] = [];
  readonly #spec: LambdaSpec;
  readonly #cloud: Surroundings;
  #bundles: string;
  #sandboxes: Sandbox[] = [];
  #opened = 0;

  constructor(spec: LambdaSpec, cloud: Surroundings) {
    this.#spec = spec;
    this.#cloud = cloud;
    this.#bundles = spec.bundles;
    this.properties = spec.properties;
    const [, name = ''] = /\.build\/([^/]+)\/index\.handler$/.exec(spec.properties.Handler) ?? [];
    if (!name) throw new Error(`${spec.properties.Handler} is not the handler of a bundle`);
    this.name = name;
  }

  /** By which the calls of its next run are known; another one after each death. */
  get accessKeyId(): string {
    return this.#idle().accessKeyId;
  }

  /** A sandbox that nothing runs in; a new one where all are busy. */
  #idle(): Sandbox {
    const idle = this.#sandboxes.find(({ isBusy }) => !isBusy);
    if (idle) return idle;
    const session = `${this.name}-${this.#opened++}`;
    const { accessKeyId } = this.#cloud.identities.keyFor(this.properties.Role, session);
    const opened = { accessKeyId, isBusy: false };
    this.#sandboxes.push(opened);
    return opened;
  }

  /** Runs the bundles of another folder from now on, as a deploy over it does. */
  deploy(bundles: string): void {
    this.#bundles = bundles;
    this.cool();
  }

  /** Forgets the loaded bundles: the next invocation is a cold start. */
  cool(): void {
    for (const sandbox of this.#sandboxes) delete sandbox.handler;
  }

  /** What its next run finds. */
  get environment(): Readonly<Record<string, string>> {
    return this.#environmentIn(this.#idle());
  }

  /** What Lambda sets, and where the simulated cloud is. */
  #environmentIn({ accessKeyId }: Sandbox): Readonly<Record<string, string>> {
    const { endpoint, slack = endpoint, place } = this.#spec;
    return {
      ...this.properties.Environment?.Variables,
      AWS_ENDPOINT_URL: endpoint,
      SLACK_API_URL: `${slack}/slack/api/`,
      AWS_REGION: place.region,
      // The simulated AWS takes any number of calls, and time stands still while they are made.
      AWS_RETRY_MODE: 'standard',
      CALL_PACE_PERCENT: '1000000',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'simulated',
      AWS_LAMBDA_FUNCTION_NAME: this.properties.FunctionName,
      _HANDLER: this.properties.Handler,
    };
  }

  async invoke(event: unknown, requestId: string = randomUUID()): Promise<unknown> {
    const { clock, deaths } = this.#cloud;
    const sandbox = this.#idle();
    const behind = underWay * apartMs;
    const scene: Scene = {
      environment: { ...ownEnvironment, AWS_PROFILE: undefined, ...this.#environmentIn(sandbox) },
      now: () => clock.now().getTime() + behind,
      keep: (line) => this.#log(line),
    };
    const leave = enter(scene);
    sandbox.isBusy = true;
    const death = Promise.withResolvers<never>();
    const endWatch = deaths.watch(sandbox.accessKeyId, () =>
      death.reject(new Error('Runtime exited with error: signal: killed')),
    );
    try {
      const work = scenes.run(scene, async () => {
        const handler = await this.#load(sandbox);
        return handler(structuredClone(event), this.#context(requestId));
      });
      return await Promise.race([work, death.promise]);
    } finally {
      endWatch();
      sandbox.isBusy = false;
      if (deaths.isDead(sandbox.accessKeyId))
        this.#sandboxes = this.#sandboxes.filter((other) => other !== sandbox);
      leave();
    }
  }

  #load(sandbox: Sandbox): Promise<Handler> {
    const { load = importAnew } = this.#spec;
    sandbox.handler ??= load(join(this.#bundles, this.name, 'index.js'));
    return sandbox.handler;
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
