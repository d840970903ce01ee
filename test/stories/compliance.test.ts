/** Compliance as a user would tell of it: what is known of every node's patches, and what it costs to know it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { tableLease } from '../../functions/aws/dynamodb-stores.ts';
import { dynamoDbTable } from '../../functions/aws/dynamodb-table.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

const old = '1.34.7-20260505';
const latest = ['al2023Repository: locked', 'al2023Repository: latest'] as const;
const followsLatest = policyWith(latest);
const kernel = { id: 'kernel.x86_64', severity: 'Critical', cves: ['CVE-2026-1111'] } as const;

/** Two clusters of AL2023 nodes that are managed and scanned at three in the morning. */
const fleet = (cloud: Cloud, more: (cloud: Cloud) => void = () => {}): void => {
  for (const name of ['blue', 'green']) {
    cloud.estate.addCluster({ ...home, name, version: '1.34', tags: { 'drydock:hold': 'true' } });
    cloud.estate.addNodeGroup({ cluster: name, name: 'workers', desiredSize: 6, releaseVersion: old });
    cloud.patching.enrol({ cluster: name, scanAt: '03:00' });
  }
  more(cloud);
};
const tell = (more?: (cloud: Cloud) => void, options: Parameters<typeof tellStory>[1] = {}): Promise<Story> =>
  tellStory((cloud) => fleet(cloud, more), { from: day(16), policy: followsLatest, ...options });

type Finding = {
  rule: string;
  cluster: string;
  nodeGroup?: string;
  detail?: string;
  evidence: Record<string, unknown>;
};
/** What was opened or resolved, as `opened missing-patches blue/workers`. */
const changes = ({ told }: Story) =>
  told('Findings Changed')
    .filter(({ foundBy }) => foundBy === 'track-compliance')
    .flatMap((detail) =>
      (['opened', 'worsened', 'resolved'] as const).flatMap((is) =>
        (detail[is] as { items: Finding[] }).items.map(
          ({ rule, cluster, nodeGroup, detail: what }) => `${is} ${rule} ${cluster}/${nodeGroup ?? what}`,
        ),
      ),
    );
const finding = ({ told }: Story, rule: string, cluster = 'blue') =>
  told('Findings Changed')
    .flatMap((detail) => (detail.opened as { items: Finding[] }).items)
    .find((one) => one.rule === rule && one.cluster === cluster);
const nodesOf = (cloud: Cloud, cluster: string, nodeGroup = 'workers') =>
  [...cloud.estate.nodeGroup({ cluster, nodeGroup }).instances].map(({ id }) => id);
const ssmCalls = (cloud: Cloud) =>
  Object.fromEntries(
    Object.entries(cloud.callCounts()).filter(([name]) => /^ssm:(Describe|List)/.test(name)),
  );

describe('a fleet that is patched', () => {
  it('is quiet, and known to be compliant, by scans and not by default', async () => {
    const story = await tell();
    await story.stack.runUntil(day(18));
    expect(changes(story)).toEqual([]);
    const shares = story.stack.logs.filter(({ entry }) => entry.ComplianceShare !== undefined);
    expect(shares.at(-1)?.entry).toMatchObject({ ComplianceShare: 100 });
    expect(story.stack.invocations.filter(({ error }) => error)).toEqual([]);
    expect(story.cloud.notSimulated).toEqual([]);
  });
});

describe('a critical patch that comes out', () => {
  it('is told the morning after, once, with its CVE, the numbers and what helps; and told resolved when rolled away', async () => {
    const story = await tell();
    await story.stack.runUntil(day(16, '12:00'));
    story.cloud.patching.publish(kernel);
    await story.stack.runUntil(day(20));
    expect(changes(story)).toEqual([
      'opened missing-patches blue/workers',
      'opened missing-patches green/workers',
    ]);
    expect(finding(story, 'missing-patches')).toMatchObject({
      severity: 'critical',
      evidence: { nodes: 6, nonCompliant: 6, missing: 6, critical: 1, cves: ['CVE-2026-1111'] },
    });
    const measured = story.stack.logs.map(({ entry }) => entry);
    expect(measured.findLast((one) => 'ComplianceShare' in one && one.severity === 'critical')).toMatchObject(
      {
        ComplianceShare: 0,
      },
    );
    expect(
      measured.findLast((one) => 'UnpatchedCriticalAge' in one && one.statistic === 'worst'),
    ).toMatchObject({ UnpatchedCriticalAge: expect.closeTo(2.11, 1) });
    const release = story.cloud.shelf.recommended(home.region, 'AL2023_x86_64_STANDARD', '1.34');
    story.cloud.shelf.publish(home.region, {
      ...(release as NonNullable<typeof release>),
      releaseVersion: '1.34.9-20260620',
      imageId: 'ami-0000000000000abcd',
      imageName: 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260620',
      createdAt: day(20),
    });
    for (const cluster of ['blue', 'green']) {
      const group = story.cloud.estate.nodeGroup({ cluster, nodeGroup: 'workers' });
      story.cloud.estate.startVersionUpdate(group, {
        to: { ...group.image, releaseVersion: '1.34.9-20260620', imageId: 'ami-0000000000000abcd' },
        params: [],
        force: false,
      });
    }
    await story.stack.runUntil(day(22));
    expect(changes(story).slice(2)).toEqual([
      'resolved missing-patches blue/workers',
      'resolved missing-patches green/workers',
    ]);
  });

  it('is told within minutes of a scan in the day: only the nodes that changed are read', async () => {
    const story = await tell(undefined, { record: true });
    await story.stack.runUntil(day(17, '12:00'));
    story.cloud.patching.publish(kernel);
    story.cloud.forgetCalls();
    const [first = '', second = ''] = nodesOf(story.cloud, 'blue');
    for (const instanceId of [first, second]) story.cloud.patching.scan({ instanceId });
    await story.stack.runUntil(day(17, '12:05'));
    expect(changes(story)).toEqual(['opened missing-patches blue/workers']);
    expect(finding(story, 'missing-patches')?.evidence).toMatchObject({ nodes: 6, nonCompliant: 2 });
    expect(ssmCalls(story.cloud)).toEqual({
      'ssm:DescribeInstanceInformation': 1,
      'ssm:DescribeInstancePatchStates': 1,
      'ssm:DescribeInstancePatches': 1,
    });
    expect(story.cloud.callCounts()['eks:ListClusters']).toBeUndefined();
  });

  it('is found the next morning when the events are lost', async () => {
    const story = await tell((cloud) => cloud.events.lose('Configuration Compliance State Change'));
    await story.stack.runUntil(day(17, '12:00'));
    story.cloud.patching.publish(kernel);
    story.cloud.patching.scan({});
    await story.stack.runUntil(day(18, '05:00'));
    expect(changes(story)).toEqual([]);
    await story.stack.runUntil(day(18, '06:00'));
    expect(changes(story).length).toBe(2);
  });
});

describe('what is not known', () => {
  const onlyBlue = (given: readonly string[]) => given.filter((change) => change.includes(' blue/'));

  it('is never compliant: unmanaged nodes, silent agents, scans that stop', async () => {
    const story = await tell((cloud) => {
      cloud.estate.addNodeGroup({ cluster: 'blue', name: 'bare', releaseVersion: old });
      cloud.estate.addNodeGroup({ cluster: 'blue', name: 'silent', releaseVersion: old });
      cloud.patching.agents.dismiss({ cluster: 'blue' });
      cloud.patching.enrol({ cluster: 'blue', nodeGroup: 'workers', scanAt: '03:00' });
      cloud.patching.enrol({ cluster: 'blue', nodeGroup: 'silent', scanAt: '03:00' });
    });
    await story.stack.runUntil(day(16, '12:00'));
    // Young nodes may be without a scan.
    expect(onlyBlue(changes(story))).toEqual([]);
    for (const id of nodesOf(story.cloud, 'blue', 'silent')) story.cloud.patching.agents.lose(id);
    story.cloud.patching.agents.dismiss({ cluster: 'green' });
    story.cloud.patching.enrol({ cluster: 'green' });
    await story.stack.runUntil(day(18, '12:00'));
    expect(changes(story)).toEqual([
      'opened unknown-patches blue/bare',
      'opened unknown-patches blue/silent',
    ]);
    await story.stack.runUntil(day(21, '12:00'));
    expect(changes(story).slice(2)).toEqual(['opened unknown-patches green/workers']);
    expect(finding(story, 'unknown-patches', 'green')?.evidence).toMatchObject({ stale: 6 });
  });

  it('drops out when the node is gone', async () => {
    const story = await tell();
    await story.stack.runUntil(day(17, '12:00'));
    const [lost = ''] = nodesOf(story.cloud, 'blue');
    story.cloud.patching.agents.lose(lost);
    await story.stack.runUntil(day(18, '12:00'));
    expect(changes(story)).toEqual(['opened unknown-patches blue/workers']);
    story.cloud.estate.terminateInstance({ ...home, instanceId: lost });
    await story.stack.runUntil(day(20));
    expect(changes(story)).toEqual([
      'opened unknown-patches blue/workers',
      'resolved unknown-patches blue/workers',
    ]);
  });

  it('a baseline that the policy does not name says nothing, and two overwrite each other', async () => {
    const policy = policyWith(latest, ['baselines: []', 'baselines: [pb-0e930e75b392d70b0]']);
    const story = await tell(undefined, { policy });
    await story.stack.runUntil(day(17, '12:00'));
    story.cloud.patching.scan({ cluster: 'blue' }, 'pb-00000000000000099');
    story.cloud.patching.publish({ id: 'zlib.x86_64' });
    story.cloud.patching.scan({ instanceId: nodesOf(story.cloud, 'blue')[0] ?? '' }, 'pb-00000000000000099');
    await story.stack.runUntil(day(17, '12:10'));
    expect(changes(story)).toEqual([
      'opened mixed-baselines blue/workers',
      'opened unknown-patches blue/workers',
    ]);
    expect(finding(story, 'unknown-patches')?.evidence).toMatchObject({ otherBaseline: 1 });
  });
});

describe('systems that have no packages, or see no new ones', () => {
  it('Bottlerocket is judged by its image, though its agent answers', async () => {
    const story = await tell((cloud) => {
      cloud.estate.addNodeGroup({
        cluster: 'blue',
        name: 'rocks',
        amiType: 'BOTTLEROCKET_x86_64',
        releaseVersion:
          cloud.shelf
            .all(home.region)
            .find(({ amiType, minor }) => amiType === 'BOTTLEROCKET_x86_64' && minor === '1.34')
            ?.releaseVersion ?? '',
      });
    });
    await story.stack.runUntil(day(19));
    expect(changes(story)).toEqual(['opened read-only-behind blue/rocks']);
    expect(finding(story, 'read-only-behind')?.evidence).toMatchObject({ behind: 2, unknown: 0 });
  });

  it('locked AL2023 is compliant with its release only, which is told when it is old', async () => {
    const story = await tell(
      (cloud) => {
        for (const cluster of ['blue', 'green'])
          cloud.patching.enrol({ cluster, scanAt: '03:00', lockedRepository: true });
        cloud.patching.publish({ ...kernel, releasedAt: day(10) });
      },
      { policy: policyWith() },
    );
    await story.stack.runUntil(day(19));
    expect(changes(story)).toEqual([
      'opened locked-release blue/workers',
      'opened locked-release green/workers',
    ]);
    expect(finding(story, 'locked-release')?.evidence).toMatchObject({
      locked: 6,
      releases: ['amazon-eks-node-al2023-x86_64-standard-1.34-v20260505'],
    });
  });
});

describe('what it costs', () => {
  it('a quiet day of 2,000 nodes: two lists of what is bad, and nobody is asked one by one', async () => {
    const story = await tellStory(
      (cloud) => {
        for (let i = 0; i < 10; i++) {
          const name = `c${i}`;
          cloud.estate.addCluster({ ...home, name, version: '1.34', tags: { 'drydock:hold': 'true' } });
          cloud.estate.addNodeGroup({
            cluster: name,
            name: 'workers',
            desiredSize: 200,
            releaseVersion: old,
          });
          cloud.patching.enrol({ cluster: name, scanAt: '03:00' });
        }
      },
      { from: day(16), policy: followsLatest },
    );
    await story.stack.runUntil(day(16, '23:00'));
    const first = ssmCalls(story.cloud);
    // The first look: 2,000 ids, 100 to a filter and 50 to a page; 50 to a call of patch states.
    expect(first).toEqual({
      'ssm:ListResourceComplianceSummaries': 1,
      'ssm:DescribeInstanceInformation': 1 + 40,
      'ssm:DescribeInstancePatchStates': 40,
    });
    story.cloud.forgetCalls();
    await story.stack.runUntil(day(17, '23:00'));
    expect(ssmCalls(story.cloud)).toEqual({
      'ssm:ListResourceComplianceSummaries': 1,
      'ssm:DescribeInstanceInformation': 1,
    });
    story.cloud.forgetCalls();
    // One group lacks a patch: its rows, its nodes, and the patches of one of them.
    story.cloud.events.lose('Configuration Compliance State Change');
    story.cloud.patching.publish(kernel);
    story.cloud.patching.scan({ cluster: 'c3' });
    await story.stack.invoke('track-compliance', {});
    expect(ssmCalls(story.cloud)).toEqual({
      'ssm:ListResourceComplianceSummaries': 4,
      'ssm:DescribeInstanceInformation': 1 + 4,
      'ssm:DescribeInstancePatchStates': 4,
      'ssm:DescribeInstancePatches': 1,
    });
  });

  it('is read to the last page', async () => {
    const story = await tell(undefined, { pageSize: 1 });
    await story.stack.runUntil(day(16, '00:05'));
    story.cloud.patching.publish(kernel);
    story.cloud.patching.publish({ id: 'zlib.x86_64' });
    story.cloud.patching.scan({});
    expect(await story.stack.invoke('track-compliance', {})).toMatchObject({ nodes: 12, asked: 12 });
    expect(finding(story, 'missing-patches')?.evidence).toMatchObject({
      nodes: 6,
      nonCompliant: 6,
      missing: 12,
    });
  });
});

describe('AWS that does not answer well', () => {
  it.each([
    ['SSM that throttles', { service: 'ssm', operation: '*', times: 8, as: 'throttled' }],
    [
      'SSM that breaks in the middle',
      { service: 'ssm', operation: 'DescribeInstancePatches', times: 6, as: 'serverError' },
    ],
    ['a table that throttles', { service: 'dynamodb', operation: '*', times: 6, as: 'throttled' }],
    [
      'a bus that takes nothing for a while',
      { service: 'events', operation: 'PutEvents', times: 6, as: 'serverError' },
    ],
  ] as const)('changes nothing but the time: %s', async (_case, fault) => {
    const story = await tell((cloud) => cloud.events.lose('Configuration Compliance State Change'));
    await story.stack.runUntil(day(16, '12:00'));
    story.cloud.patching.publish(kernel);
    await story.stack.runUntil(day(17, '05:41'));
    const injected = story.cloud.faults.add(fault);
    await story.stack.runUntil(day(17, '12:00'));
    expect(injected.failed()).toBe(fault.times);
    expect(changes(story)).toEqual([
      'opened missing-patches blue/workers',
      'opened missing-patches green/workers',
    ]);
  });

  it('a cluster that cannot be read keeps what is known of it, and the run fails', async () => {
    const story = await tell();
    await story.stack.runUntil(day(16, '12:00'));
    story.cloud.patching.publish(kernel);
    await story.stack.runUntil(day(17, '12:00'));
    story.cloud.faults.add({
      service: 'eks',
      operation: 'DescribeNodegroup',
      when: (input: unknown) => (input as { clusterName?: string }).clusterName === 'green',
      times: 'always',
      as: 'serverError',
    });
    await story.stack.runUntil(day(18, '12:00'));
    expect(changes(story).filter((change) => change.startsWith('resolved'))).toEqual([]);
    const runs = story.stack.invocations.filter(({ function: name }) => name === 'track-compliance');
    expect(runs.some(({ error }) => error?.message.includes('could not be read'))).toBe(true);
  });

  it('a batch that comes while another look is at work goes back to its queue', async () => {
    const { stack, cloud } = await tell();
    await stack.runUntil(day(17, '12:00'));
    const batch = (messageId: string) => {
      const detail = { 'compliance-type': 'Patch', 'resource-id': nodesOf(cloud, 'blue')[0] };
      const event = { source: 'aws.ssm', 'detail-type': 'Configuration Compliance State Change', detail };
      return { Records: [{ messageId, body: JSON.stringify(event) }] };
    };
    const answers = await Promise.all(
      ['m-1', 'm-2'].map((id) => stack.invoke('track-compliance', batch(id))),
    );
    expect(answers).toContainEqual({ nodes: 6, findings: 0, changed: 1 });
    expect(answers).toContainEqual({ batchItemFailures: [{ itemIdentifier: expect.stringMatching(/^m-/) }] });
  });

  it('a daily look that comes while another look is at work comes back later', async () => {
    const story = await tell((cloud) => cloud.events.lose('Configuration Compliance State Change'));
    const { stack, cloud } = story;
    await stack.runUntil(day(16, '12:00'));
    cloud.patching.publish(kernel);
    await stack.runUntil(day(17, '05:44'));
    const table = dynamoDbTable(clientOf(DynamoDBClient, cloud, { region: home.region }), 'drydock-prod');
    const now = cloud.clock.now().toISOString();
    await tableLease(table).take(`compliance ${home.account}/${home.region}`, now, 9);
    await stack.runUntil(day(17, '05:54'));
    expect(changes(story)).toEqual([]);
    await stack.runUntil(day(17, '06:00'));
    expect(changes(story)).toEqual([
      'opened missing-patches blue/workers',
      'opened missing-patches green/workers',
    ]);
    expect(stack.invocations.filter(({ error }) => error)).toEqual([]);
  });

  it.each([
    ['of an instance of EC2 starts a look', 'i-0a1b2c3d4e5f60718', 1],
    ['of another machine starts nothing', 'mi-0a1b2c3d4e5f60718', 0],
  ])('a change of compliance %s: %s', async (_case, id, looks) => {
    const { stack, cloud } = await tell();
    await stack.runUntil(day(17, '12:00'));
    const runs = () => stack.invocations.filter(({ function: name }) => name === 'track-compliance').length;
    const before = runs();
    const detail = { 'compliance-type': 'Patch', 'resource-type': 'managed-instance', 'resource-id': id };
    const detailType = 'Configuration Compliance State Change';
    cloud.events.send(home, { source: 'aws.ssm', detailType, detail });
    await stack.runUntil(day(17, '12:10'));
    expect(runs() - before).toBe(looks);
    expect(stack.logs.some(({ entry }) => entry.EventDropped !== undefined)).toBe(false);
  });

  it('messages that are no change of compliance are counted and dropped', async () => {
    const { stack } = await tell();
    const Records = ['{}', 'no event'].map((body, i) => ({ messageId: `m-${i}`, body }));
    expect(await stack.invoke('track-compliance', { Records })).toEqual({ changed: 0 });
    expect(stack.logs.some(({ entry }) => entry.EventDropped === 2)).toBe(true);
  });
});
