/**
 * Runs a built function as Lambda would: its bundle, its environment, its own credentials, the
 * simulated time, and what it writes kept as its log.
 *
 * The time a function reads is the cloud's; timers stay real, as requests need them. Only runs of the
 * same function may overlap, since the process has one environment.
 *
 * Effect: loads bundles into this process; while a function runs, `Date`, `process.env` and what is
 * written to stdout and stderr are the function's.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Clock as FakeTimers, install } from '@sinonjs/fake-timers';
import type { Clock } from './clock.ts';
import type { Identities } from './identities.ts';
import type { Properties } from './template.ts';

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
  readonly place: { readonly account: string; readonly region: string };
};

let loads = 0;

let held: { readonly time: FakeTimers; by: number } | undefined;

/** Gives the process the simulated time until every run that holds it has released it. */
const holdTime = (now: Date): (() => void) => {
  held ??= { time: install({ now, toFake: ['Date'], ignoreMissingTimers: true }), by: 0 };
  held.by++;
  return () => {
    if (!held || --held.by > 0) return;
    held.time.uninstall();
    held = undefined;
  };
};

/** Keeps what is written meanwhile, by lines. */
const captured = async <T>(work: () => Promise<T>, keep: (line: string) => void): Promise<T> => {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  for (const stream of streams)
    stream.write = ((chunk: string | Uint8Array) => {
      for (const line of String(chunk).split('\n')) if (line.trim()) keep(line);
      return true;
    }) as typeof stream.write;
  try {
    return await work();
  } finally {
    for (const [i, stream] of streams.entries()) stream.write = originals[i] as typeof stream.write;
  }
};

export class LambdaFunction {
  readonly name: string;
  readonly properties: Properties;
  readonly logs: LogLine[] = [];
  readonly #spec: LambdaSpec;
  readonly #clock: Clock;
  #bundles: string;
  /** Its calls are known by it. */
  readonly accessKeyId: string;
  #handler: Promise<Handler> | undefined;

  constructor(spec: LambdaSpec, clock: Clock, identities: Identities) {
    this.#spec = spec;
    this.#clock = clock;
    this.#bundles = spec.bundles;
    this.properties = spec.properties;
    const [, name = ''] = /\.build\/([^/]+)\/index\.handler$/.exec(spec.properties.Handler) ?? [];
    if (!name) throw new Error(`${spec.properties.Handler} is not the handler of a bundle`);
    this.name = name;
    this.accessKeyId = identities.keyFor(spec.properties.Role, name).accessKeyId;
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
    const { endpoint, place } = this.#spec;
    return {
      ...this.properties.Environment?.Variables,
      AWS_ENDPOINT_URL: endpoint,
      SLACK_API_URL: `${endpoint}/slack/api/`,
      AWS_REGION: place.region,
      AWS_ACCESS_KEY_ID: this.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'simulated',
      AWS_LAMBDA_FUNCTION_NAME: this.properties.FunctionName,
      _HANDLER: this.properties.Handler,
    };
  }

  async invoke(event: unknown, requestId: string = randomUUID()): Promise<unknown> {
    const before = { ...process.env };
    Object.assign(process.env, this.environment);
    delete process.env.AWS_PROFILE;
    const release = holdTime(this.#clock.now());
    try {
      return await captured(
        async () => (await this.#load())(structuredClone(event), this.#context(requestId)),
        (line) => this.#log(line),
      );
    } finally {
      release();
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
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
    this.logs.push({ at: this.#clock.now(), function: this.name, entry });
  }
}
