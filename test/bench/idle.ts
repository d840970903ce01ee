/**
 * Counts what a look for releases calls when nothing new was published.
 *
 * The least is the design's: a call for ten parameters in use, and five more. Every call counts, and each
 * parameter once for each look.
 */
import { day } from '../stories/open-story.ts';
import { typesAndMinors } from './fleets.ts';
import { callsOf, countOperations, inStory, sum } from './in-story.ts';
import { ratio, table, verdict } from './table.ts';

export type IdleFigures = {
  /** AMI types and minors in use. */
  readonly pairs: number;
  readonly parameters: number;
  readonly callsPerLook: number;
  readonly most: number;
  readonly operations: Readonly<Record<string, number>>;
};

const looks = 4;

/** From the second look on: the first finds out what is in use. */
export const countIdleLooks = (pairs: number): Promise<IdleFigures> =>
  inStory(typesAndMinors(pairs), { record: true, everyTick: true, from: day(20) }, async (story) => {
    const { stack, cloud } = story;
    await stack.runUntil(day(20, '00:15'));
    cloud.forgetCalls();
    await stack.runUntil(day(20, '01:15'));
    const calls = callsOf(story, 'detect-releases');
    const names = calls.flatMap(({ operation, input }) =>
      operation === 'GetParameters' ? ((input as { Names?: string[] }).Names ?? []) : [],
    );
    const parameters = names.length / looks;
    const operations = Object.entries(countOperations(calls)).map(([name, count]) => [name, count / looks]);
    return {
      pairs,
      parameters,
      callsPerLook: sum(operations.map(([, count]) => Number(count))),
      most: Math.ceil(parameters / 10) + 5,
      operations: Object.fromEntries(operations),
    };
  });

export const measureIdle = async (): Promise<readonly IdleFigures[]> => {
  const figures: IdleFigures[] = [];
  for (const pairs of [1, 10, 100]) figures.push(await countIdleLooks(pairs));
  return figures;
};

export const showIdle = (figures: readonly IdleFigures[]): readonly string[] => [
  'AWS calls of detect-releases in a look that finds nothing new; target: 1 for 10 parameters, plus 5.',
  '',
  ...table([
    ['types and minors', 'parameters', 'calls', 'target', 'calls / target', '', 'which'],
    ...figures.map(({ pairs, parameters, callsPerLook, most, operations }) => [
      String(pairs),
      String(parameters),
      String(callsPerLook),
      String(most),
      ratio(callsPerLook / most),
      verdict(callsPerLook, most),
      Object.entries(operations)
        .map(([name, count]) => `${name.split(':')[1]} ${count}`)
        .join(', '),
    ]),
  ]),
];
