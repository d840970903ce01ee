/** What is found in a page of compliance: how grave, with which numbers, and what would help. */
import { describe, expect, it } from 'vitest';
import type { Known } from '../../../functions/domain/node-group.ts';
import type { Booking } from '../../../functions/domain/patching/booking.ts';
import { judgeCompliance, settledBookings } from '../../../functions/domain/patching/findings.ts';
import { type CompliancePage, likenessOf, type PageNode } from '../../../functions/domain/patching/page.ts';
import type { OpenPatch } from '../../../functions/domain/patching/patch.ts';
import type { PatchingPolicy, Policy } from '../../../functions/domain/policy.ts';
import type { Release } from '../../../functions/domain/release.ts';
import type { Rollout } from '../../../functions/domain/rollout.ts';
import { daysAgo, hoursAgo, openPatch, page, pageNode, scan } from '../compliance-factories.ts';
import {
  held,
  monday,
  nodeGroup,
  ownImage,
  patching,
  policy,
  release,
  rollout,
  rolloutGroup,
  target,
  updating,
} from '../factories.ts';

const booked: Booking = {
  target,
  cluster: 'blue',
  nodeGroup: 'workers',
  patchedAt: daysAgo(1),
  job: 'patch-1',
};

type Given = {
  readonly page?: Partial<CompliancePage>;
  readonly bookings?: readonly Booking[];
  readonly releases?: readonly Release[];
  readonly rollouts?: readonly Rollout[];
  readonly rule?: Partial<PatchingPolicy>;
};
const knownOf =
  (releases: readonly Release[]): Known =>
  (source) =>
    source.is === 'aws' && source.amiType === 'AL2023_x86_64_STANDARD' ? { releases } : undefined;

const found = ({ page: given = {}, bookings = [], releases, rollouts = [], rule = {} }: Given) =>
  judgeCompliance([page(given)], bookings, {
    known: knownOf(releases ?? [release('1.34.9-20260625')]),
    policy: policy({ patching: patching({ lockedReleaseDays: 60, ...rule }) }),
    rollouts,
    holds: [],
    rolledAt: new Map(),
    now: monday,
  });

/** Pages whose nodes lack these patches, since five days ago. */
const lacking = (patches: readonly OpenPatch[], nodes = 2): Partial<CompliancePage> => {
  const open = Array.from({ length: nodes }, (_, i) =>
    pageNode(`i-${i}`, { scan: scan({ missing: patches.length, security: 1 }) }),
  );
  const seen = patches.map(({ id, severity, security, cves }) => ({
    id,
    severity,
    security,
    cves,
    since: daysAgo(5),
  }));
  const key = likenessOf(open[0] as PageNode) ?? '';
  return { nodes: [...open, pageNode('i-good')], likes: [{ key, readAt: hoursAgo(1), patches: seen }] };
};

describe('missing patches', () => {
  it('are told with numbers, ages and the CVEs of the worst first', () => {
    const patches = [
      openPatch('zlib', { severity: 'low', cves: ['CVE-2025-3'] }),
      openPatch('kernel', { cves: ['CVE-2026-1', 'CVE-2026-2'] }),
    ];
    expect(found({ page: lacking(patches) })).toMatchObject([
      {
        rule: 'missing-patches',
        about: { target, cluster: 'blue', nodeGroup: 'workers' },
        severity: 'critical',
        sentence: '2 nodes of 3 of workers lack 1 critical and 1 low patches, the oldest for 5 days.',
        evidence: {
          nodes: 3,
          nonCompliant: 2,
          missing: 4,
          failed: 0,
          critical: 1,
          low: 1,
          security: 2,
          oldestDays: 5,
          cves: ['CVE-2026-1', 'CVE-2026-2', 'CVE-2025-3'],
          moreCves: 0,
        },
        weight: 4,
      },
    ]);
  });

  it('are counted as more when their CVEs are too many to name', () => {
    const cves = Array.from({ length: 25 }, (_, i) => `CVE-2026-${i}`);
    const [finding] = found({ page: lacking([openPatch('kernel', { cves })]) });
    expect(finding?.evidence).toMatchObject({ cves: cves.slice(0, 20), moreCves: 5 });
  });

  it.each([
    ['high when an important one is missing', [openPatch('a', { severity: 'high' })], 'high'],
    ['medium when a medium one is the worst', [openPatch('a', { severity: 'medium' })], 'medium'],
    ['low when a low one is the worst', [openPatch('a', { severity: 'low' })], 'low'],
    ['high when an advisory gives no severity', [openPatch('a', { severity: 'unspecified' })], 'high'],
    [
      'medium when there is neither severity nor advisory',
      [openPatch('a', { severity: 'unspecified', security: false })],
      'medium',
    ],
  ] as const)('are %s', (_case, patches, severity) => {
    expect(found({ page: lacking(patches) })[0]?.severity).toBe(severity);
  });

  it('are high while nobody has looked at them one by one', () => {
    const nodes = [pageNode('i-1', { scan: scan({ missing: 1 }) })];
    expect(found({ page: { nodes } })[0]).toMatchObject({
      severity: 'high',
      sentence: '1 node of 1 of workers are not compliant.',
    });
  });

  it('are none when every node is compliant', () => {
    expect(found({})).toEqual([]);
  });
});

describe('what helps is', () => {
  const newer = release('1.34.9-20260714');
  const waiting = { why: 'windowShut', wave: 'all', until: hoursAgo(-24) } as const;
  const inPlace = 'Or patch in place: command patch-now for node group workers of cluster blue.';
  const advice = (given: Given) => found({ page: lacking([openPatch()]), ...given })[0]?.suggestion;
  it.each([
    ['nothing newer, so in place', {}, `No newer release is there. ${inPlace}`],
    [
      'a release that the next plan takes',
      { releases: [newer] },
      `al2023 v20260714 is there and old enough; the next plan takes the group in. ${inPlace}`,
    ],
    [
      'a release that is still too young, with the date',
      { releases: [release('1.34.9-20260625'), release('1.34.9-20260714', { publishedAt: daysAgo(1) })] },
      `Every newer release is younger than the minimum age. The first is old enough 2026-07-22 08:00 UTC. ${inPlace}`,
    ],
    [
      'the rollout that has the group, its wave and its wait',
      { rollouts: [rollout({ waiting })] },
      `al2023 v20260714 is there; its rollout al2023-v20260714 takes this group in wave all. The window is shut. Until 2026-07-21 08:00 UTC. ${inPlace}`,
    ],
    [
      'the update that is under way',
      { rollouts: [rollout({ groups: [rolloutGroup({ state: updating() })] })] },
      `al2023 v20260714 is being rolled to it now (al2023-v20260714). ${inPlace}`,
    ],
    [
      'a rollout that is halted, said so',
      { rollouts: [rollout({ state: { is: 'halted', why: 'stopped', at: monday } })] },
      `al2023 v20260714 is there, but its rollout al2023-v20260714 is halted. ${inPlace}`,
    ],
    [
      'not a rollout in which it is held',
      { rollouts: [rollout({ groups: [rolloutGroup({ state: held })] })] },
      `No newer release is there. ${inPlace}`,
    ],
    [
      'not the rollout of another group',
      { rollouts: [rollout({ groups: [rolloutGroup({ nodeGroup: 'other' })] })] },
      `No newer release is there. ${inPlace}`,
    ],
    [
      'why no release ever comes',
      { releases: [] },
      `No release is known for its AMI type and Kubernetes minor, or none that may be rolled. ${inPlace}`,
    ],
  ] as const)('%s', (_case, given, suggestion) => {
    expect(advice(given)).toBe(suggestion);
  });

  it('another’s business for nodes that Karpenter launched', () => {
    const pool = { ...lacking([openPatch()]), launcher: { is: 'karpenter', nodePool: 'spot' } } as const;
    expect(advice({ page: pool })).toMatch(/^Karpenter replaces its nodes/);
    expect(found({ page: pool })[0]?.about).toEqual({ target, cluster: 'blue', detail: 'node pool spot' });
  });
});

describe('unknown nodes', () => {
  it('are told with every reason and its number', () => {
    const silent = { online: false, platform: undefined };
    const nodes = [
      pageNode('i-1', { agent: silent }),
      pageNode('i-2', { scan: scan({}, { at: daysAgo(9) }) }),
      pageNode('i-3', { agent: silent }),
      pageNode('i-4'),
    ];
    expect(found({ page: { nodes } })).toMatchObject([
      {
        rule: 'unknown-patches',
        severity: 'medium',
        sentence:
          'Of 3 nodes of 4 of workers nobody knows whether they are patched. 2: Its SSM agent has gone silent. 1: Its last scan is older than the policy allows.',
        evidence: { nodes: 4, unknown: 3, agentLost: 2, stale: 1 },
        weight: 3,
      },
    ]);
  });

  it('do not hide those that lack patches', () => {
    const { nodes = [], ...rest } = lacking([openPatch()]);
    const more = { ...rest, nodes: [...nodes, pageNode('i-x', { scan: scan({}, { at: daysAgo(9) }) })] };
    expect(found({ page: more }).map(({ rule }) => rule)).toEqual(['missing-patches', 'unknown-patches']);
  });
});

describe('baselines', () => {
  const windows = { online: true, platform: 'Microsoft Windows Server 2022' };
  const other = { scan: scan({}, { baselineId: 'pb-2' }) };
  it.each([
    ['one for all nodes is fine', [pageNode('i-1'), pageNode('i-2')], undefined],
    [
      'two among nodes of one system overwrite each other',
      [pageNode('i-1'), pageNode('i-2', other)],
      ['pb-1', 'pb-2'],
    ],
    [
      'one for each system is fine',
      [pageNode('i-1'), pageNode('i-2', { ...other, agent: windows })],
      undefined,
    ],
    [
      'a node that changes between two is told',
      [pageNode('i-1', { otherBaseline: 'pb-0' })],
      ['pb-0', 'pb-1'],
    ],
  ])('%s', (_case, nodes, baselines) => {
    const mixed = found({ page: { nodes } }).find(({ rule }) => rule === 'mixed-baselines');
    expect(mixed?.evidence.baselines).toEqual(baselines);
  });
});

describe('AL2023 that is locked to its release', () => {
  it.each([
    ['is fine while the release is as old as the policy allows', { imageCreatedAt: daysAgo(60) }, undefined],
    ['is told when it is a day older', { imageCreatedAt: daysAgo(61) }, 61],
    ['is told when nobody knows how old it is', { imageCreatedAt: undefined }, 0],
  ])('%s', (_case, other, days) => {
    const locked = found({ page: { nodes: [pageNode('i-1', other)] } }).find(
      ({ rule }) => rule === 'locked-release',
    );
    expect(locked?.evidence.oldestDays).toBe(days);
  });
});

describe('a read-only system', () => {
  const rocket = (build: string) =>
    release(build, { amiType: 'BOTTLEROCKET_x86_64', publishedAt: daysAgo(10) });
  const given = (build: string): CompliancePage => {
    const { agent: _, scan: __, ...node } = pageNode();
    const imageName = `bottlerocket-aws-k8s-1.34-x86_64-v${build}`;
    const { group: ___, ...pool } = page({ launcher: { is: 'karpenter', nodePool: 'default' } });
    return { ...pool, nodes: [{ ...node, imageName }] };
  };
  const judged = (build: string, known: Known) =>
    judgeCompliance([given(build)], [], {
      known,
      holds: [],
      rolledAt: new Map(),
      policy: policy(),
      rollouts: [],
      now: monday,
    });
  const releases = [{ ...rocket('1.54.0-aaaaaaaa'), publishedAt: daysAgo(50) }, rocket('1.55.0-d93bb1b1')];
  it('is judged by its image: behind', () => {
    expect(judged('1.54.0-aaaaaaaa', () => ({ releases }))).toMatchObject([
      {
        rule: 'read-only-behind',
        severity: 'medium',
        evidence: { behind: 1, unknown: 0, worstDays: 40 },
        sentence:
          '1 node of 1 of node pool default are behind bottlerocket 1.55.0, the worst by 40 days. Bottlerocket has no packages to patch: its image is its patch level.',
      },
    ]);
  });

  it.each([
    ['current', '1.55.0-d93bb1b1', () => ({ releases })],
    ['unknown when no release is known', '1.54.0-aaaaaaaa', () => undefined],
  ])('%s is no finding', (_case, build, known) => {
    expect(judged(build, known)).toEqual([]);
  });
});

describe('a group that was patched in place', () => {
  const runs = (releaseVersion: string) =>
    nodeGroup({ image: { is: 'eks', amiType: 'AL2023_x86_64_STANDARD', releaseVersion } });
  const early = release('1.34.9-20260625');
  const late = release('1.34.9-20260714', { publishedAt: hoursAgo(23) });
  it.each([
    ['launches unpatched nodes while it runs an older release', runs('1.34.9-20260625'), true],
    ['does not once it runs a release published later', runs('1.34.9-20260714'), false],
    ['does as long as nobody knows when its release was published', runs('1.34.9-20260101'), true],
    [
      'does with an own image made before',
      nodeGroup({ image: ownImage('ami-1', { createdAt: daysAgo(2) }) }),
      true,
    ],
    [
      'does not with an own image made later',
      nodeGroup({ image: ownImage('ami-1', { createdAt: hoursAgo(1) }) }),
      false,
    ],
  ])('%s', (_case, group, unpatched) => {
    const given = page({ group });
    const rules = found({ page: given, bookings: [booked], releases: [early, late] }).map(({ rule }) => rule);
    expect(rules.includes('unpatched-template')).toBe(unpatched);
    const scene = { known: knownOf([early, late]), policy: policy() };
    expect(settledBookings([booked], [given], scene)).toEqual(unpatched ? [] : [booked]);
  });

  it('is booked no longer when it is gone', () => {
    const scene = { known: knownOf([early]), policy: policy() };
    expect(settledBookings([booked], [], scene)).toEqual([booked]);
  });

  it('says since when, from what it launches, and what helps', () => {
    expect(found({ bookings: [booked] })).toMatchObject([
      {
        rule: 'unpatched-template',
        severity: 'high',
        sentence:
          'workers was patched in place 2026-07-19 08:00 UTC, and launches new nodes from 1.34.9-20260625, which is older: they come up without these patches.',
      },
    ]);
  });

  it('is no other group', () => {
    expect(found({ bookings: [{ ...booked, nodeGroup: 'other' }] })).toEqual([]);
  });
});

describe('the policy', () => {
  const lacks = page(lacking([openPatch()]));
  const of = (other: Partial<Policy>) =>
    judgeCompliance([lacks], [], {
      known: knownOf([release('1.34.9-20260625')]),
      policy: policy({ patching: patching(), ...other }),
      rollouts: [],
      holds: [],
      rolledAt: new Map(),
      now: monday,
    })
      .filter(({ rule }) => rule === 'missing-patches')
      .map(({ muted }) => (muted ? 'muted' : 'told'));
  const findings = policy().findings;
  it.each<[string, Partial<Policy>, string[]]>([
    ['says nothing of it', {}, ['told']],
    [
      'switches its rule off',
      { findings: { ...findings, rules: { 'missing-patches': { enabled: false, settings: {} } } } },
      [],
    ],
    ['mutes it', { findings: { ...findings, mute: [{ select: [{ clusters: ['blue'] }] }] } }, ['muted']],
    ['mutes another', { findings: { ...findings, mute: [{ select: [{ clusters: ['red'] }] }] } }, ['told']],
    ['leaves its cluster out', { clusters: [{ clusters: ['red'] }] }, []],
  ])('%s', (_case, other, told) => {
    expect(of(other)).toEqual(told);
  });
});
