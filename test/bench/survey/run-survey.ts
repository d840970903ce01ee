/**
 * Runs a function that surveys the fleet once, in a process of its own, and says what it took.
 *
 * The simulated cloud stays in this process: memory and time are the function's alone. Node.js gets the
 * flags that Lambda gives it at 512 MB (DECISIONS.md, 30). The time that it reads is the cloud's.
 *
 * Effect: runs a process that calls the cloud.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Story } from '../../stories/open-story.ts';
import { runApart } from '../apart.ts';

export type Run = {
  /** From the call of the handler to its answer. */
  readonly ms: number;
  /** The most that the process had in memory, with Node.js and the bundle. */
  readonly peakBytes: number;
  /** Time of the processor, of this one and the kernel's for it. */
  readonly cpuMs: number;
  /** What it threw. */
  readonly failure?: string;
};

const lambdaFlags = ['--max-old-space-size=460', '--max-semi-space-size=25'];

const program = `
  const at = Number(process.env.BENCH_NOW);
  globalThis.Date = class extends Date {
    constructor(...parts) { super(...(parts.length > 0 ? parts : [at])); }
    static now() { return at; }
  };
  const { handler } = await import(process.env.BENCH_BUNDLE);
  const context = {
    awsRequestId: 'bench',
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => 900_000,
  };
  const [before, cpuBefore] = [performance.now(), process.cpuUsage()];
  const failure = await handler({}, context).then(() => undefined, ({ message }) => message);
  const { user, system } = process.cpuUsage(cpuBefore);
  console.log(JSON.stringify({
    ms: performance.now() - before,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    cpuMs: (user + system) / 1000,
    failure,
  }));
`;

export const runSurvey = ({ cloud, stack }: Story, name: string): Promise<Run> => {
  const made = stack.functions.get(name);
  if (!made) throw new Error(`there is no function ${name}`);
  const bundle = join(import.meta.dirname, '../../../.build', name, 'index.js');
  return runApart(program, {
    flags: lambdaFlags,
    environment: {
      ...made.environment,
      BENCH_BUNDLE: pathToFileURL(bundle).href,
      BENCH_NOW: String(cloud.clock.now().getTime()),
    },
  });
};
