/**
 * Reads and writes restJson1, awsJson1_0 and awsJson1_1.
 *
 * Knows where each puts an error's name (REST: header `x-amzn-errortype`; JSON: `__type`, with the
 * namespace in 1.0), that timestamps are epoch seconds, and that the message's member is `message` on
 * some shapes and `Message` on others. A JSON service that once spoke the query protocol (SQS) repeats
 * the old code in `x-amzn-query-error`.
 *
 * Pure.
 */
import {
  FromStringShapeDeserializer,
  JsonShapeDeserializer2,
  JsonShapeSerializer2,
} from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Refusal } from './service.ts';
import type { ErrorTraits, OperationShape, Protocol, WireAnswer, WireRequest } from './wire.ts';

type Bindings = { httpLabel?: 1; httpQuery?: string; httpHeader?: string };

const settings = (rest: boolean) => ({
  timestampFormat: { useTrait: true, default: 7 as const },
  httpBindings: rest,
  jsonName: rest,
});

const scalars = new FromStringShapeDeserializer({
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: false,
});

const writeShape = (schema: NormalizedSchema, value: object, rest: boolean): string => {
  if (schema.isUnitSchema()) return '{}';
  const serializer = new JsonShapeSerializer2(settings(rest));
  serializer.write(schema, value);
  return new TextDecoder().decode(serializer.flush());
};

/** The members that travel in the path, the query string or a header. */
const readBindings = (shape: OperationShape, request: WireRequest): Record<string, unknown> => {
  const labels = shape.path.exec(request.url.pathname)?.groups ?? {};
  const { searchParams } = request.url;
  const read: Record<string, unknown> = {};
  for (const [name, member] of shape.input.structIterator()) {
    const { httpLabel, httpQuery, httpHeader } = member.getMergedTraits() as Bindings;
    const scalar = httpLabel
      ? decodeURIComponent(labels[name] ?? '')
      : httpHeader && request.headers[httpHeader.toLowerCase()];
    if (scalar !== undefined && scalar !== '') read[name] = scalars.read(member, scalar);
    if (!httpQuery || !searchParams.has(httpQuery)) continue;
    read[name] = member.isListSchema()
      ? searchParams.getAll(httpQuery).map((value) => scalars.read(member.getValueSchema(), value))
      : scalars.read(member, searchParams.get(httpQuery) ?? '');
  }
  return read;
};

const errorMembers = (refusal: Refusal, shape: NormalizedSchema | undefined, rest: boolean): object => {
  if (!shape) return { message: refusal.message, ...refusal.members };
  const names = [...shape.structIterator()].map(([name]) => name);
  const said = names.includes('Message') ? { Message: refusal.message } : { message: refusal.message };
  const members = { ...said, ...refusal.members };
  return { ...said, ...JSON.parse(writeShape(shape, members, rest)) };
};

export const jsonProtocol = (name: string, namespace: string): Protocol => {
  const rest = name === 'restJson1';
  const type = rest ? 'application/json' : `application/x-amz-json-1.${name.endsWith('_0') ? 0 : 1}`;
  const answer = (status: number, body: string, headers = {}): WireAnswer => ({
    status,
    headers: { 'content-type': type, ...headers },
    body,
  });
  return {
    named: ({ headers }) => (rest ? undefined : (headers['x-amz-target']?.split('.').pop() ?? '')),
    read: (shape, request) => {
      const body = request.body ? JSON.parse(request.body) : {};
      const members = new JsonShapeDeserializer2(settings(rest)).readObject(shape.input, body) as object;
      return rest ? { ...members, ...readBindings(shape, request) } : members;
    },
    write: (shape, output) => answer(shape.status, writeShape(shape.output, output, rest)),
    refuse: (refusal, shape) => {
      const traits = (shape?.getMergedTraits() ?? {}) as ErrorTraits;
      const status = refusal.status ?? traits.httpError ?? (traits.error === 'server' ? 500 : 400);
      const members = errorMembers(refusal, shape, rest);
      if (rest) {
        const told = answer(status, JSON.stringify(members), { 'x-amzn-errortype': refusal.name });
        return { ...told, error: refusal.name };
      }
      const __type = name.endsWith('_0') && shape ? `${namespace}#${refusal.name}` : refusal.name;
      const [code] = traits.awsQueryError ?? [];
      const side = status >= 500 ? 'Receiver' : 'Sender';
      const old = code ? { 'x-amzn-query-error': `${code};${side}` } : {};
      return { ...answer(status, JSON.stringify({ __type, ...members }), old), error: refusal.name };
    },
  };
};
