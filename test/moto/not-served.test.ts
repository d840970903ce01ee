/**
 * What moto 5.2.1 cannot serve, tried: the calls that it has not, and how far the functions get that need them.
 * When a case fails because moto has learnt the call, the function has earned a story here.
 */
import {
  DescribeClusterVersionsCommand,
  DescribeUpdateCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  DescribeInstancePatchesCommand,
  DescribeInstancePatchStatesCommand,
  ListCommandInvocationsCommand,
  ListResourceComplianceSummariesCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { addGoldenFleet, goldenPolicy } from './golden-fleet.ts';
import { toRecord } from './queues.ts';
import { type MotoStory, tellMotoStory } from './story.ts';

const group = { clusterName: 'dev', nodegroupName: 'own' };
const InstanceId = 'i-00000000000000001';
const CommandId = '00000000-0000-0000-0000-000000000001';
const update = { name: 'dev', nodegroupName: 'own', updateId: CommandId };

type Call = (story: MotoStory) => Promise<unknown>;
const missing: readonly (readonly [needed: string, call: Call])[] = [
  [
    'audit-nodes needs DescribeClusterVersions, which the simulated cloud answers',
    ({ eks }) => eks.send(new DescribeClusterVersionsCommand({})),
  ],
  [
    'roll-node-groups needs UpdateNodegroupVersion',
    ({ eks }) => eks.send(new UpdateNodegroupVersionCommand(group)),
  ],
  ['roll-node-groups needs DescribeUpdate', ({ eks }) => eks.send(new DescribeUpdateCommand(update))],
  [
    'track-compliance needs ListResourceComplianceSummaries',
    ({ ssm }) => ssm.send(new ListResourceComplianceSummariesCommand({})),
  ],
  [
    'track-compliance needs DescribeInstancePatchStates',
    ({ ssm }) => ssm.send(new DescribeInstancePatchStatesCommand({ InstanceIds: [InstanceId] })),
  ],
  [
    'track-compliance needs DescribeInstancePatches',
    ({ ssm }) => ssm.send(new DescribeInstancePatchesCommand({ InstanceId })),
  ],
  [
    'track-compliance and patch-nodes need DescribeInstanceInformation',
    ({ ssm }) => ssm.send(new DescribeInstanceInformationCommand({})),
  ],
  [
    'patch-nodes needs ListCommandInvocations',
    ({ ssm }) => ssm.send(new ListCommandInvocationsCommand({ CommandId })),
  ],
  ['patch-nodes needs CancelCommand', ({ ssm }) => ssm.send(new CancelCommandCommand({ CommandId }))],
];

it.each(missing)('%s: moto has a page for people instead', async (_needed, call) => {
  const story = await tellMotoStory();
  await expect(call(story)).rejects.toThrow('is not valid JSON');
});

const tellOfFleet = async () => {
  const story = await tellMotoStory(goldenPolicy());
  return { story, ...(await addGoldenFleet(story)) };
};

it('track-compliance says what it could not read, fails, and tells nobody anything', async () => {
  const { story } = await tellOfFleet();
  await expect(story.run('track-compliance')).rejects.toThrow('reading the summary of compliance');
  await story.settle();
  expect(story.news).toEqual([]);
});

describe('patches', () => {
  it('that changed come through the rule and its queue, about nodes of which nothing is known yet', async () => {
    const { story, instanceId } = await tellOfFleet();
    const Detail = JSON.stringify({
      'resource-id': instanceId,
      'resource-type': 'managed-instance',
      'compliance-status': 'non_compliant',
      'compliance-type': 'Patch',
    });
    const entry = { Source: 'aws.ssm', DetailType: 'Configuration Compliance State Change', Detail };
    await story.events.send(new PutEventsCommand({ Entries: [entry] }));
    const taken = await story.queues.take('drydock-prod-compliance', async (messages) => {
      const Records = messages.map(toRecord);
      expect(await story.run('track-compliance', { Records })).toMatchObject({ nodes: 0, changed: 0 });
    });
    expect(taken).toBe(1);
  });

  it('are asked for in vain, and no job is open', async () => {
    const { story } = await tellOfFleet();
    const asked = { by: 'anna', why: 'CVE-2026-1111', severity: 'any', reboot: false };
    const all = { select: [{ clusters: ['dev'] }] };
    expect(await story.run('control', { command: 'patch-now', ...asked, ...all })).toMatchObject({
      accepted: false,
      says: ['No node is known there.'],
    });
    expect(await story.run('patch-nodes')).toEqual({ jobs: 0 });
  });
});
