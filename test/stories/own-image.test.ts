/** Node groups with an image of the user's: found through the user's parameter, moved by launch template. */
import { expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { day, home, policyWith, tellStory } from './story.ts';

const policy = () =>
  policyWith([
    'ownImages: []',
    'ownImages:\n  - parameter: /golden/{minor}/image-id\n    select: [{ tags: { image: golden } }]',
  ]);

const golden = (cloud: Cloud, name: string, createdAt: Date): string =>
  cloud.estate.addImage({ ...home, name, createdAt }).imageId;

const goldenFleet = (images: string[]) => (cloud: Cloud) => {
  images.push(
    golden(cloud, 'golden-1', new Date('2026-05-01')),
    golden(cloud, 'golden-2', new Date('2026-06-02')),
  );
  cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34', tags: { image: 'golden' } });
  cloud.estate.addNodeGroup({ cluster: 'dev', name: 'own', ownImage: { imageId: images[0] ?? '' } });
  cloud.ssm.put(home, { name: '/golden/1.34/image-id', value: images[0] ?? '', type: 'String' });
};

it('moves a group to the image that the user’s parameter names, once it is old enough', async () => {
  const images: string[] = [];
  const { stack, cloud, runs, told, updates } = await tellStory(goldenFleet(images), { policy: policy() });
  await stack.runUntil(day(2, '10:00'));
  cloud.ssm.put(home, { name: '/golden/1.34/image-id', value: images[1] ?? '', overwrite: true });
  await stack.runUntil(day(9, '07:00'));
  expect(runs()['dev/own']).toBe(images[0]);
  await stack.runUntil(day(16));
  expect(runs()['dev/own']).toBe(images[1]);
  expect(updates('dev', 'own')).toEqual(['Successful']);
  expect(told('Rollout Opened')).toMatchObject([
    { train: `/golden/1.34/image-id ${images[1]}`, rollout: `golden-1.34-image-id-${images[1]}` },
  ]);
  const templates = [...cloud.estate.place(home).launchTemplates.values()];
  expect(templates.map(({ versions }) => versions.size)).toEqual([2]);
});

it('does not take a value that went back for a new release: it is withdrawn', async () => {
  const images: string[] = [];
  const { stack, cloud, runs, told, updates } = await tellStory(goldenFleet(images), { policy: policy() });
  await stack.runUntil(day(2, '10:00'));
  cloud.ssm.put(home, { name: '/golden/1.34/image-id', value: images[1] ?? '', overwrite: true });
  await stack.runUntil(day(4));
  cloud.ssm.put(home, { name: '/golden/1.34/image-id', value: images[0] ?? '', overwrite: true });
  await stack.runUntil(day(20));
  expect(told('AMI Release Withdrawn')).toMatchObject([{ train: `/golden/1.34/image-id ${images[1]}` }]);
  expect(updates('dev', 'own')).toEqual([]);
  expect(runs()['dev/own']).toBe(images[0]);
});

it('holds a group whose image comes from nowhere it knows, with the reason', async () => {
  const images: string[] = [];
  const { stack, updates } = await tellStory(goldenFleet(images));
  await stack.runUntil(day(3));
  expect(updates('dev', 'own')).toEqual([]);
  const held = stack.logs.find(({ entry }) => entry.message === 'group is held');
  expect(held?.entry).toMatchObject({ group: '111122223333/eu-central-1/dev/own', why: 'unknownImage' });
});

it('holds a group whose parameter does not exist, and goes on with the others', async () => {
  const { stack, cloud, updates } = await tellStory(
    (cloud) => {
      const imageId = golden(cloud, 'golden-1', new Date('2026-05-01'));
      cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34' });
      cloud.estate.addNodeGroup({
        cluster: 'dev',
        name: 'own',
        ownImage: { imageId },
        tags: { image: 'golden' },
      });
      cloud.estate.addNodeGroup({ cluster: 'dev', name: 'plain' });
    },
    { policy: policy() },
  );
  await stack.runUntil(day(20));
  expect(updates('dev', 'own')).toEqual([]);
  expect(updates('dev', 'plain')).toEqual(['Successful']);
  const held = stack.logs.findLast(
    ({ entry }) => entry.message === 'group is held' && String(entry.group).endsWith('/own'),
  );
  expect(held?.entry).toMatchObject({ why: 'parameterMissing' });
  expect(cloud.broken).toEqual([]);
});
