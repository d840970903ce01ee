/**
 * Reads a function's settings from its environment, once, when it starts.
 *
 * Every setting that is missing or wrong is named at once; values never are. The names are those
 * that serverless.yml gives each function.
 */
import * as v from 'valibot';
import type { Policy } from '../domain/policy.ts';
import { regionsOf, type Target, targetsOf } from '../domain/target.ts';

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

/** What tells where Drydock is deployed, and how it reaches other targets. */
export const placeSettings = {
  ACCOUNT_ID: text,
  AWS_REGION: text,
  AWS_LAMBDA_FUNCTION_NAME: text,
  TARGET_ROLE: text,
} as const;

type PlaceSettings = { readonly [Name in keyof typeof placeSettings]: string };

/** Every target of the policy, and how to reach it from here. */
export const placesOf = (settings: PlaceSettings, { targets: named }: Pick<Policy, 'targets'>) => {
  const home: Target = { account: settings.ACCOUNT_ID, region: settings.AWS_REGION };
  const targets = targetsOf(named, home);
  const reach = { home, role: settings.TARGET_ROLE, session: settings.AWS_LAMBDA_FUNCTION_NAME, named };
  return { home, targets, regions: regionsOf(targets), reach };
};
