/**
 * Keeps subnets: their zone, their network and how many addresses are free.
 *
 * Knows that free addresses are counted from what a test sets: each instance that is launched
 * later takes one, each that is terminated gives one back.
 *
 * Effect: changes the place it is given.
 */
import type { Place } from './place.ts';
import type { World } from './world.ts';

export type Subnet = {
  readonly id: string;
  readonly zone: string;
  readonly vpcId: string;
  /** Second byte of its network, 10.x.0.0/16. Other networks may have the same, as in AWS. */
  readonly network: number;
  freeAddresses: number;
};

export type SubnetSpec = {
  readonly zone: string;
  readonly vpcId?: string;
  readonly subnetId?: string;
  readonly freeAddresses?: number;
};

/** Of a /18, less what AWS reserves and what the nodes and pods of a usual fleet take. */
const usuallyFree = 8_000;

export const addSubnet = (world: World, place: Place, spec: SubnetSpec): Subnet => {
  const subnet: Subnet = {
    id: spec.subnetId ?? world.identifiers.next('subnet'),
    zone: spec.zone,
    vpcId: spec.vpcId ?? world.identifiers.next('vpc'),
    network: place.subnets.size % 256,
    freeAddresses: spec.freeAddresses ?? usuallyFree,
  };
  if (place.subnets.has(subnet.id)) throw new Error(`there is already a subnet ${subnet.id}`);
  place.subnets.set(subnet.id, subnet);
  return subnet;
};

/** The subnet of a network in a zone; makes one where there is none. */
export const subnetInZone = (world: World, place: Place, vpcId: string, zone: string): Subnet =>
  [...place.subnets.values()].find((subnet) => subnet.vpcId === vpcId && subnet.zone === zone) ??
  addSubnet(world, place, { zone, vpcId });
