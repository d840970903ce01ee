/**
 * Lets a story happen: asks the clock of the simulated cloud for each of its events, and for its end.
 *
 * Effect: changes the cloud as its time passes.
 */
import type { Cloud } from '../cloud/cloud.ts';
import { imageIdOf, putNodeGroup } from './furnish.ts';
import { place, region } from './place.ts';
import { type Story, type StoryEvent, timeOf, trainNamed } from './story.ts';

type Of<Kind extends StoryEvent['happens']> = Extract<StoryEvent, { happens: Kind }>;

/** What ends an event that has an end; nothing to end where the cloud does it itself. */
type Ending = (() => void) | undefined;

const failUpdates = (
  { estate }: Cloud,
  event: Of<'podsCannotBeEvicted' | 'updateFails'>,
  code: Of<'updateFails'>['code'],
): Ending => {
  const { cluster, nodeGroup, times, until } = event;
  const failure = {
    code,
    times: times ?? (until === undefined ? 1 : 'always'),
    ...('message' in event && event.message !== undefined && { message: event.message }),
    ...('evenForced' in event && event.evenForced !== undefined && { evenForced: event.evenForced }),
  } as const;
  estate.script({ cluster, nodeGroup, failure });
  return () => estate.unscript({ cluster, nodeGroup });
};

const breakRelease = ({ estate }: Cloud, { release }: Of<'nodesDoNotJoin'>): Ending => {
  const broken = trainNamed(release)?.releases.map(({ releaseVersion }) => releaseVersion) ?? [release];
  for (const releaseVersion of new Set(broken))
    estate.breakRelease({ releaseVersion, code: 'NodeCreationFailure' });
  return undefined;
};

const throttle = (
  { faults }: Cloud,
  { service, operation = '*', times, until }: Of<'throttling'>,
): Ending => {
  const scripted = faults.add({
    service,
    operation,
    times: times ?? (until === undefined ? 1 : 'always'),
    as: 'throttled',
  });
  return () => scripted.remove();
};

const setParameter = (cloud: Cloud, { parameter, image }: Of<'parameterSet'>): Ending => {
  const known = [...cloud.estate.place(place).images.values()].some(({ name }) => name === image);
  const aws = cloud.shelf.all(region).some(({ imageName }) => imageName === image);
  if (!known && !aws) cloud.estate.addImage({ ...place, name: image });
  cloud.ssm.put(place, { name: parameter, value: imageIdOf(cloud, image), type: 'String', overwrite: true });
  return undefined;
};

const bringAbout = (cloud: Cloud, event: StoryEvent): Ending => {
  const { estate, shelf } = cloud;
  switch (event.happens) {
    case 'podsCannotBeEvicted':
      return failUpdates(cloud, event, 'PodEvictionFailure');
    case 'updateFails':
      return failUpdates(cloud, event, event.code);
    case 'nodesDoNotJoin':
      return breakRelease(cloud, event);
    case 'throttling':
      return throttle(cloud, event);
    case 'capacityShortage': {
      const { instanceType, zone } = event;
      const shortage = { ...(instanceType && { instanceType }), ...(zone && { zone }) };
      estate.startShortage(shortage);
      return () => estate.endShortage(shortage);
    }
    case 'groupDegraded': {
      const { cluster, nodeGroup, code, message } = event;
      estate.degrade({ cluster, nodeGroup, issue: { code, ...(message && { message }) } });
      return undefined;
    }
    case 'groupHealed':
      estate.heal(event);
      return undefined;
    case 'nodeGroupCreated':
      putNodeGroup(cloud, event.cluster, event.nodeGroup);
      return undefined;
    case 'nodeGroupDeleted':
      estate.deleteNodeGroup(event);
      return undefined;
    case 'clusterUpgraded':
      estate.upgradeCluster({ ...event, minutes: 10 });
      return undefined;
    case 'tagsSet': {
      const { cluster, nodeGroup, tags } = event;
      const set = Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, value ?? undefined]));
      estate.tag({ cluster, ...(nodeGroup && { nodeGroup }), tags: set });
      return undefined;
    }
    case 'parameterSet':
      return setParameter(cloud, event);
    case 'releaseWithdrawn': {
      const train = trainNamed(event.release);
      if (train) shelf.withdrawTrain([region], train, event.image ?? 'stays');
      return undefined;
    }
  }
};

/** `told` hears of each event when it happens. What lies before the clock's now happens at once. */
export const enact = (cloud: Cloud, { events }: Story, told: (event: StoryEvent) => void): void => {
  const inOrder = events.toSorted((a, b) => timeOf(a) - timeOf(b));
  for (const event of inOrder)
    cloud.clock.at(new Date(timeOf(event)), () => {
      const end = bringAbout(cloud, event);
      told(event);
      if (end && 'until' in event && event.until) cloud.clock.at(new Date(event.until), end);
    });
};
