/**
 * Reads a function's settings from its environment, once, when it starts.
 *
 * Every setting that is missing or wrong is named at once; values never are. The names are those
 * that serverless.yml gives each function.
 */
import * as v from 'valibot';

/** Throws an error that lists every problem. */
export const readSettings = <const Schema extends v.ObjectEntries>(
  entries: Schema,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): v.InferOutput<v.ObjectSchema<Schema, undefined>> => {
  const read = v.safeParse(v.object(entries), environment);
  if (read.success) return read.output;
  const problems = read.issues.map(
    (issue) =>
      `${v.getDotPath(issue)}: ${issue.received === 'undefined' ? 'is not set' : 'is not as expected'}`,
  );
  throw new Error(`The function's environment is wrong. ${problems.join('; ')}. See serverless.yml.`);
};

export const text = v.pipe(v.string(), v.nonEmpty());
