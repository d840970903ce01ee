/**
 * Runs a function once against a simulated cloud, in a process of its own, and says what it took.
 *
 * The simulated cloud stays in this process: memory and time are the function's alone. Node.js gets the
 * flags that Lambda gives it at 512 MB (DECISIONS.md, 30). The time that it reads is the cloud's, and goes on.
 *
 * Effect: runs a process that calls the cloud.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Story } from '../stories/open-story.ts';
import { type Answer, runApart } from './apart.ts';

export type Run = {
  /** From the call of the handler to its answer. */
  readonly ms: number;
  /** Of the processor, the kernel's work for it included. */
  readonly cpuMs: number;
  /** The same, before: to load the bundle. */
  readonly loadCpuMs: number;
  /** The most that the process had in memory, with Node.js and the bundle. */
  readonly peakBytes: number;
  /** What it threw. */
  readonly failure?: string;
};

const lambdaFlags = ['--max-old-space-size=460', '--max-semi-space-size=25'];

const program = `
  const at = Number(process.env.BENCH_NOW);
  const now = () => Math.floor(at + performance.now());
  globalThis.Date = class extends Date {
    constructor(...parts) { super(...(parts.length > 0 ? parts : [now()])); }
    static now() { return now(); }
  };
  const cpuMs = (since) => {
    const { user, system } = process.cpuUsage(since);
    return (user + system) / 1000;
  };
  const unloaded = process.cpuUsage();
  const { handler } = await import(process.env.BENCH_BUNDLE);
  const loadCpuMs = cpuMs(unloaded);
  const context = {
    awsRequestId: 'bench',
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => 900_000,
  };
  const [before, idle] = [performance.now(), process.cpuUsage()];
  const failure = await handler(JSON.parse(process.env.BENCH_EVENT), context).then(
    () => undefined,
    ({ message }) => message,
  );
  const ms = performance.now() - before;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ ms, cpuMs: cpuMs(idle), loadCpuMs, peakBytes, failure }));
`;

export type RunOptions = {
  readonly event?: unknown;
  /** Instead of what the simulation sets: it lets a function call as fast as it can. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** `printed` is its log. */
export const runFunction = (
  { cloud, stack }: Story,
  name: string,
  { event = {}, environment = {} }: RunOptions = {},
): Promise<Answer<Run>> => {
  const made = stack.functions.get(name);
  if (!made) throw new Error(`there is no function ${name}`);
  const bundle = join(import.meta.dirname, '../../.build', name, 'index.js');
  return runApart(program, {
    flags: lambdaFlags,
    environment: {
      ...made.environment,
      ...environment,
      BENCH_BUNDLE: pathToFileURL(bundle).href,
      BENCH_EVENT: JSON.stringify(event),
      BENCH_NOW: String(cloud.clock.now().getTime()),
    },
  });
};
