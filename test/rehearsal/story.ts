/**
 * Says what a story file holds: what befalls the fleet, and when.
 *
 * Knows the order of things: a node group must exist when something happens to it. What a story tells
 * for a time before the rehearsal begins happens at its beginning; what lies after its end does not
 * happen. `story.schema.json` is made from the schema here.
 *
 * Pure.
 */
import { ErrorCode, NodegroupIssueCode } from '@aws-sdk/client-eks';
import * as v from 'valibot';
import type { Shelf } from '../cloud/release-shelf.ts';
import { recordedTrains, type Train } from '../cloud/release-trains.ts';
import type { WiredService } from '../cloud/wires.ts';
import { type Checked, checkShape, type Problem, pathOf } from './checked.ts';
import { type Fleet, imageNames, instant, minor, name, nodeGroup, nodeGroupProblems } from './fleet.ts';

const until = v.exactOptional(v.pipe(instant, v.description('When it is over; never when left out.')));
const times = v.exactOptional(
  v.union(
    [
      v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(1, 'must be 1 or more')),
      v.literal('always'),
    ],
    'must be a whole number or "always"',
  ),
);
const services = [
  ...(['cloudwatch', 'ec2', 'eks', 'events', 'sns', 'sqs', 'ssm', 'sts'] satisfies WiredService[]),
  'dynamodb',
  'slack',
] as const;
const group = { cluster: name, nodeGroup: name };

const at = v.exactOptional(
  v.pipe(instant, v.description('When it happens; at the beginning when left out.')),
);

const happening = <const Kind extends string, const Entries extends v.ObjectEntries>(
  kind: Kind,
  text: string,
  entries: Entries,
) => v.pipe(v.strictObject({ at, happens: v.literal(kind), ...entries }), v.description(text));

const event = v.variant('happens', [
  happening(
    'podsCannotBeEvicted',
    'Updates of the node group fail with PodEvictionFailure; once unless told.',
    {
      ...group,
      times,
      until,
      evenForced: v.exactOptional(v.boolean()),
    },
  ),
  happening('updateFails', 'Updates of the node group fail with that code of EKS; once unless told.', {
    ...group,
    code: v.picklist(Object.values(ErrorCode)),
    message: v.exactOptional(v.string()),
    times,
    until,
  }),
  happening('nodesDoNotJoin', 'New nodes on that release do not join their cluster.', {
    release: v.pipe(name, v.description('A release train (`al2023 v20260618`), or one release version.')),
  }),
  happening('throttling', 'AWS or Slack throttles calls; until then, or so many times (once unless told).', {
    service: v.picklist(services),
    operation: v.exactOptional(v.pipe(name, v.description('All of the service’s when left out.'))),
    times,
    until,
  }),
  happening('capacityShortage', 'EC2 has no capacity for new nodes of that type or in that zone.', {
    instanceType: v.exactOptional(name),
    zone: v.exactOptional(v.pipe(name, v.description('Such as eu-central-1a.'))),
    until,
  }),
  happening('groupDegraded', 'EKS reports a health issue of the node group.', {
    ...group,
    code: v.picklist(Object.values(NodegroupIssueCode)),
    message: v.exactOptional(v.string()),
  }),
  happening('groupHealed', 'The node group has no health issues any more.', group),
  happening('nodeGroupCreated', 'Somebody creates a node group.', { cluster: name, nodeGroup }),
  happening('nodeGroupDeleted', 'Somebody deletes the node group.', group),
  happening('clusterUpgraded', 'Somebody upgrades the control plane; its node groups keep their minor.', {
    cluster: name,
    version: minor,
  }),
  happening('tagsSet', 'Somebody sets tags of the cluster, or of its node group; null takes a tag away.', {
    cluster: name,
    nodeGroup: v.exactOptional(name),
    tags: v.record(v.string(), v.nullable(v.string())),
  }),
  happening(
    'parameterSet',
    'Somebody sets a parameter of yours to an image; it is made then if there is none.',
    {
      parameter: v.pipe(v.string(), v.startsWith('/', 'must be the path of a parameter')),
      image: name,
    },
  ),
  happening('releaseWithdrawn', 'AWS takes a release back; its parameters name the one before again.', {
    release: v.pipe(name, v.description('A release train: `al2023 v20260618`.')),
    image: v.exactOptional(v.picklist(['stays', 'deprecated', 'gone'])),
  }),
]);

export const storySchema = v.pipe(
  v.strictObject({ $schema: v.exactOptional(v.string()), events: v.array(event) }),
  v.title('A story for Drydock’s rehearsal'),
);

export type Story = v.InferOutput<typeof storySchema>;
export type StoryEvent = Story['events'][number];

/** A train by the name that people use: `al2023 v20260618`. */
export const trainNamed = (wanted: string): Train | undefined =>
  recordedTrains().find(({ family, name }) => `${family} ${name}` === wanted);

/**
 * `shelf`: what AWS has published when the rehearsal begins. Without a fleet, as its file is wrong too,
 * only the shape is checked.
 */
export const checkStory = (input: unknown, fleet: Fleet | undefined, shelf: Shelf): Checked<Story> => {
  const shape = checkShape(storySchema, input);
  if (shape.is === 'bad' || !fleet) return shape;
  const problems = storyProblems(shape.value, fleet, shelf);
  return problems.length > 0 ? { is: 'bad', problems } : shape;
};

/** In milliseconds; long ago when no time is given, which is the beginning. */
export const timeOf = ({ at }: StoryEvent): number => (at === undefined ? 0 : Date.parse(at));

/** In the order of time, with the place that each has in the file. */
const inOrder = ({ events }: Story) => [...events.entries()].sort(([, a], [, b]) => timeOf(a) - timeOf(b));

const storyProblems = (story: Story, fleet: Fleet, shelf: Shelf): Problem[] => {
  const clusters = new Map(fleet.clusters.map((cluster) => [cluster.name, cluster.version]));
  const groups = new Set(
    fleet.clusters.flatMap((cluster) => cluster.nodeGroups.map((one) => `${cluster.name}/${one.name}`)),
  );
  const known = new Set(imageNames(fleet.images ?? [], shelf));

  const problemsOf = (event: StoryEvent, path: readonly unknown[]): Problem[] => {
    const at = (key: string, message: string): Problem => ({ path: pathOf([...path, key]), message });
    if ('until' in event && event.until !== undefined && Date.parse(event.until) <= timeOf(event))
      return [at('until', 'must lie after at')];
    if (event.happens === 'throttling' && event.until !== undefined && event.times !== undefined)
      return [at('times', 'cannot be given beside until')];
    if (event.happens === 'parameterSet') known.add(event.image);
    if (event.happens === 'releaseWithdrawn' || event.happens === 'nodesDoNotJoin') {
      const isTrain = event.happens === 'releaseWithdrawn' || event.release.includes(' ');
      return isTrain && !trainNamed(event.release)
        ? [at('release', `there is no release train ${event.release} on record`)]
        : [];
    }
    if (!('cluster' in event)) return [];
    const version = clusters.get(event.cluster);
    if (version === undefined) return [at('cluster', `there is no cluster ${event.cluster}`)];
    if (event.happens === 'clusterUpgraded') {
      clusters.set(event.cluster, event.version);
      return [];
    }
    if (event.happens === 'nodeGroupCreated') {
      const full = `${event.cluster}/${event.nodeGroup.name}`;
      if (groups.has(full)) return [at('nodeGroup.name', `there is already a node group ${full}`)];
      groups.add(full);
      return nodeGroupProblems(event.nodeGroup, version, [...path, 'nodeGroup'], shelf, known);
    }
    if (event.nodeGroup === undefined) return [];
    const full = `${event.cluster}/${event.nodeGroup}`;
    if (!groups.has(full)) return [at('nodeGroup', `there is no node group ${full} then`)];
    if (event.happens === 'nodeGroupDeleted') groups.delete(full);
    return [];
  };

  return inOrder(story).flatMap(([i, event]) => problemsOf(event, ['events', i]));
};
