/**
 * Says what a simulated run is about: a fleet, a policy, what a person does, and what befalls it all.
 *
 * Knows the ranges that are drawn from: small fleets, as what goes wrong between two groups goes wrong
 * between two hundred. A scenario is plain data, so that it can be printed and shrunk.
 *
 * Pure.
 */
import fc from 'fast-check';

export const environments = ['dev', 'staging', 'prod'] as const;

export type Group = {
  readonly name: string;
  readonly nodes: number;
  /** The launch template names the image; otherwise EKS gives it. */
  readonly ownImage: boolean;
  readonly tag: 'none' | 'hold' | 'ignore';
  /** The first update fails, as a disruption budget blocks it. */
  readonly blockedOnce: boolean;
};

export type Scenario = {
  readonly clusters: readonly {
    readonly environment: (typeof environments)[number];
    readonly groups: readonly Group[];
  }[];
  readonly soakHours: number;
  readonly window: { readonly from: string; readonly to: string };
  readonly perCluster: number;
  readonly perRegion: number;
  /** Stops everything for some hours, or answers the last wave's question. */
  readonly person: 'does nothing' | 'stops and resumes' | 'approves';
  /** The day of June on which the run ends, at 20:00; the 18th is the first. */
  readonly until: number;
};

/** One group that is rolled within a day: few calls, so that each of them can go wrong in turn. */
export const smallest: Scenario = {
  clusters: [
    {
      environment: 'prod',
      groups: [{ name: 'a', nodes: 1, ownImage: true, tag: 'none', blockedOnce: false }],
    },
  ],
  soakHours: 0,
  window: { from: '08:00', to: '15:00' },
  perCluster: 1,
  perRegion: 1,
  person: 'does nothing',
  until: 18,
};

export const callTroubles = [
  'dies',
  'diesAfterDoingIt',
  'failsAfterDoingIt',
  'timeOut',
  'throttled',
  'throttledBehind',
  'serverError',
] as const;
export const startTroubles = ['twiceAtOnce', 'againLater', 'late'] as const;

/** `at`: how far into the run, in ten thousandths of what an untroubled one has; in a list of one kind each. */
export type Trouble = {
  readonly calls: readonly { readonly at: number; readonly as: (typeof callTroubles)[number] }[];
  readonly starts: readonly { readonly at: number; readonly as: (typeof startTroubles)[number] }[];
};

const group = (name: string): fc.Arbitrary<Group> =>
  fc.record({
    name: fc.constant(name),
    nodes: fc.integer({ min: 1, max: 3 }),
    ownImage: fc.boolean(),
    tag: fc.constantFrom('none', 'none', 'none', 'hold', 'ignore'),
    blockedOnce: fc.constantFrom(false, false, false, true),
  });

const cluster = (environment: (typeof environments)[number]) =>
  fc.record({
    environment: fc.constant(environment),
    groups: fc
      .tuple(group('a'), group('b'), group('c'), fc.integer({ min: 1, max: 3 }))
      .map(([a, b, c, count]) => [a, b, c].slice(0, count)),
  });

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  clusters: fc
    .subarray([...environments], { minLength: 1 })
    .chain((chosen) => fc.tuple(...chosen.map(cluster))),
  soakHours: fc.constantFrom(0, 2, 24),
  window: fc.constantFrom({ from: '08:00', to: '15:00' }, { from: '08:00', to: '09:00' }),
  perCluster: fc.integer({ min: 1, max: 2 }),
  perRegion: fc.integer({ min: 1, max: 4 }),
  person: fc.constantFrom('does nothing', 'stops and resumes', 'approves'),
  until: fc.constant(25),
});

const moment = fc.integer({ min: 0, max: 9_999 });

export const troubles: fc.Arbitrary<Trouble> = fc.record({
  calls: fc.array(fc.record({ at: moment, as: fc.constantFrom(...callTroubles) }), { maxLength: 12 }),
  starts: fc.array(fc.record({ at: moment, as: fc.constantFrom(...startTroubles) }), { maxLength: 6 }),
});
