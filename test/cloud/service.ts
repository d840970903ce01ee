/**
 * What every simulated service is made of: typed operations, who calls them, how they refuse.
 *
 * An operation is a plain function from the SDK's own input to its own output, so that a fake
 * that drifts from the real shape does not compile.
 */
type Output<O> = Omit<O, '$metadata'>;

/** Who calls: read from the request's signature (access key id and credential scope). */
export type Caller = {
  readonly account: string;
  readonly region: string;
  /** Tells two callers of one account apart; absent when the cloud itself acts. */
  readonly accessKeyId?: string;
};

/** Operations of an SDK client module: `{ DescribeNodegroup(input, caller): output }`, typed from its commands. */
export type Operations<M> = {
  readonly [K in keyof M as K extends `${infer N}Command` ? N : never]?: M[K] extends abstract new (
    // biome-ignore lint/suspicious/noExplicitAny: the SDK's command classes have no narrower common shape
    ...args: any[]
  ) => infer C
    ? C extends {
        readonly input: infer I;
        // biome-ignore lint/suspicious/noExplicitAny: as above
        resolveMiddleware(...args: any[]): (args: any) => Promise<{ output: infer O }>;
      }
      ? (input: I, caller: Caller) => Output<O> | Promise<Output<O>>
      : never
    : never;
};

/** An answer that AWS gives as an error: `name` is its code on the wire, `members` its further fields. */
export class Refusal extends Error {
  override readonly name: string;
  readonly members: Readonly<Record<string, unknown>>;
  /** HTTP status, where the service's model does not say it. */
  readonly status: number | undefined;

  constructor(
    name: string,
    message: string,
    more: { status?: number; members?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.name = name;
    this.status = more.status;
    this.members = more.members ?? {};
  }
}

/** State kept apart for every account and region. */
export class ByPlace<T> {
  readonly #places = new Map<string, T>();
  readonly #make: (place: Caller) => T;

  constructor(make: (place: Caller) => T) {
    this.#make = make;
  }

  in(place: Caller): T {
    const key = `${place.account}/${place.region}`;
    const known = this.#places.get(key);
    if (known) return known;
    const made = this.#make(place);
    this.#places.set(key, made);
    return made;
  }

  all(): readonly T[] {
    return [...this.#places.values()];
  }
}
