/**
 * Judges values against shapes: texts and lists with limits, objects by what their `type` says.
 *
 * Knows how Slack words its complaints, that it counts characters as Unicode code points, and that it
 * takes neither null nor properties it does not know.
 *
 * Pure.
 */
export type Judge = (value: unknown, path: string) => readonly string[];
export type Row = {
  readonly required: Readonly<Record<string, Judge>>;
  readonly optional?: Readonly<Record<string, Judge>>;
};

export const told = (what: string, path: string): string => `[ERROR] ${what} [json-pointer:${path}]`;
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const string =
  (most: number, least = 1): Judge =>
  (value, path) => {
    if (typeof value !== 'string') return [told('must be a string', path)];
    const length = [...value].length;
    if (length > most) return [told(`must be less than ${most + 1} characters`, path)];
    return length < least ? [told(`must be more than ${least - 1} characters`, path)] : [];
  };

export const oneOf =
  (...allowed: readonly unknown[]): Judge =>
  (value, path) =>
    allowed.includes(value) ? [] : [told(`must be one of ${allowed.join(', ')}`, path)];

export const url: Judge = (value, path) => {
  const wrong = string(3000)(value, path);
  if (wrong.length > 0 || URL.canParse(String(value))) return wrong;
  return [told('must be a valid URL', path)];
};

export const list =
  (most: number, judge: Judge): Judge =>
  (value, path) => {
    if (!Array.isArray(value)) return [told('must be an array', path)];
    const count = value.length > most ? [told(`no more than ${most} items allowed`, path)] : [];
    const empty = value.length === 0 ? [told('no fewer than 1 items allowed', path)] : [];
    return [...count, ...empty, ...value.flatMap((item, index) => judge(item, `${path}/${index}`))];
  };

export const shape =
  ({ required, optional = {} }: Row): Judge =>
  (value, path) => {
    if (!isObject(value)) return [told('must be an object', path)];
    const missing = Object.keys(required).filter((name) => value[name] === undefined);
    const known = { ...required, ...optional };
    return [
      ...missing.map((name) => told(`missing required field: ${name}`, path)),
      ...Object.entries(value).flatMap(([name, member]) =>
        known[name]
          ? known[name](member, `${path}/${name}`)
          : [told(`no more properties allowed: ${name}`, path)],
      ),
    ];
  };

/** Judges an object by the row that its `type` names. */
export const kinds =
  (rows: Readonly<Record<string, Row>>): Judge =>
  (value, path) => {
    const type = isObject(value) ? String(value.type) : '';
    const row = rows[type];
    if (!row) return [told(`unsupported type: ${type}`, `${path}/type`)];
    return shape({ ...row, required: { type: oneOf(type), ...row.required } })(value, path);
  };

export const boolean = oneOf(true, false);
export const anything: Judge = () => [];
