/** Tries what EKS tells of clusters, node groups and versions, and the changes that replace no node. */
import { describe, expect, it } from 'vitest';
import { imageIdOf, place, smallEstate } from './small-estate.ts';

const web = { clusterName: 'blue', nodegroupName: 'web' };

describe('a node group', () => {
  it('tells instance types only where the launch template does not', () => {
    const { estate, eks } = smallEstate();
    const templates = {
      plain: {},
      untyped: { KeyName: 'ops' },
      typed: { InstanceType: 'c7i.large' },
    } as const;
    const told = Object.entries(templates).map(([name, data]) => {
      const launchTemplate = name === 'plain' ? {} : { launchTemplate: { name, data } };
      estate.addNodeGroup({ cluster: 'blue', name, instanceTypes: ['m6i.large'], ...launchTemplate });
      const { nodegroup } = eks.DescribeNodegroup({ clusterName: 'blue', nodegroupName: name }, place);
      return [nodegroup?.instanceTypes, nodegroup?.launchTemplate?.version];
    });
    expect(told).toEqual([
      [['m6i.large'], undefined],
      [['m6i.large'], '1'],
      [undefined, '1'],
    ]);
    const typed = estate.nodeGroup({ cluster: 'blue', nodeGroup: 'typed' });
    expect([...typed.instances].map(({ type }) => type)).toEqual(['c7i.large', 'c7i.large']);
  });

  it('begins with nodes on an older image where a test says so', () => {
    const { estate } = smallEstate();
    const stragglers = { count: 1, releaseVersion: '1.34.9-20260601' };
    const group = estate.addNodeGroup({ cluster: 'blue', name: 'web', desiredSize: 3, stragglers });
    expect([...group.instances].map(({ imageId }) => imageId)).toEqual([
      imageIdOf('1.34', '1.34.9-20260601'),
      imageIdOf('1.34', '1.34.9-20260714'),
      imageIdOf('1.34', '1.34.9-20260714'),
    ]);
  });

  it('replaces its nodes for another launch template version, though the image stays', async () => {
    const { estate, eks, ec2, afterMinutes } = smallEstate();
    const group = estate.addNodeGroup({
      cluster: 'blue',
      name: 'web',
      launchTemplate: { name: 'lt', data: {} },
    });
    const before = [...group.instances].map(({ id }) => id);
    const LaunchTemplateData = { KeyName: 'ops' };
    ec2.CreateLaunchTemplateVersion({ LaunchTemplateName: 'lt', LaunchTemplateData }, place);
    eks.UpdateNodegroupVersion({ ...web, launchTemplate: { name: 'lt', version: '$Latest' } }, place);
    await afterMinutes(60);
    expect([...group.instances].filter(({ id }) => before.includes(id))).toEqual([]);
    expect([...group.instances].map(({ templateVersion }) => templateVersion)).toEqual([2, 2]);
  });

  it('takes a change of its size and labels as an update of its own', async () => {
    const { estate, eks, afterMinutes } = smallEstate();
    const group = estate.addNodeGroup({ cluster: 'blue', name: 'web', labels: { a: '1', b: '2' } });
    const labels = { addOrUpdateLabels: { c: '3' }, removeLabels: ['a'] };
    const scalingConfig = { minSize: 1, maxSize: 9, desiredSize: 4 };
    const { update } = eks.UpdateNodegroupConfig({ ...web, labels, scalingConfig }, place);
    expect([update?.type, group.status, group.instances.size]).toEqual(['ConfigUpdate', 'UPDATING', 2]);
    expect(() => eks.UpdateNodegroupVersion(web, place)).toThrow('not in Active State');
    await afterMinutes(1);
    expect([group.status, group.instances.size, group.labels]).toEqual(['ACTIVE', 4, { b: '2', c: '3' }]);
  });

  it('gets and loses tags by its ARN, or by the test', () => {
    const { estate, eks } = smallEstate();
    const { arn: resourceArn } = estate.addNodeGroup({ cluster: 'blue', name: 'web', tags: { a: '1' } });
    eks.TagResource({ resourceArn, tags: { b: '2' } }, place);
    eks.UntagResource({ resourceArn, tagKeys: ['a'] }, place);
    estate.tag({ cluster: 'blue', nodeGroup: 'web', tags: { 'drydock:hold': 'until friday' } });
    expect(eks.ListTagsForResource({ resourceArn }, place).tags).toEqual({
      b: '2',
      'drydock:hold': 'until friday',
    });
    estate.tag({ cluster: 'blue', nodeGroup: 'web', tags: { b: undefined } });
    expect(eks.DescribeNodegroup(web, place).nodegroup?.tags).toEqual({ 'drydock:hold': 'until friday' });
  });
});

describe('lists', () => {
  it('come in pages, and refuse tokens and sizes that make no sense', () => {
    const { estate, eks } = smallEstate({ pageSize: 2 });
    for (const name of ['a', 'b', 'c']) estate.addNodeGroup({ cluster: 'blue', name });
    const first = eks.ListNodegroups({ clusterName: 'blue', maxResults: 100 }, place);
    expect(first.nodegroups).toEqual(['a', 'b']);
    const rest = eks.ListNodegroups({ clusterName: 'blue', nextToken: first.nextToken }, place);
    expect(rest).toEqual({ nodegroups: ['c'], nextToken: undefined });
    expect(() => eks.ListClusters({ maxResults: 101 }, place)).toThrow('between 1 and 100');
    expect(() => eks.ListClusters({ nextToken: 'x' }, place)).toThrow('nextToken');
  });

  it('hold what is in the account and region that asks', () => {
    const { estate, eks } = smallEstate();
    const elsewhere = { account: '444455556666', region: 'us-east-1' };
    estate.addCluster({ ...elsewhere, name: 'blue', version: '1.33' });
    expect(eks.ListClusters({}, { ...place, region: 'us-east-1' }).clusters).toEqual([]);
    expect(eks.DescribeCluster({ name: 'blue' }, elsewhere).cluster?.version).toBe('1.33');
    expect(() => estate.cluster({ cluster: 'blue' })).toThrow('there are 2 clusters blue: say which');
    expect(estate.cluster({ cluster: 'blue', region: 'us-east-1' }).version).toBe('1.33');
  });

  it.each([
    ['on the day', '2026-07-29T00:00:00Z', 'EXTENDED_SUPPORT'],
    ['the day before', '2026-07-28T23:59:59Z', 'STANDARD_SUPPORT'],
  ])('of versions say that standard support has ended: %s', async (_case, now, versionStatus) => {
    const { clock, eks } = smallEstate();
    await clock.advanceTo(new Date(now));
    const { clusterVersions } = eks.DescribeClusterVersions({ clusterVersions: ['1.33'] });
    expect(clusterVersions).toMatchObject([{ clusterVersion: '1.33', versionStatus }]);
  });
});

it('upgrades a control plane in its time, and leaves the node groups', async () => {
  const { estate, eks, afterMinutes } = smallEstate({ clusterVersion: '1.33' });
  estate.addNodeGroup({ cluster: 'blue', name: 'web' });
  estate.upgradeCluster({ cluster: 'blue', version: '1.34', minutes: 10 });
  const cluster = () => eks.DescribeCluster({ name: 'blue' }, place).cluster;
  expect(cluster()).toMatchObject({ version: '1.33', status: 'UPDATING' });
  await afterMinutes(10);
  expect(cluster()).toMatchObject({ version: '1.34', status: 'ACTIVE' });
  expect(eks.DescribeNodegroup(web, place).nodegroup?.version).toBe('1.33');
});
