/**
 * Lists the stories of which every call can fail in turn: as small as they can be, each about other functions.
 *
 * Their waits leave room for what goes wrong: a window, an hour in which a person tries again.
 */
import type { Cloud } from '../cloud/cloud.ts';
import { day, home, policyWith, type Story } from '../stories/open-story.ts';
import { plotOf, rolled } from './fleet-plot.ts';
import { commands, inTurn } from './person.ts';
import type { Plot } from './plot.ts';
import { type Scenario, smallest } from './scenario.ts';
import { watchCloud } from './watch.ts';

const amiType = 'AL2023_x86_64_STANDARD';
const group = { name: 'a', nodes: 1, ownImage: false, tag: 'none', blockedOnce: false } as const;

const twoWaves: Scenario = {
  ...smallest,
  clusters: [
    { environment: 'dev', groups: [group] },
    { environment: 'prod', groups: [group] },
  ],
};

/** Its first message in Slack can be looked for, as the channel is known by its id. */
const byId = ["channel: '#drydock'", 'channel: C0DRYDOCK'] as const;

const addNodes = (cloud: Cloud, cluster: string, spec: object = {}) => {
  cloud.estate.addCluster({ ...home, name: cluster, version: '1.34' });
  return cloud.estate.addNodeGroup({
    cluster,
    name: 'workers',
    desiredSize: 2,
    releaseVersion: '1.34.7-20260505',
    ...spec,
  }).instances;
};

/** `i-0a Install NoReboot`, for every node of every command. */
const commanded = ({ cloud }: Story): readonly string[] =>
  cloud.commands.accepted
    .flatMap(({ instanceIds, parameters: { Operation, RebootOption } }) =>
      instanceIds.map((id) => [id, Operation, RebootOption].join(' ')),
    )
    .toSorted();

const patches = ({ cloud }: Story): readonly string[] =>
  [...cloud.estate.nodeGroup({ cluster: 'blue', nodeGroup: 'workers' }).instances]
    .flatMap(({ id }) =>
      (cloud.patching.record(id)?.results ?? []).map(({ patch, state }) => `${id} ${patch.id} ${state}`),
    )
    .toSorted();

export const plots: readonly Plot[] = [
  plotOf(smallest, { name: 'rollout' }),
  plotOf({ ...twoWaves, person: 'approves' }, { name: 'approval' }),
  {
    name: 'patching',
    from: day(16),
    until: day(16, '14:00'),
    furnish: (cloud) => {
      addNodes(cloud, 'blue');
      cloud.patching.enrol({ cluster: 'blue', scanAt: '03:00' });
      const releasedAt = day(15);
      cloud.patching.publish({ id: 'openssl.x86_64', severity: 'Critical', releasedAt });
      cloud.patching.publish({ id: 'kernel.x86_64', severity: 'Important', reboot: true, releasedAt });
    },
    policy: () => policyWith(byId, ['al2023Repository: locked', 'al2023Repository: latest']),
    acts: inTurn([
      {
        at: day(16, '06:10'),
        does: commands({
          command: 'patch-now',
          select: [{ clusters: ['blue'] }],
          severity: 'high',
          reboot: true,
        }),
      },
    ]),
    watch: watchCloud,
    outcome: (story) => [...rolled(story), ...commanded(story), ...patches(story)],
  },
  {
    name: 'findings',
    from: day(14),
    until: day(15, '10:00'),
    furnish: (cloud) => {
      const tags = { 'drydock:hold': 'true' };
      const few = { instanceTypes: ['d3.8xlarge'], interfacesPerNode: 1 };
      for (const { id } of addNodes(cloud, 'data', { ...few, tags }))
        cloud.estate.attachVolumes({ ...home, instanceId: id, count: 1 });
      addNodes(cloud, 'web', { tags });
    },
    policy: () => policyWith(byId),
    acts: inTurn([
      {
        at: day(14, '12:10'),
        does: ({ cloud }) => cloud.estate.deleteNodeGroup({ cluster: 'data', nodeGroup: 'workers' }),
      },
    ]),
    watch: watchCloud,
    outcome: rolled,
  },
  plotOf(
    { ...twoWaves, soakHours: 24 },
    {
      name: 'withdrawal',
      replaced: [['rollBackOn: []', 'rollBackOn: [withdrawn]']],
      acts: inTurn([
        {
          at: day(18, '10:10'),
          does: ({ cloud }) => {
            const image = cloud.shelf.find(home.region, amiType, '1.34.8-20260610');
            if (!image) throw new Error('there is no such release');
            cloud.shelf.let(home.region, image, 'deprecated');
          },
        },
      ]),
    },
  ),
  plotOf(
    { ...twoWaves, soakHours: 2 },
    {
      name: 'stop',
      acts: inTurn([
        { at: day(18, '08:10'), does: commands({ command: 'stop' }) },
        { at: day(18, '10:10'), does: commands({ command: 'resume' }) },
      ]),
    },
  ),
];

/** `undefined` when no story has the name. */
export const plotNamed = (name: string): Plot | undefined => plots.find((plot) => plot.name === name);
