/**
 * Says how large a test lets pages be, and cuts lists accordingly.
 *
 * Knows that a test may change the size while the cloud runs.
 *
 * Pure.
 */
import { type Page, type PageRule, pagesOf } from '../paging.ts';

/** `undefined` leaves the size to each operation. */
export type Paging = { readonly size: number | undefined };

/** `undefined` when the token is not one of ours. */
export const pageOf = <T>(items: readonly T[], { size }: Paging, rule: PageRule): Page<T> | undefined =>
  pagesOf(size)(items, rule);
