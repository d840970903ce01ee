/**
 * Says what runs of functions use of what AWS asks money for, and reckons with it.
 *
 * Counted: table units, events, decrypted secrets, log bytes, own metrics. The seconds are partly assumed: see
 * `billedSeconds`.
 *
 * Pure.
 */
import type { Call } from '../../cloud/ledger.ts';
import { pacedMs } from '../eks-pace.ts';
import type { Run } from '../run-function.ts';
import type { Units } from './table-units.ts';

export type Usage = {
  readonly seconds: number;
  readonly tableReads: number;
  readonly tableWrites: number;
  readonly events: number;
  readonly decrypts: number;
  readonly logBytes: number;
  /** Series of own metrics in a run. */
  readonly metrics: number;
};

const fields = [
  'seconds',
  'tableReads',
  'tableWrites',
  'events',
  'decrypts',
  'logBytes',
  'metrics',
] as const satisfies readonly (keyof Usage)[];

const each = (of: (field: keyof Usage) => number): Usage =>
  Object.fromEntries(fields.map((field) => [field, of(field)])) as Usage;

export const nothing: Usage = each(() => 0);
export const plus = (a: Usage, b: Usage): Usage => each((field) => a[field] + b[field]);
export const times = (usage: Usage, factor: number): Usage => each((field) => usage[field] * factor);

export type Sized<T> = { readonly clusters: number; readonly of: T };

/** What a fleet of so many clusters uses, on the straight line through two that were measured. */
export const onTheLine = (small: Sized<Usage>, large: Sized<Usage>, clusters: number): Usage => {
  const share = (clusters - small.clusters) / (large.clusters - small.clusters);
  return each((field) => Math.max(0, small.of[field] + (large.of[field] - small.of[field]) * share));
};

/** Lambda gives a whole processor at 1,769 MB (Lambda developer guide, "memory", checked 2026-11-26). */
const wholeProcessorMb = 1769;
/**
 * Measured are the clock, with a fixed time for each call, and the processor. Assumed are that a processor of
 * Lambda is as fast as this one and that every start is a cold one. Reads of EKS wait for Drydock's own pace.
 */
export const billedSeconds = (
  { ms, cpuMs, loadCpuMs }: Run,
  calls: readonly Call[],
  memoryMb: number,
): number => {
  const slow = wholeProcessorMb / memoryMb;
  const eksReads = calls.filter(({ service }) => service === 'eks').length;
  const working = ms + cpuMs * (slow - 1);
  return (Math.max(working, pacedMs(eksReads)) + loadCpuMs * slow) / 1000;
};

const eventBytes = 64 * 1024;
/** CloudWatch's own for each event, and the three lines that Lambda writes of each run: an assumption. */
const lineBytes = 26;
const frameBytes = 400;

const eventsIn = ({ operation, input }: Call): number => {
  if (operation !== 'PutEvents') return 0;
  const entries = (input as { Entries?: { Detail?: string }[] }).Entries ?? [];
  return entries.reduce((sum, { Detail = '' }) => sum + Math.ceil(Buffer.byteLength(Detail) / eventBytes), 0);
};

const isDecrypt = ({ operation, input }: Call): boolean =>
  operation === 'GetParameter' && (input as { WithDecryption?: boolean }).WithDecryption === true;

type MetricLine = Readonly<Record<string, unknown>> & {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
};

/** Each name with each set of values of its dimensions is one, in CloudWatch's embedded format. */
const seriesIn = (entry: MetricLine): readonly string[] =>
  (entry._aws?.CloudWatchMetrics ?? []).flatMap(({ Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((names) => JSON.stringify([Name, ...names.map((name) => [name, entry[name]])])),
    ),
  );

type Told = {
  readonly calls: readonly Call[];
  readonly units: Units;
  readonly log: readonly object[];
  readonly runs: number;
};

/** Of all the runs together, but for the time. */
export const usageOf = ({ calls, units, log, runs }: Told): Usage => ({
  seconds: 0,
  tableReads: units.reads,
  tableWrites: units.writes,
  events: calls.reduce((sum, call) => sum + eventsIn(call), 0),
  decrypts: calls.filter(isDecrypt).length,
  logBytes: log.reduce<number>(
    (sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)) + lineBytes,
    runs * frameBytes,
  ),
  metrics: new Set(log.flatMap((entry) => seriesIn(entry as MetricLine))).size,
});
