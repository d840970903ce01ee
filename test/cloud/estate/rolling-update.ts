/**
 * Takes the nodes of a group to another image, phase by phase, as EKS does.
 *
 * Knows the phases (setup, scale-up, upgrade in chunks of `maxUnavailable`, scale-down), that
 * nodes on the target image already are skipped, that the MINIMAL strategy terminates first, and
 * that a failed update leaves the nodes it has replaced on the new image while the group goes on
 * saying that it runs the old one (EKS user guide, managed-node-update-behavior; checked 2026-11).
 * At most a dozen steps an update, however many nodes: a fleet of thousands must fit in memory.
 *
 * Effect: changes the node group and its place as simulated time passes.
 */
import { dnsNameOf, type Instance, terminate } from './instance.ts';
import { type Failure, failureText } from './mishap.ts';
import {
  type HealthIssue,
  launchNodes,
  maxUnavailableOf,
  type NodeGroup,
  type NodeImage,
  settleSize,
} from './node-group.ts';
import type { Place } from './place.ts';
import { isLaunchIssue, type Shortages } from './shortage.ts';
import { closeUpdate, type Update, type UpdateError } from './update.ts';
import { afterMinutes, type World } from './world.ts';

export type RollingOrder = {
  readonly place: Place;
  readonly group: NodeGroup;
  readonly update: Update;
  readonly to: NodeImage;
  readonly failure: Failure | undefined;
  readonly shortages: Shortages;
};

/** How many looks at the upgrade phase are simulated. */
const mostSteps = 6;

export class RollingUpdate {
  readonly #world: World;
  readonly #order: RollingOrder;
  /** Nodes to replace, and those replaced so far. */
  #stale = 0;
  #replaced = 0;

  constructor(world: World, order: RollingOrder) {
    this.#world = world;
    this.#order = order;
  }

  start(): void {
    this.#after(this.#world.durations.setupMinutes, () => this.#scaleUp());
  }

  #scaleUp(): void {
    const { group } = this.#order;
    this.#stale = this.#staleNodes().length;
    if (this.#stale === 0) {
      this.#succeed();
      return;
    }
    if (group.updateConfig.updateStrategy === 'MINIMAL') {
      this.#upgrade();
      return;
    }

    this.#launchExtra();
  }

  /** Twice as many as there are zones, at least: new nodes must be Ready in every zone. */
  #launchExtra(): void {
    const { group, to, place, failure, shortages } = this.#order;
    const { scaleUpMinutes, bootstrapMaximumMinutes } = this.#world.durations;
    const zones = new Set(group.subnets.map(({ zone }) => zone)).size;
    const extra = Math.max(2 * zones, maxUnavailableOf(group));
    const short = shortages.of(group, extra);
    if (short) {
      group.issues = [...group.issues.filter((issue) => !isLaunchIssue(issue)), short];
      this.#after(bootstrapMaximumMinutes, () => {
        if (shortages.of(group, extra)) this.#failShort(short);
        else this.#launchExtra();
      });
      return;
    }
    launchNodes(this.#world, place, group, { image: to, count: extra });
    if (failure?.code === 'NodeCreationFailure' && !failure.afterNodes) this.#endIn(failure);
    else this.#after(scaleUpMinutes, () => this.#upgrade());
  }

  #upgrade(): void {
    const { failure } = this.#order;
    if (failure && this.#nodesBefore(failure) === 0) this.#endIn(failure);
    else this.#step(1);
  }

  /** Replaces what an even pace has replaced by this step, whole chunks at a time. */
  #step(step: number): void {
    const { group, failure } = this.#order;
    const { chunkMinutes, upgradeMaximumMinutes } = this.#world.durations;
    const chunk = maxUnavailableOf(group);
    const chunks = Math.ceil(this.#stale / chunk);
    const steps = Math.min(chunks, mostSteps);
    const minutes = Math.min(chunks * chunkMinutes, upgradeMaximumMinutes) / steps;
    this.#after(minutes, () => {
      const goal = Math.min(Math.floor((chunks * step) / steps) * chunk, this.#stale);
      const limit = failure ? this.#nodesBefore(failure) : this.#stale;
      this.#replaceUpTo(Math.min(goal, limit));
      if (failure && goal >= limit) this.#endIn(failure);
      else if (step < steps) this.#step(step + 1);
      else this.#scaleDown();
    });
  }

  #replaceUpTo(goal: number): void {
    const { group, to, place } = this.#order;
    const leaving = this.#staleNodes().slice(0, Math.max(goal - this.#replaced, 0));
    for (const instance of leaving) terminate(this.#world, place, instance);
    const subnets = leaving.map(({ subnet }) => subnet);
    launchNodes(this.#world, place, group, { image: to, count: leaving.length, subnets });
    this.#replaced = Math.max(goal, this.#replaced);
  }

  #scaleDown(): void {
    const { group } = this.#order;
    const surplus = group.instances.size - group.scaling.desiredSize;
    const minutes = Math.min(Math.max(surplus * this.#world.durations.scaleDownMinutes, 3), 10);
    this.#after(minutes, () => this.#succeed());
  }

  #succeed(): void {
    const { group, place, update, to } = this.#order;
    group.image = to;
    settleSize(this.#world, place, group);
    group.issues = group.issues.filter((issue) => !isLaunchIssue(issue));
    closeUpdate(this.#world, group, update);
  }

  #endIn(failure: Failure): void {
    const { drainMaximumMinutes, bootstrapMaximumMinutes, otherFailureMinutes } = this.#world.durations;
    const waits: Partial<Record<Failure['code'], number>> = {
      PodEvictionFailure: drainMaximumMinutes,
      NodeCreationFailure: bootstrapMaximumMinutes,
    };
    this.#after(waits[failure.code] ?? otherFailureMinutes, () => {
      const { code } = failure;
      const message = failureText(failure, this.#order.group);
      this.#fail({ code, message, resourceIds: failure.resourceIds ?? this.#culprits(failure) });
    });
  }

  #failShort(short: HealthIssue): void {
    const { group } = this.#order;
    const code = short.code === 'InsufficientFreeAddresses' ? short.code : 'NodeCreationFailure';
    this.#fail({ code, message: failureText({ code }, group), resourceIds: [group.autoScalingGroup] });
  }

  #fail(error: UpdateError): void {
    const { group, place, update } = this.#order;
    settleSize(this.#world, place, group);
    closeUpdate(this.#world, group, update, [error]);
  }

  /** Nodes by their private names where a drain failed, instances by id where they did not join. */
  #culprits({ code }: Failure): readonly string[] {
    const { group, to, place } = this.#order;
    if (code === 'PodEvictionFailure') {
      const stuck = this.#staleNodes().slice(0, maxUnavailableOf(group));
      return stuck.map((instance) => dnsNameOf(instance, place.region));
    }
    if (code !== 'NodeCreationFailure') return [group.autoScalingGroup];
    return [...group.instances].filter((instance) => isOn(instance, to)).map(({ id }) => id);
  }

  #nodesBefore({ afterNodes = 0 }: Failure): number {
    return Math.min(afterNodes, this.#stale - 1);
  }

  #staleNodes(): readonly Instance[] {
    return [...this.#order.group.instances].filter((instance) => !isOn(instance, this.#order.to));
  }

  /** Whatever was to follow does not when the group is deleted meanwhile. */
  #after(minutes: number, happen: () => void): void {
    const { group } = this.#order;
    afterMinutes(this.#world, minutes, () => {
      if (group.cluster.nodeGroups.get(group.name) === group) happen();
    });
  }
}

const isOn = (instance: Instance, to: NodeImage): boolean =>
  instance.imageId === to.imageId && instance.templateVersion === to.templateVersion;
