/**
 * Divides the work of a look at everything: by target, and a large target by its clusters.
 *
 * What is one task is done where it was asked for; several are handed out through a queue, so that a slow or
 * broken target neither delays nor hides the others, and no run grows with the fleet.
 *
 * Pure.
 */
import type { Target } from './target.ts';
import type { Instant } from './time.ts';

export type Task = {
  readonly target: Target;
  /** Names; absent: all of the target's. */
  readonly clusters?: readonly string[];
  /** Counted from 1, of a target that was divided. */
  readonly share?: number;
  /** The look that it is part of, where somebody waits for all parts. */
  readonly round?: Instant;
};

/**
 * Clusters to a task. At 20 groups of 50 nodes in each they are 800 calls of EKS, which at its pace are
 * 160 seconds, and 40,000 nodes, which fit the memory of a function.
 */
const clustersInATask = 40;

/** The task itself when it is small enough. */
export const sharesOf = (task: Task, clusters: readonly string[]): readonly Task[] => {
  if (task.clusters || clusters.length <= clustersInATask) return [{ ...task, clusters }];
  const number = Math.ceil(clusters.length / clustersInATask);
  // Of much the same size, and the same however often it is divided.
  const sorted = clusters.toSorted();
  return Array.from({ length: number }, (_, i) => ({
    ...task,
    share: i + 1,
    clusters: sorted.filter((_name, at) => at % number === i),
  }));
};
