/** Each function's role allows every call that the function makes, and nothing that no call needs. */
import { join } from 'node:path';
import { isWildcardOnlyAction } from '@cloud-copilot/iam-simulate';
import { expect, it } from 'vitest';
import { resources, statement } from '../../infra/bundle/own-parameters.js';
import { Permissions, type Statement } from '../cloud/iam/permissions.ts';
import type { Ask } from '../cloud/iam/requests.ts';
import { addTargetRoles } from '../cloud/target-roles.ts';
import { readTemplate } from '../cloud/template.ts';
import { day, home, policyWith, tellStory } from './story.ts';

const template = join(import.meta.dirname, '../../.serverless/cloudformation-template-update-stack.json');

type Role = { readonly name: string; readonly arn: string; readonly statements: readonly Statement[] };

const roles: readonly Role[] = readTemplate(template, home)
  .filter(({ type }) => type === 'AWS::IAM::Role')
  .map(({ id, properties }) => ({
    name: properties.Policies[0].PolicyName,
    arn: `arn:aws:iam::${home.account}:role/${id}`,
    statements: properties.Policies[0].PolicyDocument.Statement,
  }));

const virginia = { ...home, region: 'us-east-1' };
const externalId = 'drydock-7f3a';

it('holds for rollouts of EKS’s images and of own ones, in two regions, findings that come and go, and nodes patched in place', async () => {
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
      cloud.shelf.scheduleOnto(cloud.clock, [virginia.region], { from: day(16), to: day(60) });
      addTargetRoles(cloud, { account: home.account, regions: [virginia.region], externalId });
      for (const name of ['far', 'away']) {
        cloud.estate.addCluster({ ...virginia, name, version: '1.34', tags: { environment: 'dev' } });
        const group = { ...virginia, cluster: name, name: 'workers', releaseVersion: '1.34.7-20260505' };
        cloud.estate.addNodeGroup(group);
      }
      cloud.patching.enrol({ ...virginia, cluster: 'far', scanAt: '03:00' });
    },
    {
      from: day(16),
      policy: policyWith(
        ['targets: [{}]', `targets: [{ regions: [eu-central-1, us-east-1], externalId: ${externalId} }]`],
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
  const farAway = { clusters: ['far'], regions: [virginia.region] };
  await stack.invoke('control', { ...patchNow, severity: 'any', select: [farAway] });
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
  // What other stories need of the roles that a target has for all functions of a duty is not judged here.
  const unused = cloud.permissions.unused().filter((one) => !one.startsWith('drydock-prod-'));
  expect([cloud.permissions.denied, unused]).toEqual([[], []]);
  expect(roles.length).toBe(stack.functions.size);
});

/** AWS takes a resource for these, and Drydock names none. */
const forAll: Readonly<Record<string, string>> = {
  'cloudwatch:DescribeAlarms': 'composite alarms are given to roles that may see all alarms alone',
};

it('names a resource wherever AWS takes one', async () => {
  const open = roles.flatMap(({ name, statements }) =>
    statements
      .filter(({ Resource }) => [Resource].flat().some((one) => one === '*' || one.endsWith(':*:*')))
      .flatMap(({ Action }) => [Action].flat())
      .map((action) => ({ name, action })),
  );
  const needless = [];
  for (const { name, action } of open) {
    const [service = '', operation = ''] = action.split(':');
    if (!(await isWildcardOnlyAction(service, operation))) needless.push(`${name}: ${action}`);
  }
  expect(open.length).toBeGreaterThan(20);
  expect(needless.map((one) => one.split(': ')[1])).toEqual(Object.keys(forAll));
});

it('allows no action by a pattern', () => {
  const actions = roles.flatMap(({ statements }) => statements.flatMap(({ Action }) => [Action].flat()));
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
});

const of = (service: string, rest: string, account: string = home.account) =>
  `arn:aws:${service}:${home.region}:${account}:${rest}`;
const node = of('ec2', 'instance/i-1');
const byTemplate = { 'ec2:LaunchTemplate': of('ec2', 'launch-template/lt-1') };
const ofEks = { 'ssm:resourceTag/eks:cluster-name': 'prod' };

it.each<[string, string, Ask, boolean]>([
  [
    'the bot token',
    'notify-slack',
    { action: 'ssm:GetParameter', resource: of('ssm', 'parameter/drydock/prod/slack/bot-token') },
    true,
  ],
  [
    'the signing secret, which it has no use for',
    'notify-slack',
    { action: 'ssm:GetParameter', resource: of('ssm', 'parameter/drydock/prod/slack/signing-secret') },
    false,
  ],
  [
    'the bot token, which it has no use for',
    'answer-slack',
    { action: 'ssm:GetParameter', resource: of('ssm', 'parameter/drydock/prod/slack/bot-token') },
    false,
  ],
  [
    'a secret of somebody else',
    'control',
    { action: 'ssm:GetParameter', resource: of('ssm', 'parameter/shop/database/password') },
    false,
  ],
  [
    'the secrets of another stage',
    'control',
    { action: 'ssm:GetParameter', resource: of('ssm', 'parameter/drydock/dev/slack/bot-token') },
    false,
  ],
  [
    'a parameter of its own account that no policy names',
    'detect-releases',
    { action: 'ssm:GetParameters', resource: of('ssm', 'parameter/shop/database/password') },
    false,
  ],
  [
    'a parameter that AWS publishes',
    'detect-releases',
    { action: 'ssm:GetParameters', resource: 'arn:aws:ssm:eu-central-1::parameter/aws/service/eks/x' },
    true,
  ],
  [
    'the same of another region',
    'detect-releases',
    { action: 'ssm:GetParameters', resource: 'arn:aws:ssm:eu-west-1::parameter/aws/service/eks/x' },
    false,
  ],
  [
    'a node group',
    'roll-node-groups',
    { action: 'eks:UpdateNodegroupVersion', resource: of('eks', 'nodegroup/a/b/c') },
    true,
  ],
  [
    'a node group of another account',
    'roll-node-groups',
    { action: 'eks:UpdateNodegroupVersion', resource: of('eks', 'nodegroup/a/b/c', '444455556666') },
    false,
  ],
  [
    'a node group, which is not its business',
    'plan-rollouts',
    { action: 'eks:UpdateNodegroupVersion', resource: of('eks', 'nodegroup/a/b/c') },
    false,
  ],
  [
    'an instance, by a launch template of its account',
    'roll-node-groups',
    { action: 'ec2:RunInstances', resource: node, context: byTemplate },
    true,
  ],
  [
    'an instance of another account, by the same',
    'roll-node-groups',
    {
      action: 'ec2:RunInstances',
      resource: of('ec2', 'instance/i-1', '444455556666'),
      context: byTemplate,
    },
    false,
  ],
  [
    'a subnet that another account shares, by the same',
    'roll-node-groups',
    {
      action: 'ec2:RunInstances',
      resource: of('ec2', 'subnet/subnet-1', '444455556666'),
      context: byTemplate,
    },
    true,
  ],
  [
    'an instance without a launch template',
    'roll-node-groups',
    { action: 'ec2:RunInstances', resource: node },
    false,
  ],
  [
    'an instance that is there, to be tagged',
    'roll-node-groups',
    { action: 'ec2:CreateTags', resource: node },
    false,
  ],
  [
    'a node of EKS, to be sent a command',
    'patch-nodes',
    { action: 'ssm:SendCommand', resource: node, context: ofEks },
    true,
  ],
  [
    'another instance, to be sent a command',
    'patch-nodes',
    { action: 'ssm:SendCommand', resource: node },
    false,
  ],
  [
    'the patch document',
    'patch-nodes',
    { action: 'ssm:SendCommand', resource: 'arn:aws:ssm:eu-central-1::document/AWS-RunPatchBaseline' },
    true,
  ],
  [
    'a document that runs a shell script',
    'patch-nodes',
    { action: 'ssm:SendCommand', resource: 'arn:aws:ssm:eu-central-1::document/AWS-RunShellScript' },
    false,
  ],
  [
    'the table of another stage',
    'control',
    { action: 'dynamodb:PutItem', resource: of('dynamodb', 'table/drydock-dev') },
    false,
  ],
  [
    'the bus of another stage',
    'control',
    { action: 'events:PutEvents', resource: of('events', 'event-bus/drydock-dev') },
    false,
  ],
])('%s: %s may have it or not', async (_case, name, ask, expected) => {
  const permissions = new Permissions();
  for (const { arn, statements } of roles) permissions.attach(arn, statements);
  const { arn = '' } = roles.find((role) => role.name === name) ?? {};
  expect(permissions.governs(arn)).toBe(true);
  expect(await permissions.allows(arn, ask)).toBe(expected);
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
