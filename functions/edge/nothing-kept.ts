/**
 * Takes the place of what stores and tells, in a dry run: nothing is remembered, nothing is published.
 *
 * Needs no table and no bus, so that a function can be tried before it is deployed.
 *
 * Pure.
 */
import type { Book, Bus, Findings } from '../domain/ports.ts';

export const noBook: Pick<Book, 'pages'> = { pages: async () => [] };
export const noFindings: Findings = { pages: async () => [], save: async (page) => page };
export const noBus: Bus = { publish: async () => {} };
