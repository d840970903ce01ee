/**
 * Cuts answers into pages, at most as large as the test chose.
 *
 * Knows that AWS may always answer fewer than were asked for, so a reader that stops at the first
 * short page is wrong. Tokens say where to go on; one that was never given out is refused by the caller.
 *
 * Pure.
 */
export type PageRule = {
  /** What the caller asked for. */
  readonly asked?: number | undefined;
  /** What AWS answers when nothing is asked, and at most. */
  readonly usual: number;
  readonly token?: string | undefined;
};

export type Page<T> = { readonly items: readonly T[]; readonly nextToken?: string };

/** `undefined` when the token is not one of ours. */
export type TakePage = <T>(items: readonly T[], rule: PageRule) => Page<T> | undefined;

const tokenAt = (offset: number): string => Buffer.from(`page:${offset}`).toString('base64url');

const offsetOf = (token: string | undefined): number | undefined => {
  if (token === undefined) return 0;
  const [, offset] = /^page:(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return offset === undefined ? undefined : Number(offset);
};

/** Pages of at most `most` items, whatever is asked for. */
export const pagesOf =
  (most = Number.POSITIVE_INFINITY): TakePage =>
  (items, { asked, usual, token }) => {
    const offset = offsetOf(token);
    if (offset === undefined) return undefined;
    const end = offset + Math.min(asked ?? usual, usual, most);
    const page = items.slice(offset, end);
    return end < items.length ? { items: page, nextToken: tokenAt(end) } : { items: page };
  };
