/** The command `slack-test` after each mistake that a person can make when setting Slack up. */
import { expect, it } from 'vitest';
import { home, policyWith, type Story, tellStory } from './story.ts';

const token = { name: '/drydock/prod/slack/bot-token', type: 'SecureString', overwrite: true } as const;
const secret = { ...token, name: '/drydock/prod/slack/signing-secret' } as const;
const channels = policyWith(
  ['    channels: []', "    channels: [{ channel: '#sev1', severities: [critical] }]"],
  ['  allow: {}', '  allow: { stop: [S0OPS] }'],
);

const ask = async (mistake: (story: Story) => void, asked: object = {}) => {
  const story = await tellStory(undefined, { policy: channels });
  const { slack } = story.cloud;
  slack.addToken('xoxb-simulated', ['chat:write', 'channels:history', 'groups:history', 'usergroups:read']);
  slack.addChannel({ id: 'C0SEV1', name: 'sev1' });
  slack.userGroups.set('S0OPS', ['U0ANNA']);
  mistake(story);
  const command = { command: 'slack-test', by: 'anna', why: 'Just deployed.', ...asked };
  const answer = await story.stack.invoke('control', command);
  return { story, answer: answer as { accepted: boolean; says: string[] } };
};

it('posts a test message to every channel, and says of each part that it works', async () => {
  const { story, answer } = await ask(() => {});
  expect(answer).toMatchObject({
    accepted: true,
    says: [
      'Token: Slack takes it, as drydock in Simulated.',
      'Channel #drydock: a test message is there.',
      'Channel #sev1: a test message is there.',
      'User group S0OPS: 1 people are in it.',
      expect.stringContaining('Signing secret: it is there.'),
    ],
  });
  expect(story.cloud.slack.messages().map(({ channel, text }) => [channel, text])).toEqual([
    ['C0DRYDOCK', 'Drydock can write here.'],
    ['C0SEV1', 'Drydock can write here.'],
  ]);
});

it('posts nothing in a dry run', async () => {
  const { story, answer } = await ask(() => {}, { dryRun: true });
  expect(answer).toMatchObject({ accepted: true });
  expect(answer.says.join('\n')).toContain('#sev1: not tried in a dry run');
  expect(story.cloud.slack.messages()).toEqual([]);
});

it.each<[string, (story: Story) => void, string]>([
  [
    'a token of another workspace',
    ({ cloud }) => cloud.ssm.put(home, { ...token, value: 'xoxb-of-elsewhere' }),
    'Slack does not know the token',
  ],
  [
    'the signing secret in the token’s place',
    ({ cloud }) => cloud.ssm.put(home, { ...token, value: 'simulated-signing-secret' }),
    'begins with xoxb-',
  ],
  [
    'the token in the secret’s place',
    ({ cloud }) => cloud.ssm.put(home, { ...secret, value: 'xoxb-simulated' }),
    'holds a token',
  ],
  ['a token that was revoked', ({ cloud }) => cloud.slack.revoke('xoxb-simulated'), 'was revoked'],
  ['no secrets', ({ cloud }) => cloud.ssm.delete(home, token.name), 'there is no such parameter'],
  [
    'an app without chat:write',
    ({ cloud }) => cloud.slack.addToken('xoxb-simulated', ['usergroups:read']),
    'chat:write is missing',
  ],
  [
    'no channel of that name',
    ({ cloud }) => cloud.slack.addChannel({ id: 'C0SEV1', name: 'sev-one' }),
    'Channel #sev1: there is none of that name',
  ],
  [
    'no invitation',
    ({ cloud }) => cloud.slack.addChannel({ id: 'C0SEV1', name: 'sev1', isMember: false }),
    'Channel #sev1: the app is not in it',
  ],
  [
    'an archived channel',
    ({ cloud }) => cloud.slack.addChannel({ id: 'C0SEV1', name: 'sev1', isArchived: true }),
    'Channel #sev1: it is archived',
  ],
  [
    'a user group that is gone',
    ({ cloud }) => cloud.slack.userGroups.delete('S0OPS'),
    'User group S0OPS: there is none of that id',
  ],
])('says in a sentence what is wrong after %s', async (_case, mistake, sentence) => {
  const { story, answer } = await ask(mistake);
  expect(answer.accepted).toBe(false);
  expect(answer.says[0]).toContain(sentence);
  const logs = JSON.stringify(story.stack.logs);
  expect(logs).not.toContain('xoxb-simulated');
  expect(logs).not.toContain('simulated-signing-secret');
});
