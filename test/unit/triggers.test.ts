import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Trigger } from '../../functions/domain/trigger.ts';
import { trigger } from '../../functions/edge/triggers.ts';

const folder = join(import.meta.dirname, '../../events');
const file = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const lookNow: Trigger = { is: 'look now' };
const nothingBuilt: Trigger = { is: 'images built', images: [] };
const record = (Message: unknown, more: object = {}) => ({
  EventSource: 'aws:sns',
  EventVersion: '1.0',
  Sns: { Type: 'Notification', MessageId: '1', Subject: null, Message, ...more },
});
const sns = (message: unknown) => ({
  Records: [record(typeof message === 'string' ? message : JSON.stringify(message))],
});
const parameterStoreChange = {
  version: '0',
  'detail-type': 'Parameter Store Change',
  source: 'aws.ssm',
  resources: ['arn:aws:ssm:us-east-2:123456789012:parameter/MyExampleParameter'],
  detail: { operation: 'Update', name: 'MyExampleParameter', type: 'String' },
};
const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', time: 'any', detail: {} };
const image = {
  region: 'us-west-1',
  image: 'ami-01a23bc4def5a6789',
  name: 'linux',
  accountId: '123456789012',
};
const build = (other: object = {}) => ({
  arn: 'arn:aws:imagebuilder:us-west-1:123456789012:image/example-linux-image/1.0.0/3',
  state: { status: 'AVAILABLE' },
  outputResources: { amis: [image] },
  ...other,
});

const problemsOf = (event: unknown): string[] => {
  const parsed = v.safeParse(trigger, event);
  return parsed.success ? [] : parsed.issues.map((issue) => v.getDotPath(issue) ?? 'event');
};

describe('understands', () => {
  it.each<[string, unknown, Trigger]>([
    ['a schedule', scheduled, lookNow],
    ['an empty object, by hand', {}, lookNow],
    ['plain text', sns('look now'), lookNow],
    ['any text', sns('please?\n'), lookNow],
    ['an empty object in a message', sns('{}'), lookNow],
    ['text that looks like JSON and is none', sns('{"v1": '), lookNow],
    ['text that is JSON, but no object', sns('"look now"'), lookNow],
    [
      'AWS’s prose about Windows images',
      sns('New AMIs are dated 2018.01.05. (use ‘Get-EC2ImageByName’)\n\nChanges:\n• all'),
      lookNow,
    ],
    [
      'AWS’s JSON about Amazon Linux',
      sns({ v1: { ReleaseVersion: '2018.03', ImageVersion: '2018.03.0.20180412', Regions: {} } }),
      lookNow,
    ],
    [
      'an image that Image Builder built, in every region it went to',
      sns(build({ outputResources: { amis: [image, { ...image, region: 'eu-central-1' }] } })),
      {
        is: 'images built',
        images: [
          { imageId: 'ami-01a23bc4def5a6789', region: 'us-west-1' },
          { imageId: 'ami-01a23bc4def5a6789', region: 'eu-central-1' },
        ],
      },
    ],
    [
      'the same with the number that Image Builder adds, too large for JavaScript',
      sns(JSON.stringify(build()).replace('{', '{"semver":1237940039285380274899124227,')),
      { is: 'images built', images: [{ imageId: 'ami-01a23bc4def5a6789', region: 'us-west-1' }] },
    ],
    ['a container image of Image Builder', sns(build({ outputResources: { containers: [] } })), nothingBuilt],
    [
      'a build that failed',
      sns(build({ state: { status: 'FAILED', reason: 'no' }, outputResources: { amis: [] } })),
      nothingBuilt,
    ],
    [
      'a build that failed half-way, whatever it lists',
      sns(build({ state: { status: 'FAILED' }, outputResources: { amis: [{ region: 'us-west-1' }] } })),
      nothingBuilt,
    ],
    [
      'a parameter that changed',
      parameterStoreChange,
      { is: 'parameters changed', names: ['MyExampleParameter'] },
    ],
    [
      'a parameter that was deleted',
      { ...parameterStoreChange, detail: { operation: 'Delete', name: '/golden/image-id' } },
      { is: 'parameters changed', names: ['/golden/image-id'] },
    ],
    [
      'several messages at once, as a look at everything',
      { Records: [record(JSON.stringify(build())), record('look now')] },
      lookNow,
    ],
  ])('%s', (_case, event, meant) => {
    expect(v.parse(trigger, event)).toEqual(meant);
  });
});

describe('does not understand, and says where', () => {
  const message = 'Records.0.Sns.Message';
  it.each<[string, unknown, string[]]>([
    ['text', 'look now', ['event']],
    ['nothing', undefined, ['event']],
    ['null', null, ['event']],
    ['a list', [], ['event']],
    ['an object with anything in it', { lookNow: true }, ['event']],
    ['an object of another bus', { source: 'drydock', 'detail-type': 'AMI Release Detected' }, ['event']],
    ['another event of schedules', { ...scheduled, 'detail-type': 'Other' }, ['detail-type']],
    [
      'another event of Systems Manager',
      { ...parameterStoreChange, 'detail-type': 'Configuration Compliance State Change' },
      ['detail-type'],
    ],
    ['a change of a parameter without a name', { ...parameterStoreChange, detail: {} }, ['detail.name']],
    [
      'a change of a parameter with an empty name',
      { ...parameterStoreChange, detail: { name: '' } },
      ['detail.name'],
    ],
    ['no records', { Records: [] }, ['Records']],
    ['records that are no list', { Records: 'all' }, ['Records']],
    [
      'records of a queue',
      { Records: [{ messageId: '1', body: '{}', eventSource: 'aws:sqs' }] },
      ['Records.0.EventSource', 'Records.0.Sns'],
    ],
    ['a message that is no text', { Records: [record({ v1: {} })] }, [message]],
    ['an empty message', sns(''), [message]],
    ['a list in a message', sns('[]'), [message]],
    ['JSON of somebody else', sns({ AlarmName: 'blue', NewStateValue: 'ALARM' }), [message]],
    ['ECS’s announcement', sns({ ECSAgent: { ReleaseVersion: '1' }, ECSAmis: [] }), [message]],
    [
      'an Amazon Linux announcement of another form',
      sns({ v1: { Images: [] } }),
      [`${message}.v1.ReleaseVersion`, `${message}.v1.ImageVersion`],
    ],
    [
      'a built image whose id is none',
      sns(build({ outputResources: { amis: [{ ...image, image: 'ami-$(reboot)' }] } })),
      [`${message}.outputResources.amis.0.image`],
    ],
    [
      'a built image without a region',
      sns(build({ outputResources: { amis: [image, { image: image.image }] } })),
      [`${message}.outputResources.amis.1.region`],
    ],
    ['a build of no known state', sns(build({ state: 'AVAILABLE' })), [`${message}.state`]],
    [
      'one bad message among good ones',
      { Records: [record('look now'), record('[1]')] },
      ['Records.1.Sns.Message'],
    ],
    ['what pretends to be more than it is', sns('{"__proto__": {"v1": {}}}'), [message]],
    ['a message nested without end', sns(`{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}`), [message]],
  ])('%s', (_case, event, problems) => {
    expect(problemsOf(event)).toEqual(problems);
  });

  const secret = 'xoxb-secret';
  it.each<[string, unknown]>([
    ['an event', { [secret]: secret, source: secret }],
    ['a text', secret],
    ['a message', sns({ [secret]: secret })],
    ['a list in a message', sns([secret])],
    [
      'a parameter',
      { ...parameterStoreChange, 'detail-type': secret, detail: { name: { [secret]: secret } } },
    ],
    ['an image', sns(build({ outputResources: { amis: [{ ...image, image: secret, region: [secret] }] } }))],
  ])('without a word of what it holds: %s', (_case, event) => {
    const { issues = [] } = v.safeParse(trigger, event);
    const told = issues.map((issue) => `${v.getDotPath(issue)}: expected ${issue.expected}`);
    expect(told.length).toBeGreaterThan(0);
    expect(told.join()).not.toContain(secret);
  });
});

describe('the samples', () => {
  const meant: Readonly<Record<string, Trigger>> = {
    'look-now.amazon-linux.sns.json': lookNow,
    'look-now.image-builder.sns.json': {
      is: 'images built',
      images: [
        { imageId: 'ami-01a23bc4def5a6789', region: 'eu-central-1' },
        { imageId: 'ami-0b9c8d7e6f5a43210', region: 'eu-west-1' },
      ],
    },
    'look-now.json': lookNow,
    'look-now.parameter-store-change.json': {
      is: 'parameters changed',
      names: ['/golden/1.34/image-id'],
    },
    'look-now.sns.json': lookNow,
    'look-now.windows.sns.json': lookNow,
  };

  it.each(Object.entries(meant))('%s is understood', (name, parsed) => {
    expect(v.parse(trigger, file(name))).toEqual(parsed);
  });

  it('are all there', () => {
    expect(readdirSync(folder).filter((name) => name.startsWith('look-now'))).toEqual(Object.keys(meant));
  });
});
