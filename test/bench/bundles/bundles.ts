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
  /** Of the two loads of each round. */
  readonly ratio: Spread;
  /** The same with the start of Node.js on both sides. */
  readonly processRatio: Spread;
  readonly packages: Readonly<Record<string, Weight>>;
};

export type BundleFigures = {
  readonly node: string;
  readonly rounds: number;
  readonly emptyLoadMs: Spread;
  readonly emptyProcessMs: Spread;
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
    emptyProcessMs: spreadOf(timesOf(empty, 'processMs')),
    functions: pairs.map(({ name, own, packages, clients, baseline }) => ({
      function: name,
      clients,
      ...weigh(own.folder),
      clientsStartBytes: weigh(baseline.folder).startBytes,
      loadMs: spreadOf(timesOf(own, 'loadMs')),
      clientsLoadMs: spreadOf(timesOf(baseline, 'loadMs')),
      ratio: ratios(own, baseline, 'loadMs'),
      processRatio: ratios(own, baseline, 'processMs'),
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
  '',
  ...table([
    ['function', 'start KB', 'clients KB', 'load ms', 'clients ms', 'ratio', '', 'with Node.js', 'clients'],
    ...figures.functions.map((one) => [
      one.function,
      kilobytes(one.startBytes),
      kilobytes(one.clientsStartBytes),
      spread(one.loadMs, 0),
      spread(one.clientsLoadMs, 0),
      spread(one.ratio, 2),
      verdict(one.ratio.median, mostRatio),
      ratio(one.processRatio.median),
      shortNames(one.clients),
    ]),
  ]),
  '',
  `An empty handler: ${spread(figures.emptyLoadMs)} ms; with the start of Node.js ${spread(figures.emptyProcessMs)} ms.`,
  '',
  'What each package and each part of Drydock weighs at the start, in KB of minified code:',
  '',
  ...packageTable(figures.functions),
];
