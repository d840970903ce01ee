/**
 * Measures the built functions: what they weigh, how long they take to start, and what each package costs.
 *
 * Compared with a handler that only creates the same SDK clients: what a function adds to that is its own.
 *
 * Effect: builds into a temporary folder; runs processes.
 */
import { join } from 'node:path';
import { buildFunctions } from '../../../infra/bundle/build.ts';
import { homeAccount } from '../../cloud/identities.ts';
import { scratchFolder } from '../../cloud/scratch.ts';
import { readTemplate } from '../../cloud/template.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { kilobytes, ratio, spread, table, verdict } from '../table.ts';
import { buildBaseline, type Clients, clientsOf } from './baseline.ts';
import { type Bundle, type Start, startInTurn } from './cold-starts.ts';
import { weighPackages } from './packages.ts';
import { filesAtStart, type Weight, weigh } from './start-files.ts';

/** At most so many times what the same clients take. */
const mostRatio = 1.5;

type FunctionFigures = Weight & {
  readonly function: string;
  readonly clients: Clients;
  readonly clientsStartBytes: number;
  readonly loadMs: Spread;
  readonly clientsLoadMs: Spread;
  readonly cpuMs: Spread;
  readonly clientsCpuMs: Spread;
  /** Of the two loads of each round. */
  readonly loadRatio: Spread;
  readonly cpuRatio: Spread;
  readonly packages: Readonly<Record<string, Weight>>;
};

export type BundleFigures = {
  readonly node: string;
  readonly rounds: number;
  readonly emptyLoadMs: Spread;
  readonly emptyCpuMs: Spread;
  readonly functions: readonly FunctionFigures[];
};

/** What Lambda would set for each function, as the packaged template says. */
const environments = (): ReadonlyMap<string, Readonly<Record<string, string>>> => {
  const file = join(import.meta.dirname, '../../../.serverless/cloudformation-template-update-stack.json');
  const place = { account: homeAccount, region: 'eu-central-1' };
  const made = readTemplate(file, place).filter(({ type }) => type === 'AWS::Lambda::Function');
  return new Map(
    made.map(({ properties: { Handler, Environment, FunctionName } }) => [
      Handler.split('/')[1],
      {
        ...Environment.Variables,
        AWS_REGION: place.region,
        AWS_LAMBDA_FUNCTION_NAME: FunctionName,
        AWS_ACCESS_KEY_ID: 'AKIABENCH',
        AWS_SECRET_ACCESS_KEY: 'simulated',
      },
    ]),
  );
};

export const measureBundles = async (rounds: number): Promise<BundleFigures> => {
  const folder = scratchFolder('bench');
  const { metafiles } = await buildFunctions({ into: join(folder, 'functions') });
  const known = environments();
  const baselines = new Map<string, Promise<Bundle>>();
  const baselineOf = (clients: Clients): Promise<Bundle> => {
    const key = JSON.stringify(clients);
    const made =
      baselines.get(key) ??
      buildBaseline(clients, join(folder, `baseline-${baselines.size}`)).then((built) => ({
        folder: built,
        environment: { AWS_REGION: 'eu-central-1' },
      }));
    baselines.set(key, made);
    return made;
  };

  const empty = await baselineOf({ atStart: [], lazy: [] });
  const pairs = [];
  for (const [name, metafile] of metafiles) {
    const own: Bundle = { folder: join(folder, 'functions', name), environment: known.get(name) ?? {} };
    const packages = weighPackages(metafile, filesAtStart(own.folder));
    const clients = clientsOf(packages);
    pairs.push({ name, own, packages, clients, baseline: await baselineOf(clients) });
  }
  const starts = await startInTurn(
    [...new Set([empty, ...pairs.flatMap(({ own, baseline }) => [baseline, own])])],
    rounds,
  );
  const timesOf = (bundle: Bundle, which: keyof Start) =>
    (starts.get(bundle) ?? []).map((start) => start[which]);
  const ratios = (own: Bundle, baseline: Bundle, which: keyof Start) => {
    const below = timesOf(baseline, which);
    return spreadOf(timesOf(own, which).map((ms, round) => ms / (below[round] ?? Number.NaN)));
  };
  return {
    node: process.version,
    rounds,
    emptyLoadMs: spreadOf(timesOf(empty, 'loadMs')),
    emptyCpuMs: spreadOf(timesOf(empty, 'cpuMs')),
    functions: pairs.map(({ name, own, packages, clients, baseline }) => ({
      function: name,
      clients,
      ...weigh(own.folder),
      clientsStartBytes: weigh(baseline.folder).startBytes,
      loadMs: spreadOf(timesOf(own, 'loadMs')),
      clientsLoadMs: spreadOf(timesOf(baseline, 'loadMs')),
      cpuMs: spreadOf(timesOf(own, 'cpuMs')),
      clientsCpuMs: spreadOf(timesOf(baseline, 'cpuMs')),
      loadRatio: ratios(own, baseline, 'loadMs'),
      cpuRatio: ratios(own, baseline, 'cpuMs'),
      packages: Object.fromEntries([...packages].sort(([, a], [, b]) => b.startBytes - a.startBytes)),
    })),
  };
};

const shortNames = ({ atStart, lazy }: Clients): string =>
  [...atStart, ...lazy.map((client) => `(${client})`)]
    .map((client) => client.replace('@aws-sdk/client-', ''))
    .join(' ');

/** What weighs less everywhere is summed up. */
const leastShownBytes = 2048;

const packageTable = (functions: readonly FunctionFigures[]): readonly string[] => {
  const bytesOf = (figures: FunctionFigures, name: string): number => figures.packages[name]?.startBytes ?? 0;
  const most = (name: string): number => Math.max(...functions.map((one) => bytesOf(one, name)));
  const names = [...new Set(functions.flatMap(({ packages }) => Object.keys(packages)))];
  const shown = names.filter((name) => most(name) >= leastShownBytes).sort((a, b) => most(b) - most(a));
  const row = (label: string, cell: (figures: FunctionFigures) => number): readonly string[] => [
    label,
    ...functions.map((figures) => (cell(figures) === 0 ? '' : kilobytes(cell(figures)))),
  ];
  const small = names.filter((name) => !shown.includes(name));
  return table([
    ['', ...functions.map((one) => one.function.split('-')[0] ?? '')],
    ...shown.map((name) => row(name, (figures) => bytesOf(figures, name))),
    row('others', (figures) => small.reduce((sum, name) => sum + bytesOf(figures, name), 0)),
    row('loaded when asked for', ({ lazyBytes }) => lazyBytes),
  ]);
};

export const showBundles = (figures: BundleFigures): readonly string[] => [
  `Start of each function against a handler that only creates the same SDK clients; Node.js ${figures.node},`,
  `${figures.rounds} fresh processes each, in turn; median (quartiles). Target: ${ratio(mostRatio)}.`,
  'Lambda gives a third of a processor at 512 MB, so that its time decides; the clock also shows what else ran here.',
  '',
  ...table([
    [
      'function',
      'start KB',
      'clients KB',
      'CPU ms',
      'clients',
      'ratio',
      '',
      'clock ms',
      'clients',
      'ratio',
      '',
    ],
    ...figures.functions.map((one) => [
      one.function,
      kilobytes(one.startBytes),
      kilobytes(one.clientsStartBytes),
      spread(one.cpuMs, 0),
      one.clientsCpuMs.median.toFixed(0),
      spread(one.cpuRatio, 2),
      verdict(one.cpuRatio.median, mostRatio),
      spread(one.loadMs, 0),
      one.clientsLoadMs.median.toFixed(0),
      spread(one.loadRatio, 2),
      verdict(one.loadRatio.median, mostRatio),
    ]),
  ]),
  '',
  ...table([
    ['function', 'clients, in brackets when asked for'],
    ...figures.functions.map((one) => [one.function, shortNames(one.clients)]),
  ]),
  '',
  `An empty handler: ${spread(figures.emptyCpuMs)} ms of CPU, ${spread(figures.emptyLoadMs)} ms by the clock.`,
  '',
  'What each package and each part of Drydock weighs at the start, in KB of minified code:',
  '',
  ...packageTable(figures.functions),
];
