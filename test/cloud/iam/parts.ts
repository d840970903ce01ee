/**
 * Takes statements apart, and says what can be dropped from them: an action, a resource, a value of a condition, or
 * a pair of action and resource that no call needs though others need each of them.
 *
 * A part is one action on one resource with one value of each condition. Knows the operators whose values
 * widen what is allowed, and `Null`, which has one value; another one refuses loudly, as one value of
 * `StringNotEquals` allows more than all.
 *
 * Pure.
 */
type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export type Statement = {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  /** A role's trust has none. */
  readonly Resource?: string | readonly string[];
  readonly Condition?: Conditions;
};

export type Part = {
  /** Counted from 1. */
  readonly number: number;
  readonly action: string;
  readonly resource: string;
  /** `StringEquals aws:RequestedRegion us-east-1`, one for each key. */
  readonly values: readonly string[];
  /** What is left of the statement. */
  readonly statement: Statement;
};

const listOf = (value: string | readonly string[]): readonly string[] => [value].flat();
const widening = /^((ForAllValues:)?(String|Arn)(Equals|Like)|Null)$/;

/** Each way to keep one value of each condition. */
const narrowed = (conditions: Conditions): readonly Conditions[] =>
  Object.entries(conditions).reduce<readonly Conditions[]>(
    (ways, [operator, keys]) => {
      if (!widening.test(operator)) throw new Error(`nobody has said how values of ${operator} are judged`);
      return Object.entries(keys).reduce(
        (so, [key, values]) =>
          so.flatMap((way) =>
            listOf(values).map((value) => ({ ...way, [operator]: { ...way[operator], [key]: value } })),
          ),
        ways,
      );
    },
    [{}],
  );

const valuesOf = (conditions: Conditions): readonly string[] =>
  Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => `${operator} ${key} ${value}`),
  );

export const partsOf = (statements: readonly Statement[]): readonly Part[] =>
  statements.flatMap(({ Action, Resource, Condition = {}, ...rest }, index) =>
    listOf(Action).flatMap((action) =>
      (Resource === undefined ? [undefined] : listOf(Resource)).flatMap((resource) =>
        narrowed(Condition).map((conditions) => ({
          number: index + 1,
          action,
          resource: resource ?? 'the role',
          values: valuesOf(conditions),
          statement: {
            ...rest,
            Action: action,
            ...(resource !== undefined && { Resource: resource }),
            Condition: conditions,
          },
        })),
      ),
    ),
  );

/** What can go from one statement, given all its parts and those that a call needed. */
const needless = (parts: readonly Part[], needed: readonly Part[]): readonly string[] => {
  if (needed.length === 0) return [`drop it (${parts[0]?.action} on ${parts[0]?.resource})`];
  const idle = (has: (part: Part) => readonly string[]) => {
    const kept = new Set(needed.flatMap(has));
    return [...new Set(parts.flatMap(has))].filter((one) => !kept.has(one));
  };
  const actions = idle(({ action }) => [action]);
  const resources = idle(({ resource }) => [resource]);
  const values = idle((part) => part.values);
  const rest = parts.filter(
    ({ action, resource }) => !actions.includes(action) && !resources.includes(resource),
  );
  const kept = new Set(needed.map(({ action, resource }) => `${action} on ${resource}`));
  const pairs = new Set(rest.map(({ action, resource }) => `${action} on ${resource}`));
  return [
    ...[...actions, ...resources, ...values].map((one) => `drop ${one}`),
    ...[...pairs].filter((pair) => !kept.has(pair)).map((pair) => `split it, no call needs ${pair}`),
  ];
};

/** `statement 3: drop s3:GetObject`, for all that no call needed. */
export const adviceOn = (parts: readonly Part[], needed: ReadonlySet<Part>): readonly string[] =>
  [...Map.groupBy(parts, ({ number }) => number)].flatMap(([number, all]) =>
    needless(
      all,
      all.filter((part) => needed.has(part)),
    ).map((advice) => `statement ${number}: ${advice}`),
  );
