/**
 * Answers for Parameter Store: AWS's public parameters and the account's own.
 *
 * Knows its limits (1 to 10 names, 10 to a page), that missing names of GetParameters are an answer and
 * no error, that a page may be empty and have a successor (done whenever small pages are chosen), and
 * the `name:version` selector. Of public parameters the history is not given: whether AWS gives it is
 * not documented. API reference, checked 2026-11-23.
 */
import type * as Ssm from '@aws-sdk/client-ssm';
import type { TakePage } from '../paging.ts';
import { type Caller, type Operations, Refusal } from '../service.ts';
import { encrypted, type ParameterStore, type ParameterVersion } from './parameter-store.ts';
import type { PublicParameters } from './public-parameters.ts';

type World = {
  readonly own: ParameterStore;
  readonly published: (region: string) => PublicParameters;
  readonly takePage: TakePage;
  /** Whether lists by path begin with an empty page. */
  readonly emptyFirstPage: boolean;
};

const tooLong = (member: string, most: number): Refusal =>
  new Refusal(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
  );

const outOfRange = (member: string, value: number, most: number): Refusal =>
  new Refusal(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value less than or equal to ${most}`,
  );

const shown = (version: ParameterVersion, decrypt: boolean | undefined, selector?: string) => ({
  Name: version.name,
  Type: version.type,
  Value: version.type === 'SecureString' && !decrypt ? encrypted(version.value) : version.value,
  Version: version.version,
  ...(selector ? { Selector: selector } : {}),
  LastModifiedDate: version.modifiedAt,
  ARN: version.arn,
  DataType: 'text',
});

/** `name`, `name:version`, or the same as an ARN. */
const parseSelector = (text: string): { name: string; selector: string | undefined } => {
  const [, name = text, selector] = /^(?:arn:aws:ssm:[^:]*:\d*:parameter)?([^:]+)(:[^:]+)?$/.exec(text) ?? [];
  return { name, selector };
};

const history = ({ own, published }: World, caller: Caller, name: string): readonly ParameterVersion[] =>
  name.startsWith('/aws/') ? (published(caller.region).get(name) ?? []) : own.versions(caller, name);

/** `undefined` when there is no such parameter. */
const select = (world: World, caller: Caller, text: string, decrypt: boolean | undefined) => {
  const { name, selector } = parseSelector(text);
  const versions = history(world, caller, name);
  const version = selector ? versions.find((other) => `:${other.version}` === selector) : versions.at(-1);
  if (version) return shown(version, decrypt, selector);
  if (versions.length === 0) return undefined;
  throw new Refusal(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${selector?.slice(1)} of ${name}. Verify the version and try again.`,
  );
};

const below = (path: string, name: string, recursive: boolean | undefined): boolean => {
  const folder = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(folder) && (recursive === true || !name.slice(folder.length).includes('/'));
};

const listByPath = (world: World, input: Ssm.GetParametersByPathCommandInput, caller: Caller) => {
  const { Path: path = '', MaxResults: asked, NextToken: token, Recursive: recursive } = input;
  if (!path.startsWith('/')) {
    throw new Refusal('ValidationException', 'The parameter path must begin with a forward slash (/).');
  }
  if (asked !== undefined && asked > 10) throw outOfRange('maxResults', asked, 10);
  const known = path.startsWith('/aws')
    ? [...world.published(caller.region).values()].flatMap((versions) => versions.at(-1) ?? [])
    : world.own.all(caller);
  const found = known
    .filter(({ name }) => below(path, name, recursive))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const page = world.takePage(found, { asked, usual: 10, token });
  if (!page) throw new Refusal('InvalidNextToken', 'The specified token is not valid.');
  return page;
};

const firstToken = Buffer.from('page:0').toString('base64url');

export const ssmService = (world: World): Operations<typeof Ssm> => ({
  GetParameter: ({ Name: name = '', WithDecryption: decrypt }, caller) => {
    const parameter = select(world, caller, name, decrypt);
    if (!parameter) throw new Refusal('ParameterNotFound', `Parameter ${name} not found.`);
    return { Parameter: parameter };
  },

  GetParameters: ({ Names: names = [], WithDecryption: decrypt }, caller) => {
    if (names.length > 10) throw tooLong('names', 10);
    if (names.length < 1) throw new Refusal('ValidationException', 'At least one name is required.');
    const found = new Map([...new Set(names)].map((name) => [name, select(world, caller, name, decrypt)]));
    return {
      Parameters: [...found.values()]
        .flatMap((parameter) => parameter ?? [])
        .toSorted((a, b) => (a.Name < b.Name ? -1 : 1)),
      InvalidParameters: [...found].flatMap(([name, parameter]) => (parameter ? [] : name)),
    };
  },

  GetParametersByPath: (input, caller) => {
    if (world.emptyFirstPage && input.NextToken === undefined) {
      return { Parameters: [], NextToken: firstToken };
    }
    const { items, nextToken } = listByPath(world, input, caller);
    const parameters = items.map((version) => shown(version, input.WithDecryption));
    return nextToken ? { Parameters: parameters, NextToken: nextToken } : { Parameters: parameters };
  },

  GetParameterHistory: (
    { Name: name = '', MaxResults: asked, NextToken: token, WithDecryption: decrypt },
    caller,
  ) => {
    if (name.startsWith('/aws/')) {
      throw new Refusal('AccessDeniedException', `No access to the history of ${name}.`);
    }
    const versions = world.own.versions(caller, name);
    if (versions.length === 0) throw new Refusal('ParameterNotFound', `Parameter ${name} not found.`);
    const page = world.takePage(versions, { asked, usual: 50, token });
    if (!page) throw new Refusal('InvalidNextToken', 'The specified token is not valid.');
    const parameters = page.items.map((version) => {
      const { ARN: _, ...rest } = shown(version, decrypt);
      return { ...rest, Labels: [] };
    });
    return page.nextToken
      ? { Parameters: parameters, NextToken: page.nextToken }
      : { Parameters: parameters };
  },

  PutParameter: ({ Name: name = '', Value: value = '', Type, Description, Overwrite }, caller) => {
    const { version } = world.own.put(caller, {
      name,
      value,
      ...(Type ? { type: Type } : {}),
      ...(Description === undefined ? {} : { description: Description }),
      ...(Overwrite === undefined ? {} : { overwrite: Overwrite }),
    });
    return { Version: version, Tier: 'Standard' };
  },

  DeleteParameter: ({ Name: name = '' }, caller) => {
    world.own.delete(caller, name);
    return {};
  },
});
