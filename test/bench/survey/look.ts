/**
 * Runs a function that looks at everything, and then each share of the work that it has handed out.
 *
 * One share after the other, each in a process of its own, as Lambda would in up to five at once: what one run
 * takes does not depend on the others, and their sum is what the look costs.
 *
 * Effect: runs processes that call the cloud; takes what is in the function's work queue.
 */
import { home, type Story } from '../../stories/open-story.ts';
import { sum } from '../in-story.ts';
import { type Run, type RunOptions, runFunction } from '../run-function.ts';

export type Look = {
  readonly runs: number;
  /** Of the run that took longest. */
  readonly longestMs: number;
  /** Of all runs together. */
  readonly ms: number;
  readonly cpuMs: number;
  /** Of the run that had most in memory. */
  readonly peakBytes: number;
  /** What the first run that failed threw. */
  readonly failure?: string;
};

/** A message of the queue as Lambda gives it; those that are held back stay. */
const takeEvent = (story: Story, name: string): unknown => {
  const arn = `arn:aws:sqs:${home.region}:${home.account}:drydock-prod-${name}-work`;
  const queue = story.cloud.queues.byArn(arn);
  if (!queue) throw new Error(`there is no queue ${arn}`);
  const [message] = queue.receive();
  if (!message) return undefined;
  queue.delete(message.receiptHandle);
  return { Records: [{ messageId: message.id, body: message.body, eventSourceARN: arn }] };
};

export const runLook = async (
  story: Story,
  name: string,
  environment: NonNullable<RunOptions['environment']>,
): Promise<Look> => {
  const runs: Run[] = [(await runFunction(story, name, { environment })).answer];
  for (let event = takeEvent(story, name); event !== undefined; event = takeEvent(story, name))
    runs.push((await runFunction(story, name, { event, environment })).answer);
  const failure = runs.find((run) => run.failure !== undefined)?.failure;
  return {
    runs: runs.length,
    longestMs: Math.max(...runs.map(({ ms }) => ms)),
    ms: sum(runs.map(({ ms }) => ms)),
    cpuMs: sum(runs.map(({ cpuMs }) => cpuMs)),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    ...(failure !== undefined && { failure }),
  };
};
