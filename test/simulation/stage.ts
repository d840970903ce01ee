/**
 * Stages a random scenario: its fleet in the simulated cloud, its policy, and its person.
 *
 * Pure, but for the cloud that it furnishes.
 */
import type { Cloud } from '../cloud/cloud.ts';
import { day, home } from '../stories/open-story.ts';
import type { Group, Scenario } from './scenario.ts';
import {
  asksFirst,
  commands,
  firstDay,
  foreign,
  nobody,
  old,
  presses,
  type Staging,
  stopAndResume,
} from './staging.ts';

const tagsOf = {
  none: {},
  hold: { 'drydock:hold': 'true' },
  ignore: { 'drydock:ignore': 'true' },
  foreign,
} as const satisfies Record<Group['tag'], object>;

const failures = {
  once: { code: 'PodEvictionFailure', times: 1 },
  always: { code: 'AccessDenied', times: 'always' },
} as const;

export const addGroup = (cloud: Cloud, cluster: string, group: Partial<Group> = {}): void => {
  const { name = 'a', nodes = 1, ownImage = false, tag = 'none', fails = 'never', fewSlots = false } = group;
  const imageId = cloud.shelf.find(home.region, 'AL2023_x86_64_STANDARD', old)?.imageId ?? '';
  cloud.estate.addNodeGroup({
    cluster,
    name,
    desiredSize: nodes,
    tags: tagsOf[tag],
    ...(ownImage ? { ownImage: { imageId } } : { releaseVersion: old }),
    ...(fewSlots && { instanceTypes: ['d3.8xlarge'], interfacesPerNode: 1 }),
  });
  if (fails !== 'never') cloud.estate.script({ cluster, nodeGroup: name, failure: failures[fails] });
};

export const addCluster = (cloud: Cloud, name: string): void => {
  cloud.estate.addCluster({ ...home, name, version: '1.34', tags: { environment: name } });
};

const persons = {
  'does nothing': nobody,
  'stops and resumes': stopAndResume(day(18, '08:10'), day(18, '12:10')),
  approves: presses('drydock-approve'),
  rejects: presses('drydock-reject'),
  'rolls now': commands({
    at: day(18, '02:10'),
    command: { command: 'roll-now', select: [{ clusters: ['*'] }], skip: ['window'] },
  }),
} as const satisfies Record<Scenario['person'], Staging['acts']>;

export const stage = (scenario: Scenario): Staging => {
  const { clusters, person, until, ...limits } = scenario;
  return {
    limits,
    // Who cannot wait for the window rolls everything before it opens.
    ...(person === 'rolls now' && { atAnyTime: true }),
    policy: person === 'approves' || person === 'rejects' ? [asksFirst] : [],
    furnish: (cloud) => {
      for (const { environment, groups } of clusters) {
        addCluster(cloud, environment);
        for (const group of groups) addGroup(cloud, environment, group);
      }
    },
    acts: persons[person],
    from: firstDay,
    until: day(until, '20:00'),
  };
};
