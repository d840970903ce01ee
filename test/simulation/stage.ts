/**
 * Stages a random scenario: its fleet in the simulated cloud, its policy, and its person.
 *
 * Pure, but for the cloud that it furnishes.
 */
import type { Cloud } from '../cloud/cloud.ts';
import { day, home } from '../stories/open-story.ts';
import { type Environment, environments, type Group, type Scenario } from './scenario.ts';
import {
  asksFirst,
  commands,
  firstDay,
  foreign,
  nobody,
  old,
  oldBottlerocket,
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

const imageFor = ({ bottlerocket = false, ownImage = false }: Partial<Group>, imageId: string) => {
  if (bottlerocket) return { amiType: 'BOTTLEROCKET_x86_64', releaseVersion: oldBottlerocket } as const;
  return ownImage ? { ownImage: { imageId } } : { releaseVersion: old };
};

export const addGroup = (cloud: Cloud, cluster: string, group: Partial<Group> = {}): void => {
  const { name = 'a', nodes = 1, tag = 'none', fails = 'never', fewSlots = false } = group;
  const imageId = cloud.shelf.find(home.region, 'AL2023_x86_64_STANDARD', old)?.imageId ?? '';
  cloud.estate.addNodeGroup({
    cluster,
    name,
    desiredSize: nodes,
    tags: tagsOf[tag],
    ...imageFor(group, imageId),
    ...(fewSlots && { instanceTypes: ['d3.8xlarge'], interfacesPerNode: 1 }),
  });
  if (fails !== 'never') cloud.estate.script({ cluster, nodeGroup: name, failure: failures[fails] });
};

export const addCluster = (cloud: Cloud, name: string, environment: string = name): void => {
  cloud.estate.addCluster({ ...home, name, version: '1.34', tags: { environment } });
};

/** Nodes of the clusters lack two patches, one of which needs a reboot. */
export const lackPatches = (cloud: Cloud, clusters: readonly string[], scanAt: string): void => {
  for (const cluster of clusters) cloud.patching.enrol({ cluster, scanAt });
  cloud.patching.publish({
    id: 'openssl.x86_64',
    severity: 'Critical',
    cves: ['CVE-2026-1111'],
    releasedAt: day(15),
  });
  cloud.patching.publish({ id: 'kernel.x86_64', severity: 'Important', reboot: true, releasedAt: day(15) });
};

export const patchesItself = ['al2023Repository: locked', 'al2023Repository: latest'] as const;

const persons = {
  'does nothing': nobody,
  'stops and resumes': stopAndResume(day(18, '08:10'), day(18, '12:10')),
  approves: presses('drydock-approve'),
  rejects: presses('drydock-reject'),
  'rolls now': commands({
    at: day(18, '02:10'),
    command: { command: 'roll-now', select: [{ clusters: ['*'] }], skip: ['window'] },
  }),
  'patches now': commands({
    at: day(17, '06:30'),
    // What is patched is not rolled to an older release: the others are.
    command: { command: 'patch-now', select: [{ clusters: ['prod'] }], severity: 'high', reboot: true },
  }),
} as const satisfies Record<Scenario['person'], Staging['acts']>;

const policies: Partial<Record<Scenario['person'], Staging['policy']>> = {
  approves: [asksFirst],
  rejects: [asksFirst],
  'patches now': [patchesItself],
};

/** A question that is refused, and patches that are newer than the release, leave groups where they are. */
const leavesSome = new Set<Scenario['person']>(['rejects', 'patches now']);

type Placed = Group & { readonly cluster: string; readonly environment: Environment };

/** Whether the first wave that a train could begin with has but groups that are held: none proves it then. */
const isUnproved = (train: readonly Placed[]): boolean => {
  const first = environments.find((wave) =>
    train.some(({ environment, tag }) => environment === wave && (tag === 'none' || tag === 'hold')),
  );
  return !train.some(({ environment, tag }) => environment === first && tag === 'none');
};

/** Those that nothing keeps, of trains whose rollout no group can end by failing for good, and that one can prove. */
const whoReaches = ({ clusters, person }: Scenario): readonly string[] => {
  if (leavesSome.has(person)) return [];
  const groups = clusters.flatMap(({ name, environment, groups }) =>
    groups.map((one): Placed => ({ ...one, cluster: name, environment })),
  );
  return [...Map.groupBy(groups, ({ bottlerocket }) => bottlerocket).values()].flatMap((train) => {
    const isBroken = train.some(({ fails }) => fails === 'always');
    if (isBroken || (person !== 'rolls now' && isUnproved(train))) return [];
    return train.flatMap(({ cluster, name, tag }) => (tag === 'none' ? [`${cluster}/${name}`] : []));
  });
};

export const stage = (scenario: Scenario): Staging => {
  const { clusters, person, until, ...limits } = scenario;
  return {
    limits,
    // Who cannot wait for the window rolls everything before it opens.
    ...(person === 'rolls now' && { atAnyTime: true }),
    policy: policies[person] ?? [],
    furnish: (cloud) => {
      for (const { name, environment, groups } of clusters) {
        addCluster(cloud, name, environment);
        for (const group of groups) addGroup(cloud, name, group);
      }
      if (person === 'patches now')
        lackPatches(
          cloud,
          clusters.map(({ name }) => name),
          '06:00',
        );
    },
    reaches: whoReaches(scenario),
    acts: persons[person],
    // A job may take hours, and no rollout may begin meanwhile: which came first is a matter of minutes.
    from: person === 'patches now' ? day(17, '05:00') : firstDay,
    until: day(until, '20:00'),
  };
};
