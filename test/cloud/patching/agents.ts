/**
 * Keeps which simulated nodes Systems Manager manages, and whether their agents answer.
 *
 * Effect: changes its own state only.
 */
import type { Clock } from '../clock.ts';
import type { Instance } from '../estate/instance.ts';
import type { Place } from '../estate/place.ts';
import type { Estate } from '../estate.ts';
import {
  type Enrolment,
  hasRegistered,
  isAmong,
  type Nodes,
  type Platform,
  platformOf,
} from './enrolment.ts';

/** A node that Systems Manager knows. */
export type Agent = {
  readonly place: Place;
  readonly instance: Instance;
  readonly enrolment: Enrolment;
  readonly platform: Platform;
  readonly ping: 'Online' | 'ConnectionLost';
  readonly lastPingAt: Date;
};

export class Agents {
  readonly #estate: Estate;
  readonly #clock: Clock;
  readonly #enrolments: Enrolment[] = [];
  readonly #lostAt = new Map<string, Date>();

  constructor(estate: Estate, clock: Clock) {
    this.#estate = estate;
    this.#clock = clock;
  }

  enrol(enrolment: Enrolment): void {
    this.#enrolments.push(enrolment);
  }

  /** Ends the enrolments of exactly these nodes. */
  dismiss({ cluster, nodeGroup, instanceId }: Nodes): void {
    const others = this.#enrolments.filter(
      (one) => one.cluster !== cluster || one.nodeGroup !== nodeGroup || one.instanceId !== instanceId,
    );
    this.#enrolments.splice(0, Infinity, ...others);
  }

  lose(instanceId: string): void {
    this.#lostAt.set(instanceId, this.#clock.now());
  }

  find(instanceId: string): void {
    this.#lostAt.delete(instanceId);
  }

  /** Every node that is known in the place, with those just terminated. */
  in(place: Place): readonly Agent[] {
    return [...place.instances.values()].flatMap((instance) => this.of(place, instance) ?? []);
  }

  /** `undefined` when nobody manages the instance, or its agent has not yet registered. */
  of(place: Place, instance: Instance): Agent | undefined {
    const enrolment = this.#enrolments.findLast((one) => isAmong(instance, one));
    const now = this.#clock.now();
    if (!enrolment || !hasRegistered(instance, now)) return undefined;
    const lostAt = instance.terminatedAt ?? this.#lostAt.get(instance.id);
    return {
      place,
      instance,
      enrolment,
      platform: platformOf(this.#estate.world.shelf, place, instance),
      ping: lostAt ? 'ConnectionLost' : 'Online',
      lastPingAt: lostAt ?? now,
    };
  }

  /** Those that still run. */
  among(nodes: Nodes): readonly Agent[] {
    const known = this.#estate.everywhere().flatMap((place) => this.in(place));
    return known.filter(({ instance }) => !instance.terminatedAt && isAmong(instance, nodes));
  }
}
