/** What would be deployed: each function's zip holds its own bundle, the same sources give the same bytes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { buildFunctions, functionNames } from '../../infra/bundle/build.ts';
import Bundle from '../../infra/bundle/plugin.ts';
import { scratchFolder } from '../cloud/scratch.ts';
import { copyOfProject, packageIn } from './copy.ts';
import { policyWith } from './story.ts';

const root = join(import.meta.dirname, '../..');
const packaged = join(root, '.serverless');
const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Names in a zip's central directory. */
const entriesOf = (file: string): string[] => {
  const bytes = readFileSync(file);
  const names: string[] = [];
  for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 46))
    names.push(bytes.subarray(at + 46, at + 46 + bytes.readUInt16LE(at + 28)).toString());
  return names.sort();
};

it.each(functionNames())('%s: its zip holds its own bundle and source maps, nothing else', (name) => {
  const bundle = readdirSync(join(root, '.build', name)).map((file) => `.build/${name}/${file}`);
  expect(entriesOf(join(packaged, `${name}.zip`))).toEqual(bundle.sort());
  expect(bundle.filter((file) => !/\.js(\.map)?$/.test(file))).toEqual([`.build/${name}/package.json`]);
});

it('the same sources give byte-identical zips', () => {
  const copy = copyOfProject();
  const zips = () => {
    packageIn(copy);
    return functionNames().map((name) => `${name} ${digest(join(copy, '.serverless', `${name}.zip`))}`);
  };
  expect(zips()).toEqual(zips());
}, 300_000);

it('control starts without Slack’s client, which slack-test alone needs', async () => {
  const { metafiles } = await buildFunctions({ into: scratchFolder('build') });
  const outputs = metafiles.get('control')?.outputs ?? {};
  const [start] = Object.keys(outputs).filter((file) => file.endsWith('/index.js'));
  const loaded = new Set(start ? [start] : []);
  for (const file of loaded)
    for (const { path, kind } of outputs[file]?.imports ?? [])
      if (kind === 'import-statement' && outputs[path]) loaded.add(path);
  const sources = (files: Iterable<string>) =>
    [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  const isLate = (source: string) => /@slack\/web-api|client-ssm\//.test(source);
  expect(sources(loaded).length).toBeGreaterThan(100);
  expect(sources(loaded).filter(isLate)).toEqual([]);
  expect(sources(Object.keys(outputs)).some(isLate)).toBe(true);
});

it('a function loads only the clients it uses', async () => {
  const { metafiles } = await buildFunctions({ into: scratchFolder('build') });
  const clients = (name: string) =>
    [
      ...new Set(
        Object.keys(metafiles.get(name)?.inputs ?? {}).flatMap(
          (file) => /@aws-sdk\/(client-[a-z0-9-]+)\//.exec(file)?.[1] ?? [],
        ),
      ),
    ].sort();
  expect(Object.fromEntries(functionNames().map((name) => [name, clients(name)]))).toEqual({
    'answer-slack': ['client-eventbridge', 'client-ssm'],
    // SQS only where there is work to hand out.
    'audit-nodes': ['client-dynamodb', 'client-ec2', 'client-eks', 'client-eventbridge', 'client-sqs'],
    // SSM only for `slack-test`, which is loaded when it is asked for.
    control: ['client-dynamodb', 'client-ec2', 'client-eks', 'client-eventbridge', 'client-ssm'],
    'detect-releases': [
      'client-dynamodb',
      'client-ec2',
      'client-eks',
      'client-eventbridge',
      'client-sqs',
      'client-ssm',
    ],
    'digest-findings': ['client-dynamodb', 'client-eventbridge'],
    'notify-slack': ['client-dynamodb', 'client-ssm'],
    'patch-nodes': ['client-dynamodb', 'client-ec2', 'client-eks', 'client-eventbridge', 'client-ssm'],
    'plan-rollouts': ['client-dynamodb', 'client-ec2', 'client-eks', 'client-sqs'],
    'roll-node-groups': [
      'client-cloudwatch',
      'client-dynamodb',
      'client-ec2',
      'client-eks',
      'client-eventbridge',
    ],
    'track-compliance': [
      'client-dynamodb',
      'client-ec2',
      'client-eks',
      'client-eventbridge',
      'client-sqs',
      'client-ssm',
    ],
  });
});

it('nothing stays when the stack is removed but the table, and that is said', () => {
  const { Resources } = JSON.parse(
    readFileSync(join(packaged, 'cloudformation-template-update-stack.json'), 'utf8'),
  ) as { Resources: Record<string, { Type: string; DeletionPolicy?: string }> };
  const kept = Object.values(Resources).filter(({ DeletionPolicy }) => DeletionPolicy !== undefined);
  expect(kept.map(({ Type, DeletionPolicy }) => [Type, DeletionPolicy])).toEqual([
    ['AWS::DynamoDB::Table', 'RetainExceptOnCreate'],
  ]);
  // A group that Lambda made itself would stay behind.
  const logGroups = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Logs::LogGroup');
  expect(logGroups.length).toBe(functionNames().length);

  const said: string[] = [];
  const environment = { TABLE_NAME: 'drydock-dev' };
  const custom = { slackTokenParameter: '/token', slackSigningSecretParameter: '/secret' };
  const log = { notice: (text: string) => said.push(text) };
  const service = { provider: { environment }, functions: {}, custom };
  const aws = { getAccountId: async () => '111122223333', getRegion: () => 'eu-central-1' };
  const serverless = { processedInput: { commands: ['remove'] }, getProvider: () => aws, service };
  const { hooks } = new Bundle(serverless, {}, { log });
  hooks['after:remove:remove']?.();
  const targets = `targets:
  - { regions: [eu-central-1, us-east-1] }
  - { account: '444455556666' }`;
  vi.stubEnv('DRYDOCK_POLICY', policyWith(['targets: [{}]', targets]));
  hooks['after:remove:remove']?.();
  vi.unstubAllEnvs();
  const left = 'Left: the table drydock-dev, and the parameters /token and /secret.';
  const how = 'The README says how to delete them ("Uninstall").';
  expect(said).toEqual([
    `${left} ${how}`,
    `${left} The roles of infra/target-roles.yml in this account, 444455556666: delete their stack there, or the StackSet's instances. ${how}`,
  ]);
});
