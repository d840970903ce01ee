/** Tries what is found where not all could be read: whatever call fails, nothing is found anew, nor graver. */
import { expect, it } from 'vitest';
import { fingerprint } from '../../functions/domain/finding.ts';
import { judgeDataPlane } from '../../functions/domain/rules.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { NodeGroupSpec } from '../cloud/estate/node-group-spec.ts';
import { Refusal } from '../cloud/service.ts';
import { ownRelease, policy } from '../unit/factories.ts';
import { scene } from '../unit/survey-factories.ts';
import { home, openCloud, outdateTemplate, start, surveyor } from './surveying.ts';

const zone = (letter: string) => `${home.region}${letter}`;
const goldenId = 'ami-0d5ead0f6b8a2d001';
const goldenAt = '2026-01-05T00:00:00Z';

/** Groups that are sick in many ways, some of which the policy leaves out, mutes, or finds in order after all. */
const addSick = ({ estate }: Cloud, cluster: string) => {
  const add = (name: string, other: Partial<NodeGroupSpec>) =>
    estate.addNodeGroup({
      cluster,
      name,
      scaling: { minSize: 1, maxSize: 9, desiredSize: 4 },
      desiredSize: 4,
      ...other,
    });
  const oldTypes = { instanceTypes: ['t2.large'] };
  add('ignored', { ...oldTypes, tags: { 'drydock:ignore': 'true' } });
  add('muted', { ...oldTypes, tags: { team: 'lab' } });
  const golden = add('golden', {
    instanceTypes: ['m6i.large'],
    ownImage: { imageId: goldenId },
    tags: { image: 'golden' },
  });
  add('sizes', { instanceTypes: ['m5.large', 'm5.2xlarge', 't3.large'] });
  add('spot', { instanceTypes: ['m6i.large'], capacityType: 'SPOT', zones: [zone('a')] });
  add('logs', { amiType: 'BOTTLEROCKET_x86_64', instanceTypes: ['d3.8xlarge'], interfacesPerNode: 1 });
  add('abrupt', { instanceTypes: ['c6i.large'], updateConfig: { maxUnavailable: 3 } });
  add('crammed', { subnets: [estate.addSubnet({ ...home, zone: zone('a'), freeAddresses: 1 }).id] });
  const kafka = add('kafka', { instanceTypes: ['d3.8xlarge', 'm6i.large'], interfacesPerNode: 1 });
  const disks = add('disks', {
    launchTemplate: {
      name: `${cluster}-disks`,
      data: {
        InstanceType: 'm6i.large',
        UserData: Buffer.from('#!/bin/bash\ndnf install rsyslog').toString('base64'),
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeType: 'gp2', VolumeSize: 20 } }],
      },
    },
  });
  for (const group of [golden, disks]) outdateTemplate(group);
  for (const { id } of [...kafka.instances, ...disks.instances])
    estate.attachVolumes({ ...home, instanceId: id, count: 2 });
  const [first] = kafka.instances;
  for (const letter of ['a', 'a', 'a', 'b'])
    estate.addInstance({
      ...home,
      cluster,
      imageId: first?.imageId ?? '',
      instanceType: 'm4.large',
      zone: zone(letter),
      launchedBy: { is: 'auto scaling group', name: 'own' },
    });
};

const at = scene({
  now: start.toISOString(),
  policy: policy({
    ownImages: [{ parameter: '/golden/image-id', select: [{ tags: { image: 'golden' } }] }],
    findings: { rules: {}, mute: [{ select: [{ tags: { team: 'lab' } }] }], ebsDriver: {} },
  }),
  known: (source) => (source.is === 'own' ? { releases: [ownRelease(goldenId, goldenAt)] } : undefined),
});

/** `medium`, or `muted medium`, by fingerprint. */
const lookAt = async (cloud: Cloud) => {
  const { plane, failures } = await surveyor(cloud).survey();
  const found = plane ? judgeDataPlane(plane, at) : [];
  return {
    failures,
    found: new Map(found.map((one) => [fingerprint(one), `${one.muted ? 'muted ' : ''}${one.severity}`])),
  };
};

/** Lists that every cluster hangs on: without one of them nothing is judged. */
const ofAll =
  /:(ListClusters|DescribeClusterVersions|DescribeInstance.*|DescribeImages) |:DescribeLaunchTemplateVersions 0$/;

it('nothing is found anew, graver or unmuted where a call fails that belongs to some clusters', async () => {
  const cloud = await openCloud();
  cloud.estate.addImage({ ...home, imageId: goldenId, name: 'golden-1', createdAt: new Date(goldenAt) });
  cloud.estate.addCluster({ ...home, name: 'green', version: '1.33' });
  for (const cluster of ['blue', 'green']) addSick(cloud, cluster);
  cloud.faults.name(new Map());
  const { found } = await lookAt(cloud);
  expect(found.size).toBeGreaterThan(60);

  const calls = cloud.faults.made.filter((call) => !ofAll.test(call));
  expect(new Set(calls.map((call) => call.split(' ')[0]))).toEqual(
    new Set([
      'eks:DescribeCluster',
      'eks:ListNodegroups',
      'eks:DescribeNodegroup',
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:DescribeSubnets',
      'ec2:DescribeVolumes',
    ]),
  );
  const wrong: string[] = [];
  for (const call of calls) {
    cloud.faults.name(new Map([[call, new Refusal('AccessDenied', 'no', { status: 403 })]]));
    const part = await lookAt(cloud);
    if (part.failures.length === 0) wrong.push(`${call} did not fail`);
    for (const [print, is] of part.found)
      if (!print.startsWith('not-judged') && found.get(print) !== is)
        wrong.push(`without ${call}: ${print} is ${is}, not ${found.get(print)}`);
  }
  expect(wrong).toEqual([]);
});
