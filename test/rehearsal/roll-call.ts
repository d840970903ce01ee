/**
 * Keeps every node group that was ever there, with what it ran when it was first seen.
 *
 * Knows that one which somebody deleted is in EKS no more, so that the roll must be called whenever the
 * story goes on.
 *
 * Reads the estate.
 */
import type { Cloud } from '../cloud/cloud.ts';
import type { NodeGroup } from '../cloud/estate/node-group.ts';
import { place } from './place.ts';

export class RollCall {
  readonly #seen = new Map<NodeGroup, string>();
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.call();
  }

  call(): void {
    for (const cluster of this.#cloud.estate.place(place).clusters.values())
      for (const group of cluster.nodeGroups.values())
        if (!this.#seen.has(group)) this.#seen.set(group, group.image.releaseVersion);
  }

  get groups(): readonly (readonly [group: NodeGroup, before: string])[] {
    return [...this.#seen];
  }
}
