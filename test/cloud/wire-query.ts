/**
 * Reads and writes awsQuery (SNS, STS) and ec2Query (EC2): forms in, XML out.
 *
 * Knows how a structure is flattened into form fields (`Filter.1.Value.2`; EC2 capitalises names and
 * leaves out `member`), which the SDK can write but not read, and where each puts an error's code.
 *
 * Pure.
 */
import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { ErrorTraits, Protocol, WireAnswer } from './wire.ts';
import { escapeXml, writeXml } from './wire-xml.ts';

type Names = { xmlName?: string; ec2QueryName?: string; xmlFlattened?: 1 };
type Dialect = 'aws' | 'ec2';

const requestId = '00000000-0000-4000-8000-000000000000';
const scalars = new FromStringShapeDeserializer({
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: false,
});
const traitsOf = (schema: NormalizedSchema) => schema.getMergedTraits() as Names;

/** The fields of one request, with every prefix of their names known. */
class Form {
  readonly #fields: Map<string, string>;
  readonly #prefixes = new Set<string>();

  constructor(body: string) {
    this.#fields = new Map(new URLSearchParams(body));
    for (const key of this.#fields.keys()) {
      for (let dot = key.length; dot > 0; dot = key.lastIndexOf('.', dot - 1))
        this.#prefixes.add(key.slice(0, dot));
    }
  }

  value(path: string): string {
    return this.#fields.get(path) ?? '';
  }

  has(path: string): boolean {
    return this.#prefixes.has(path);
  }
}

const memberName = (name: string, member: NormalizedSchema, dialect: Dialect): string => {
  const { xmlName = name, ec2QueryName } = traitsOf(member);
  return dialect === 'aws'
    ? xmlName
    : (ec2QueryName ?? `${xmlName.charAt(0).toUpperCase()}${xmlName.slice(1)}`);
};

const readStruct = (schema: NormalizedSchema, form: Form, prefix: string, dialect: Dialect) => {
  const read: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const key = memberName(name, member, dialect);
    const path = prefix ? `${prefix}.${key}` : key;
    if (form.has(path)) read[name] = readForm(member, form, path, dialect);
  }
  return read;
};

const readList = (schema: NormalizedSchema, form: Form, prefix: string, dialect: Dialect) => {
  const item = schema.getValueSchema();
  const flat = dialect === 'ec2' || traitsOf(schema).xmlFlattened;
  const base = flat ? prefix : `${prefix}.${traitsOf(item).xmlName ?? 'member'}`;
  const read: unknown[] = [];
  for (let index = 1; form.has(`${base}.${index}`); index++) {
    read.push(readForm(item, form, `${base}.${index}`, dialect));
  }
  return read;
};

const readMap = (schema: NormalizedSchema, form: Form, prefix: string, dialect: Dialect) => {
  const base = traitsOf(schema).xmlFlattened ? prefix : `${prefix}.entry`;
  const key = traitsOf(schema.getKeySchema()).xmlName ?? 'key';
  const value = traitsOf(schema.getValueSchema()).xmlName ?? 'value';
  const read: Record<string, unknown> = {};
  for (let index = 1; form.has(`${base}.${index}`); index++) {
    const at = `${base}.${index}`;
    read[form.value(`${at}.${key}`)] = readForm(schema.getValueSchema(), form, `${at}.${value}`, dialect);
  }
  return read;
};

const readForm = (schema: NormalizedSchema, form: Form, prefix: string, dialect: Dialect): unknown => {
  if (schema.isStructSchema()) return readStruct(schema, form, prefix, dialect);
  if (schema.isListSchema()) return readList(schema, form, prefix, dialect);
  if (schema.isMapSchema()) return readMap(schema, form, prefix, dialect);
  return scalars.read(schema, form.value(prefix));
};

const xmlAnswer = (status: number, body: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
});

export const queryProtocol = (dialect: Dialect, namespace: string): Protocol => ({
  named: ({ body }) => new URLSearchParams(body).get('Action') ?? '',
  read: (shape, { body }) => readForm(shape.input, new Form(body), '', dialect),
  write: ({ name, output: schema }, output) => {
    const inner = writeXml(schema, output);
    const meta = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    const body =
      dialect === 'ec2'
        ? `<requestId>${requestId}</requestId>${inner}`
        : `<${name}Result>${inner}</${name}Result>${meta}`;
    return xmlAnswer(200, `<${name}Response xmlns="${namespace}">${body}</${name}Response>`);
  },
  refuse: (refusal, shape) => {
    const traits = (shape?.getMergedTraits() ?? {}) as ErrorTraits;
    const [code, modelled] = traits.awsQueryError ?? [refusal.name, traits.httpError];
    const status = refusal.status ?? modelled ?? 400;
    const type = dialect === 'ec2' ? '' : `<Type>${status >= 500 ? 'Receiver' : 'Sender'}</Type>`;
    const error = `<Error>${type}<Code>${code}</Code><Message>${escapeXml(refusal.message)}</Message></Error>`;
    const body =
      dialect === 'ec2'
        ? `<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`
        : `<ErrorResponse>${error}<RequestId>${requestId}</RequestId></ErrorResponse>`;
    return { ...xmlAnswer(status, body), error: refusal.name };
  },
});
