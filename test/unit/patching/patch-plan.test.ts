/** Which nodes a wish to patch means, why the others are left out, and what it says before anything happens. */
import { describe, expect, it } from 'vitest';
import { type CompliancePage, likenessOf, type PageNode } from '../../../functions/domain/patching/page.ts';
import {
  type PatchNow,
  type PatchScene,
  planPatching,
} from '../../../functions/domain/patching/patch-plan.ts';
import type { PatchingPolicy } from '../../../functions/domain/policy.ts';
import { minutesAfter } from '../../../functions/domain/time.ts';
import { daysAgo, hoursAgo, openPatch, page, pageNode, scan } from '../compliance-factories.ts';
import { monday, nodeGroup, patching, policy, target } from '../factories.ts';
import { patchJob } from '../patch-factories.ts';

const command = (other: Partial<PatchNow> = {}): PatchNow => ({
  command: 'patch-now',
  by: 'ada',
  why: 'CVE-2026-1111',
  dryRun: false,
  select: [{ clusters: ['blue'] }],
  severity: 'high',
  reboot: false,
  ...other,
});
const scene = (
  pages: readonly CompliancePage[],
  rule: Partial<PatchingPolicy> = {},
  other: Partial<PatchScene> = {},
): PatchScene => ({
  pages,
  jobs: [],
  holds: [],
  policy: policy({ patching: patching({ al2023Repository: 'latest', ...rule }) }),
  now: monday,
  ...other,
});
const lacking = (id = 'i-1', other: Partial<PageNode> = {}) =>
  pageNode(id, { scan: scan({ missing: 1 }), ...other });
const withSeverity = (severity: 'critical' | 'medium', other: Partial<CompliancePage> = {}) => {
  const nodes = other.nodes ?? [lacking()];
  const key = likenessOf(nodes[0] as PageNode) ?? '';
  const patches = [{ ...openPatch('kernel', { severity }), since: daysAgo(1) }];
  return page({ ...other, nodes, likes: [{ key, readAt: hoursAgo(1), patches }] });
};
const plan = (
  pages: readonly CompliancePage[],
  wish: Partial<PatchNow> = {},
  rule: Partial<PatchingPolicy> = {},
  other: Partial<PatchScene> = {},
) => planPatching(command(wish), 'patch-1', scene(pages, rule, other));

describe('a node is taken', () => {
  const { agent: _, ...unmanaged } = lacking();
  const rocket = { imageName: 'bottlerocket-aws-k8s-1.34-x86_64-v1.55.0-d93bb1b1' };
  const { scan: __, ...unscanned } = pageNode();
  it.each([
    ['when it lacks a patch as bad as asked', withSeverity('critical'), {}, {}, undefined],
    [
      'not when it lacks only milder ones',
      withSeverity('medium'),
      {},
      {},
      'Nothing that it lacks is as severe',
    ],
    ['when milder ones are asked for', withSeverity('medium'), { severity: 'medium' }, {}, undefined],
    ['when nobody knows how bad what it lacks is', page({ nodes: [lacking()] }), {}, {}, undefined],
    [
      'when an installation has failed',
      page({ nodes: [pageNode('i-1', { scan: scan({ failed: 1 }) })] }),
      {},
      {},
      undefined,
    ],
    [
      'not when it only waits for a reboot',
      page({ nodes: [pageNode('i-1', { scan: scan({ pendingReboot: 1 }) })] }),
      {},
      {},
      'found nothing to install',
    ],
    [
      'when it waits for a reboot that is asked for',
      page({ nodes: [pageNode('i-1', { scan: scan({ pendingReboot: 1 }) })] }),
      { reboot: true },
      {},
      undefined,
    ],
    ['not when it is compliant', page(), {}, {}, 'found nothing to install'],
    ['when it is compliant, and any is asked for', page(), { severity: 'any' }, {}, undefined],
    [
      'not when its scan is too old',
      page({ nodes: [lacking('i-1', { scan: scan({ missing: 1 }, { at: daysAgo(9) }) })] }),
      {},
      {},
      'Nobody knows what it lacks',
    ],
    [
      'when its scan is too old, and any is asked for',
      page({ nodes: [lacking('i-1', { scan: scan({}, { at: daysAgo(9) }) })] }),
      { severity: 'any' },
      {},
      undefined,
    ],
    [
      'when it was never scanned, and any is asked for',
      page({ nodes: [unscanned] }),
      { severity: 'any' },
      {},
      undefined,
    ],
    [
      'not when it is unmanaged, whatever is asked for',
      page({ nodes: [unmanaged] }),
      { severity: 'any' },
      {},
      'does not manage it',
    ],
    [
      'not when its agent is silent',
      page({ nodes: [lacking('i-1', { agent: { online: false, platform: undefined } })] }),
      { severity: 'any' },
      {},
      'is silent',
    ],
    [
      'not when its system is read-only',
      page({ nodes: [pageNode('i-1', rocket)] }),
      { severity: 'any' },
      {},
      'command roll-now',
    ],
    [
      'not when its repository is locked',
      page(),
      { severity: 'any' },
      { al2023Repository: 'locked' },
      'is locked to the release',
    ],
    [
      'not when locked and never scanned',
      page({ nodes: [unscanned] }),
      { severity: 'any' },
      { al2023Repository: 'locked' },
      'is locked to the release',
    ],
    [
      'when it lacks something though it is locked',
      page({ nodes: [lacking()] }),
      {},
      { al2023Repository: 'locked' },
      undefined,
    ],
  ] as const)('%s', (_case, given, wish, rule, left) => {
    const { accepted, says, job } = plan([given], wish, rule);
    expect(accepted).toBe(left === undefined);
    expect(job?.nodes.length).toBe(left === undefined ? 1 : undefined);
    if (left) expect(says.join(' ')).toContain(left);
  });
});

describe('a group is taken', () => {
  const bad = { nodes: [lacking()] };
  const tagged = (tags: Record<string, string>) => page({ ...bad, group: nodeGroup({ tags }) });
  const { group: _, ...pool } = page({ ...bad, launcher: { is: 'karpenter', nodePool: 'spot' } });
  it.each([
    ['when its cluster is meant', page(bad), {}, {}, undefined],
    ['when it is meant by name', page(bad), { select: [{ nodeGroups: ['work*'] }] }, {}, undefined],
    [
      'not when another is meant',
      page(bad),
      { select: [{ nodeGroups: ['other'] }] },
      {},
      'No node is known there.',
    ],
    ['not when its tag holds it', tagged({ 'drydock:hold': 'true' }), {}, {}, 'drydock:hold'],
    ['not when its tag says to ignore it', tagged({ 'drydock:ignore': 'true' }), {}, {}, 'drydock:ignore'],
    [
      'not when a person holds it',
      page(bad),
      {},
      {
        holds: [
          { cluster: 'blue', nodeGroup: 'workers', until: minutesAfter(monday, 1), by: 'bob', why: 'sale' },
        ],
      },
      'A person holds',
    ],
    [
      'again when the hold has ended',
      page(bad),
      {},
      { holds: [{ cluster: 'blue', until: monday, by: 'bob', why: 'sale' }] },
      undefined,
    ],
    [
      'not when another tool keeps it',
      page(bad),
      {},
      { policy: policy({ ownedElsewhere: [{ clusters: ['blue'] }] }) },
      'another tool keeps it',
    ],
    [
      'not when the policy leaves it out',
      page(bad),
      {},
      { policy: policy({ clusters: [{ clusters: ['red'] }] }) },
      'The policy leaves',
    ],
    ['not when Karpenter launched its nodes', pool, {}, {}, 'No managed node group launched it'],
    ['not while another job has its node', page(bad), {}, { jobs: [patchJob()] }, 'Another patch job'],
  ] as const)('%s', (_case, given, wish, other, left) => {
    const { accepted, says } = plan([given], wish, {}, other);
    expect(accepted).toBe(left === undefined);
    if (left) expect(says.join(' ')).toContain(left);
  });
});

it('makes a job of the nodes, their zones and the sizes of their groups', () => {
  const nodes = [lacking('i-1'), lacking('i-2', { zone: 'eu-central-1b' }), pageNode('i-3')];
  expect(plan([page({ nodes })]).job).toEqual({
    id: 'patch-1',
    revision: 0,
    target,
    by: 'ada',
    why: 'CVE-2026-1111',
    severity: 'high',
    reboot: false,
    openedAt: monday,
    state: { is: 'patching' },
    nodes: [
      {
        instanceId: 'i-1',
        cluster: 'blue',
        nodeGroup: 'workers',
        zone: 'eu-central-1a',
        state: { is: 'waiting' },
      },
      {
        instanceId: 'i-2',
        cluster: 'blue',
        nodeGroup: 'workers',
        zone: 'eu-central-1b',
        state: { is: 'waiting' },
      },
    ],
    sizes: { 'blue/workers': 3 },
    batches: [],
    lastBatch: 0,
    sequence: 0,
    outbox: [],
  });
});

it('asks first where the policy says so', () => {
  const { job, says } = plan([page({ nodes: [lacking()] })], {}, { approval: { timeoutHours: 4 } });
  expect(job?.state).toEqual({ is: 'asking', until: hoursAgo(-4) });
  expect(says).toContain('It asks for approval first; silence for 4 hours means no.');
});

it('says what would happen, and what not', () => {
  const nodes = [
    ...Array.from({ length: 8 }, (_, i) => lacking(`i-${i}`, { zone: `eu-central-1${i < 6 ? 'a' : 'b'}` })),
    ...['x', 'y', 'z', 'w'].map((name) => pageNode(`i-${name}`)),
  ];
  expect(plan([page({ nodes })]).says).toEqual([
    '8 nodes of 1 node group get what their baseline approves, by AWS-RunPatchBaseline, all from one snapshot of the patches.',
    'blue/workers: 8 of 12 nodes, 6 in eu-central-1a and 2 in eu-central-1b; 3 at a time.',
    'One zone of a cluster at a time, 10 nodes of a command at once. It stops when more than 1 node failed.',
    'Nothing reboots: a patch that needs a reboot, such as a kernel, is in force only when the node reboots or is replaced.',
    'The replacement of these groups is booked: until then new nodes come up without the patches.',
    'Left out, 4 nodes (i-x, i-y, i-z and 1 more): Its last scan found nothing to install.',
    'This is what was last seen; each node is looked at again before its turn.',
  ]);
  expect(plan([page({ nodes })], { reboot: true }).says.join(' ')).toContain(
    'Its pods are not moved away first: Drydock cannot cordon or drain, and disruption budgets are not heard.',
  );
});
