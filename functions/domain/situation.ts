/**
 * Says what a tick knows of the world beside what is stored of its rollout.
 *
 * Pure.
 */
import type { Sight } from './follow.ts';
import type { Hold } from './hold.ts';
import type { Booking } from './patching/booking.ts';
import type { Load } from './rollout.ts';
import { type Instant, shownAt } from './time.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** A person stopped everything: nothing new starts until somebody resumes. */
export type Stop = { readonly by: string; readonly why: string; readonly at: Instant };

export const stoppedSentence = ({ by, why, at }: Stop): string =>
  `Everything is stopped by ${by} since ${shownAt(at)}: ${why}`;

export type Situation = {
  readonly now: Instant;
  readonly sight: Sight;
  /** What the other open rollouts have under way. */
  readonly load: Load;
  /** Names of the trains of which some source took a release back. */
  readonly withdrawn: ReadonlySet<string>;
  /** By name; an alarm that is missing does not exist or could not be read: unknown, not OK. */
  readonly alarms: ReadonlyMap<string, AlarmState>;
  readonly holds: readonly Hold[];
  /** Groups that were patched in place. */
  readonly bookings: readonly Booking[];
  readonly stop: Stop | undefined;
};
