/** Releases of an own image, found in moto's parameters and images, told through its bus and queue. */
import { DeregisterImageCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { tableBook } from '../../functions/aws/dynamodb-stores.ts';
import { dynamoDbTable } from '../../functions/aws/dynamodb-table.ts';
import { addCluster, addGoldenFleet, addGroup, goldenPolicy, parameter } from './golden-fleet.ts';
import { home, type MotoStory, tableName, tellMotoStory } from './story.ts';

const told = ({ news }: MotoStory) => news.map(({ type, detail }) => `${type}: ${detail.train}`);
const slack = ({ cloud }: MotoStory) => cloud.slack.messages().map(({ text }) => text);
const heldBy = ({ logs }: MotoStory) =>
  logs('plan-rollouts').flatMap(({ message, group, why }) =>
    message === 'group is held' ? [[group, why]] : [],
  );

it('are told once, and start a plan that holds what is too fresh', async () => {
  const story = await tellMotoStory(goldenPolicy());
  const { images } = await addGoldenFleet(story);
  await story.run('detect-releases');
  await story.settle();
  await story.put(parameter, images[1]);
  await story.run('detect-releases');
  await story.settle();
  await story.run('detect-releases');
  await story.settle();

  const trains = images.map((image) => `${parameter} ${image}`);
  expect(told(story)).toEqual(trains.map((train) => `AMI Release Detected: ${train}`));
  expect(slack(story)).toEqual(trains.map((train) => `New release: ${train}`));
  expect(heldBy(story)).toEqual([[`${home.account}/${home.region}/dev/own`, 'tooFresh']]);
  expect(story.simulatedCalls()).toEqual([]);
});

it('include what the parameter named before Drydock came', async () => {
  const story = await tellMotoStory(goldenPolicy());
  const { images } = await addGoldenFleet(story);
  await story.put(parameter, images[1]);
  expect(await story.run('detect-releases')).toEqual({
    sources: 1,
    news: [`${home.region} ${parameter} ${images[1]} detected`],
  });
  const pages = await tableBook(dynamoDbTable(story.dynamoDb, tableName), home.region).pages();
  expect(pages.flatMap(({ releases }) => releases.map(({ imageId }) => imageId))).toEqual(images);
});

it('are withdrawn when EC2 has their image no more', async () => {
  const story = await tellMotoStory(goldenPolicy());
  const { images } = await addGoldenFleet(story);
  await story.put(parameter, images[1]);
  await story.run('detect-releases');
  await story.ec2.send(new DeregisterImageCommand({ ImageId: images[1] }));
  await story.run('detect-releases');
  await story.settle();
  expect(story.news.at(-1)).toMatchObject({
    type: 'AMI Release Withdrawn',
    detail: { train: `${parameter} ${images[1]}`, why: 'imageGone' },
  });
  expect(slack(story).at(-1)).toBe(`Release withdrawn: ${parameter} ${images[1]}`);
});

it('of EKS’s own images are missing: moto has no parameter for them, and the group is held', async () => {
  const story = await tellMotoStory();
  await addCluster(story, 'dev');
  const group = { nodegroupName: 'plain', amiType: 'AL2023_x86_64_STANDARD' as const };
  await addGroup(story, 'dev', { ...group, releaseVersion: '1.34.2-20260714' });
  await story.run('detect-releases');
  await story.run('plan-rollouts');
  expect(heldBy(story)).toEqual([[`${home.account}/${home.region}/dev/plain`, 'parameterMissing']]);
});
