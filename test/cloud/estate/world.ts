/**
 * Says what every part of the estate needs around it, and how long the phases of an update last.
 *
 * The phases are those of EKS's "managed node update behavior" page (checked 2026-11); their
 * lengths are ours, chosen so that an update of a healthy group takes 20 to 60 minutes. The
 * two waits of 15 minutes and the 60 seconds before termination are AWS's.
 */
import type { Clock } from '../clock.ts';
import type { ReleaseShelf } from '../release-shelf.ts';
import type { Identifiers } from './identifiers.ts';

export type Durations = {
  readonly setupMinutes: number;
  /** Until the first new nodes are Ready in every zone. */
  readonly scaleUpMinutes: number;
  /** One chunk of `maxUnavailable` nodes: drain, wait 60 s, terminate. */
  readonly chunkMinutes: number;
  /** A group of many chunks is not simulated slower than this; real ones take hours. */
  readonly upgradeMaximumMinutes: number;
  /** For each extra instance; at least 3 and at most 10 minutes in all. */
  readonly scaleDownMinutes: number;
  /** How long a drain may take before PodEvictionFailure. */
  readonly drainMaximumMinutes: number;
  /** How long new nodes may take to join before NodeCreationFailure. */
  readonly bootstrapMaximumMinutes: number;
  /** From the first trouble to the end of the update, for every other failure. */
  readonly otherFailureMinutes: number;
  /** A change of scaling, labels or tags. */
  readonly configUpdateMinutes: number;
  /** How long EC2 still shows an instance that is terminated. */
  readonly terminatedShownMinutes: number;
};

export const usualDurations: Durations = {
  setupMinutes: 4,
  scaleUpMinutes: 5,
  chunkMinutes: 5,
  upgradeMaximumMinutes: 40,
  scaleDownMinutes: 1,
  drainMaximumMinutes: 15,
  bootstrapMaximumMinutes: 15,
  otherFailureMinutes: 5,
  configUpdateMinutes: 1,
  terminatedShownMinutes: 60,
};

export type World = {
  readonly clock: Clock;
  readonly shelf: ReleaseShelf;
  readonly identifiers: Identifiers;
  readonly durations: Durations;
  /** To be called after every change. */
  readonly changed: () => void;
};

/** Asks for something to happen in some minutes, and counts it as a change. */
export const afterMinutes = (world: World, minutes: number, happen: () => void): void =>
  world.clock.at(new Date(world.clock.now().getTime() + minutes * 60_000), () => {
    happen();
    world.changed();
  });
