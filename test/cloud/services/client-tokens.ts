/**
 * Answers a repeated request with what the first one made, and refuses a token used for another.
 *
 * Knows that AWS remembers client tokens for a limited time only, and does not remember requests
 * that it refused.
 *
 * Effect: remembers tokens.
 */
const dayMs = 86_400_000;

type Remembered<T> = { readonly at: number; readonly input: string; readonly made: T };

export class ClientTokens<T> {
  readonly #remembered = new Map<string, Remembered<T>>();

  once(
    token: string | undefined,
    { input, now, make, refuse }: { input: object; now: Date; make: () => T; refuse: () => Error },
  ): T {
    if (token === undefined) return make();
    this.#forget(now.getTime() - dayMs);
    const text = JSON.stringify(input, sorted);
    const known = this.#remembered.get(token);
    if (known && known.input !== text) throw refuse();
    if (known) return known.made;
    const made = make();
    this.#remembered.set(token, { at: now.getTime(), input: text, made });
    return made;
  }

  #forget(before: number): void {
    for (const [token, { at }] of this.#remembered) {
      if (at >= before) return;
      this.#remembered.delete(token);
    }
  }
}

/** Two requests with the same parameters in another order are the same. */
const sorted = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
