/** What starts a look for releases beside the schedule: messages of topics, changes of the user's own parameters. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { copyOfProject, packageIn } from './copy.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

const lookNowTopic = `arn:aws:sns:${home.region}:${home.account}:drydock-prod-look-now`;
const windowsTopic = 'arn:aws:sns:us-east-1:801119661308:ec2-windows-ami-update';
const linuxTopic = 'arn:aws:sns:us-east-1:137112412989:amazon-linux-2023-ami-updates';

/** Topic and text of a sample in `events/`. */
const sample = (name: string): { topicArn: string; message: string } => {
  const file = join(import.meta.dirname, '../../events', name);
  const [{ Sns }] = JSON.parse(readFileSync(file, 'utf8')).Records;
  return { topicArn: Sns.TopicArn, message: Sns.Message };
};

const looks = ({ stack }: Story) =>
  stack.invocations.filter(({ function: name }) => name === 'detect-releases');
const looksBy = (story: Story, cause: string) => looks(story).filter((look) => look.cause === cause);
const byMessage = (story: Story) => looksBy(story, 'a message of a topic');
const trains = ({ told }: Story) => told('AMI Release Detected').map(({ train }) => train);
const logged = ({ stack }: Story, message: string) =>
  stack.logs.filter(({ entry }) => entry.message === message);

describe('a message on the topic', () => {
  /** AWS publishes v20260618 at eight in the evening of the 18th; the schedule looks seven minutes later. */
  const atEight = async () => {
    const story = await tellStory(undefined, { from: day(16, '00:07') });
    await story.stack.runUntil(day(18, '20:00'));
    return story;
  };

  it('finds a release at once, and the schedule does not tell it again', async () => {
    const story = await atEight();
    story.cloud.topics.publish({ topicArn: lookNowTopic, message: 'look now' });
    await story.stack.runUntil(day(18, '20:01'));
    expect(trains(story)).toEqual(['al2023 v20260610', 'al2023 v20260618']);
    await story.stack.runUntil(day(19));
    expect(trains(story).length).toBe(2);
  });

  it('changes nothing more when it comes twice at once, and again late', async () => {
    const story = await atEight();
    for (const _ of ['once', 'twice']) story.cloud.topics.publish({ topicArn: lookNowTopic, message: '{}' });
    await story.stack.runUntil(day(18, '20:01'));
    const [slack, news] = [story.cloud.slack.messages().length, story.stack.news.length];
    await story.stack.runUntil(day(18, '21:00'));
    story.cloud.topics.publish({ topicArn: lookNowTopic, message: '{}' });
    await story.stack.runUntil(day(18, '21:05'));
    expect(byMessage(story).length).toBe(3);
    expect(story.cloud.slack.messages().length).toBe(slack);
    expect(story.stack.news.length).toBe(news);
  });

  it('leaves to the other of two looks at the same moment what that one wrote', async () => {
    const story = await atEight();
    const answers = await Promise.all([1, 2].map(() => story.stack.invoke('detect-releases', {})));
    expect(answers).toContainEqual({ sources: 1, news: ['eu-central-1 al2023 v20260618 detected'] });
    await story.stack.runUntil(day(19));
    expect(looks(story).filter(({ error }) => error)).toEqual([]);
    const told = story.cloud.slack.messages().filter(({ text }) => text === 'New release: al2023 v20260618');
    expect(told.length).toBe(1);
  });

  it('is dropped when it is not understood: counted, told by its form alone, tried once', async () => {
    const story = await atEight();
    const message = JSON.stringify({ token: 'xoxb-secret' });
    story.cloud.topics.publish({ topicArn: lookNowTopic, message });
    await story.stack.runUntil(day(18, '20:06'));
    expect(byMessage(story).map(({ answer }) => answer)).toEqual([
      { dropped: [expect.stringMatching(/^Records\.0\.Sns\.Message: expected /)] },
    ]);
    expect(trains(story)).toEqual(['al2023 v20260610']);
    expect(story.stack.logs.some(({ entry }) => entry.EventDropped === 1)).toBe(true);
    expect(JSON.stringify(story.stack.logs)).not.toContain('xoxb-secret');
    expect(story.stack.logs.length).toBeGreaterThan(0);
  });
});

describe('with images of the user’s own, and AWS’s topics subscribed to', () => {
  let packaged: string;
  beforeAll(() => {
    packaged = copyOfProject();
    const wiring = join(packaged, 'serverless.yml');
    const text = readFileSync(wiring, 'utf8');
    writeFileSync(wiring, text.replaceAll('# - sns: { arn:', '- sns: { arn:'));
    const policy = policyWith([
      'ownImages: []',
      'ownImages:\n  - { parameter: "/golden/{minor}/image-id", select: [{ tags: { image: golden } }] }',
    ]);
    packageIn(packaged, { DRYDOCK_POLICY: policy });
  });

  const parameter = '/golden/1.34/image-id';
  const golden = (cloud: Cloud, imageId: string, createdAt: Date) =>
    cloud.estate.addImage({ ...home, name: imageId, imageId, createdAt }).imageId;

  /** One group runs `ami-0aaaaaaaa`, which the parameter names; another one runs EKS's image. */
  const goldenStory = async () => {
    const story = await tellStory(
      (cloud) => {
        for (const topic of [windowsTopic, linuxTopic]) cloud.topics.create(topic);
        const imageId = golden(cloud, 'ami-0aaaaaaaa', day(1));
        cloud.ssm.put(home, { name: parameter, value: imageId, type: 'String' });
        cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34' });
        cloud.estate.addNodeGroup({ cluster: 'dev', name: 'plain' });
        const tags = { image: 'golden' };
        cloud.estate.addNodeGroup({ cluster: 'dev', name: 'own', ownImage: { imageId }, tags });
      },
      { packaged, from: day(16, '00:07'), record: true },
    );
    await story.stack.runUntil(day(18, '19:55'));
    story.cloud.forgetCalls();
    return story;
  };

  it('looks at once when the parameter changes, at that one alone', async () => {
    const story = await goldenStory();
    const value = golden(story.cloud, 'ami-0bbbbbbbb', day(18));
    story.cloud.ssm.put(home, { name: parameter, value, overwrite: true });
    await story.stack.runUntil(day(18, '19:56'));
    expect(trains(story).at(-1)).toBe(`${parameter} ${value}`);
    const asked = story.cloud.calls.filter(({ operation }) => operation === 'GetParameters');
    expect(asked.map(({ input }) => input)).toEqual([{ Names: [parameter] }]);
    await story.stack.runUntil(day(19));
    expect(trains(story).filter((train) => train === `${parameter} ${value}`).length).toBe(1);
  });

  it('does not look when another parameter changes, or a public one', async () => {
    const story = await goldenStory();
    for (const name of ['/golden/image-id', '/golden/1.34/image-id/old', '/other'])
      story.cloud.ssm.put(home, { name, value: 'ami-0cccccccc', type: 'String' });
    // AWS publishes v20260618 at eight.
    await story.stack.runUntil(day(18, '20:06'));
    expect(looksBy(story, 'an event')).toEqual([]);
    expect(trains(story)).not.toContain('al2023 v20260618');
    await story.stack.runUntil(day(18, '20:08'));
    expect(trains(story)).toContain('al2023 v20260618');
  });

  it('changes nothing when the change is told twice, or late', async () => {
    const story = await goldenStory();
    const value = golden(story.cloud, 'ami-0bbbbbbbb', day(18));
    story.cloud.ssm.put(home, { name: parameter, value, overwrite: true });
    await story.stack.runUntil(day(18, '19:56'));
    const news = story.stack.news.length;
    const event = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../events/look-now.parameter-store-change.json'), 'utf8'),
    );
    for (const { source, 'detail-type': detailType, detail } of [event, event])
      story.cloud.events.send(home, { source, detailType, detail });
    await story.stack.runUntil(day(18, '19:58'));
    expect(looksBy(story, 'an event').length).toBe(3);
    expect(story.stack.news.length).toBe(news);
    expect(looks(story).filter(({ error }) => error)).toEqual([]);
  });

  it('takes a new image of Image Builder for a release when the parameter names it', async () => {
    const story = await goldenStory();
    const value = golden(story.cloud, 'ami-01a23bc4def5a6789', day(18));
    story.cloud.topics.publish(sample('look-now.image-builder.sns.json'));
    await story.stack.runUntil(day(18, '19:56'));
    expect(trains(story)).not.toContain(`${parameter} ${value}`);
    expect(
      logged(story, 'no parameter in use names the new images').map(({ entry }) => entry.images),
    ).toEqual([[value]]);

    story.cloud.ssm.put(home, { name: parameter, value, overwrite: true });
    story.cloud.topics.publish(sample('look-now.image-builder.sns.json'));
    await story.stack.runUntil(day(18, '19:57'));
    expect(trains(story).filter((train) => train === `${parameter} ${value}`).length).toBe(1);
    expect(logged(story, 'no parameter in use names the new images').length).toBe(1);
  });

  it('asks AWS for nothing when a build failed', async () => {
    const story = await goldenStory();
    const { topicArn, message } = sample('look-now.image-builder.sns.json');
    story.cloud.topics.publish({ topicArn, message: message.replace('AVAILABLE', 'FAILED') });
    await story.stack.runUntil(day(18, '19:56'));
    expect(byMessage(story).map(({ answer }) => answer)).toEqual([{ sources: 0, news: [] }]);
    const services = new Set(story.cloud.calls.map(({ service }) => service));
    expect(services).not.toContain('ssm');
    expect(services).not.toContain('ec2');
  });

  it.each(['look-now.windows.sns.json', 'look-now.amazon-linux.sns.json'])(
    'looks at everything when AWS announces images from another region: %s',
    async (name) => {
      const story = await goldenStory();
      await story.stack.runUntil(day(18, '20:00'));
      story.cloud.topics.publish(sample(name));
      await story.stack.runUntil(day(18, '20:01'));
      expect(byMessage(story).map(({ answer }) => answer)).toMatchObject([{ sources: 2 }]);
      expect(trains(story)).toContain('al2023 v20260618');
    },
  );
});
