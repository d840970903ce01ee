/**
 * Says what a random run is about: a fleet, a policy, what a person does, and what befalls it all.
 *
 * Knows the ranges that are drawn from: small fleets, as what goes wrong between two groups goes wrong
 * between two hundred. A scenario is plain data, so that it can be printed and shrunk. A group whose updates
 * always fail is alone in the first wave, which such a group ends: which of the others have gone by then is
 * a matter of minutes. Elsewhere a wave has one of them at most.
 *
 * Pure.
 */
import fc from 'fast-check';
import { onlyReads } from '../cloud/ledger.ts';
import { hasEntries } from '../cloud/refused-entry.ts';

export const environments = ['dev', 'staging', 'prod'] as const;
export type Environment = (typeof environments)[number];

export type Group = {
  readonly name: string;
  readonly nodes: number;
  /** Of another train than the others, which are of Amazon Linux. */
  readonly bottlerocket: boolean;
  /** The launch template names the image; otherwise EKS gives it. */
  readonly ownImage: boolean;
  /** `foreign`: as another tool tags its own. */
  readonly tag: 'none' | 'hold' | 'ignore' | 'foreign';
  /** Once, as a disruption budget blocks the update; or always, for what a person must mend. */
  readonly fails: 'never' | 'once' | 'always';
  /** Its nodes can attach hardly any volume, which is a finding. */
  readonly fewSlots: boolean;
};

type Cluster = {
  readonly name: string;
  /** Its wave. */
  readonly environment: Environment;
  readonly groups: readonly Group[];
};

export type Scenario = {
  readonly clusters: readonly Cluster[];
  readonly soakHours: number;
  readonly window: { readonly from: string; readonly to: string };
  readonly perCluster: number;
  readonly perRegion: number;
  readonly perWave: number;
  /**
   * Stops everything for some hours, answers the last wave's question, cannot wait for the window, or has nodes
   * of `prod` patched in place the day before.
   */
  readonly person:
    | 'does nothing'
    | 'stops and resumes'
    | 'approves'
    | 'rejects'
    | 'rolls now'
    | 'patches now';
  /** The day of June on which the run ends, at 20:00; the 18th is the first. */
  readonly until: number;
};

export const callTroubles = [
  'dies',
  'diesAfterDoingIt',
  'failsAfterDoingIt',
  'keepsFailingAfterDoingIt',
  'refusesOne',
  'timeOut',
  'throttled',
  'throttledBehind',
  'serverError',
] as const;
export type CallTrouble = (typeof callTroubles)[number];
/** How this call can fail: one that only reads changes nothing, done or not, and only a batch is refused in part. */
export const troublesOf = (name: string): readonly CallTrouble[] => {
  const [call = ''] = name.split(' ');
  return callTroubles.filter((as) =>
    as === 'refusesOne' ? hasEntries(call) : !(onlyReads(call) && as.endsWith('AfterDoingIt')),
  );
};
/** `late` is another order, too: what came after it is there before. */
export const startTroubles = ['twiceAtOnce', 'againLater', 'late', 'besideTheNext'] as const;
export type StartTrouble = (typeof startTroubles)[number];

/** `at`: how far into the run, in ten thousandths of what an untroubled one has; in a list of one kind each. */
export type Trouble = {
  readonly calls: readonly { readonly at: number; readonly as: CallTrouble }[];
  readonly starts: readonly { readonly at: number; readonly as: StartTrouble }[];
};

const group = (name: string): fc.Arbitrary<Group> =>
  fc.record({
    name: fc.constant(name),
    nodes: fc.integer({ min: 1, max: 3 }),
    bottlerocket: fc.constantFrom(false, false, false, true),
    ownImage: fc.boolean(),
    tag: fc.constantFrom('none', 'none', 'none', 'none', 'hold', 'ignore', 'foreign'),
    fails: fc.constantFrom('never', 'never', 'never', 'never', 'once', 'always'),
    fewSlots: fc.constantFrom(false, false, true),
  });

const mended = (one: Group): Group => (one.fails === 'always' ? { ...one, fails: 'never' } : one);

/** The clusters of a wave: `twin` is the only group of a second one. */
const bearable = (
  environment: Cluster['environment'],
  groups: readonly Group[],
  twin: Group | undefined,
): readonly Cluster[] => {
  const broken = groups.find(({ fails }) => fails === 'always');
  if (broken && environment === 'dev') return [{ name: environment, environment, groups: [broken] }];
  const first = groups.map((one) => (one === broken ? one : mended(one)));
  return [
    { name: environment, environment, groups: first },
    ...(twin ? [{ name: `${environment}-2`, environment, groups: [mended(twin)] }] : []),
  ];
};

const wave = (environment: Cluster['environment']): fc.Arbitrary<readonly Cluster[]> =>
  fc
    .tuple(
      group('a'),
      group('b'),
      group('c'),
      fc.integer({ min: 1, max: 3 }),
      fc.option(group('a'), { nil: undefined, freq: 2 }),
    )
    .map(([a, b, c, count, twin]) => bearable(environment, [a, b, c].slice(0, count), twin));

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  clusters: fc
    .subarray([...environments], { minLength: 1 })
    .chain((chosen) => fc.tuple(...chosen.map(wave)).map((clusters) => clusters.flat())),
  soakHours: fc.constantFrom(0, 2, 24),
  window: fc.constantFrom({ from: '08:00', to: '15:00' }, { from: '08:00', to: '09:00' }),
  perCluster: fc.integer({ min: 1, max: 2 }),
  perRegion: fc.integer({ min: 1, max: 4 }),
  perWave: fc.integer({ min: 1, max: 2 }),
  person: fc.constantFrom(
    'does nothing',
    'stops and resumes',
    'approves',
    'rejects',
    'rolls now',
    'patches now',
  ),
  // Four groups one after another, three waves, a day of soak and an hour a day take a week.
  until: fc.constant(28),
});

/** Nothing befalls the last days, in which all comes to rest. */
const moment = fc.integer({ min: 0, max: 8_499 });

export const troubles: fc.Arbitrary<Trouble> = fc.record({
  calls: fc.array(fc.record({ at: moment, as: fc.constantFrom(...callTroubles) }), { maxLength: 12 }),
  starts: fc.array(fc.record({ at: moment, as: fc.constantFrom(...startTroubles) }), { maxLength: 6 }),
});
