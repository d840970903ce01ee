/** What a proof of least privilege must notice, statement by statement. */
import { expect, it } from 'vitest';
import type { Statement } from './parts.ts';
import { Permissions } from './permissions.ts';
import type { Ask } from './requests.ts';

const role = 'arn:aws:iam::111122223333:role/roller';
const of = (kind: string) => `arn:aws:eks:eu-central-1:111122223333:${kind}/*`;
const cluster = of('cluster');
const group = of('nodegroup');
const inRegions = (...regions: string[]) => ({ StringEquals: { 'aws:RequestedRegion': regions } });

const ask = (action: string, resource: string, region = 'eu-central-1'): Ask => ({
  action: `eks:${action}`,
  resource: resource.replace('/*', resource === group ? '/dev/general/1a' : '/dev'),
  context: { 'aws:RequestedRegion': region },
});
const readsCluster = ask('DescribeCluster', cluster);
const readsGroup = ask('DescribeNodegroup', group);
const readsUpdate = [ask('DescribeUpdate', cluster), ask('DescribeUpdate', group)];

const bus = 'arn:aws:events:eu-central-1:111122223333:event-bus/news';
const publish = (...types: string[]): Ask => ({
  action: 'events:PutEvents',
  resource: bus,
  context: { 'events:detail-type': types },
});
const mayPublish = (...types: string[]): Statement => ({
  Effect: 'Allow',
  Action: 'events:PutEvents',
  Resource: bus,
  Condition: {
    'ForAllValues:StringEquals': { 'events:detail-type': types },
    Null: { 'events:detail-type': 'false' },
  },
});

const allow = (actions: readonly string[], resources: readonly string[], Condition = {}): Statement => ({
  Effect: 'Allow',
  Action: actions.map((action) => `eks:${action}`),
  Resource: resources,
  Condition,
});

it.each<[string, readonly Statement[], readonly Ask[], readonly string[]]>([
  ['all of it', [allow(['DescribeUpdate'], [cluster, group])], readsUpdate, []],
  [
    'an action that nobody calls',
    [allow(['DescribeCluster', 'ListNodegroups'], [cluster])],
    [readsCluster],
    ['roller, statement 1: drop eks:ListNodegroups'],
  ],
  [
    'a resource that nobody is asked for',
    [allow(['DescribeCluster'], [cluster, group])],
    [readsCluster],
    [`roller, statement 1: drop ${group}`],
  ],
  [
    'a pair of an action and a resource that others need each of',
    [allow(['DescribeCluster', 'DescribeNodegroup'], [cluster, group])],
    [readsCluster, readsGroup],
    [
      `roller, statement 1: split it, no call needs eks:DescribeCluster on ${group}`,
      `roller, statement 1: split it, no call needs eks:DescribeNodegroup on ${cluster}`,
    ],
  ],
  [
    'a value of a condition that no call had',
    [allow(['DescribeCluster'], [cluster], inRegions('eu-central-1', 'us-east-1'))],
    [readsCluster],
    ['roller, statement 1: drop StringEquals aws:RequestedRegion us-east-1'],
  ],
  ['values that a call has together', [mayPublish('Opened', 'Closed')], [publish('Opened', 'Closed')], []],
  [
    'a value that no call has, together with others or alone',
    [mayPublish('Opened', 'Closed', 'Requested')],
    [publish('Opened', 'Closed')],
    ['roller, statement 1: drop ForAllValues:StringEquals events:detail-type Requested'],
  ],
  [
    'what two statements allow',
    [allow(['DescribeCluster'], [cluster]), allow(['DescribeCluster'], [cluster])],
    [readsCluster],
    [1, 2].map((number) => `roller, statement ${number}: drop it (eks:DescribeCluster on ${cluster})`),
  ],
])('%s: is needed or named', async (_case, statements, asks, advice) => {
  const permissions = new Permissions();
  permissions.attach(role, statements);
  for (const one of asks) expect(await permissions.check(role, one)).toBe(true);
  expect(permissions.unused()).toEqual(advice);
});

it('what is refused is named as what to add', async () => {
  const permissions = new Permissions();
  permissions.attach(role, [allow(['DescribeCluster'], [cluster], inRegions('us-east-1'))]);
  expect(await permissions.check(role, readsCluster)).toBe(false);
  const published = publish('Opened', 'Requested');
  expect(await permissions.check(role, published)).toBe(false);
  expect(permissions.denied).toEqual([
    `roller: add ${readsCluster.action} on ${readsCluster.resource}, aws:RequestedRegion eu-central-1`,
    `roller: add ${published.action} on ${published.resource}, events:detail-type Opened,Requested`,
  ]);
});

it('a call with one value too many is refused', async () => {
  const permissions = new Permissions();
  permissions.attach(role, [mayPublish('Opened')]);
  expect(await permissions.allows(role, publish('Opened', 'Requested'))).toBe(false);
  expect(await permissions.allows(role, { ...publish(), context: {} })).toBe(false);
});

it('a condition that narrows by exclusion is not judged in silence', () => {
  const statement = allow(['DescribeCluster'], [cluster], {
    StringNotEquals: { 'aws:RequestedRegion': 'a' },
  });
  expect(() => new Permissions().attach(role, [statement])).toThrow(/StringNotEquals/);
});
