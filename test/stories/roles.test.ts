/** Each function's role allows every call that the function makes, and no action that it never uses. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { statement } from '../../infra/bundle/own-parameters.js';
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

it('holds for rollouts of EKS’s images and of own ones, and for findings that come and go', async () => {
  const { stack, cloud } = await tellStory(
    (cloud) => {
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34', tags: { environment: 'dev' } });
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'plain', releaseVersion: '1.34.7-20260505' });
      const old = cloud.shelf.find(home.region, 'AL2023_x86_64_STANDARD', '1.34.7-20260505')?.imageId ?? '';
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'own', ownImage: { imageId: old } });
      cloud.estate.addCluster({ ...home, name: 'spare', version: '1.34' });
      cloud.estate.addNodeGroup({ cluster: 'spare', name: 'storage', instanceTypes: ['d3.8xlarge'] });
    },
    { record: true, from: day(16) },
  );
  await stack.runUntil(day(17));
  cloud.estate.deleteCluster({ cluster: 'spare' });
  await stack.runUntil(day(19, '06:00'));
  for (const [name, { accessKeyId }] of stack.functions) {
    const calls = cloud.calls.filter((call) => call.accessKeyId === accessKeyId && call.service !== 'slack');
    const used = new Set(calls.map(({ service, operation }) => `${service}:${operation}`));
    expect([name, [...used, ...(notOurCalls[name] ?? [])].sort()]).toEqual([name, allowedActions(name)]);
  }
});

it('names exactly the parameters of the policy’s own images, and none when there are none', () => {
  process.env.DRYDOCK_POLICY = policyWith([
    'ownImages: []',
    'ownImages: [{ parameter: "/golden/{minor}/image-id", select: [{ clusters: [a] }] }]',
  ]);
  expect(statement()).toMatchObject({
    Action: ['ssm:GetParameters', 'ssm:GetParameterHistory'],
    Resource: [{ 'Fn::Sub': expect.stringMatching(/:parameter\/golden\/\*\/image-id$/) }],
  });
  delete process.env.DRYDOCK_POLICY;
  expect(statement()).toEqual({ Ref: 'AWS::NoValue' });
});
