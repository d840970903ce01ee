/** What Drydock does when a rollout meets what it did not plan: a story for each row of its reactions. */
import { CreateLaunchTemplateVersionCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient, UpdateNodegroupConfigCommand, UpdateNodegroupVersionCommand } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { day, home, policyWith, tellStory } from './story.ts';

const train = 'al2023 v20260610';
const { region } = home;
const somebody = (cloud: Cloud) => clientOf(EKSClient, cloud, { region });

describe('a want of machines is waited for, and halts nothing', () => {
  it('no capacity in EC2: tried again until there is', async () => {
    const { stack, cloud, changes, told } = await tellStory();
    cloud.estate.startShortage({ region, until: day(18, '10:00') });
    await stack.runUntil(day(19));
    expect(changes(train).slice(0, 4)).toEqual([
      'started dev/general',
      'retrying dev/general',
      'started dev/general',
      'done dev/general',
    ]);
    expect(
      told('Rollout Progressed').flatMap(({ changes }) => (changes as { items: object[] }).items),
    ).toContainEqual(
      expect.objectContaining({ is: 'retrying', code: 'LaunchFailure', until: expect.any(String) }),
    );
    expect(told('Rollout Halted')).toEqual([]);
  });

  it('no free addresses for the extra nodes: tried again until there are', async () => {
    const { stack, cloud, changes, told } = await tellStory();
    const { subnets } = cloud.estate.nodeGroup({ cluster: 'dev', nodeGroup: 'general' });
    const setFree = (freeAddresses: number) => {
      for (const { id: subnetId } of subnets)
        cloud.estate.setFreeAddresses({ ...home, subnetId, freeAddresses });
    };
    setFree(0);
    cloud.clock.at(day(18, '09:00'), () => setFree(100));
    await stack.runUntil(day(19));
    expect(changes(train).slice(0, 4)).toEqual([
      'started dev/general',
      'retrying dev/general',
      'started dev/general',
      'done dev/general',
    ]);
    expect(told('Rollout Halted')).toEqual([]);
  });
});

describe('a group that is not as it should be', () => {
  it('degraded before Drydock came is left alone with its reason; the others are rolled', async () => {
    const { stack, cloud, updates, told } = await tellStory();
    cloud.estate.degrade({
      cluster: 'staging',
      nodeGroup: 'general',
      issue: { code: 'Ec2LaunchTemplateNotFound', message: 'gone' },
    });
    await stack.runUntil(day(24));
    expect(updates('staging', 'general')).toEqual([]);
    expect(updates('prod', 'general')).toEqual(['Successful']);
    expect(told('Rollout Opened')[0]).toMatchObject({
      leftAlone: { items: [{ cluster: 'staging', why: 'unhealthy' }] },
    });
  });

  it('with somebody else’s update under way is waited for', async () => {
    const { stack, cloud, updates } = await tellStory();
    await stack.runUntil(day(18, '07:58'));
    await somebody(cloud).send(
      new UpdateNodegroupConfigCommand({
        clusterName: 'dev',
        nodegroupName: 'general',
        scalingConfig: { minSize: 1, maxSize: 9, desiredSize: 4 },
      }),
    );
    await stack.runUntil(day(18, '15:00'));
    expect(updates('dev', 'general')).toEqual(['Successful', 'Successful']);
  });

  it('whose template somebody changed meanwhile is left to that somebody', async () => {
    const images: string[] = [];
    const ours = (cloud: Cloud) => {
      for (const name of ['golden-1', 'golden-2', 'theirs'])
        images.push(cloud.estate.addImage({ ...home, name, createdAt: day(images.length + 1) }).imageId);
      cloud.ssm.put(home, { name: '/golden/node', value: images[1] ?? '', type: 'String' });
      for (const environment of ['dev', 'prod']) {
        cloud.estate.addCluster({ ...home, name: environment, version: '1.34', tags: { environment } });
        cloud.estate.addNodeGroup({
          cluster: environment,
          name: 'own',
          ownImage: { imageId: images[0] ?? '' },
        });
      }
    };
    const { stack, cloud, updates, changes } = await tellStory(ours, {
      policy: policyWith([
        'ownImages: []',
        "ownImages: [{ parameter: /golden/node, select: [{ clusters: ['*'] }] }]",
      ]),
    });
    await stack.runUntil(day(8, '12:00'));
    expect(updates('dev', 'own')).toEqual(['Successful']);
    const launchTemplate = cloud.estate.nodeGroup({ cluster: 'prod', nodeGroup: 'own' }).launchTemplate;
    if (!launchTemplate) throw new Error('no template');
    const ec2 = clientOf(EC2Client, cloud, { region });
    const { LaunchTemplateVersion } = await ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: launchTemplate.id,
        SourceVersion: '1',
        LaunchTemplateData: { ImageId: images[2] ?? '' },
      }),
    );
    await somebody(cloud).send(
      new UpdateNodegroupVersionCommand({
        clusterName: 'prod',
        nodegroupName: 'own',
        launchTemplate: { id: launchTemplate.id, version: String(LaunchTemplateVersion?.VersionNumber) },
      }),
    );
    await stack.runUntil(day(12));
    expect(updates('prod', 'own')).toEqual(['Successful']);
    expect(changes()).toContain('held prod/own');
  });

  it('that moved to another Kubernetes minor is judged again, for that minor', async () => {
    const { stack, cloud, runs, told } = await tellStory();
    await stack.runUntil(day(18, '12:00'));
    cloud.estate.upgradeCluster({ cluster: 'staging', version: '1.35' });
    await somebody(cloud).send(
      new UpdateNodegroupVersionCommand({
        clusterName: 'staging',
        nodegroupName: 'general',
        version: '1.35',
        releaseVersion: '1.35.4-20260505',
      }),
    );
    await stack.runUntil(day(26));
    expect(runs()['staging/general']).toMatch(/^1\.35\.\d+-202606/);
    expect(told('Rollout Halted')).toEqual([]);
  });
});

describe('force', () => {
  it('is used only where the policy allows it, at the second try', async () => {
    const policy = policyWith(['    failureBudget: 0', '    failureBudget: 0\n    forceWhenBlocked: true']);
    const { stack, cloud, updates } = await tellStory(undefined, { policy, record: true });
    cloud.estate.script({
      cluster: 'dev',
      nodeGroup: 'general',
      failure: { code: 'PodEvictionFailure', times: 1 },
    });
    await stack.runUntil(day(19));
    expect(updates('dev', 'general')).toEqual(['Failed', 'Successful']);
    const asked = cloud.calls.filter(({ operation }) => operation === 'UpdateNodegroupVersion');
    expect(asked.map(({ input }) => (input as { force?: boolean }).force)).toEqual([undefined, true]);
  });
});
