/**
 * Answers EC2's DescribeInstances.
 *
 * Knows that instances terminated within the hour are still told, without disks and interfaces, that
 * pages are not for instances asked for by id, and that an account may hide what AWS services manage
 * unless `IncludeManagedResources` asks for it (API reference, ManagedResourceVisibilitySettings; checked
 * 2026-11): every account here does.
 *
 * Reads the estate.
 */
import type { DescribeInstancesCommandInput, DescribeInstancesCommandOutput } from '@aws-sdk/client-ec2';
import { dnsNameOf, type Instance, tagOf, tagsOf } from '../estate/instance.ts';
import type { Place } from '../estate/place.ts';
import type { Estate } from '../estate.ts';
import { type Caller, Refusal } from '../service.ts';
import { toEc2Instance } from './ec2-instance-shape.ts';
import { ec2Page, matching, refuseBoth } from './ec2-request.ts';
import type { Paging } from './page-size.ts';

type Input = DescribeInstancesCommandInput;

export const describeInstances = (estate: Estate, paging: Paging) => {
  const search = searchOf(estate);
  return (input: Input, caller: Caller): Omit<DescribeInstancesCommandOutput, '$metadata'> => {
    refuseBoth(input.InstanceIds, input.MaxResults, 'instancesSet');
    const place = estate.place(caller);
    const found = search(place, input);
    const pages = input.InstanceIds ? { size: undefined } : paging;
    const { items, nextToken } = ec2Page(found, { paging: pages, most: 1000, request: input });
    const reservations = items.map((instance) => ({
      ReservationId: `r-${instance.id.slice(2)}`,
      OwnerId: place.account,
      Groups: [],
      Instances: [toEc2Instance(estate, place, instance)],
    }));
    return { Reservations: reservations, NextToken: nextToken };
  };
};

/** Keeps what it found until something changes: a fleet is searched once, not once a page. */
const searchOf = (estate: Estate) => {
  const kept = new Map<string, readonly Instance[]>();
  let revision = -1;
  return (
    place: Place,
    { InstanceIds, Filters, IncludeManagedResources = false }: Input,
  ): readonly Instance[] => {
    const valuesHere = (instance: Instance, filter: string) => valuesOf(place, instance, filter);
    if (InstanceIds) return matching(askedFor(place, InstanceIds), Filters, valuesHere);
    if (revision !== estate.revision) kept.clear();
    revision = estate.revision;
    const key = JSON.stringify([place.account, place.region, Filters, IncludeManagedResources]);
    const shown = () =>
      [...place.instances.values()].filter(({ managed }) => IncludeManagedResources || !managed);
    const found = kept.get(key) ?? matching(shown(), Filters, valuesHere);
    kept.set(key, found);
    return found;
  };
};

const askedFor = (place: Place, ids: readonly string[]): readonly Instance[] => {
  const missing = ids.filter((id) => !place.instances.has(id));
  if (missing.length === 0) return ids.flatMap((id) => place.instances.get(id) ?? []);
  const [subject, verb] = missing.length === 1 ? ['ID', 'does'] : ['IDs', 'do'];
  const message = `The instance ${subject} '${missing.join(', ')}' ${verb} not exist`;
  throw new Refusal('InvalidInstanceID.NotFound', message);
};

const valuesOf = (
  place: Place,
  instance: Instance,
  filter: string,
): readonly (string | undefined)[] | undefined => {
  if (filter.startsWith('tag:')) return [tagOf(instance, filter.slice(4))];
  switch (filter) {
    case 'tag-key':
      return Object.keys(tagsOf(instance));
    case 'instance-id':
      return [instance.id];
    case 'instance-state-name':
      return [instance.terminatedAt ? 'terminated' : 'running'];
    case 'image-id':
      return [instance.imageId];
    case 'instance-type':
      return [instance.type];
    case 'instance-lifecycle':
      return [instance.spot ? 'spot' : undefined];
    case 'availability-zone':
      return [instance.subnet.zone];
    case 'subnet-id':
      return [instance.subnet.id];
    case 'vpc-id':
      return [instance.subnet.vpcId];
    case 'private-dns-name':
      return [dnsNameOf(instance, place.region)];
    default:
      return undefined;
  }
};
