/** Each function's role allows every call that the function makes, and nothing that no call needs. */
import { join } from 'node:path';
import { isWildcardOnlyAction } from '@cloud-copilot/iam-simulate';
import { beforeAll, expect, it } from 'vitest';
import { resources, statement } from '../../infra/bundle/own-parameters.js';
import type { Cloud } from '../cloud/cloud.ts';
import { neighboursOf, type Way } from '../cloud/iam/neighbours.ts';
import type { Statement } from '../cloud/iam/parts.ts';
import { Permissions } from '../cloud/iam/permissions.ts';
import type { Ask } from '../cloud/iam/requests.ts';
import { addTargetRoles, asInAws, readTargetRoles } from '../cloud/target-roles.ts';
import { readTemplate } from '../cloud/template.ts';
import { copyOfProject, packageIn } from './copy.ts';
import { day, home, policyWith, tellStory } from './story.ts';

const virginia = { ...home, region: 'us-east-1' };
const theirs = { account: '444455556666', region: 'eu-central-1' };
const externalId = 'drydock-7f3a';

/** With all that statements are made for: own parameters, user groups of Slack, other regions and accounts. */
const policy = policyWith(
  [
    'targets: [{}]',
    `targets:
  - { regions: [eu-central-1, us-east-1], externalId: ${externalId} }
  - { account: '${theirs.account}', regions: [${theirs.region}], externalId: ${externalId} }`,
  ],
  [
    'ownImages: []',
    'ownImages: [{ parameter: "/golden/{minor}/image-id", select: [{ tags: { image: golden } }] }]',
  ],
  ['  allow: {}', '  allow: { stop: [S0PLATFORM] }'],
  [
    '    window: working-hours\n    concurrency: 2',
    '    window: working-hours\n    alarms: [errors]\n    approval: { timeoutHours: 4 }\n    concurrency: 6',
  ],
  ['al2023Repository: locked', 'al2023Repository: latest'],
);

const templateIn = (folder: string) => join(folder, '.serverless/cloudformation-template-update-stack.json');

type Role = { readonly name: string; readonly arn: string; readonly statements: readonly Statement[] };
type TargetRole = Role & { readonly trust: readonly Statement[] };

const rolesIn = (folder: string): readonly Role[] =>
  readTemplate(templateIn(folder), home)
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map(({ id, properties }) => ({
      name: properties.Policies[0].PolicyName,
      arn: `arn:aws:iam::${home.account}:role/${id}`,
      statements: properties.Policies[0].PolicyDocument.Statement,
    }));

const rolesElsewhere = readTargetRoles({ ...virginia, regions: [virginia.region], externalId }).map(
  ({ RoleName, AssumeRolePolicyDocument, Policies }): TargetRole => ({
    name: RoleName,
    arn: `arn:aws:iam::${home.account}:role/${RoleName}`,
    statements: Policies[0].PolicyDocument.Statement,
    trust: AssumeRolePolicyDocument.Statement,
  }),
);

/** Packaged with the policy above. */
const packaged = copyOfProject();
beforeAll(() => packageIn(packaged, { DRYDOCK_POLICY: policy }));

const old = '1.34.7-20260505';

/** A cluster with groups of EKS's image, of AWS's image in a launch template, and of the user's own. */
const furnish = (
  cloud: Cloud,
  place: typeof home,
  names: { readonly groups: string; readonly own: string },
) => {
  const imageId = cloud.shelf.find(place.region, 'AL2023_x86_64_STANDARD', old)?.imageId ?? '';
  const dev = { ...place, version: '1.34', tags: { environment: 'dev' } };
  cloud.estate.addCluster({ ...dev, name: names.groups });
  cloud.estate.addNodeGroup({ ...place, cluster: names.groups, name: 'plain', releaseVersion: old });
  cloud.estate.addNodeGroup({ ...place, cluster: names.groups, name: 'own', ownImage: { imageId } });
  const golden = { ...place, name: 'golden-1', createdAt: day(1) };
  const made = cloud.estate.addImage(golden).imageId;
  cloud.ssm.put(place, { name: '/golden/1.34/image-id', value: made, type: 'String' });
  cloud.estate.addCluster({ ...place, version: '1.34', name: names.own, tags: { image: 'golden' } });
  cloud.estate.addNodeGroup({ ...place, cluster: names.own, name: 'own', ownImage: { imageId: made } });
};

const patchable = (cloud: Cloud, place: typeof home, cluster: string) => {
  cloud.estate.addCluster({ ...place, name: cluster, version: '1.34' });
  cloud.estate.addNodeGroup({ ...place, cluster, name: 'workers', desiredSize: 2, releaseVersion: old });
  cloud.patching.enrol({ cluster, scanAt: '03:00' });
};

const fleet = (cloud: Cloud) => {
  cloud.shelf.scheduleOnto(cloud.clock, [virginia.region], { from: day(16), to: day(60) });
  furnish(cloud, home, { groups: 'dev', own: 'golden' });
  furnish(cloud, virginia, { groups: 'away', own: 'golden-away' });
  cloud.estate.addCluster({ ...home, name: 'spare', version: '1.34' });
  cloud.estate.addNodeGroup({ cluster: 'spare', name: 'storage', instanceTypes: ['d3.8xlarge'] });
  patchable(cloud, home, 'patched');
  patchable(cloud, virginia, 'far');
  patchable(cloud, theirs, 'theirs');
  cloud.estate.addCluster({ ...theirs, name: 'theirs-dev', version: '1.34', tags: { environment: 'dev' } });
  cloud.estate.addNodeGroup({ ...theirs, cluster: 'theirs-dev', name: 'plain', releaseVersion: old });
  cloud.patching.publish({ id: 'openssl.x86_64', severity: 'Critical', releasedAt: day(15) });
  addTargetRoles(cloud, { account: home.account, regions: [virginia.region], externalId });
  // The same template made these; it is judged once.
  for (const duty of ['look', 'roll', 'patch'])
    cloud.identities.addRole(`arn:aws:iam::${theirs.account}:role/drydock-prod-${duty}`);
};

/** `subnet` */
const kindOf = (resource: string): string => /^(?:[^:]*:){5}([^:/]+)/.exec(resource)?.[1] ?? resource;

type Width = Readonly<Record<Way, Readonly<Record<string, readonly string[]>>>>;

/** What may be another without a role's refusing the call: kinds of resources by actions. */
const bearable: Width = {
  // A role has no region.
  'another region': { 'sts:AssumeRole': ['role'] },
  // Other accounts share these with the one that launches.
  'another account': {
    'ec2:RunInstances': ['capacity-reservation', 'placement-group', 'security-group', 'subnet'],
  },
  // All clusters are looked after, with all that is in them; AWS's parameters hold no secret.
  'another name': {
    'ec2:CreateLaunchTemplateVersion': ['launch-template'],
    'ec2:CreateTags': ['instance', 'network-interface', 'spot-instances-request', 'volume'],
    'ec2:RunInstances': [
      'capacity-reservation',
      'image',
      'instance',
      'key-pair',
      'launch-template',
      'network-interface',
      'placement-group',
      'security-group',
      'snapshot',
      'subnet',
      'volume',
    ],
    'eks:DescribeCluster': ['cluster'],
    'eks:DescribeNodegroup': ['nodegroup'],
    'eks:DescribeUpdate': ['cluster', 'nodegroup'],
    'eks:ListNodegroups': ['cluster'],
    'eks:UpdateNodegroupVersion': ['nodegroup'],
    'logs:CreateLogStream': ['log-group'],
    'logs:PutLogEvents': ['log-group'],
    'ssm:DescribeInstancePatchStates': ['instance'],
    'ssm:DescribeInstancePatches': ['instance'],
    'ssm:GetParameters': ['parameter'],
    'ssm:GetParametersByPath': ['parameter'],
    'ssm:SendCommand': ['instance'],
  },
  'another condition': {},
};

/** One call of each kind is enough. */
const oneOfEach = (asks: readonly Ask[]): readonly Ask[] => [
  ...new Map(
    asks.map((ask) => [
      JSON.stringify([ask.action, kindOf(ask.resource), Object.keys(ask.context ?? {})]),
      ask,
    ]),
  ).values(),
];

/** What AWS takes no resource for is bound to regions elsewhere alone: here the account is Drydock's own. */
const isUnbound = (role: string, way: Way, { resource }: Ask): boolean =>
  way === 'another region' && resource === '*' && !role.includes('/drydock-');

const widthOf = async (permissions: Permissions): Promise<Width> => {
  const width: Record<Way, Record<string, string[]>> = {
    'another region': {},
    'another account': {},
    'another name': {},
    'another condition': {},
  };
  for (const [role, asks] of permissions.granted())
    for (const { way, ask } of oneOfEach(asks).flatMap(neighboursOf)) {
      if (isUnbound(role, way, ask) || !(await permissions.allows(role, ask))) continue;
      const kinds = new Set(width[way][ask.action]).add(kindOf(ask.resource));
      width[way][ask.action] = [...kinds].toSorted();
    }
  return width;
};

it('holds for rollouts of EKS’s images and of own ones, in other regions and accounts, findings that come and go, and nodes patched in place', async () => {
  const { stack, cloud } = await tellStory(fleet, { from: day(16), packaged });
  cloud.alarms.set(home, 'errors', 'OK');
  cloud.slack.userGroups.set('S0PLATFORM', ['U0ALICE']);
  const who = { by: 'anna', why: 'A story.' };
  const patchNow = async (cluster: string): Promise<string> => {
    const select = [{ clusters: [cluster] }];
    const asked = { command: 'patch-now', ...who, severity: 'any', select };
    const { says } = (await stack.invoke('control', asked)) as { says: string[] };
    return /patch-[0-9a-f]+/.exec(says.join(' '))?.[0] ?? `no job for ${cluster}: ${says.join(' ')}`;
  };
  await stack.runUntil(day(16, '07:00'));
  for (const cluster of ['patched', 'far', 'theirs']) {
    // Run Command takes the first command, and its answer is lost.
    cloud.faults.add({ service: 'ssm', operation: 'SendCommand', times: 1, as: 'failsAfterDoingIt' });
    await patchNow(cluster);
    await stack.runUntil(new Date(cloud.clock.now().getTime() + 2 * 60 * 60_000));
  }
  cloud.patching.publish({ id: 'kernel.x86_64', severity: 'Critical' });
  await stack.runUntil(day(17, '07:00'));
  const jobs = [await patchNow('patched'), await patchNow('far')];
  await stack.runUntil(day(17, '07:01'));
  for (const job of jobs) await stack.invoke('control', { command: 'cancel-patching', ...who, job });
  const place = { cluster: 'spare', nodeGroup: 'storage' };
  const finding = `ebs-slots ${home.account}/${home.region}/spare/storage/d3.8xlarge`;
  await stack.invoke('control', { command: 'mute', ...who, finding, until: day(20).toISOString() });
  await stack.invoke('control', { command: 'stop', ...who });
  await stack.invoke('control', { command: 'resume', ...who });
  await stack.invoke('control', { command: 'hold', ...who, ...place, until: day(20).toISOString() });
  await stack.invoke('control', { command: 'release-hold', ...who, ...place });
  await stack.invoke('control', { command: 'roll-now', ...who, dryRun: true, select: [{ clusters: ['*'] }] });
  cloud.estate.deleteCluster({ cluster: 'spare' });
  const press = async (actionId: string, user: string) => {
    const head = cloud.slack.messages().find(({ blocks }) => JSON.stringify(blocks).includes(actionId));
    if (!head) throw new Error(`no message has ${actionId}`);
    await cloud.press({ channel: head.channel, ts: head.ts, actionId, user });
  };
  // The next plan finds what `detect-releases` does not look for yet.
  cloud.estate.addNodeGroup({ cluster: 'patched', name: 'arm', amiType: 'AL2023_ARM_64_STANDARD' });
  await stack.runUntil(day(18, '08:05'));
  // What was patched there is settled.
  cloud.estate.deleteNodeGroup({ cluster: 'patched', nodeGroup: 'workers' });
  const rollout = 'al2023-v20260610';
  await stack.invoke('control', { command: 'approve', ...who, rollout, wave: 'canary' });
  await stack.runUntil(day(18, '08:30'));
  // Slack is asked who is in the group.
  await press('drydock-stop', 'U0MALLORY');
  await stack.invoke('control', { command: 'stop', ...who, rollout });
  await stack.runUntil(day(18, '08:32'));
  await stack.invoke('control', { command: 'resume', ...who, rollout });
  await stack.runUntil(day(19, '06:00'));
  await stack.invoke('digest-findings', {});
  await stack.invoke('control', { command: 'slack-test', ...who });
  await press('drydock-explain', 'U0ALICE');
  const newest = cloud.shelf.recommended(home.region, 'AL2023_x86_64_STANDARD', '1.34');
  cloud.shelf.withdraw(home.region, 'AL2023_x86_64_STANDARD', newest?.releaseVersion ?? '');
  await stack.runUntil(day(19, '06:30'));
  expect([cloud.permissions.denied, cloud.permissions.unused()]).toEqual([[], []]);
  expect(rolesIn(packaged).length).toBe(stack.functions.size);
  expect(await widthOf(cloud.permissions)).toEqual(bearable);
});

/** AWS takes a resource for these, and Drydock names none. */
const forAll: Readonly<Record<string, string>> = {
  'cloudwatch:DescribeAlarms': 'composite alarms are given to roles that may see all alarms alone',
};

/** Whatever account or region: the resource itself is not named. */
const isOpen = (resource: string) => /^(\*|([^:]*:){5}\*)$/.test(resource);

it('names a resource wherever AWS takes one, elsewhere too', async () => {
  const open = [...rolesIn(packaged), ...rolesElsewhere].flatMap(({ name, statements }) =>
    statements
      .filter(({ Resource = [] }) => [Resource].flat().some(isOpen))
      .flatMap(({ Action }) => [Action].flat())
      .map((action) => ({ name, action })),
  );
  const needless = [];
  for (const { name, action } of open) {
    const [service = '', operation = ''] = action.split(':');
    if (!(await isWildcardOnlyAction(service, operation))) needless.push(`${name}: ${action}`);
  }
  expect(open.length).toBeGreaterThan(40);
  expect(needless.map((one) => one.split(': ')[1])).toEqual(Object.keys(forAll));
});

it('allows no action by a pattern', () => {
  const actions = [...rolesIn(packaged), ...rolesElsewhere].flatMap(({ statements }) =>
    statements.flatMap(({ Action }) => [Action].flat()),
  );
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
});

/** Of the stack as it is packaged without a policy of one's own. */
const roles = rolesIn(join(import.meta.dirname, '../..'));
const of = (service: string, rest: string, account: string = home.account) =>
  `arn:aws:${service}:${home.region}:${account}:${rest}`;
const node = of('ec2', 'instance/i-1');
const byTemplate = { 'ec2:LaunchTemplate': of('ec2', 'launch-template/lt-1') };
const news = (...types: string[]) => ({
  'events:source': ['drydock'],
  ...(types.length > 0 && { 'events:detail-type': types }),
});
const publishing = (...types: string[]): Ask => ({
  action: 'events:PutEvents',
  resource: of('events', 'event-bus/drydock-prod'),
  context: news(...types),
});
const item = (operation: string, partition: string): Ask => ({
  action: `dynamodb:${operation}`,
  resource: of('dynamodb', 'table/drydock-prod'),
  context: { 'dynamodb:LeadingKeys': [partition] },
});
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
  ['the rollouts', 'roll-node-groups', item('PutItem', 'rollout'), true],
  ['the rollouts', 'control', item('PutItem', 'rollout'), true],
  ['the rollouts, to forget them', 'roll-node-groups', item('DeleteItem', 'rollout'), false],
  ['the releases', 'control', item('PutItem', 'releases eu-central-1'), false],
  ...['detect-releases', 'track-compliance', 'patch-nodes', 'audit-nodes', 'notify-slack'].map(
    (name): [string, string, Ask, boolean] => ['the rollouts', name, item('PutItem', 'rollout'), false],
  ),
  ['whether everything is stopped', 'roll-node-groups', item('PutItem', 'switch'), false],
  ['what was commanded', 'digest-findings', item('Query', 'command'), false],
  ['the findings', 'digest-findings', item('Query', 'findings eu-central-1'), true],
  ['a finding', 'digest-findings', item('PutItem', 'findings eu-central-1'), false],
  [
    'the bus of another stage',
    'control',
    {
      action: 'events:PutEvents',
      resource: of('events', 'event-bus/drydock-dev'),
      context: news('Command Done'),
    },
    false,
  ],
  ['news of commands that are done', 'control', publishing('Command Done'), true],
  ['a command in somebody’s name', 'control', publishing('Command Requested'), false],
  [
    'a command in the midst of its own news',
    'control',
    publishing('Command Done', 'Command Requested'),
    false,
  ],
  ['news of a kind that is not told', 'control', publishing(), false],
  [
    'news in the name of an application',
    'control',
    { ...publishing(), context: { ...news('Command Done'), 'events:source': ['shop'] } },
    false,
  ],
  ['a command that a button gave', 'answer-slack', publishing('Command Requested'), true],
  ['news of commands that are done', 'answer-slack', publishing('Command Done'), false],
  ...[
    'detect-releases',
    'roll-node-groups',
    'track-compliance',
    'patch-nodes',
    'audit-nodes',
    'digest-findings',
    'plan-rollouts',
    'notify-slack',
  ].map((name): [string, string, Ask, boolean] => [
    'a command in somebody’s name',
    name,
    publishing('Command Requested'),
    false,
  ]),
])('%s: %s may have it or not', async (_case, name, ask, expected) => {
  const permissions = new Permissions();
  for (const { arn, statements } of roles) permissions.attach(arn, statements);
  const { arn = '' } = roles.find((role) => role.name === name) ?? {};
  expect(permissions.governs(arn)).toBe(true);
  expect(await permissions.allows(arn, ask)).toBe(expected);
});

const principals = (account: string, stage: string): readonly string[] =>
  rolesIn(packaged).map(({ arn }) => asInAws(arn.replace(home.account, account), stage));

it.each([
  ['look', ['DetectReleases', 'PlanRollouts', 'Control', 'AuditNodes', 'TrackCompliance']],
  ['roll', ['RollNodeGroups']],
  ['patch', ['PatchNodes']],
])(
  'the role %s of a target trusts %j alone, of this Drydock, with the right external id',
  async (duty, trusted) => {
    const permissions = new Permissions();
    const arn = `arn:aws:iam::${home.account}:role/drydock-prod-${duty}`;
    permissions.attachTrust(arn, rolesElsewhere.find((role) => role.arn === arn)?.trust ?? []);
    const strangers = [
      ...principals(home.account, 'dev'),
      ...principals(theirs.account, 'prod'),
      `arn:aws:iam::${home.account}:user/anna`,
      `arn:aws:iam::${home.account}:role/admin`,
    ];
    const may: string[] = [];
    for (const principal of [...principals(home.account, 'prod'), ...strangers])
      for (const id of [externalId, 'another', undefined])
        if (await permissions.trusts(arn, principal, id)) may.push(`${principal} with ${id}`);
    const wanted = trusted.map(
      (name) => `arn:aws:iam::${home.account}:role/drydock-prod-${name}Role-1A2B3C with ${externalId}`,
    );
    expect(may.toSorted()).toEqual(wanted.toSorted());
  },
);

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
