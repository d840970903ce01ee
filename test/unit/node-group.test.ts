import { describe, expect, it } from 'vitest';
import {
  judgeGroup,
  type Memory,
  type NodeGroup,
  sourceOf,
  sourcesOf,
  tagsOf,
  whyKept,
  whyNotUpdatable,
} from '../../functions/domain/node-group.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import {
  type HoldReason,
  type Release,
  type ReleaseSource,
  sourceKey,
} from '../../functions/domain/release.ts';
import { groupKey } from '../../functions/domain/target.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { monday, nodeGroup, ownImage, ownRelease, policy, release } from './factories.ts';

const eksImage = (amiType: string, releaseVersion: string) =>
  ({ is: 'eks', amiType, releaseVersion }) as const;
const issue = (code: string) => ({ code, message: '' });

describe('lets EKS be asked for an update', () => {
  it.each<[string, Partial<NodeGroup>, string | undefined]>([
    ['of a group that is ACTIVE', {}, undefined],
    ['of a group that is DEGRADED without an issue', { status: 'DEGRADED' }, undefined],
    [
      'despite an issue that EKS tolerates',
      { healthIssues: [issue('AsgInstanceLaunchFailures')] },
      undefined,
    ],
    [
      'despite all issues that EKS tolerates',
      {
        healthIssues: ['InstanceLimitExceeded', 'InsufficientFreeAddresses', 'ClusterUnreachable'].map(issue),
      },
      undefined,
    ],
    ['not with another issue', { healthIssues: [issue('Ec2LaunchTemplateNotFound')] }, 'unhealthy'],
    [
      'not with another issue beside a tolerated one',
      { healthIssues: ['ClusterUnreachable', 'NodeCreationFailure'].map(issue) },
      'unhealthy',
    ],
    ['not while it updates', { status: 'UPDATING' }, 'notActive'],
    ['not while it is created', { status: 'CREATING' }, 'notActive'],
    ['not in a status of tomorrow', { status: 'HIBERNATING' }, 'notActive'],
  ])('%s', (_case, other, why) => {
    expect(whyNotUpdatable(nodeGroup(other))).toBe(why);
  });
});

describe('reads the tags that override the policy', () => {
  const kept = (other: Partial<NodeGroup>) => whyKept(nodeGroup(other), policy(), [], monday)?.why;
  it.each<[string, Partial<NodeGroup>, boolean]>([
    ['no tag', {}, false],
    ["the group's tag", { tags: { 'drydock:hold': 'true' } }, true],
    ["the cluster's tag", { clusterTags: { 'drydock:hold': 'true' } }, true],
    ['a tag without a value', { tags: { 'drydock:hold': '' } }, true],
    ['a tag with a reason as value', { tags: { 'drydock:hold': 'ask Ann' } }, true],
    ['a tag that says false', { tags: { 'drydock:hold': 'false' } }, false],
    [
      "the group's false before its cluster's true",
      { tags: { 'drydock:hold': 'false' }, clusterTags: { 'drydock:hold': 'true' } },
      false,
    ],
    [
      "the group's true before its cluster's false",
      { tags: { 'drydock:hold': 'true' }, clusterTags: { 'drydock:hold': 'false' } },
      true,
    ],
  ])('%s', (_case, other, answer) => {
    expect(kept(other)).toBe(answer ? 'heldByTag' : undefined);
    const ignoring = JSON.parse(JSON.stringify(other).replaceAll('drydock:hold', 'drydock:ignore'));
    expect(kept(ignoring)).toBe(answer ? 'ignoredByTag' : undefined);
  });

  it("gives the group's own before its cluster's", () => {
    expect(tagsOf(nodeGroup({ tags: { a: '1' }, clusterTags: { a: '2', b: '3' } }))).toEqual({
      a: '1',
      b: '3',
    });
  });
});

const golden = [
  { parameter: '/golden/{minor}/x-{minor}', select: [{ tags: { image: 'golden' } }, { clusters: ['gold'] }] },
];
const awsName = 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260714';

describe('finds where the wanted release is named', () => {
  it.each<[string, Partial<NodeGroup>, ReleaseSource | string]>([
    [
      "AWS's parameters of the AMI type and the group's minor",
      { minor: '1.33' },
      { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.33' },
    ],
    ['nowhere without a minor', { minor: '' }, 'minorUnknown'],
    [
      'nowhere for an AMI type it does not know',
      { image: eksImage('AL2030_x86_64', '1.34.9-20260625') },
      'unknownAmiType',
    ],
    [
      "the user's parameter, with the minor filled in",
      { image: ownImage('ami-1'), tags: { image: 'golden' } },
      { is: 'own', parameter: '/golden/1.34/x-1.34' },
    ],
    [
      "the user's parameter by any of its selectors",
      { image: ownImage('ami-1'), cluster: 'gold' },
      { is: 'own', parameter: '/golden/1.34/x-1.34' },
    ],
    [
      "the user's parameter although the image is AWS's",
      { image: ownImage('ami-1', { name: awsName, ownedByAws: true }), cluster: 'gold' },
      { is: 'own', parameter: '/golden/1.34/x-1.34' },
    ],
    [
      "AWS's parameters, not the user's, for an image of EKS",
      { cluster: 'gold' },
      { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' },
    ],
    [
      "AWS's parameters when the own image is AWS's by owner and name",
      { image: ownImage('ami-1', { name: awsName, ownedByAws: true }) },
      { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' },
    ],
    [
      'nowhere when somebody else gave an image that name',
      { image: ownImage('ami-1', { name: awsName, ownedByAws: false }) },
      'unknownImage',
    ],
    [
      'nowhere when AWS owns an image of another name',
      { image: ownImage('ami-1', { name: 'al2023-ami-2026', ownedByAws: true }) },
      'unknownImage',
    ],
    ['nowhere when EC2 does not have the image', { image: ownImage('ami-1') }, 'unknownImage'],
  ])('%s', (_case, other, source) => {
    expect(sourceOf(nodeGroup(other), policy({ ownImages: golden }))).toEqual(source);
  });
});

it('lists every source in use once, in the same order whatever the order of the groups', () => {
  const groups = [
    nodeGroup({ minor: '1.34' }),
    nodeGroup({ minor: '1.33' }),
    nodeGroup({ nodeGroup: 'second', minor: '1.34' }),
    nodeGroup({ image: ownImage('ami-1'), cluster: 'gold' }),
    nodeGroup({ image: ownImage('ami-2') }),
  ];
  const keys = sourcesOf(groups, policy({ ownImages: golden })).map(sourceKey);
  expect(keys).toEqual(['/golden/1.34/x-1.34', 'AL2023_x86_64_STANDARD 1.33', 'AL2023_x86_64_STANDARD 1.34']);
  expect(sourcesOf(groups.toReversed(), policy({ ownImages: golden })).map(sourceKey)).toEqual(keys);
});

describe('judges a group', () => {
  const july = release('1.34.9-20260714');
  const known: Record<string, readonly Release[]> = {
    'AL2023_x86_64_STANDARD 1.34': [release('1.34.9-20260625'), july],
    'AL2_x86_64 1.32': [release('1.32.9-20251209', { amiType: 'AL2_x86_64' })],
    'BOTTLEROCKET_x86_64 1.34': [
      release('1.55.0-d93bb1b1', { amiType: 'BOTTLEROCKET_x86_64', publishedAt: '2026-07-01T00:00:00.000Z' }),
    ],
    'WINDOWS_CORE_2022_x86_64 1.34': [release('1.34-2026.07.14', { amiType: 'WINDOWS_CORE_2022_x86_64' })],
    '/golden/1.34/x-1.34': [ownRelease('ami-2', '2026-07-10T00:00:00.000Z')],
  };
  const judge = (other: Partial<NodeGroup>, rules: Partial<Policy> = {}, memory: Partial<Memory> = {}) =>
    judgeGroup(
      nodeGroup(other),
      {
        known: (source) => ({ releases: known[sourceKey(source)] ?? [] }),
        holds: [],
        rolledAt: new Map(),
        ...memory,
      },
      policy({ ownImages: golden, ...rules }),
      monday,
    );
  const named = (name: string) => ownImage('ami-1', { name, ownedByAws: true });

  it.each<[string, Partial<NodeGroup>, Partial<Policy>, object]>([
    [
      'that is behind, with its source',
      {},
      {},
      { is: 'behind', target: july, source: { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' } },
    ],
    [
      'that is current',
      { image: eksImage('AL2023_x86_64_STANDARD', '1.34.9-20260714') },
      {},
      { is: 'current', source: expect.anything() },
    ],
    ['with the tag drydock:hold', { tags: { 'drydock:hold': '' } }, {}, { is: 'held', why: 'heldByTag' }],
    [
      'with the tag drydock:ignore',
      { tags: { 'drydock:ignore': '' } },
      {},
      { is: 'held', why: 'ignoredByTag' },
    ],
    [
      'with both tags',
      { tags: { 'drydock:ignore': '', 'drydock:hold': '' } },
      {},
      { is: 'held', why: 'ignoredByTag' },
    ],
    [
      'that the policy leaves out',
      {},
      { clusters: [{ clusters: ['green'] }] },
      { is: 'held', why: 'outsidePolicy' },
    ],
    [
      'that any selector of the policy means',
      {},
      { clusters: [{ clusters: ['green'] }, { nodeGroups: ['work*'] }] },
      { is: 'behind' },
    ],
    [
      'of an AMI type it does not know',
      { image: eksImage('AL2030_x86_64', '1') },
      {},
      { is: 'held', why: 'unknownAmiType' },
    ],
    ['whose minor is not given', { minor: '' }, {}, { is: 'held', why: 'minorUnknown' }],
    [
      'whose own image comes from nowhere',
      { image: ownImage('ami-9') },
      {},
      { is: 'held', why: 'unknownImage' },
    ],
    [
      'whose release version cannot be read',
      { image: eksImage('AL2023_x86_64_STANDARD', 'ami-0a1b2c3d') },
      {},
      { is: 'held', why: 'unreadableVersion', source: expect.anything() },
    ],
    ['for whose minor no release is known', { minor: '1.31' }, {}, { is: 'held', why: 'noRelease' }],
    [
      'whose newest release is too young',
      {},
      { releases: { minimumAgeDays: 7, atMostEveryDays: 0, deny: [] } },
      { is: 'held', why: 'tooFresh', until: '2026-07-21T20:00:00.000Z' },
    ],
    [
      'of AL2, although it runs the last one',
      { minor: '1.32', image: eksImage('AL2_x86_64', '1.32.9-20251209') },
      {},
      { is: 'held', why: 'publishingEnded' },
    ],
    [
      'of AL2 that is behind even the last one',
      { minor: '1.32', image: eksImage('AL2_x86_64', '1.32.9-20251120') },
      {},
      { is: 'behind' },
    ],
    [
      'that EKS would refuse for its health',
      { healthIssues: [issue('Ec2SecurityGroupNotFound')] },
      {},
      { is: 'held', why: 'unhealthy' },
    ],
    [
      'that is current although unhealthy',
      {
        image: eksImage('AL2023_x86_64_STANDARD', '1.34.9-20260714'),
        healthIssues: [issue('Ec2SecurityGroupNotFound')],
      },
      {},
      { is: 'current' },
    ],
    ['that is busy, which passes', { status: 'UPDATING' }, {}, { is: 'behind' }],
    ['of Bottlerocket', { image: eksImage('BOTTLEROCKET_x86_64', '1.54.0-11111111') }, {}, { is: 'behind' }],
    [
      "with AWS's older image in its launch template",
      { image: named('amazon-eks-node-al2023-x86_64-standard-1.34-v20260625') },
      {},
      { is: 'behind', target: july, days: 19 },
    ],
    [
      "with AWS's current image in its launch template",
      { image: { ...named(awsName), imageId: july.imageId } },
      {},
      { is: 'current' },
    ],
    [
      "with AWS's older Bottlerocket in its launch template",
      { image: named('bottlerocket-aws-k8s-1.34-x86_64-v1.54.0-11111111') },
      {},
      { is: 'behind' },
    ],
    [
      "with AWS's current Bottlerocket in its launch template",
      { image: named('bottlerocket-aws-k8s-1.34-x86_64-v1.55.0-d93bb1b1') },
      {},
      { is: 'current' },
    ],
    [
      "with AWS's older Windows in its launch template",
      { image: named('Windows_Server-2022-English-Core-EKS_Optimized-1.34-2026.06.13') },
      {},
      { is: 'behind', days: 31 },
    ],
    [
      'with an older own image',
      { cluster: 'gold', image: ownImage('ami-1', { createdAt: '2026-07-01T00:00:00.000Z' }) },
      {},
      { is: 'behind', days: 9, source: { is: 'own', parameter: '/golden/1.34/x-1.34' } },
    ],
    ['with the named own image', { cluster: 'gold', image: ownImage('ami-2') }, {}, { is: 'current' }],
    [
      'with an own image that EC2 has no more',
      { cluster: 'gold', image: ownImage('ami-1') },
      {},
      { is: 'held', why: 'unknownAge' },
    ],
  ])('%s', (_case, other, rules, verdict) => {
    expect(judge(other, rules)).toMatchObject(verdict);
  });

  const ill = { healthIssues: [issue('Ec2SecurityGroupNotFound')] };
  const onHold = {
    holds: [{ cluster: nodeGroup().cluster, until: minutesAfter(monday, 60), by: 'a', why: 'b' }],
  };
  const justRolled = { rolledAt: new Map([[groupKey(nodeGroup()), monday]]) };
  const atMostWeekly = { releases: { minimumAgeDays: 0, atMostEveryDays: 7, deny: [] } };
  it.each<[string, Partial<NodeGroup>, Partial<Policy>, Partial<Memory>, HoldReason, boolean]>([
    ['with the tag drydock:hold', { tags: { 'drydock:hold': '' } }, {}, {}, 'heldByTag', true],
    ['that a person holds', {}, {}, onHold, 'heldByPerson', true],
    ['that was rolled lately', {}, atMostWeekly, justRolled, 'rolledRecently', true],
    [
      'that is held, and was rolled lately',
      {},
      atMostWeekly,
      { ...onHold, ...justRolled },
      'heldByPerson',
      true,
    ],
    ['that is ill', ill, {}, {}, 'unhealthy', true],
    ['with the tag drydock:ignore', { tags: { 'drydock:ignore': '' } }, {}, {}, 'ignoredByTag', false],
    ['that the policy leaves out', {}, { clusters: [] }, {}, 'outsidePolicy', false],
  ])('says of one %s whether a train waits for it', (_case, other, rules, memory, why, isFor) => {
    const verdict = judge(other, rules, memory);
    expect(verdict).toMatchObject({ is: 'held', why });
    expect(verdict.is === 'held' && verdict.train).toEqual(isFor ? july.train : undefined);
  });
});
