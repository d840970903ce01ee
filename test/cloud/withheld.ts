/**
 * Leaves a field out of the answers of an operation, as a service that changed its mind would.
 *
 * A field is named by its path in the SDK's output, every item of a list alike: `nodegroup.health.issues`,
 * `Parameters.Value`. DynamoDB's and Slack's answers are not touched.
 */
export type Field = { readonly service: string; readonly operation: string; readonly path: string };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Date) && !ArrayBuffer.isView(value);

const pathsIn = (value: unknown, before = ''): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((one) => pathsIn(one, before));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    inner === undefined ? [] : [`${before}${name}`, ...pathsIn(inner, `${before}${name}.`)],
  );
};

const without = (value: unknown, [name = '', ...rest]: readonly string[]): unknown => {
  if (Array.isArray(value)) return value.map((one) => without(one, [name, ...rest]));
  if (!isRecord(value)) return value;
  const { [name]: left, ...others } = value;
  return rest.length === 0 || left === undefined ? others : { ...others, [name]: without(left, rest) };
};

export class Withheld {
  #seen: Map<string, Field> | undefined;
  /** What answers lack from now on. */
  field: Field | undefined;

  /** Every field of every answer since the last time this was asked; it looks from the first time on. */
  takeSeen(): readonly Field[] {
    const seen = [...(this.#seen?.values() ?? [])];
    this.#seen = new Map();
    return seen;
  }

  from<T extends object>(service: string, operation: string, answer: T): T {
    if (this.#seen)
      for (const path of pathsIn(answer))
        this.#seen.set(`${service} ${operation} ${path}`, { service, operation, path });
    const { field } = this;
    if (field?.service !== service || field.operation !== operation) return answer;
    return without(answer, field.path.split('.')) as T;
  }
}
