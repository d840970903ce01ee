/**
 * Reads the command line of a rehearsal: which fleet, policy and story, from when to when.
 *
 * Every mistake is told at once. With a fleet of one's own the sample story does not happen.
 *
 * Pure.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export const usage = `Rehearses Drydock: lets weeks pass in seconds on a simulated AWS and Slack, and tells what happened.

  npm start -- [options]

  --fleet FILE    the clusters and node groups     (test/rehearsal/fleets/sample.json)
  --policy FILE   Drydock's policy                 (infra/policy.yml)
  --story FILE    what befalls the fleet, and when (test/rehearsal/stories/sample.json)
  --from DATE     when it begins                   (2026-06-01)
  --to DATE       when it ends                     (six weeks later)
  --json          one JSON document instead of text
  --help          this text

A DATE is a day such as 2026-06-01 (midnight in UTC) or a time such as 2026-06-01T08:00:00Z.
A fleet of your own has no story unless you name one. What the files may hold: fleet.schema.json and
story.schema.json in test/rehearsal. AWS's releases come on their real dates, 2025-05 to 2026-10.`;

export type Options = {
  readonly fleet: string;
  readonly story: string | undefined;
  readonly policy: string | undefined;
  readonly from: Date;
  readonly to: Date;
  readonly json: boolean;
};

export type CommandLine =
  | { readonly is: 'help' }
  | { readonly is: 'wrong'; readonly mistakes: readonly string[] }
  | { readonly is: 'right'; readonly options: Options };

const sampleFleet = join(import.meta.dirname, 'fleets/sample.json');
const sampleStory = join(import.meta.dirname, 'stories/sample.json');
const usualFrom = new Date('2026-06-01T00:00:00Z');
const usualDays = 42;
/** Beyond this a rehearsal no longer fits in a Lambda's memory or a person's patience. */
const mostDays = 400;
const dayMs = 24 * 3_600_000;

const known = {
  fleet: { type: 'string' },
  policy: { type: 'string' },
  story: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** `undefined` when it is no date that exists. */
const parseDate = (text: string): Date | undefined => {
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{3})?)?Z$/.test(whole)) return undefined;
  const date = new Date(whole);
  // JavaScript takes 2026-06-31 for 1 July.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(whole.slice(0, 16))
    ? date
    : undefined;
};

export const readCommandLine = (args: readonly string[]): CommandLine => {
  const { tokens } = parseArgs({ args: [...args], options: known, strict: false, tokens: true });
  const mistakes: string[] = [];
  const values: { [name: string]: string } = {};
  const flags = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`${token.value} is not an option`);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!Object.hasOwn(known, name)) mistakes.push(`${rawName} is not an option`);
    else if (known[name as keyof typeof known].type === 'boolean') {
      flags.add(name);
      if (value !== undefined) mistakes.push(`${rawName} takes no value`);
    } else if (value === undefined || value === '' || value.startsWith('--'))
      mistakes.push(`${rawName} needs a value`);
    else if (values[name] !== undefined) mistakes.push(`${rawName} is given twice`);
    else values[name] = value;
  }
  if (flags.has('help')) return { is: 'help' };

  const dateOf = (name: 'from' | 'to', usual: Date): Date => {
    const text = values[name];
    const date = text === undefined ? usual : parseDate(text);
    if (!date) mistakes.push(`--${name} ${text} is no date, such as 2026-06-01 or 2026-06-01T08:00:00Z`);
    return date ?? usual;
  };
  const from = dateOf('from', usualFrom);
  const to = dateOf('to', new Date(from.getTime() + usualDays * dayMs));
  if (mistakes.length === 0 && to <= from) mistakes.push('--to must lie after --from');
  if (to.getTime() - from.getTime() > mostDays * dayMs)
    mistakes.push(`--from to --to is more than ${mostDays} days`);
  if (mistakes.length > 0) return { is: 'wrong', mistakes };

  const {
    fleet = sampleFleet,
    policy,
    story = values.fleet === undefined ? sampleStory : undefined,
  } = values;
  return { is: 'right', options: { fleet, story, policy, from, to, json: flags.has('json') } };
};
