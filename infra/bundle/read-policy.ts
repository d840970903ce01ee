/**
 * Reads and checks a policy file: every problem at once, each with its path and line.
 *
 * Runs when the bundles are built, never in a Lambda; what it lets pass is trusted from there on.
 */
import { readFileSync } from 'node:fs';
import { Temporal } from 'temporal-polyfill';
import * as v from 'valibot';
import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { complianceRules } from '../../functions/domain/patching/findings.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import { rules } from '../../functions/domain/rules.ts';
import { targetUnreadable } from '../../functions/domain/target-unreadable.ts';
import { weekdays } from '../../functions/domain/window.ts';
import { patching } from './read-patching-policy.ts';
import { patterns, selector } from './read-selector.ts';
import { slackPolicy } from './read-slack-policy.ts';

const name = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$/, 'must be a short name of letters, digits, spaces and . _ -'),
);
/** What is told and stored by wave has its name for a key: one that every object has would be found before. */
const isOfEveryObject = (key: string): boolean => key in {} || key === 'prototype';
const waveName = v.pipe(
  name,
  v.check((it) => !isOfEveryObject(it), 'is a name that every JavaScript object has: take another'),
);
const atLeastOne = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(1, 'must be 1 or more'),
);
const notNegative = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(0, 'must be 0 or more'),
);

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};
const isDate = (text: string): boolean => {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
};
const timeZone = v.pipe(v.string(), v.check(isTimeZone, 'is no IANA time zone, such as Europe/Berlin'));
const date = v.pipe(v.string(), v.check(isDate, 'is no date, such as 2026-12-18'));
const time = v.pipe(
  v.string(),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is no time of day, such as '08:00' (in quotes)"),
);

const wave = v.strictObject({
  name: waveName,
  select: v.optional(v.array(selector), []),
  atLeast: v.optional(notNegative, 0),
  soakHours: v.pipe(
    v.number(),
    v.minValue(0, 'must be 0 or more'),
    v.maxValue(24 * 30, 'must be at most 720'),
  ),
  window: v.optional(name),
  concurrency: v.optional(atLeastOne, 1),
  failureBudget: v.optional(notNegative, 0),
  alarms: v.optional(v.array(v.pipe(v.string(), v.nonEmpty('must name an alarm'))), []),
  approval: v.optional(
    v.strictObject({
      timeoutHours: v.pipe(
        v.number(),
        v.minValue(1, 'must be 1 or more'),
        v.maxValue(24 * 30, 'must be at most 720'),
      ),
    }),
  ),
  forceWhenBlocked: v.optional(v.boolean(), false),
});

const window = v.strictObject({
  timeZone,
  days: v.pipe(
    v.array(v.picklist(weekdays, `must be one of ${weekdays.join(', ')}`)),
    v.minLength(1, 'must name a day'),
  ),
  from: time,
  to: time,
});

/** Halts that point at the release itself. */
const rollBackReasons = ['withdrawn', 'releaseBreaksNodes', 'degradedInSoak', 'alarmRinging'] as const;
/** Names of rules, and of their settings, are checked below. A setting that is left out has the rule's own value. */
const findings = v.strictObject({
  rules: v.optional(
    v.record(
      v.string(),
      v.strictObject({
        enabled: v.optional(v.boolean(), true),
        settings: v.optional(v.record(v.string(), notNegative), {}),
      }),
    ),
    {},
  ),
  mute: v.optional(
    v.array(
      v.strictObject({
        rules: v.optional(patterns),
        select: v.pipe(v.array(selector), v.minLength(1, 'must select something')),
        until: v.optional(date),
      }),
    ),
    [],
  ),
  ebsDriver: v.optional(
    v.strictObject({
      reservedVolumeAttachments: v.optional(notNegative),
      volumeAttachLimit: v.optional(atLeastOne),
    }),
    {},
  ),
});

const target = v.strictObject({
  account: v.exactOptional(
    v.pipe(
      v.unknown(),
      // Without quotes YAML makes a number of it, and forgets zeros in front.
      v.check(
        (it) => typeof it === 'string' && /^\d{12}$/.test(it),
        'must be the 12 digits of an account, in quotes',
      ),
      v.transform(String),
    ),
  ),
  regions: v.exactOptional(
    v.pipe(
      v.array(
        v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, such as eu-central-1')),
      ),
      v.minLength(1, 'must name a region'),
    ),
  ),
  // What IAM takes as an external id.
  externalId: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits and + = , . @ : / - _'),
    ),
  ),
});

const shape = v.strictObject({
  version: v.literal(1, 'must be 1'),
  targets: v.optional(v.pipe(v.array(target), v.minLength(1, 'must name a target, or be left out')), [{}]),
  clusters: v.optional(v.pipe(v.array(selector), v.minLength(1, 'must select something')), [
    { clusters: ['*'] },
  ]),
  ownedElsewhere: v.optional(v.array(selector), []),
  releases: v.optional(
    v.strictObject({
      minimumAgeDays: v.optional(notNegative, 7),
      // Rollouts are kept for 120 days: what was rolled longer ago is not known.
      atMostEveryDays: v.optional(v.pipe(notNegative, v.maxValue(90, 'must be at most 90')), 0),
      deny: v.optional(v.array(v.pipe(v.string(), v.nonEmpty())), []),
    }),
    {},
  ),
  ownImages: v.optional(
    v.array(
      v.strictObject({
        parameter: v.pipe(
          v.string(),
          v.maxLength(900, 'must not be longer than 900 characters'),
          v.regex(/^\/[A-Za-z0-9_.\-/{}]+$/, 'must be the path of a parameter, such as /golden/image-id'),
        ),
        select: v.pipe(v.array(selector), v.minLength(1, 'must select something')),
      }),
    ),
    [],
  ),
  waves: v.pipe(v.array(wave), v.minLength(1, 'must have at least one wave')),
  limits: v.optional(
    v.strictObject({ perCluster: v.optional(atLeastOne, 1), perRegion: v.optional(atLeastOne, 20) }),
    {},
  ),
  windows: v.optional(v.record(v.string(), window), {}),
  freezes: v.optional(v.array(v.strictObject({ name, timeZone, from: date, to: date })), []),
  rollBackOn: v.optional(
    v.array(v.picklist(rollBackReasons, `must be one of ${rollBackReasons.join(', ')}`)),
    [],
  ),
  patching: v.optional(patching, {}),
  findings: v.optional(findings, {}),
  slack: slackPolicy,
});

type Path = readonly (string | number)[];
type Problem = { readonly path: Path; readonly message: string };

const maybe = v.fallback(v.optional(v.string()), undefined);
/** As much of a file as the checks between its parts need; a part that is wrong by itself is told elsewhere. */
const parts = v.fallback(
  v.object({
    waves: v.fallback(v.array(v.fallback(v.object({ name: maybe, window: maybe }), {})), []),
    windows: v.fallback(v.record(v.string(), v.unknown()), {}),
    targets: v.fallback(v.array(v.fallback(v.object({ account: maybe }), {})), []),
    freezes: v.fallback(v.array(v.fallback(v.object({ from: maybe, to: maybe }), {})), []),
    findings: v.fallback(
      v.object({
        rules: v.fallback(
          v.record(
            v.string(),
            v.fallback(v.object({ settings: v.fallback(v.record(v.string(), v.unknown()), {}) }), {
              settings: {},
            }),
          ),
          {},
        ),
        mute: v.fallback(
          v.array(v.fallback(v.object({ rules: v.fallback(v.array(v.unknown()), []) }), { rules: [] })),
          [],
        ),
      }),
      { rules: {}, mute: [] },
    ),
  }),
  { waves: [], windows: {}, targets: [], freezes: [], findings: { rules: {}, mute: [] } },
);
type Parts = v.InferOutput<typeof parts>;

const known = new Map<string, readonly string[]>([
  ...rules.map((rule) => [rule.name, Object.keys(rule.settings)] as const),
  ...[...complianceRules, targetUnreadable].map((rule) => [rule.name, []] as const),
]);
const noRule = `is no rule: there are ${[...known.keys()].sort().join(', ')}`;

const unknownRules = ({ findings }: Parts): Problem[] => {
  const tuned = Object.entries(findings.rules).flatMap(([rule, { settings }]): Problem[] => {
    const has = known.get(rule);
    if (!has) return [{ path: ['findings', 'rules', rule], message: noRule }];
    return Object.keys(settings)
      .filter((setting) => !has.includes(setting))
      .map((setting) => ({
        path: ['findings', 'rules', rule, 'settings', setting],
        message: `is no setting of the rule: it has ${has.join(', ') || 'none'}`,
      }));
  });
  const muted = findings.mute.flatMap(({ rules }, i) =>
    [...rules.entries()]
      .filter(([, rule]) => typeof rule === 'string' && !known.has(rule))
      .map(([j, rule]) => ({ path: ['findings', 'mute', i, 'rules', j], message: `${rule} ${noRule}` })),
  );
  return [...tuned, ...muted];
};

const doubledTargets = ({ targets }: Parts): Problem[] => {
  const seen = new Set<string>();
  return targets.flatMap(({ account = 'of its own' }, i) => {
    const isDouble = seen.has(account);
    seen.add(account);
    return isDouble ? [{ path: ['targets', i], message: `names the account ${account} a second time` }] : [];
  });
};

/** What no single value shows: names that must exist or be unique, ends that lie before starts. */
const crossChecks = (file: unknown): Problem[] => {
  const some = v.parse(parts, file);
  const { waves, windows, freezes } = some;
  const problems = [...unknownRules(some), ...doubledTargets(some)];
  const seen = new Set<string>();
  for (const [i, { name, window }] of waves.entries()) {
    if (name !== undefined && seen.has(name))
      problems.push({ path: ['waves', i, 'name'], message: `names a second wave ${name}` });
    if (name !== undefined) seen.add(name);
    if (window !== undefined && !Object.hasOwn(windows, window))
      problems.push({
        path: ['waves', i, 'window'],
        message: `names the window ${window}, which windows does not have`,
      });
  }
  for (const [i, { from = '', to = '' }] of freezes.entries())
    if (isDate(from) && isDate(to) && to < from)
      problems.push({ path: ['freezes', i, 'to'], message: 'lies before from' });
  return problems;
};

const expectedOf = (issue: v.BaseIssue<unknown>): string => {
  if (issue.expected === 'never') return 'is not a setting of the policy';
  if (issue.received === 'undefined') return 'is missing';
  return issue.kind === 'schema' && issue.type !== 'literal' && issue.type !== 'picklist'
    ? `must be ${issue.expected}`
    : issue.message;
};

/** In quotes where nobody would see it otherwise, or where it breaks the line. */
const shownKey = (key: string | number): string =>
  /^\S(.*\S)?$/.test(String(key)) ? String(key) : JSON.stringify(key);

/** Throws an error whose message lists every problem. */
export const readPolicy = (file: string): Policy => {
  const lines = new LineCounter();
  // A key that is a map or a list would be printed whole, at no line of its own.
  const document = parseDocument(readFileSync(file, 'utf8'), {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  });
  const lineOf = (path: Path): number => {
    for (let length = path.length; length >= 0; length--) {
      const node = (length === 0 ? document.contents : document.getIn(path.slice(0, length), true)) as
        | Node
        | undefined;
      const parent =
        length > 0 ? (document.getIn(path.slice(0, length - 1), true) as Node | undefined) : undefined;
      const key = isMap(parent)
        ? parent.items.find((pair) => String(pair.key) === String(path[length - 1]))?.key
        : undefined;
      const range =
        (key as Node | undefined)?.range ?? (isSeq(parent) || length === 0 || node ? node?.range : undefined);
      if (range) return lines.linePos(range[0]).line;
    }
    return 1;
  };
  const syntax = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    text: error.code === 'NON_STRING_KEY' ? 'a key must be a text of its own' : error.message,
  }));
  if (syntax.length > 0) throw problemsError(file, syntax);

  const content: unknown = document.toJS();
  const parsed = v.safeParse(shape, content);
  const wrong = (parsed.issues ?? []).map((issue) => ({
    path: (issue.path ?? []).map(({ key }) => key as string | number),
    message: expectedOf(issue),
  }));
  const problems: Problem[] = [...wrong, ...crossChecks(content)];
  if (problems.length > 0)
    throw problemsError(
      file,
      problems.map(({ path, message }) => ({
        line: lineOf(path),
        text: `${path.map(shownKey).join('.') || 'the file'} ${message}`,
      })),
    );
  return parsed.output as Policy;
};

const problemsError = (file: string, problems: readonly { line: number; text: string }[]): Error => {
  const sorted = [...problems].sort((a, b) => a.line - b.line);
  return new Error(
    `The policy has ${sorted.length} problem(s):\n${sorted.map(({ line, text }) => `  ${file}:${line}: ${text}`).join('\n')}`,
  );
};
