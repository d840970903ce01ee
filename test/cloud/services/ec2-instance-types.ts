/**
 * Answers EC2's DescribeInstanceTypes and DescribeInstanceTypeOfferings.
 *
 * Knows that a type which the region does not offer does not exist there, that at most 100 types
 * are asked for by name, and that pages are for the rest.
 *
 * Reads the tables of `instance-type-rows.ts`.
 */
import type * as Ec2 from '@aws-sdk/client-ec2';
import { type Caller, Refusal } from '../service.ts';
import { toInstanceTypeInfo } from './ec2-instance-type-shape.ts';
import { ec2Page, matching } from './ec2-request.ts';
import { instanceTypeRows, offeringsIn, type TypeRow } from './instance-type-rows.ts';
import type { Paging } from './page-size.ts';

type Input = Ec2.DescribeInstanceTypesCommandInput;

export const describeInstanceTypes =
  (paging: Paging) =>
  (input: Input, caller: Caller): Omit<Ec2.DescribeInstanceTypesCommandOutput, '$metadata'> => {
    const { InstanceTypes: names } = input;
    refuseTooMany(input);
    const offered = offeredIn(caller.region);
    const unknown = names?.filter((name) => !offered.has(name)) ?? [];
    if (unknown.length > 0) {
      const message = `The following supplied instance types do not exist: [${unknown.join(', ')}]`;
      throw new Refusal('InvalidInstanceType', message);
    }
    const rows = [...instanceTypeRows().values()].filter(({ type }) => offered.has(type));
    const asked = names ? rows.filter(({ type }) => (names as readonly string[]).includes(type)) : rows;
    const found = matching(asked, input.Filters, valuesOf);
    const pages = names ? { size: undefined } : paging;
    const { items, nextToken } = ec2Page(found, { paging: pages, most: 100, request: input });
    return { InstanceTypes: items.map(toInstanceTypeInfo), NextToken: nextToken };
  };

const refuseTooMany = ({ InstanceTypes: names, MaxResults }: Input): void => {
  if (!names) return;
  if (MaxResults !== undefined) {
    const message = 'The parameter instanceTypes cannot be used with the parameter maxResults';
    throw new Refusal('InvalidParameterCombination', message);
  }
  if (names.length <= 100) return;
  const message = `The number of instance types ( ${names.length} ) exceeds the limit of 100`;
  throw new Refusal('InvalidParameterValue', message);
};

const offeredIn = (region: string): ReadonlySet<string> =>
  [...offeringsIn(region).values()].reduce<ReadonlySet<string>>((all, zone) => all.union(zone), new Set());

const valuesOf = (row: TypeRow, filter: string): readonly string[] | undefined => {
  const simple: Record<string, readonly string[]> = {
    'instance-type': [row.type],
    'bare-metal': [String(row.bareMetal === 1)],
    'current-generation': [String(row.currentGeneration === 1)],
    'burstable-performance-supported': [String(row.burstable === 1)],
    hypervisor: row.hypervisor ? [row.hypervisor] : [],
    'processor-info.supported-architecture': row.architectures.split(' '),
    'ebs-info.attachment-limit-type': [row.ebsLimitType],
    'ebs-info.maximum-ebs-attachments': [String(row.ebsAttachments)],
    'vcpu-info.default-vcpus': [String(row.vcpus)],
    'memory-info.size-in-mib': [String(row.memoryMiB)],
  };
  return simple[filter];
};

export const describeInstanceTypeOfferings =
  (paging: Paging) =>
  (
    input: Ec2.DescribeInstanceTypeOfferingsCommandInput,
    { region }: Caller,
  ): Omit<Ec2.DescribeInstanceTypeOfferingsCommandOutput, '$metadata'> => {
    const LocationType = input.LocationType ?? 'region';
    const zones = offeringsIn(region);
    const places = LocationType === 'region' ? new Map([[region, offeredIn(region)]]) : zones;
    if (LocationType !== 'region' && LocationType !== 'availability-zone') {
      throw new Refusal('InvalidParameterValue', `Location type ${LocationType} is not simulated`);
    }
    const all = [...places].flatMap(([Location, types]) =>
      [...types].map((type) => ({ InstanceType: type as Ec2._InstanceType, LocationType, Location })),
    );
    const found = matching(all, input.Filters, ({ InstanceType, Location }, filter) =>
      filter === 'instance-type' ? [InstanceType] : filter === 'location' ? [Location] : undefined,
    );
    const { items, nextToken } = ec2Page(found, { paging, most: 1000, request: input });
    return { InstanceTypeOfferings: [...items], NextToken: nextToken };
  };
