/** Each function's role allows every call that the function makes, and no action that it never uses. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resources, statement } from '../../infra/bundle/own-parameters.js';
import { readTemplate } from '../cloud/template.ts';
import { day, home, policyWith, tellStory } from './story.ts';

/** Actions that Lambda or EKS use in the role's name, or Drydock only when something is wrong. */
const notOurCalls: Readonly<Record<string, readonly string[]>> = {
  'detect-releases': ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'],
  'plan-rollouts': ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'],
  'roll-node-groups': [
    'ec2:CreateTags',
    'ec2:RunInstances',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'sqs:SendMessage',
  ],
  'audit-nodes': ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'],
  control: ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'],
  'track-compliance': [
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
  ],
  'digest-findings': ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'],
  'answer-slack': ['logs:CreateLogStream', 'logs:PutLogEvents'],
  'patch-nodes': ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'],
  'notify-slack': [
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
  ],
};

const template = join(import.meta.dirname, '../../.serverless/cloudformation-template-update-stack.json');

const allowedActions = (name: string): string[] => {
  const role = readTemplate(template, home).find(
    ({ properties }) => properties.Policies?.[0]?.PolicyName === name,
  );
  const statements = role?.properties.Policies[0].PolicyDocument.Statement as { Action: string | string[] }[];
  return [...new Set(statements.flatMap(({ Action }) => Action))].sort();
};

it('holds for rollouts of EKS’s images and of own ones, findings that come and go, and nodes patched in place', async () => {
  const { stack, cloud } = await tellStory(
    (cloud) => {
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34', tags: { environment: 'dev' } });
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'plain', releaseVersion: '1.34.7-20260505' });
      const old = cloud.shelf.find(home.region, 'AL2023_x86_64_STANDARD', '1.34.7-20260505')?.imageId ?? '';
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'own', ownImage: { imageId: old } });
      cloud.estate.addCluster({ ...home, name: 'spare', version: '1.34' });
      cloud.estate.addNodeGroup({ cluster: 'spare', name: 'storage', instanceTypes: ['d3.8xlarge'] });
      cloud.estate.addCluster({ ...home, name: 'patched', version: '1.34' });
      cloud.estate.addNodeGroup({
        cluster: 'patched',
        name: 'workers',
        desiredSize: 2,
        releaseVersion: '1.34.7-20260505',
      });
      cloud.patching.enrol({ cluster: 'patched', scanAt: '03:00' });
      cloud.patching.publish({ id: 'openssl.x86_64', severity: 'Critical', releasedAt: day(15) });
    },
    {
      record: true,
      from: day(16),
      policy: policyWith(
        [
          '    window: working-hours\n    concurrency: 2',
          '    window: working-hours\n    alarms: [errors]\n    concurrency: 2',
        ],
        ['al2023Repository: locked', 'al2023Repository: latest'],
      ),
    },
  );
  cloud.alarms.set(home, 'errors', 'OK');
  const who = { by: 'anna', why: 'A story.' };
  await stack.runUntil(day(16, '07:00'));
  const patchNow = { command: 'patch-now', ...who, select: [{ clusters: ['patched'] }] };
  // Run Command takes the first command, and its answer is lost.
  cloud.faults.add({ service: 'ssm', operation: 'SendCommand', times: 1, as: 'failsAfterDoingIt' });
  await stack.invoke('control', patchNow);
  await stack.runUntil(day(16, '09:00'));
  cloud.patching.publish({ id: 'kernel.x86_64', severity: 'Critical' });
  await stack.runUntil(day(17, '07:00'));
  const { says } = (await stack.invoke('control', patchNow)) as { says: string[] };
  await stack.runUntil(day(17, '07:01'));
  const job = /patch-[0-9a-f]+/.exec(says.join(' '))?.[0];
  await stack.invoke('control', { command: 'cancel-patching', ...who, job });
  const place = { cluster: 'spare', nodeGroup: 'storage' };
  await stack.invoke('control', { command: 'hold', ...who, ...place, until: day(20).toISOString() });
  await stack.invoke('control', { command: 'release-hold', ...who, ...place });
  await stack.invoke('control', { command: 'roll-now', ...who, dryRun: true, select: [{ clusters: ['*'] }] });
  cloud.estate.deleteCluster({ cluster: 'spare' });
  await stack.runUntil(day(19, '06:00'));
  await stack.invoke('digest-findings', {});
  await stack.invoke('control', { command: 'slack-test', ...who });
  const head = cloud.slack.messages().find(({ text }) => text.startsWith('Rollout'));
  if (!head) throw new Error('Slack was told of no rollout');
  await cloud.press({ channel: head.channel, ts: head.ts, actionId: 'drydock-explain', user: 'U0ALICE' });
  for (const [name, { accessKeyId }] of stack.functions) {
    const calls = cloud.calls.filter((call) => call.accessKeyId === accessKeyId && call.service !== 'slack');
    const used = new Set(calls.map(({ service, operation }) => `${service}:${operation}`));
    expect([name, [...used, ...(notOurCalls[name] ?? [])].sort()]).toEqual([name, allowedActions(name)]);
  }
});

it('names exactly the parameters of the policy’s own images, and none when there are none', () => {
  const image = (parameter: string) => `{ parameter: "${parameter}", select: [{ clusters: [a] }] }`;
  process.env.DRYDOCK_POLICY = policyWith([
    'ownImages: []',
    `ownImages: [${['/golden/{minor}/image-id', '/plain', '/odd/{minor}{minor}'].map(image).join(', ')}]`,
  ]);
  expect(statement()).toMatchObject({
    Action: ['ssm:GetParameters', 'ssm:GetParameterHistory'],
    Resource: ['/golden/*/image-id', '/plain', '/odd/*'].map((name) => ({
      'Fn::Sub': expect.stringMatching(new RegExp(`:parameter${RegExp.escape(name)}$`)),
    })),
  });
  expect(resources().Resources?.OwnParametersRule.Properties.EventPattern).toEqual({
    source: ['aws.ssm'],
    'detail-type': ['Parameter Store Change'],
    detail: { name: [{ wildcard: '/golden/*/image-id' }, '/plain', { wildcard: '/odd/*' }] },
  });
  delete process.env.DRYDOCK_POLICY;
  expect(statement()).toEqual({ Ref: 'AWS::NoValue' });
  expect(resources()).toEqual({});
});
