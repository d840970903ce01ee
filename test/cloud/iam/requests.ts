/**
 * Says what IAM is asked before a call is answered: actions, their resources, and the keys that
 * conditions look at.
 *
 * Knows what the Service Authorization Reference lists for each call that Drydock makes (checked
 * 2026-11-24), and what EKS checks in the caller's name: whoever moves a group to a launch template
 * version must be allowed to read it (a report on re:Post, "automation error for updateeksmanagednodegroup",
 * checked 2026-11-27) and to launch from it, with all that a template can name. A call without a row here
 * refuses loudly.
 *
 * Pure.
 */

import { tagsOf } from '../estate/instance.ts';
import type { Estate } from '../estate.ts';
import type { Caller } from '../service.ts';

export type Ask = {
  readonly action: string;
  /** `*` where AWS takes none. */
  readonly resource: string;
  /** Several values where a key has them: those of all entries of a call. */
  readonly context?: Readonly<Record<string, string | string[]>>;
};

// biome-ignore lint/suspicious/noExplicitAny: the input of whatever operation it is
type Input = any;
type Asked = { readonly input: Input; readonly caller: Caller; readonly estate: Estate };
/** `action`: where it is not that of the call's own name. */
type Row = (asked: Asked) => readonly (Omit<Ask, 'action'> & { readonly action?: string })[];

const all: Row = () => [{ resource: '*' }];
const arn = (service: string, { account, region }: Caller, rest: string) =>
  `arn:aws:${service}:${region}:${account}:${rest}`;

const parameterArn = (caller: Caller, name: string) =>
  name.startsWith('/aws/service/')
    ? `arn:aws:ssm:${caller.region}::parameter${name}`
    : arn('ssm', caller, `parameter${name.startsWith('/') ? '' : '/'}${name}`);

/** Of an item, of the key of one, or of a query by the one partition that it names. */
const partition = ({ Item, Key, ExpressionAttributeValues }: Input): string =>
  (Item?.pk ?? Key?.pk ?? ExpressionAttributeValues[':pk']).S;
const inTable = (input: Input, caller: Caller) => ({
  resource: arn('dynamodb', caller, `table/${input.TableName}`),
  context: { 'dynamodb:LeadingKeys': [partition(input)] },
});
const table: Row = ({ input, caller }) => [inTable(input, caller)];
const cluster: Row = ({ input, caller }) => [
  { resource: arn('eks', caller, `cluster/${input.name ?? input.clusterName}`) },
];
/** `DescribeUpdate` calls the cluster `name`. */
const nodeGroup: Row = ({ input: { name, clusterName = name, nodegroupName }, caller, estate }) => {
  const found = estate.place(caller).clusters.get(clusterName)?.nodeGroups.get(nodegroupName);
  return [{ resource: found?.arn ?? arn('eks', caller, `nodegroup/${clusterName}/${nodegroupName}/gone`) }];
};
const bus: Row = ({ input, caller }) =>
  [...Map.groupBy<string, Input>(input.Entries, ({ EventBusName }) => EventBusName ?? 'default')].map(
    ([name, entries]) => ({
      resource: arn('events', caller, `event-bus/${name}`),
      context: {
        'events:source': [...new Set(entries.map(({ Source }) => Source))],
        'events:detail-type': [...new Set(entries.map(({ DetailType }) => DetailType))],
      },
    }),
  );
const instances: Row = ({ input: { InstanceId, InstanceIds }, caller }) =>
  (InstanceIds ?? [InstanceId]).map((id: string) => ({ resource: arn('ec2', caller, `instance/${id}`) }));

const rows: Readonly<Record<string, Row>> = {
  'cloudwatch:DescribeAlarms': all,
  'dynamodb:DeleteItem': table,
  'dynamodb:GetItem': table,
  'dynamodb:PutItem': table,
  'dynamodb:Query': table,
  // There is no action of that name: each write is asked for by its own.
  'dynamodb:TransactWriteItems': ({ input, caller }) =>
    input.TransactItems.map(({ Put, Delete }: Input) => ({
      action: `dynamodb:${Put ? 'PutItem' : 'DeleteItem'}`,
      ...inTable(Put ?? Delete, caller),
    })),
  'ec2:CreateLaunchTemplateVersion': ({ input, caller }) => [
    { resource: arn('ec2', caller, `launch-template/${input.LaunchTemplateId}`) },
  ],
  'ec2:DescribeImages': all,
  'ec2:DescribeInstanceTypeOfferings': all,
  'ec2:DescribeInstanceTypes': all,
  'ec2:DescribeInstances': all,
  'ec2:DescribeLaunchTemplateVersions': all,
  'ec2:DescribeSubnets': all,
  'ec2:DescribeVolumes': all,
  'eks:DescribeCluster': cluster,
  'eks:DescribeClusterVersions': all,
  'eks:DescribeNodegroup': nodeGroup,
  // IAM checks the update of a node group against both.
  'eks:DescribeUpdate': (asked) => [...cluster(asked), ...nodeGroup(asked)],
  'eks:ListClusters': all,
  'eks:ListNodegroups': cluster,
  'eks:UpdateNodegroupVersion': nodeGroup,
  'events:PutEvents': bus,
  'sqs:SendMessageBatch': ({ input, caller }) => [
    { resource: arn('sqs', caller, String(input.QueueUrl).split('/').at(-1) ?? '') },
  ],
  'ssm:CancelCommand': all,
  'ssm:DescribeInstanceInformation': all,
  'ssm:DescribeInstancePatchStates': instances,
  'ssm:DescribeInstancePatches': instances,
  'ssm:GetParameter': ({ input, caller }) => [{ resource: parameterArn(caller, input.Name) }],
  'ssm:GetParameterHistory': ({ input, caller }) => [{ resource: parameterArn(caller, input.Name) }],
  'ssm:GetParameters': ({ input, caller }) =>
    input.Names.map((name: string) => ({ resource: parameterArn(caller, name) })),
  'ssm:GetParametersByPath': ({ input, caller }) => [{ resource: parameterArn(caller, input.Path) }],
  'ssm:ListCommandInvocations': all,
  'ssm:ListCommands': all,
  'ssm:ListResourceComplianceSummaries': all,
  'sts:AssumeRole': ({ input }) => [{ resource: input.RoleArn }],
  'ssm:SendCommand': ({ input, caller, estate }) => [
    { resource: `arn:aws:ssm:${caller.region}::document/${input.DocumentName}` },
    ...input.InstanceIds.map((id: string) => ({
      resource: arn('ec2', caller, `instance/${id}`),
      context: resourceTags(estate, caller, id),
    })),
  ],
};

const resourceTags = (estate: Estate, caller: Caller, id: string): Record<string, string> => {
  const instance = estate.place(caller).instances.get(id);
  const tags = Object.entries(instance ? tagsOf(instance) : {});
  return Object.fromEntries(tags.map(([key, value]) => [`ssm:resourceTag/${key}`, value]));
};

/** What EKS checks in the name of whoever moves a group to a version of its own launch template. */
const launching = ({ input, caller }: Asked): readonly Ask[] => {
  if (!input.launchTemplate) return [];
  const template = arn('ec2', caller, `launch-template/${input.launchTemplate.id}`);
  const made = ['instance/i-0', 'network-interface/eni-0', 'volume/vol-0'].map((one) =>
    arn('ec2', caller, one),
  );
  const used = [
    'capacity-reservation/cr-0',
    'key-pair/own',
    'placement-group/own',
    'security-group/sg-0',
    'subnet/subnet-0',
  ].map((one) => arn('ec2', caller, one));
  const ofNobody = ['image/ami-0', 'snapshot/snap-0'].map((one) => `arn:aws:ec2:${caller.region}::${one}`);
  const run = [...made, ...used, ...ofNobody, template].map((resource) => ({
    action: 'ec2:RunInstances',
    resource,
    context: { 'ec2:LaunchTemplate': template },
  }));
  // The kinds that a launch template can tag: LaunchTemplateTagSpecificationRequest of EC2's API reference.
  const tag = [...made, arn('ec2', caller, 'spot-instances-request/sir-0')].map((resource) => ({
    action: 'ec2:CreateTags',
    resource,
    context: { 'ec2:CreateAction': 'RunInstances' },
  }));
  return [{ action: 'ec2:DescribeLaunchTemplateVersions', resource: '*' }, ...run, ...tag];
};

/** Calls that IAM knows by the name of another. */
const actionOf: Readonly<Record<string, string>> = { 'sqs:SendMessageBatch': 'sqs:SendMessage' };

export const asksFor = (service: string, operation: string, asked: Asked): readonly Ask[] => {
  const call = `${service}:${operation}`;
  const row = rows[call];
  if (!row) throw new Error(`nobody has said what IAM checks for ${call}: add a row`);
  const action = actionOf[call] ?? call;
  const own = row(asked).map((one) => ({ action, ...one }));
  const all = action === 'eks:UpdateNodegroupVersion' ? [...own, ...launching(asked)] : own;
  const everywhere = { 'aws:RequestedRegion': asked.caller.region };
  return all.map((ask) => ({ ...ask, context: { ...everywhere, ...ask.context } }));
};
