/**
 * Reads how many addresses are free in subnets.
 *
 * Asks by filter: a subnet that is gone is then missing from the answer, and does not refuse the call.
 *
 * Reads EC2: DescribeSubnets.
 */
import { type EC2Client, paginateDescribeSubnets } from '@aws-sdk/client-ec2';
import type { Subnet } from '../domain/data-plane.ts';
import { during } from './errors.ts';

/** At most 200 ids. */
export const readSubnets = (client: EC2Client, ids: readonly string[]): Promise<readonly Subnet[]> =>
  during(`reading ${ids.length} subnets`, async () => {
    const subnets: Subnet[] = [];
    const Filters = [{ Name: 'subnet-id', Values: [...ids] }];
    for await (const page of paginateDescribeSubnets({ client, pageSize: 1000 }, { Filters }))
      for (const { SubnetId, AvailabilityZone = '', AvailableIpAddressCount } of page.Subnets ?? [])
        if (SubnetId)
          subnets.push({
            subnetId: SubnetId,
            zone: AvailabilityZone,
            freeAddresses: AvailableIpAddressCount,
          });
    return subnets;
  });
