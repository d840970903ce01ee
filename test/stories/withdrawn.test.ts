/** Releases that are taken back though their parameter still names them: what EC2 says of their images decides. */
import { describe, expect, it } from 'vitest';
import type { Fate } from '../cloud/release-shelf.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

const train = 'al2023 v20260610';
const amiType = 'AL2023_x86_64_STANDARD';

const imageOf = ({ cloud }: Story, releaseVersion: string) => {
  const image = cloud.shelf.find(home.region, amiType, releaseVersion);
  if (!image) throw new Error(`${releaseVersion} is not published`);
  return image;
};
const became = (story: Story, releaseVersion: string, fate: Fate) => {
  const image = imageOf(story, releaseVersion);
  story.cloud.shelf.let(home.region, image, fate);
  return () => story.cloud.shelf.let(home.region, image, 'stays');
};
const lastHold = ({ stack }: Story, group: string) =>
  stack.logs.findLast(({ entry }) => entry.message === 'group is held' && String(entry.group).endsWith(group))
    ?.entry;

describe('a release whose image is taken back while it is rolled', () => {
  it.each([
    ['deprecated', 'imageDeprecated', 'EC2 calls its image deprecated.'],
    ['gone', 'imageGone', 'EC2 has its image no more, or does not show it any more.'],
  ] as const)(
    'stops within one look and one tick, with the reason in words: %s',
    async (fate, why, sentence) => {
      const story = await tellStory();
      const { stack, told, updates, runs, cloud } = story;
      await stack.runUntil(day(18, '12:00'));
      became(story, '1.34.8-20260610', fate);
      await stack.runUntil(day(18, '12:25'));
      expect(told('AMI Release Withdrawn')).toMatchObject([
        { train, why, sentence, sources: [`${amiType} 1.34`] },
      ]);
      expect(told('Rollout Halted')).toMatchObject([{ train, state: { is: 'halted', why: 'withdrawn' } }]);
      await stack.runUntil(day(24));
      expect(told('AMI Release Withdrawn').length).toBe(1);
      expect(updates('staging', 'general')).toEqual([]);
      expect(runs()['prod/general']).toBe('1.34.7-20260505');
      expect(cloud.slack.messages().map(({ text }) => text)).toContain(`Release withdrawn: ${train}`);
      expect(stack.invocations.filter(({ error }) => error)).toEqual([]);
    },
  );
});

describe('a release whose image is good again', () => {
  it('is told as such, and rolled when it is old enough from then on', async () => {
    const story = await tellStory();
    const { stack, told } = story;
    await stack.runUntil(day(16, '12:00'));
    const makeGood = became(story, '1.34.8-20260610', 'deprecated');
    await stack.runUntil(day(17, '12:00'));
    makeGood();
    await stack.runUntil(day(17, '12:20'));
    const [first, again] = told('AMI Release Detected');
    expect(again).toMatchObject({
      train,
      again: true,
      publishedAt: day(17, '12:15').toISOString(),
      eligibleAt: day(24, '12:15').toISOString(),
    });
    expect(again?.id).not.toBe(first?.id);
    await stack.runUntil(day(24, '11:00'));
    expect(told('Rollout Opened')).toEqual([]);
    await stack.runUntil(day(25, '06:00'));
    expect(told('Rollout Opened')).toMatchObject([{ train }]);
  });
});

describe('a parameter that names an image which EC2 does not show', () => {
  it('makes no release of it until it is there, and the groups say so', async () => {
    const story = await tellStory(undefined, { from: day(16, '00:07') });
    const { stack, told } = story;
    await stack.runUntil(day(18, '20:00'));
    const show = became(story, '1.34.9-20260618', 'gone');
    await stack.runUntil(day(20));
    expect(told('AMI Release Detected')).toMatchObject([{ train }]);
    expect(told('AMI Release Withdrawn')).toEqual([]);
    expect(lastHold(story, '/prod/general')).toMatchObject({ why: 'imageUnseen' });
    show();
    await stack.runUntil(day(20, '01:00'));
    expect(told('AMI Release Detected')).toMatchObject([{ train }, { train: 'al2023 v20260618' }]);
  });
});

describe('EC2 that says nothing of any image', () => {
  const allGone = (story: Story) => {
    for (const image of story.cloud.shelf.all(home.region))
      if (image.amiType === amiType && image.minor === '1.34')
        story.cloud.shelf.let(home.region, image, 'gone');
  };

  it('takes nothing back: no rollout halts', async () => {
    const story = await tellStory();
    await story.stack.runUntil(day(18, '12:00'));
    allGone(story);
    await story.stack.runUntil(day(18, '19:00'));
    expect(story.told('AMI Release Withdrawn')).toEqual([]);
    expect(story.told('Rollout Halted')).toEqual([]);
    expect(story.changes(train)).toContain('done dev/general');
  });

  it('but of a newer one takes back what it knows, and tells what would have been chosen alone', async () => {
    const story = await tellStory();
    await story.stack.runUntil(day(18, '12:00'));
    allGone(story);
    // AWS publishes v20260618 at eight.
    await story.stack.runUntil(day(20));
    expect(story.told('AMI Release Withdrawn')).toMatchObject([{ train, why: 'imageGone' }]);
    expect(story.told('Rollout Halted')).toMatchObject([{ train }]);
    expect(lastHold(story, '/prod/general')).toMatchObject({ why: 'tooFresh' });
    const logged = story.stack.logs.flatMap(
      ({ entry }) => (entry.withdrawn as { train: string }[] | undefined) ?? [],
    );
    expect(logged).toContainEqual({ train, why: 'imageGone' });
    expect(logged).toContainEqual({ train: 'al2023 v20260505', why: 'imageGone' });
  });

  it('still finds a value that went back, and the run fails so that somebody looks', async () => {
    const { stack, told, cloud } = await tellStory();
    await stack.runUntil(day(18, '12:00'));
    const outage = cloud.faults.add({
      service: 'ec2',
      operation: 'DescribeImages',
      times: 'always',
      as: 'serverError',
    });
    cloud.shelf.withdraw(home.region, amiType, '1.34.8-20260610');
    await stack.runUntil(day(18, '12:30'));
    expect(told('AMI Release Withdrawn')).toMatchObject([{ train, why: 'parameterWentBack' }]);
    const failed = stack.invocations.find(({ error }) => error);
    expect(failed?.function).toBe('detect-releases');
    outage.remove();
    await stack.runUntil(day(18, '14:00'));
    expect(told('AMI Release Withdrawn').length).toBe(1);
    expect(told('AMI Release Detected').length).toBe(1);
  });
});

describe('an image of the user’s own', () => {
  const parameter = '/golden/1.34/image-id';
  const policy = () =>
    policyWith([
      'ownImages: []',
      'ownImages:\n  - parameter: /golden/{minor}/image-id\n    select: [{ tags: { image: golden } }]',
    ]);

  const goldenStory = (second: object = {}) =>
    tellStory(
      (cloud) => {
        for (const [imageId, createdAt, more] of [
          ['ami-0aaaaaaaa', day(1), {}],
          ['ami-0bbbbbbbb', day(2), second],
        ] as const)
          cloud.estate.addImage({ ...home, name: imageId, imageId, createdAt, ...more });
        cloud.ssm.put(home, { name: parameter, value: 'ami-0aaaaaaaa', type: 'String' });
        cloud.ssm.put(home, { name: parameter, value: 'ami-0bbbbbbbb', overwrite: true });
        cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34' });
        const ownImage = { imageId: 'ami-0aaaaaaaa' };
        cloud.estate.addNodeGroup({ cluster: 'dev', name: 'own', ownImage, tags: { image: 'golden' } });
      },
      { policy: policy(), from: day(1) },
    );

  it.each<[string, string, (story: Story) => void]>([
    [
      'deregistered',
      'imageGone',
      ({ cloud }) => cloud.estate.removeImage({ ...home, imageId: 'ami-0bbbbbbbb' }),
    ],
    [
      'disabled',
      'imageNotAvailable',
      ({ cloud }) => {
        const image = { name: 'golden-2', imageId: 'ami-0bbbbbbbb', createdAt: day(2) };
        cloud.estate.addImage({ ...home, ...image, state: 'disabled' });
      },
    ],
  ])('is withdrawn when it is %s, and not rolled', async (_case, why, takeBack) => {
    const story = await goldenStory();
    await story.stack.runUntil(day(5));
    takeBack(story);
    await story.stack.runUntil(day(12));
    expect(story.told('AMI Release Withdrawn')).toMatchObject([{ train: `${parameter} ami-0bbbbbbbb`, why }]);
    expect(story.updates('dev', 'own')).toEqual([]);
  });

  it('is withdrawn on the day on which it is deprecated, and not before', async () => {
    const { stack, told } = await goldenStory({ deprecatedAt: day(5, '12:00') });
    await stack.runUntil(day(5, '11:59'));
    expect(told('AMI Release Detected')).toMatchObject([{ train: `${parameter} ami-0bbbbbbbb` }]);
    expect(told('AMI Release Withdrawn')).toEqual([]);
    await stack.runUntil(day(5, '12:15'));
    expect(told('AMI Release Withdrawn')).toMatchObject([{ why: 'imageDeprecated' }]);
  });
});
