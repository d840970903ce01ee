/**
 * Finds which operation a request asks for, and turns its bytes into the SDK's own input and back.
 *
 * Knows that every client of the SDK carries the schemas of its operations and errors (an export such
 * as `DescribeNodegroup$`: name, HTTP binding, input, output), so no service is parsed by hand. The
 * three ways of naming an operation: a REST path, `X-Amz-Target`, the form field `Action`. The schemas
 * and serialisers are exported but not documented (SDK 3.1169, checked 2026-11): the versions are
 * pinned, and the AWS CLI is the second opinion.
 *
 * Pure.
 */
import { NormalizedSchema } from '@smithy/core/schema';
import { Refusal } from './service.ts';
import { jsonProtocol } from './wire-json.ts';
import { queryProtocol } from './wire-query.ts';

export type WireRequest = {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The error's name where the answer is one. */
  readonly error?: string;
};

export type OperationShape = {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  readonly method: string;
  readonly path: RegExp;
  readonly query: readonly (readonly [string, string])[];
  readonly status: number;
};

export type ErrorTraits = { httpError?: number; error?: string; awsQueryError?: [string, number] };

export interface Protocol {
  /** The operation's name where the request says it outside its path. */
  named(request: WireRequest): string | undefined;
  read(shape: OperationShape, request: WireRequest): unknown;
  write(shape: OperationShape, output: object): WireAnswer;
  refuse(refusal: Refusal, shape: NormalizedSchema | undefined): WireAnswer;
}

type ProtocolOptions = { readonly xmlNamespace?: string; readonly defaultNamespace?: string };
type SdkClient = { readonly config: { readonly protocol: unknown } };
type OperationSchema = [9, string, string, { http?: [string, string, number] } | 0, unknown, unknown];

const protocolOf = (client: SdkClient): Protocol => {
  const { protocol } = client.config as { protocol: { getShapeId(): string; options?: ProtocolOptions } };
  const name = protocol.getShapeId().split('#')[1] ?? '';
  const { xmlNamespace = '', defaultNamespace = '' } = protocol.options ?? {};
  return name.endsWith('Query')
    ? queryProtocol(name === 'ec2Query' ? 'ec2' : 'aws', xmlNamespace)
    : jsonProtocol(name, defaultNamespace);
};

const schemaOf = (schema: unknown): NormalizedSchema =>
  NormalizedSchema.of((typeof schema === 'function' ? schema() : schema) as never);

const operationShape = ([, , name, traits, input, output]: OperationSchema): OperationShape => {
  const [method, uri, status] = (traits === 0 ? undefined : traits.http) ?? ['POST', '/', 200];
  const [path = '/', query = ''] = uri.split('?');
  const pattern = path.replace(
    /\{(\w+)(\+?)\}/g,
    (_, label, greedy) => `(?<${label}>${greedy ? '.+' : '[^/]+'})`,
  );
  return {
    name,
    input: schemaOf(input),
    output: schemaOf(output),
    method,
    path: new RegExp(`^${pattern}/?$`),
    query: [...new URLSearchParams(query)],
    status,
  };
};

/** One service's wire format, read once from the SDK's client module. */
export class Wire {
  readonly #protocol: Protocol;
  readonly #operations = new Map<string, OperationSchema>();
  readonly #shapes = new Map<string, OperationShape>();
  readonly #errors = new Map<string, unknown>();

  constructor(client: SdkClient, module: object) {
    this.#protocol = protocolOf(client);
    for (const schema of Object.values(module)) {
      if (!Array.isArray(schema)) continue;
      if (schema[0] === -3) this.#errors.set(schema[2], schema);
      if (schema[0] === 9) this.#operations.set(schema[2], schema as OperationSchema);
    }
  }

  read(request: WireRequest): { readonly operation: string; readonly input: unknown } {
    const shape = this.#asked(request);
    return { operation: shape.name, input: this.#protocol.read(shape, request) };
  }

  write(operation: string, output: object): WireAnswer {
    return this.#protocol.write(this.#shape(operation), output);
  }

  refuse(refusal: Refusal): WireAnswer {
    const schema = this.#errors.get(refusal.name);
    return this.#protocol.refuse(refusal, schema === undefined ? undefined : schemaOf(schema));
  }

  #asked(request: WireRequest): OperationShape {
    const name = this.#protocol.named(request);
    if (name !== undefined) return this.#shape(name);
    const { pathname, searchParams } = request.url;
    for (const operation of this.#operations.keys()) {
      const shape = this.#shape(operation);
      const fits = shape.method === request.method && shape.path.test(pathname);
      if (fits && shape.query.every(([key, value]) => searchParams.get(key) === value)) return shape;
    }
    throw new Refusal('UnknownOperationException', `no operation at ${request.method} ${pathname}`, {
      status: 404,
    });
  }

  #shape(operation: string): OperationShape {
    const known = this.#shapes.get(operation);
    if (known) return known;
    const schema = this.#operations.get(operation);
    if (!schema) throw new Refusal('UnknownOperationException', `no operation ${operation}`, { status: 404 });
    const made = operationShape(schema);
    this.#shapes.set(operation, made);
    return made;
  }
}
