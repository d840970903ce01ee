/** That every kind of event a story may tell does what it says, in the simulated cloud. */
import { expect, it } from 'vitest';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { enact } from './enact.ts';
import { checkFleet } from './fleet.ts';
import { furnish, imageIdOf } from './furnish.ts';
import { place, region } from './place.ts';
import { shelfAt } from './rehearse.ts';
import { checkStory, type StoryEvent } from './story.ts';
import { sentenceOf } from './story-sentence.ts';

const from = new Date('2026-06-01T00:00:00Z');
const at = '2026-06-02T08:00:00Z';
const until = '2026-06-02T12:00:00Z';
const noon = new Date(until);
const general = { cluster: 'blue', nodeGroup: 'general' };
const fleetFile = {
  images: [{ name: 'golden-1', createdAt: '2026-05-01T00:00:00Z' }],
  parameters: { '/golden': 'golden-1' },
  clusters: [
    {
      name: 'blue',
      version: '1.34',
      tags: { team: 'a', old: 'x' },
      nodeGroups: [
        { name: 'general', behind: 1 },
        { name: 'own', image: 'golden-1' },
      ],
    },
  ],
};

/** The cloud at a time of the story, with what was told until then. */
const tell = async (events: readonly object[], time: Date) => {
  const shelf = shelfAt(from);
  const fleet = checkFleet(fleetFile, shelf);
  if (fleet.is === 'bad') throw new Error(JSON.stringify(fleet.problems));
  const story = checkStory({ events }, fleet.value, shelf);
  if (story.is === 'bad') throw new Error(JSON.stringify(story.problems));
  const cloud = await startCloud({ start: from });
  cloud.shelf.scheduleOnto(cloud.clock, [region], { from, to: time });
  furnish(cloud, fleet.value);
  const told: StoryEvent[] = [];
  enact(cloud, story.value, (event) => told.push(event));
  await cloud.clock.advanceTo(time);
  await cloud.close();
  return { cloud, sentences: told.map(sentenceOf) };
};

/** How an update of the group to the recommended release ends. */
const updateOf = async (cloud: Cloud) => {
  const group = cloud.estate.nodeGroup(general);
  const to = cloud.shelf.recommended(region, 'AL2023_x86_64_STANDARD', '1.34');
  if (!to) throw new Error('there is no release');
  const image = {
    version: '1.34',
    releaseVersion: to.releaseVersion,
    imageId: to.imageId,
    templateVersion: undefined,
  };
  const update = cloud.estate.startVersionUpdate(group, { to: image, params: [], force: false });
  await cloud.clock.advanceTo(new Date(cloud.clock.now().getTime() + 3 * 3_600_000));
  return update.errors.map(({ code }) => code);
};

const nine = new Date('2026-06-02T09:00:00Z');

it.each([
  [
    'pods that cannot be evicted',
    { happens: 'podsCannotBeEvicted', times: 'always' },
    ['PodEvictionFailure', 'PodEvictionFailure'],
  ],
  ['pods that cannot be evicted once', { happens: 'podsCannotBeEvicted' }, ['PodEvictionFailure']],
  [
    'pods that cannot be evicted for a while',
    { happens: 'podsCannotBeEvicted', until },
    ['PodEvictionFailure'],
  ],
  [
    'updates that fail in another way',
    { happens: 'updateFails', code: 'IpNotAvailable' },
    ['IpNotAvailable'],
  ],
])('%s', async (_case, event, codes) => {
  const { cloud } = await tell([{ at, ...general, ...event }], nine);
  const first = await updateOf(cloud);
  await cloud.clock.advanceTo(new Date('2026-06-11T00:00:00Z'));
  expect([...first, ...(await updateOf(cloud))]).toEqual(codes);
});

it('a release that breaks nodes, in every minor of its train', async () => {
  const { cloud, sentences } = await tell([{ happens: 'nodesDoNotJoin', release: 'al2023 v20260505' }], nine);
  expect(await updateOf(cloud)).toEqual(['NodeCreationFailure']);
  expect(sentences).toEqual(['New nodes on al2023 v20260505 do not join their cluster.']);
});

it('a shortage, and its end', async () => {
  const events = [{ at, until, happens: 'capacityShortage', instanceType: 'm6i.large' }];
  expect(await updateOf((await tell(events, nine)).cloud)).toEqual(['NodeCreationFailure']);
  expect(await updateOf((await tell(events, noon)).cloud)).toEqual([]);
});

it('throttling, and its end', async () => {
  const events = [{ at, until, happens: 'throttling', service: 'eks', operation: 'DescribeNodegroup' }];
  const failureAt = async (time: Date) =>
    (await tell(events, time)).cloud.faults.next('eks', 'DescribeNodegroup', {});
  expect(await failureAt(new Date('2026-06-02T07:00:00Z'))).toBeUndefined();
  expect(await failureAt(nine)).toBe('throttled');
  expect(await failureAt(noon)).toBeUndefined();
});

it('health that goes and comes back', async () => {
  const ill = { at, happens: 'groupDegraded', ...general, code: 'AccessDenied' };
  const healed = { at: until, happens: 'groupHealed', ...general };
  expect((await tell([ill, healed], nine)).cloud.estate.nodeGroup(general).status).toBe('DEGRADED');
  expect((await tell([ill, healed], noon)).cloud.estate.nodeGroup(general).status).toBe('ACTIVE');
});

it('node groups that come and go, a cluster upgraded, tags set', async () => {
  const { cloud, sentences } = await tell(
    [
      { at, happens: 'nodeGroupCreated', cluster: 'blue', nodeGroup: { name: 'new', nodes: 3, behind: 1 } },
      { at, happens: 'nodeGroupDeleted', ...general },
      { at, happens: 'clusterUpgraded', cluster: 'blue', version: '1.35' },
      { at, happens: 'tagsSet', cluster: 'blue', tags: { team: 'b', old: null } },
      { at, happens: 'tagsSet', cluster: 'blue', nodeGroup: 'own', tags: { 'drydock:hold': 'true' } },
    ],
    nine,
  );
  const cluster = cloud.estate.cluster({ cluster: 'blue' });
  expect([...cluster.nodeGroups.keys()]).toEqual(['own', 'new']);
  expect(cluster.nodeGroups.get('new')).toMatchObject({
    image: { releaseVersion: '1.34.7-20260423', version: '1.34' },
  });
  expect(cluster).toMatchObject({ version: '1.35', tags: { team: 'b' } });
  expect(cluster.tags).not.toHaveProperty('old');
  expect(cluster.nodeGroups.get('own')?.tags).toEqual({ 'drydock:hold': 'true' });
  expect(sentences).toEqual([
    'Somebody creates blue/new.',
    'Somebody deletes blue/general.',
    'Somebody upgrades the control plane of blue to 1.35.',
    'Somebody sets tags of blue: team=b, old away.',
    'Somebody sets tags of blue/own: drydock:hold=true.',
  ]);
});

it('a parameter of one’s own that names a new image', async () => {
  const { cloud } = await tell(
    [{ at, happens: 'parameterSet', parameter: '/golden', image: 'golden-2' }],
    nine,
  );
  const [first, second] = cloud.ssm.versions(place, '/golden');
  expect(first?.value).toBe(imageIdOf(cloud, 'golden-1'));
  expect(second?.value).toBe(imageIdOf(cloud, 'golden-2'));
  expect(cloud.estate.place(place).images.get(second?.value ?? '')?.createdAt).toEqual(new Date(at));
});

it('a release that AWS takes back', async () => {
  const { cloud } = await tell([{ at, happens: 'releaseWithdrawn', release: 'al2023 v20260505' }], nine);
  const recommended = cloud.shelf.recommended(region, 'AL2023_x86_64_STANDARD', '1.34');
  expect(recommended?.releaseVersion).toBe('1.34.7-20260423');
});
