/** Buttons as people press them: through the built `answer-slack`, signed as Slack signs. */
import { describe, expect, it } from 'vitest';
import { payloadOf, signedRequest } from '../cloud/services/slack-press.ts';
import type { SlackMessage } from '../cloud/services/slack-workspace.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

const train = 'al2023 v20260610';
const rollout = 'al2023-v20260610';
const anna = 'U0ANNA';
const bob = 'U0BOB';

/** The last wave asks first; Anna may do everything, whoever is there may stop. */
const asks = policyWith(
  ['  - name: rest\n', '  - name: rest\n    approval: { timeoutHours: 48 }\n'],
  ['  allow: {}', `  allow: { all: [${anna}], stop: ['*'] }`],
);

const tell = async () => {
  const story = await tellStory(undefined, { policy: asks });
  story.cloud.slack.users.set(anna, 'anna').set(bob, 'bob');
  return story;
};

const named = ({ cloud }: Story, text: RegExp): SlackMessage => {
  const found = cloud.slack.messages().findLast((message) => text.test(message.text));
  if (!found) throw new Error(`no message says ${text}`);
  return found;
};
const press = (story: Story, { channel, ts }: SlackMessage, actionId: string, user = anna) =>
  story.cloud.press({ channel, ts, actionId, user });
const pressAsFirstPosted = (story: Story, { channel, ts }: SlackMessage, actionId: string) =>
  story.cloud.press({ channel, ts, actionId, user: anna, asFirstPosted: true });
/** What Slack posts of a press, to be sent late, or more than once. */
const payload = ({ cloud }: Story, { channel, ts }: SlackMessage, actionId: string) =>
  payloadOf(cloud.slack, { channel, ts, actionId, user: anna }, `${cloud.url}/slack/hooks/x`);
const appOf = ({ cloud: { slack } }: Story) => {
  if (!slack.app) throw new Error('the app has no address');
  return slack.app;
};
const send = async (story: Story, pressed: object, how: { secret?: string; minutesAgo?: number } = {}) => {
  const { requestUrl, signingSecret } = appOf(story);
  const { secret = signingSecret, minutesAgo = 0 } = how;
  const at = new Date(story.cloud.clock.now().getTime() - minutesAgo * 60_000);
  return (await fetch(requestUrl, signedRequest(pressed, secret, at))).status;
};
const actionsOf = ({ blocks }: SlackMessage): readonly string[] =>
  (blocks as readonly { elements?: readonly { action_id?: string }[] }[])
    .flatMap(({ elements = [] }) => elements)
    .flatMap(({ action_id }) => action_id ?? []);
const minutes = ({ stack, cloud }: Story, number: number) =>
  stack.runUntil(new Date(cloud.clock.now().getTime() + number * 60_000));
const says = (message: SlackMessage): string => JSON.stringify(message.blocks);

const head = (story: Story) =>
  story.cloud.slack
    .messages()
    .find(({ text, thread_ts }) => !thread_ts && text.startsWith(`Rollout ${train}:`)) as SlackMessage;

describe('a wave that asks', () => {
  const untilAsked = async () => {
    const story = await tell();
    await story.stack.runUntil(day(23, '12:00'));
    return { story, question: named(story, /asks for approval/) };
  };

  it('goes on when somebody presses Approve, and the question says who it was and has no buttons', async () => {
    const { story, question } = await untilAsked();
    expect(actionsOf(question)).toEqual(['drydock-approve', 'drydock-reject', 'drydock-explain']);
    const pressed = await press(story, question, 'drydock-approve');
    expect(pressed).toMatchObject({ status: 200, body: '' });
    await minutes(story, 15);
    expect(story.updates('prod', 'general')).toEqual(['InProgress']);
    const after = named(story, /asks for approval/);
    expect(actionsOf(after)).toEqual([]);
    expect(says(after)).toContain('*Approved* by anna (Slack U0ANNA)');
  });

  it('begins once, and is told once, however often Slack sends the press', async () => {
    const { story, question } = await untilAsked();
    const pressed = payload(story, question, 'drydock-approve');
    await Promise.all([send(story, pressed), send(story, pressed)]);
    await minutes(story, 15);
    expect(story.told('Command Done')).toMatchObject([{ command: 'approve', accepted: true }]);
    expect(story.updates('prod', 'general')).toEqual(['InProgress']);
  });

  it('begins once, however often Approve is pressed; whoever presses again is answered', async () => {
    const { story, question } = await untilAsked();
    await press(story, question, 'drydock-approve');
    await minutes(story, 1);
    await pressAsFirstPosted(story, question, 'drydock-approve');
    await minutes(story, 15);
    expect(story.told('Command Done')).toMatchObject([
      { accepted: true },
      { accepted: true, says: [expect.stringMatching(/^anna \(Slack U0ANNA\) approved it .* already\.$/)] },
    ]);
    expect(story.updates('prod', 'general')).toEqual(['InProgress']);
  });

  it('halts when somebody presses Reject', async () => {
    const { story, question } = await untilAsked();
    await press(story, question, 'drydock-reject');
    await minutes(story, 15);
    expect(story.told('Rollout Halted')).toMatchObject([{ train, state: { why: 'rejected' } }]);
    expect(says(named(story, /asks for approval/))).toContain('*Rejected* by anna (Slack U0ANNA)');
  });
});

describe('a rollout', () => {
  it('stops at Stop and goes on at Resume; the buttons are those that apply', async () => {
    const story = await tell();
    await story.stack.runUntil(day(18, '12:00'));
    expect(actionsOf(head(story))).toEqual(['drydock-stop', 'drydock-roll-back', 'drydock-explain']);
    await press(story, head(story), 'drydock-stop', bob);
    await story.stack.runUntil(day(22, '12:00'));
    expect(story.updates('staging', 'general')).toEqual([]);
    expect(actionsOf(head(story))).toEqual(['drydock-resume', 'drydock-roll-back', 'drydock-explain']);
    await press(story, head(story), 'drydock-resume');
    await story.stack.runUntil(day(23, '09:00'));
    expect(story.updates('staging', 'general')).toHaveLength(1);
  });

  it('stops again at the Stop of a message that was not kept up to date', async () => {
    const story = await tell();
    await story.stack.runUntil(day(18, '12:00'));
    await pressAsFirstPosted(story, head(story), 'drydock-stop');
    await minutes(story, 10);
    await story.stack.invoke('control', { command: 'resume', rollout, by: 'bob', why: 'It was nothing.' });
    await minutes(story, 10);
    await pressAsFirstPosted(story, head(story), 'drydock-stop');
    await minutes(story, 10);
    expect(story.told('Command Done').map(({ command }) => command)).toEqual(['stop', 'resume', 'stop']);
    expect(story.told('Rollout Halted')).toHaveLength(2);
    expect(says(head(story))).toContain('*Halted*');
  });

  it('stays halted at a Resume that shows an earlier halt; the newest one lifts it', async () => {
    const story = await tell();
    await story.stack.runUntil(day(18, '12:00'));
    await press(story, head(story), 'drydock-stop', bob);
    await minutes(story, 10);
    const seen = payload(story, head(story), 'drydock-resume');
    await minutes(story, 1);
    await press(story, head(story), 'drydock-resume');
    await minutes(story, 10);
    await press(story, head(story), 'drydock-stop', bob);
    await minutes(story, 10);
    await send(story, seen);
    await minutes(story, 10);
    expect(story.told('Command Done').at(-1)).toMatchObject({
      command: 'resume',
      accepted: false,
      says: [
        expect.stringMatching(/was halted anew 2026-06-18 12:21 UTC: A person stopped it\. By bob/),
        expect.stringContaining('press Resume in its newest message'),
      ],
    });
    expect(says(head(story))).toContain('*Halted*');
    await press(story, head(story), 'drydock-resume');
    await minutes(story, 10);
    expect(says(head(story))).toContain('*Rolling*');
  });

  it('is taken back at Roll back', async () => {
    const story = await tell();
    await story.stack.runUntil(day(18, '12:00'));
    expect(story.runs()['dev/general']).toBe('1.34.8-20260610');
    await press(story, head(story), 'drydock-roll-back');
    await minutes(story, 120);
    expect(story.runs()['dev/general']).toBe('1.34.7-20260505');
  });

  it('is explained in its thread to whoever asks', async () => {
    const story = await tell();
    await story.stack.runUntil(day(18, '12:00'));
    await press(story, head(story), 'drydock-explain', bob);
    await minutes(story, 5);
    const answer = named(story, /^explain by bob/);
    expect(answer.thread_ts).toBe(head(story).ts);
  });

  it('is nobody’s to resume who is not named: they alone are told, and nothing changes', async () => {
    const story = await tell();
    await story.stack.runUntil(day(18, '12:00'));
    await press(story, head(story), 'drydock-stop', bob);
    await minutes(story, 10);
    const before = story.cloud.slack.messages().length;
    expect(await press(story, head(story), 'drydock-resume', bob)).toMatchObject({ status: 200 });
    await minutes(story, 10);
    expect(story.cloud.slack.messages()).toHaveLength(before);
    expect(story.cloud.slack.ephemerals).toMatchObject([
      { user: bob, text: expect.stringContaining('You may not ask for `resume` here') },
    ]);
    expect(actionsOf(head(story))).toContain('drydock-resume');
  });
});

describe('a finding', () => {
  it('is muted from its message, the others are not, and the thread says until when', async () => {
    const story = await tellStory(
      (cloud) => {
        cloud.estate.addCluster({ ...home, name: 'data', version: '1.34' });
        for (const name of ['kafka', 'zookeeper']) {
          const { instances } = cloud.estate.addNodeGroup({
            cluster: 'data',
            name,
            instanceTypes: ['d3.8xlarge'],
            interfacesPerNode: 1,
            tags: { 'drydock:hold': 'true' },
          });
          for (const { id } of instances) cloud.estate.attachVolumes({ ...home, instanceId: id, count: 1 });
        }
      },
      { policy: asks },
    );
    await story.stack.runUntil(day(1, '06:00'));
    const message = named(story, /^Findings:/);
    expect(actionsOf(message).slice(0, 2)).toEqual(['drydock-mute-7', 'drydock-mute-30']);
    await press(story, message, 'drydock-mute-7');
    await minutes(story, 5);
    expect(says(named(story, /^mute by/))).toContain('Muted until 2026-06-08');
    await story.stack.runUntil(day(7));
    expect(story.told('Command Done')).toMatchObject([{ command: 'mute', accepted: true }]);
    const after = story.cloud.slack.messages().find(({ ts }) => ts === message.ts) ?? message;
    expect(says(after)).toContain(':no_bell: Muted by stranger (Slack U0ANNA)');
    expect(actionsOf(after)).toEqual(actionsOf(message).slice(2));
  });
});

describe('a request that Slack did not sign', () => {
  const stops = async (secret: string, minutesAgo: number) => {
    const story = await tell();
    await story.stack.runUntil(day(18, '12:00'));
    const pressed = payload(story, head(story), 'drydock-stop');
    const status = await send(story, pressed, { secret, minutesAgo });
    await minutes(story, 10);
    return { status, done: story.told('Command Done').length };
  };

  it.each([
    ['is obeyed when it did, five minutes ago', 'simulated-signing-secret', 5, { status: 200, done: 1 }],
    ['is refused when it is older', 'simulated-signing-secret', 6, { status: 401, done: 0 }],
    ['is refused with another secret', 'another-secret', 0, { status: 401, done: 0 }],
  ])('%s', async (_case, secret, minutesAgo, outcome) => {
    expect(await stops(secret, minutesAgo)).toEqual(outcome);
  });
});
