/**
 * Keeps what a function weighs, and how many calls it makes, as they were: what grows is noticed where it is made.
 *
 * Nothing here depends on the machine; times are for `npm run bench`. When a change is meant, `UPDATE=1 npx
 * vitest run --config test/vitest.config.ts test/bench` writes the new figures into guard.json, to be
 * committed with the change.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { weigh } from './bundles/start-files.ts';
import { countIdleLooks } from './idle.ts';
import { measureRollout } from './rollout/rollout.ts';
import { countSurvey } from './survey/count-survey.ts';

type Counts = Readonly<Record<string, number>>;
type Guard = {
  /** Bytes of code that are loaded at the start, by function. */
  readonly startBytes: Counts;
  /** By measurement, of one run or one story. */
  readonly calls: Readonly<Record<string, Counts>>;
};

const file = join(import.meta.dirname, 'guard.json');
const known: Guard = JSON.parse(readFileSync(file, 'utf8'));

/** More than this share of the bytes, up or down, is a change that somebody should know of. */
const tolerance = 0.01;

const build = join(import.meta.dirname, '../../.build');
const startBytes = Object.fromEntries(
  readdirSync(build)
    .sort()
    .map((name) => [name, weigh(join(build, name)).startBytes]),
);

const sorted = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

/** One story after the other: the process has one time. */
const countCalls = async (): Promise<Guard['calls']> => {
  const idle = await countIdleLooks(10);
  const surveys = await countSurvey({ clusters: 3, groupsPerCluster: 4, nodesPerGroup: 2 });
  const rollout = await measureRollout({ clusters: 3, groupsPerCluster: 1, nodesPerGroup: 3 });
  const counted: readonly (readonly [string, Counts])[] = [
    ['a look for releases of 10 types and minors', idle.operations],
    ...Object.entries(surveys).map(([name, counts]) => [`${name} of 12 groups`, counts] as const),
    ['the ticks of a rollout of 3 groups', rollout.calls],
    ['Slack in a rollout of 3 groups', rollout.slack.calls],
  ];
  return Object.fromEntries(counted.map(([name, counts]) => [name, sorted(counts)]));
};

let counting: Promise<Guard['calls']> | undefined;
const calls = (): Promise<Guard['calls']> => {
  counting ??= countCalls();
  return counting;
};

if (process.env.UPDATE)
  writeFileSync(file, `${JSON.stringify({ startBytes, calls: await calls() }, undefined, 2)}\n`);
const guard: Guard = process.env.UPDATE ? JSON.parse(readFileSync(file, 'utf8')) : known;

describe('at its start', () => {
  it('every function is guarded, and no other', () => {
    expect(Object.keys(startBytes)).toEqual(Object.keys(guard.startBytes));
  });

  it.each(Object.entries(guard.startBytes))('%s loads as many bytes as before', (name, before) => {
    const now = startBytes[name] ?? 0;
    expect(Math.abs(now - before) / before, `${name}: ${before} bytes before, ${now} now`).toBeLessThan(
      tolerance,
    );
  });
});

describe('as many calls as before are made by', () => {
  it.each(Object.entries(guard.calls))('%s', async (name, before) => {
    expect((await calls())[name]).toEqual(before);
  });

  it('nothing that is not guarded', async () => {
    expect(Object.keys(await calls()).sort()).toEqual(Object.keys(guard.calls).sort());
  });
});
