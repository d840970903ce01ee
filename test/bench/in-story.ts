/**
 * Opens a story for a measurement, closes it after, and counts in it which function called what.
 *
 * What the simulation could not answer makes every count worthless: it fails the measurement.
 */
import type { Call } from '../cloud/ledger.ts';
import { openStory, type Story } from '../stories/open-story.ts';

type OpenOptions = NonNullable<Parameters<typeof openStory>[1]>;

export const inStory = async <T>(
  fleet: Parameters<typeof openStory>[0],
  options: OpenOptions,
  measure: (story: Story) => Promise<T>,
): Promise<T> => {
  const story = await openStory(fleet, options);
  try {
    const measured = await measure(story);
    const { notSimulated, broken } = story.cloud;
    if (notSimulated.length > 0) throw new Error(`not simulated: ${[...new Set(notSimulated)].join(', ')}`);
    if (broken.length > 0) throw new AggregateError(broken, 'the simulation is broken');
    return measured;
  } finally {
    await story.cloud.close();
  }
};

/** The calls of one function that were recorded; Slack's do not say who makes them. */
export const callsOf = ({ cloud, stack }: Story, name: string): readonly Call[] => {
  const keyId = stack.functions.get(name)?.accessKeyId;
  return cloud.calls.filter(({ accessKeyId }) => accessKeyId === keyId);
};

/** How often each `service:Operation` is among them. */
export const countOperations = (calls: readonly Call[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { service, operation } of calls) {
    const key = `${service}:${operation}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
