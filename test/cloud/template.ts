/**
 * Reads the packaged CloudFormation template and fills in what CloudFormation would: references,
 * attributes and substitutions, for one account and region.
 *
 * An intrinsic function that it does not know refuses loudly.
 */
import { readFileSync } from 'node:fs';
import type { Caller } from './service.ts';

export type Resource = { readonly id: string; readonly type: string; readonly properties: Properties };
// biome-ignore lint/suspicious/noExplicitAny: properties are whatever a resource type says
export type Properties = Record<string, any>;

type Raw = { readonly Type: string; readonly Properties?: Properties };

const physicalName = (id: string, { Type, Properties: p = {} }: Raw): string =>
  String(
    p.FunctionName ??
      p.QueueName ??
      p.TopicName ??
      p.TableName ??
      p.RoleName ??
      (Type === 'AWS::IAM::Role' ? id : (p.Name ?? id)),
  );

const arnPatterns: Record<string, (place: Caller, name: string) => string> = {
  'AWS::Lambda::Function': ({ region, account }, name) =>
    `arn:aws:lambda:${region}:${account}:function:${name}`,
  'AWS::SQS::Queue': ({ region, account }, name) => `arn:aws:sqs:${region}:${account}:${name}`,
  'AWS::SNS::Topic': ({ region, account }, name) => `arn:aws:sns:${region}:${account}:${name}`,
  'AWS::DynamoDB::Table': ({ region, account }, name) =>
    `arn:aws:dynamodb:${region}:${account}:table/${name}`,
  'AWS::Events::EventBus': ({ region, account }, name) =>
    `arn:aws:events:${region}:${account}:event-bus/${name}`,
  'AWS::Events::Rule': ({ region, account }, name) => `arn:aws:events:${region}:${account}:rule/${name}`,
  'AWS::IAM::Role': ({ account }, name) => `arn:aws:iam::${account}:role/${name}`,
};

/** Every resource of the template, once `edit` has had it, with its properties as CloudFormation would make them. */
export const readTemplate = (
  file: string,
  place: Caller,
  edit: (resources: Record<string, Raw>) => void = () => {},
): readonly Resource[] => {
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Raw> };
  edit(Resources);
  const pseudo: Record<string, string> = {
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const named = (id: string): { raw: Raw; name: string } => {
    const raw = Resources[id];
    if (!raw) throw new Error(`the template refers to ${id}, which it does not have`);
    return { raw, name: physicalName(id, raw) };
  };
  const attribute = (id: string, what: string): string => {
    const { raw, name } = named(id);
    const arn = what === 'Arn' ? arnPatterns[raw.Type] : undefined;
    if (arn) return arn(place, name);
    if (what === 'QueueName') return name;
    throw new Error(`the attribute ${what} of a ${raw.Type} is not simulated`);
  };
  const reference = (id: string): unknown => {
    if (id === 'AWS::NoValue') return undefined;
    if (pseudo[id]) return pseudo[id];
    const { raw, name } = named(id);
    if (raw.Type === 'AWS::SQS::Queue')
      return `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
    return raw.Type === 'AWS::SNS::Topic' ? attribute(id, 'Arn') : name;
  };
  const substitute = (text: string): string =>
    text.replace(/\$\{([^}]+)\}/g, (_, what: string) => {
      const [id = '', name] = what.split('.');
      return String(name ? attribute(id, name) : reference(id));
    });
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill).filter((one) => one !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first) {
      const [key, argument] = first;
      if (key === 'Ref') return reference(String(argument));
      if (key === 'Fn::GetAtt')
        return Array.isArray(argument)
          ? attribute(argument[0], argument[1])
          : attribute(...(String(argument).split('.') as [string, string]));
      if (key === 'Fn::Sub') return substitute(String(argument));
      if (key === 'Fn::Join') return (fill(argument[1]) as string[]).join(argument[0]);
      if (key.startsWith('Fn::')) throw new Error(`${key} is not simulated`);
    }
    return Object.fromEntries(
      entries.map(([key, one]) => [key, fill(one)]).filter(([, one]) => one !== undefined),
    );
  };
  // Only what the deployment needs is filled in: the deployment bucket and its policies are the framework's own.
  const wanted = Object.entries(Resources).filter(([id]) => !id.startsWith('ServerlessDeploymentBucket'));
  return wanted.map(([id, { Type, Properties = {} }]) => {
    const { Code: _, ...properties } = Properties;
    return {
      id,
      type: Type,
      properties: fill(Type === 'AWS::Lambda::Function' ? properties : Properties) as Properties,
    };
  });
};
