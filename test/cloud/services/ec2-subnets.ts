/**
 * Answers EC2's DescribeSubnets.
 *
 * Reads the estate.
 */
import type { DescribeSubnetsCommandInput, DescribeSubnetsCommandOutput } from '@aws-sdk/client-ec2';
import type { Subnet } from '../estate/subnet.ts';
import type { Estate } from '../estate.ts';
import { type Caller, Refusal } from '../service.ts';
import { ec2Page, matching, refuseBoth } from './ec2-request.ts';
import type { Paging } from './page-size.ts';

export const describeSubnets =
  (estate: Estate, paging: Paging) =>
  (input: DescribeSubnetsCommandInput, caller: Caller): Omit<DescribeSubnetsCommandOutput, '$metadata'> => {
    refuseBoth(input.SubnetIds, input.MaxResults, 'subnetSet');
    const { subnets, account, region } = estate.place(caller);
    const missing = input.SubnetIds?.find((id) => !subnets.has(id));
    if (missing !== undefined) {
      throw new Refusal('InvalidSubnetID.NotFound', `The subnet ID '${missing}' does not exist`);
    }
    const asked = input.SubnetIds?.flatMap((id) => subnets.get(id) ?? []) ?? subnets.values();
    const found = matching(asked, input.Filters, valuesOf);
    const pages = input.SubnetIds ? { size: undefined } : paging;
    const { items, nextToken } = ec2Page(found, { paging: pages, most: 1000, request: input });
    const shaped = items.map((subnet) => ({
      SubnetId: subnet.id,
      SubnetArn: `arn:aws:ec2:${region}:${account}:subnet/${subnet.id}`,
      OwnerId: account,
      VpcId: subnet.vpcId,
      AvailabilityZone: subnet.zone,
      State: 'available' as const,
      CidrBlock: `10.${subnet.network}.0.0/16`,
      AvailableIpAddressCount: Math.max(subnet.freeAddresses, 0),
      MapPublicIpOnLaunch: false,
      Tags: [],
    }));
    return { Subnets: shaped, NextToken: nextToken };
  };

const valuesOf = (subnet: Subnet, filter: string): readonly string[] | undefined => {
  const simple: Record<string, string> = {
    'subnet-id': subnet.id,
    'vpc-id': subnet.vpcId,
    'availability-zone': subnet.zone,
  };
  return simple[filter] === undefined ? undefined : [simple[filter]];
};
