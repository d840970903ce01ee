/** What persons command on moto: by hand, on the bus and by buttons; and who is not let in. */
import { PutEventsCommand, type PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { expect, it } from 'vitest';
import { tableSwitch } from '../../functions/aws/dynamodb-stores.ts';
import { dynamoDbTable } from '../../functions/aws/dynamodb-table.ts';
import { signedRequest } from '../cloud/services/slack-press.ts';
import { slackParameters } from '../cloud/set-up-slack.ts';
import { addGoldenFleet, goldenPolicy, parameter } from './golden-fleet.ts';
import { type MotoStory, tableName, tellMotoStory } from './story.ts';

const asked = { by: 'anna', why: 'Incident 4711' };

const request = ({ events, cloud }: MotoStory, command: object): Promise<PutEventsCommandOutput> => {
  const detail = { schema: 1, id: 'asked-once', at: cloud.clock.now().toISOString(), command };
  const entry = { Source: 'drydock', DetailType: 'Command Requested', Detail: JSON.stringify(detail) };
  return events.send(new PutEventsCommand({ Entries: [{ EventBusName: 'drydock-prod', ...entry }] }));
};

const done = ({ news }: MotoStory) =>
  news.flatMap(({ type, detail }) => (type === 'Command Done' ? [detail] : []));

it('are carried out by hand, remembered, and told in Slack', async () => {
  const story = await tellMotoStory();
  expect(await story.run('control', { command: 'stop', ...asked })).toMatchObject({ accepted: true });
  await story.settle();
  expect(done(story)).toMatchObject([{ command: 'stop', ...asked }]);
  expect(story.cloud.slack.messages().map(({ text }) => text)).toEqual(['stop by anna']);
  const everything = tableSwitch(dynamoDbTable(story.dynamoDb, tableName));
  expect(await everything.read()).toMatchObject(asked);
  await story.run('control', { command: 'resume', ...asked });
  expect(await everything.read()).toBeUndefined();
});

it('are carried out once, however often the bus brings them', async () => {
  const story = await tellMotoStory();
  await request(story, { command: 'stop', ...asked });
  await request(story, { command: 'stop', ...asked });
  await story.settle();
  expect(done(story)).toMatchObject([{ id: 'asked-once', command: 'stop', accepted: true }]);
});

it('hold a group, and say so until the hold is released', async () => {
  const story = await tellMotoStory(goldenPolicy());
  const { images } = await addGoldenFleet(story);
  await story.put(parameter, images[1]);
  await story.run('detect-releases');
  const group = { cluster: 'dev', nodeGroup: 'own', ...asked };
  await story.run('control', { command: 'hold', ...group, until: '2099-01-01T00:00:00.000Z' });
  const held = { accepted: true, says: [expect.stringContaining('A person holds it')] };
  expect(await story.run('control', { command: 'explain', ...group })).toMatchObject(held);
  await story.run('control', { command: 'release-hold', ...group });
  const fresh = { accepted: true, says: [expect.stringContaining('younger than the minimum age')] };
  expect(await story.run('control', { command: 'explain', ...group })).toMatchObject(fresh);
});

it('roll a release that is too fresh now, when somebody says so', async () => {
  const story = await tellMotoStory(goldenPolicy());
  const { images } = await addGoldenFleet(story);
  await story.put(parameter, images[1]);
  await story.run('detect-releases');
  // SSM dated the value later than the story began.
  await story.cloud.clock.advanceTo(new Date(story.cloud.clock.now().getTime() + 60 * 60_000));
  const all = { select: [{ clusters: ['dev'] }], canaryFirst: true, force: false, dryRun: true };
  const rollNow = { command: 'roll-now', ...asked, ...all };
  expect(await story.run('control', { ...rollNow, skip: [] })).toMatchObject({ accepted: false });
  const skips = { ...rollNow, skip: ['age', 'window', 'soak'] };
  expect(await story.run('control', skips)).toMatchObject({
    accepted: true,
    says: expect.arrayContaining([expect.stringContaining(images[1])]),
  });
});

it('look whether the secrets are in SSM and Slack takes them', async () => {
  const story = await tellMotoStory();
  expect(await story.run('control', { command: 'slack-test', ...asked })).toMatchObject({
    accepted: true,
    says: [
      'Token: Slack takes it, as drydock in Simulated.',
      'Channel #drydock: a test message is there.',
      expect.stringContaining('Signing secret: it is there.'),
    ],
  });
});

it('are not taken from a request that Slack has not signed', async () => {
  const story = await tellMotoStory();
  const { slack, clock } = story.cloud;
  const send = async (secret: string) => {
    const answer = await fetch(slack.app?.requestUrl ?? '', signedRequest({}, secret, clock.now()));
    return answer.status;
  };
  expect(await send('guessed')).toBe(401);
  // Signed, and no button: a bad request.
  expect(await send(slackParameters.get('/drydock/prod/slack/signing-secret') ?? '')).toBe(400);
  await story.settle();
  expect(story.news).toEqual([]);
});
