/**
 * Decides whether new nodes can be launched: no capacity of a type in a zone, or no free address.
 *
 * Knows the texts that Auto Scaling's refusals have in a node group's health (autoscaler#4811,
 * test-infra#1164; checked 2026-11). That an update which meets a lack of capacity ends as
 * NodeCreationFailure, with the true cause in the group's health only, is our reading: EKS's
 * list of update errors has no code of its own for it.
 *
 * Effect: keeps what is short.
 */
import type { Caller } from '../service.ts';
import type { HealthIssue, NodeGroup } from './node-group.ts';
import { isIn } from './place.ts';

/** Every type and zone when not given. */
export type Shortage = Partial<Caller> & { readonly instanceType?: string; readonly zone?: string };

export class Shortages {
  readonly #known = new Set<Shortage>();

  add(shortage: Shortage): void {
    this.#known.add(shortage);
  }

  end(shortage: Shortage): void {
    this.#known.delete(shortage);
  }

  /** Why so many new nodes cannot be launched; `undefined` when they can. */
  of(group: NodeGroup, newNodes: number): HealthIssue | undefined {
    const free = group.subnets.reduce((sum, { freeAddresses }) => sum + Math.max(freeAddresses, 0), 0);
    if (free < newNodes) return noAddresses(group);
    const short = [...this.#known].find(
      (shortage) =>
        isIn(group.cluster, shortage) &&
        (shortage.instanceType === undefined || group.instanceTypes.includes(shortage.instanceType)) &&
        (shortage.zone === undefined || group.subnets.some(({ zone }) => zone === shortage.zone)),
    );
    return short && noCapacity(group, short);
  }
}

/** Issues that go away by themselves once instances can be launched again. */
export const isLaunchIssue = ({ code }: HealthIssue): boolean =>
  code === 'AsgInstanceLaunchFailures' || code === 'InsufficientFreeAddresses';

const noAddresses = ({ autoScalingGroup }: NodeGroup): HealthIssue => ({
  code: 'InsufficientFreeAddresses',
  message:
    'Amazon AutoScaling was unable to launch instances because there are not enough free addresses in the subnet associated with your AutoScaling group(s).',
  resourceIds: [autoScalingGroup],
});

const noCapacity = (group: NodeGroup, shortage: Shortage): HealthIssue => {
  const type = shortage.instanceType ?? group.instanceTypes[0];
  const zone = shortage.zone ?? group.subnets[0]?.zone;
  const others = group.subnets.flatMap((subnet) => (subnet.zone === zone ? [] : [subnet.zone])).join(', ');
  const market = group.capacityType === 'SPOT' ? 'Spot' : 'On-Demand';
  return {
    code: 'AsgInstanceLaunchFailures',
    message: `Could not launch ${market} Instances. InsufficientInstanceCapacity - We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity. You can currently get ${type} capacity by not specifying an Availability Zone in your request or choosing ${others}. Launching EC2 instance failed.`,
    resourceIds: [group.autoScalingGroup],
  };
};
