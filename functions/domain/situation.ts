/**
 * Says what a tick knows of the world beside what is stored.
 *
 * Pure.
 */
import type { Instant } from './time.ts';

/** A person stopped everything: nothing new starts until somebody resumes. */
export type Stop = { readonly by: string; readonly why: string; readonly at: Instant };
