/**
 * Measures what a fleet makes Drydock use: each scheduled function in a run that finds nothing new, and the
 * ticks and messages of a rollout.
 *
 * Every node is managed by Systems Manager and scanned daily, which is the dearest case. Calls take 50 ms.
 *
 * Effect: runs processes against simulated clouds in this one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '../../cloud/ledger.ts';
import { day, home, type Story } from '../../stories/open-story.ts';
import { fleetOf, type Shape } from '../fleets.ts';
import { callsOf, inStory, sum } from '../in-story.ts';
import { runFunction } from '../run-function.ts';
import type { StackFacts } from './stack-facts.ts';
import { TableUnits, type Units } from './table-units.ts';
import { billedSeconds, times, type Usage, usageOf } from './usage.ts';

const callMs = 50;

/** All in the last wave of the default policy, but for one group that goes first. */
const environments: readonly string[] = [];
const oldRelease = '1.34.7-20260505';

const sampleOfNews = (): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../events/tell-slack.sqs.json'), 'utf8'));

/** Alone, so that all that is called is called by it. */
const runOnce = async (
  story: Story,
  name: string,
  { facts, units, event }: { facts: StackFacts; units: TableUnits; event?: unknown },
): Promise<Usage> => {
  const from = story.cloud.calls.length;
  story.cloud.pace.callMs = callMs;
  const { answer: run, printed } = await runFunction(story, name, { event });
  story.cloud.pace.callMs = 0;
  if (run.failure) throw new Error(`${name} failed: ${run.failure}`);
  const calls = story.cloud.calls.slice(from);
  const log = printed.map((line) => JSON.parse(line) as object);
  return {
    ...usageOf({ calls, units: units.take(calls), log, runs: 1 }),
    seconds: billedSeconds(run, calls, facts.memoryMb.get(name) ?? 0),
  };
};

export type Quiet = {
  /** Of a run, by function. */
  readonly runs: ReadonlyMap<string, Usage>;
  readonly tableBytes: number;
};

/** After two days: what was new is told, and each function finds what it has left. */
export const measureQuiet = (shape: Shape, facts: StackFacts): Promise<Quiet> =>
  inStory(
    fleetOf(shape, { environments }),
    { record: true, from: day(16, '00:03'), releasesUntil: day(16) },
    async (story) => {
      for (const { name } of story.cloud.estate.place(home).clusters.values())
        story.cloud.patching.enrol({ cluster: name, scanAt: '03:00' });
      await story.stack.runUntil(day(18));
      const units = new TableUnits();
      units.take(story.cloud.calls);
      const runs = new Map<string, Usage>();
      for (const name of facts.runsInAMonth.keys())
        runs.set(name, await runOnce(story, name, { facts, units }));
      return { runs, tableBytes: units.bytes };
    },
  );

export type Rolling = {
  readonly groups: number;
  /** Of `roll-node-groups`, that found something to do or to see. */
  readonly ticks: number;
  readonly tick: Usage;
  /** Runs of `notify-slack`. */
  readonly messages: number;
  readonly message: Usage;
};

type Span = { readonly from: Date; readonly to: Date; readonly busyAt: Date };

/** From the time at which the small fleet may be rolled until it is; a day of a large one. */
export const wholeRollout: Span = { from: day(17, '20:00'), busyAt: day(18, '08:20'), to: day(24) };
export const rollingDay: Span = { from: day(22, '07:55'), busyAt: day(22, '11:00'), to: day(22, '16:00') };

const inSpan = ({ from, to }: Span, { at }: { readonly at: Date }): boolean => at > from && at <= to;

/** What a run of a function used on average in the story, without the runs apart; the time is that of one of them. */
const averageIn = (span: Span, story: Story, madeApart: ReadonlySet<Call>) => {
  const sizes = new TableUnits();
  const costs = new Map(story.cloud.calls.map((call) => [call, sizes.take([call])]));
  const unitsOf = (calls: readonly Call[]): Units => ({
    reads: sum(calls.map((call) => costs.get(call)?.reads ?? 0)),
    writes: sum(calls.map((call) => costs.get(call)?.writes ?? 0)),
  });
  return (name: string, apart: Usage) => {
    const runs = story.stack.invocations.filter((one) => one.function === name && inSpan(span, one)).length;
    const calls = callsOf(story, name).filter((call) => inSpan(span, call) && !madeApart.has(call));
    const log = (story.stack.functions.get(name)?.logs ?? []).filter((line) => inSpan(span, line));
    const total = usageOf({ calls, units: unitsOf(calls), log: log.map(({ entry }) => entry), runs });
    // Every start counts as a cold one, which has no secret yet.
    const { seconds, decrypts } = apart;
    return { count: runs, of: { ...times(total, 1 / Math.max(1, runs)), seconds, decrypts } };
  };
};

export const measureRolling = (shape: Shape, span: Span, facts: StackFacts): Promise<Rolling> =>
  inStory(
    fleetOf(shape, { environments, releaseVersion: oldRelease }),
    { record: true, from: day(16, '00:03'), releasesUntil: day(16) },
    async (story) => {
      const { cloud, stack } = story;
      await stack.runUntil(span.busyAt);
      const untilNow = new TableUnits();
      untilNow.take(cloud.calls);
      const before = cloud.calls.length;
      const busy = await runOnce(story, 'roll-node-groups', { facts, units: untilNow });
      const told = await runOnce(story, 'notify-slack', { facts, units: untilNow, event: sampleOfNews() });
      const madeApart = new Set(cloud.calls.slice(before));
      await stack.runUntil(span.to);

      const average = averageIn(span, story, madeApart);
      const [tick, message] = [average('roll-node-groups', busy), average('notify-slack', told)];
      const updates = [...cloud.estate.place(home).clusters.values()]
        .flatMap(({ nodeGroups }) => [...nodeGroups.values()])
        .flatMap((group) => [...group.updates.values()]);
      return {
        groups: updates.filter(({ createdAt }) => inSpan(span, { at: createdAt })).length,
        ticks: tick.count,
        tick: tick.of,
        messages: message.count,
        message: message.of,
      };
    },
  );
