/** What is watched in every run is seen when it happens, and nothing else is. */
import { SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { startCloud } from '../cloud/cloud.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { day, home } from '../stories/open-story.ts';
import { addCluster, addGroup } from './stage.ts';
import { nobody, roomy, type Staging } from './staging.ts';
import { watch } from './watch.ts';

const wide = { ...roomy, perCluster: 9, perWave: 9 };

/** Clusters dev and prod with three groups each; `tag` is that of dev/c. */
const watched = async (limits: Partial<Staging['limits']>, more: Partial<Staging> = {}) => {
  const from = day(18, '09:00');
  const cloud = await startCloud({ start: from });
  cloud.shelf.scheduleOnto(cloud.clock, [home.region], { from, to: from });
  for (const cluster of ['dev', 'prod']) {
    addCluster(cloud, cluster);
    for (const name of ['a', 'b']) addGroup(cloud, cluster, { name });
  }
  addGroup(cloud, 'dev', { name: 'held', tag: 'hold' });
  addGroup(cloud, 'dev', { name: 'ignored', tag: 'ignore' });
  addGroup(cloud, 'dev', { name: 'foreign', tag: 'foreign' });
  const plot = { policy: [], furnish: () => {}, acts: nobody, reaches: [], from, until: day(19) };
  const eyes = watch(cloud, { ...plot, ...more, limits: { ...wide, ...limits } });
  const start = (cluster: string, nodeGroup: string) => {
    const group = cloud.estate.nodeGroup({ cluster, nodeGroup });
    cloud.estate.startVersionUpdate(group, { to: group.image, params: [], force: false });
    eyes.look(cloud.clock.now());
  };
  const until = async (time: Date) => {
    await cloud.clock.advanceTo(time);
    eyes.look(time);
  };
  const end = async () => {
    await cloud.close();
    return eyes.end();
  };
  return { cloud, start, until, end };
};

it.each<[string, Partial<Staging['limits']>, readonly (readonly [string, string])[], readonly string[]]>([
  [
    'two groups within every limit',
    { perCluster: 2 },
    [
      ['dev', 'a'],
      ['dev', 'b'],
    ],
    [],
  ],
  [
    'two groups of a cluster that bears one',
    { perCluster: 1 },
    [
      ['dev', 'a'],
      ['dev', 'b'],
    ],
    ['2 updates at once in the cluster'],
  ],
  [
    'two groups of a wave that bears one',
    { perWave: 1 },
    [
      ['dev', 'a'],
      ['dev', 'b'],
    ],
    ['2 updates at once in the wave of'],
  ],
  [
    'two groups of a region that bears one',
    { perRegion: 1 },
    [
      ['dev', 'a'],
      ['dev', 'b'],
    ],
    ['2 updates at once in the region'],
  ],
  ['a held group', {}, [['dev', 'held']], ['dev/held was started though it is tagged drydock:hold']],
  [
    'an ignored group',
    {},
    [['dev', 'ignored']],
    ['dev/ignored was started though it is tagged drydock:ignore'],
  ],
  [
    'a group of another tool',
    {},
    [['dev', 'foreign']],
    ['dev/foreign was started though it is tagged terraform'],
  ],
  [
    'a wave before the one before it is done',
    {},
    [
      ['dev', 'a'],
      ['prod', 'a'],
    ],
    ['prod began before dev was done'],
  ],
  [
    'a wave before the first one had any',
    {},
    [['prod', 'a']],
    ['al2023 was rolled though nothing of dev had it'],
  ],
])('an update of %s', async (_case, limits, started, broken) => {
  const { start, end } = await watched(limits);
  for (const [cluster, nodeGroup] of started) start(cluster, nodeGroup);
  expect(await end()).toEqual(broken.map((one) => expect.stringContaining(one)));
});

it('the same update of a group twice', async () => {
  const { start, until, end } = await watched({});
  start('dev', 'a');
  await until(day(18, '12:00'));
  start('dev', 'a');
  await until(day(18, '15:00'));
  expect(await end()).toEqual([expect.stringMatching(/^2 updates of dev\/a to /)]);
});

it('a group that does not end where it must', async () => {
  const { end } = await watched({}, { reaches: ['dev/a', 'dev/z'] });
  expect(await end()).toEqual(['dev/a runs 1.34.7-20260505 at the end', 'dev/z runs undefined at the end']);
});

it('a wave of one train that does not wait for that of another', async () => {
  const { cloud, start, end } = await watched({});
  addGroup(cloud, 'prod', { name: 'other', bottlerocket: true });
  start('dev', 'a');
  start('prod', 'other');
  expect(await end()).toEqual([]);
});

it('a patch on a node of a held group', async () => {
  const { cloud, until, end } = await watched({});
  cloud.patching.enrol({ cluster: 'dev', scanAt: '06:00' });
  // Its agent is known then.
  await until(day(18, '10:00'));
  const { instances } = cloud.estate.nodeGroup({ cluster: 'dev', nodeGroup: 'held' });
  const InstanceIds = [...instances].map(({ id }) => id);
  const Parameters = { Operation: ['Install'], RebootOption: ['NoReboot'] };
  await clientOf(SSMClient, cloud, { region: home.region }).send(
    new SendCommandCommand({ DocumentName: 'AWS-RunPatchBaseline', InstanceIds, Parameters }),
  );
  expect(await end()).toEqual(['nodes of dev/held were patched though it is tagged drydock:hold']);
});

it.each<[string, string, Partial<Staging>, number]>([
  ['when the window shuts', '15:00', {}, 1],
  ['in the last minute of the window', '14:59', {}, 0],
  ['outside the window where somebody lets it', '15:00', { atAnyTime: true }, 0],
])('an update %s', async (_case, time, more, faults) => {
  const { start, until, end } = await watched({}, more);
  await until(day(18, time));
  start('dev', 'a');
  expect(await end()).toHaveLength(faults);
});

it.each([
  ['13:00', 1],
  ['14:00', 0],
])(
  'a wave that begins at %s, where the one before was done before ten and soaks for four hours',
  async (time, faults) => {
    const { start, until, end } = await watched({ soakHours: 4 });
    start('dev', 'a');
    await until(day(18, time));
    start('prod', 'a');
    expect(await end()).toHaveLength(faults);
  },
);

it('a call that the role does not allow', async () => {
  const cloud = await startCloud({ start: day(18) });
  await cloud.close();
  const times = { from: day(18), until: day(19) };
  const plot = { policy: [], furnish: () => {}, acts: nobody, reaches: [], limits: wide, ...times };
  const eyes = watch(cloud, plot);
  const role = 'arn:aws:iam::111122223333:role/AuditNodesRole';
  cloud.permissions.attach(role, []);
  await cloud.permissions.check(role, { action: 'eks:UpdateNodegroupVersion', resource: '*' });
  expect(eyes.end()).toEqual(['not allowed: AuditNodesRole: add eks:UpdateNodegroupVersion on *']);
});
