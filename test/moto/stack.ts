/**
 * Gives moto the packaged stack as `serverless deploy` gives it to CloudFormation: the bucket first, then the
 * zips, then the rest; and says what has become of it.
 *
 * Knows where moto 5.2.1 is not AWS, and changes the template there: its rules give events to queues, and
 * break over functions, so that a queue stands for each function; it gives every event to a rule without a
 * pattern, so that schedules start nothing; it takes a bus by its name, not by a reference; and where there is
 * Docker it runs in it what takes from a queue, so that nothing takes. It finds the service of a request in
 * the scope of its signature, which it does not check.
 *
 * Effect: changes moto.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Properties } from '../cloud/template.ts';

type Resource = { readonly Type: string; readonly Properties: Properties };
type Template = { readonly Resources: Record<string, Resource> };

/** As Lambda describes it. */
export type MotoFunction = Properties & { readonly FunctionName: string };

const stackName = 'drydock-prod';
const packaged = join(import.meta.dirname, '../../.serverless');

/** The queue that stands for a function. */
export const doorOf = (functionName: string): string => `${functionName}-starts`;

const readTemplate = (name: 'create' | 'update'): Template => {
  const { Resources } = JSON.parse(
    readFileSync(join(packaged, `cloudformation-template-${name}-stack.json`), 'utf8'),
  ) as { Resources: Record<string, Omit<Resource, 'Properties'> & Partial<Resource>> };
  return {
    Resources: Object.fromEntries(
      Object.entries(Resources).map(([id, one]) => [id, { Properties: {}, ...one }]),
    ),
  };
};

const countTypes = (types: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(types, (type) => type)].map(([type, { length }]) => [type, length]));

/** How many resources the packaged template has of each type. */
export const packagedTypes = (): Record<string, number> =>
  countTypes(Object.values(readTemplate('update').Resources).map(({ Type }) => Type));

const doorIdOf = (functionId: string): string => `${functionId}Starts`;

const addDoors = ({ Resources }: Template): void => {
  for (const [id, { Type, Properties }] of Object.entries(Resources))
    if (Type === 'AWS::Lambda::Function')
      Resources[doorIdOf(id)] = {
        Type: 'AWS::SQS::Queue',
        Properties: { QueueName: doorOf(Properties.FunctionName) },
      };
};

const adapt = ({ Resources }: Template): void => {
  const nameOf = (bus: { readonly Ref: string }): string => Resources[bus.Ref]?.Properties.Name;
  const toDoor = (target: Properties): Properties => {
    const [id, attribute] = target.Arn['Fn::GetAtt'];
    const isFunction = Resources[id]?.Type === 'AWS::Lambda::Function';
    return isFunction ? { ...target, Arn: { 'Fn::GetAtt': [doorIdOf(id), attribute] } } : target;
  };
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type === 'AWS::Events::Rule') {
      Properties.Targets = Properties.ScheduleExpression ? [] : Properties.Targets.map(toDoor);
      if (Properties.EventBusName) Properties.EventBusName = nameOf(Properties.EventBusName);
    }
    if (Type === 'AWS::Lambda::EventSourceMapping') Properties.Enabled = false;
  }
};

const ask = async (url: string, service: string, region: string, request: RequestInit = {}) => {
  const scope = `AKIATEST/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(url, { ...request, headers: { authorization } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`moto refused ${service}: ${text.slice(0, 1_000)}`);
  return text;
};

const askFormation = (url: string, region: string, about: Readonly<Record<string, string>>) => {
  const body = new URLSearchParams({ Version: '2010-05-15', StackName: stackName, ...about });
  return ask(url, 'cloudformation', region, { method: 'POST', body });
};

const putZips = async (url: string, region: string, { Resources }: Template): Promise<void> => {
  const buckets = await ask(url, 's3', region);
  const [, bucket = ''] = /<Name>([^<]+)<\/Name>/.exec(buckets) ?? [];
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const key: string = Properties.Code.S3Key;
    const body = readFileSync(join(packaged, key.slice(key.lastIndexOf('/') + 1)));
    await ask(`${url}/${bucket}/${key}`, 's3', region, { method: 'PUT', body });
  }
};

/** Forgets all that moto had before. */
export const deployStack = async (url: string, region: string): Promise<void> => {
  const giveTemplate = (Action: string, template: Template) =>
    askFormation(url, region, { Action, TemplateBody: JSON.stringify(template) });
  await fetch(`${url}/moto-api/reset`, { method: 'POST' });
  await giveTemplate('CreateStack', readTemplate('create'));
  const template = readTemplate('update');
  addDoors(template);
  adapt(template);
  await putZips(url, region, template);
  await giveTemplate('UpdateStack', template);
};

/** How many resources moto has of each type, doors left out, and what it says of the stack. */
export const deployed = async (url: string, region: string) => {
  const described = await askFormation(url, region, { Action: 'DescribeStacks' });
  const listed = await askFormation(url, region, { Action: 'DescribeStackResources' });
  const [, status] = /<StackStatus>([^<]+)</.exec(described) ?? [];
  const types = listed.split('<member>').flatMap((one) => {
    const isDoor = /<LogicalResourceId>[^<]+Starts</.test(one);
    return isDoor ? [] : (/<ResourceType>([^<]+)</.exec(one)?.[1] ?? []);
  });
  return { status, types: countTypes(types) };
};

/** Every function with its settings, as CloudFormation has filled them in. */
export const functionsOf = async (url: string, region: string): Promise<readonly MotoFunction[]> => {
  const listed = await ask(`${url}/2015-03-31/functions/`, 'lambda', region);
  return (JSON.parse(listed) as { Functions: MotoFunction[] }).Functions;
};
