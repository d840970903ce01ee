/** Slack on bad days: whatever it does, people read in the end what they would have read on a good one. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../cloud/service.ts';
import type { SlackMessage } from '../cloud/services/slack-workspace.ts';
import { policyWith } from './open-story.ts';
import { day, home, type Story, tellStory } from './story.ts';

const train = 'al2023 v20260610';
const end = day(20, '12:00');

const calm = async () => {
  const story = await tellStory();
  await story.stack.runUntil(day(18, '07:00'));
  return story;
};
const messages = ({ cloud }: Story) => cloud.slack.messages();
const isHead = ({ text, thread_ts }: SlackMessage) => !thread_ts && text.startsWith(`Rollout ${train}`);
const head = (story: Story): SlackMessage => {
  const found = messages(story).find(isHead);
  if (!found) throw new Error('the rollout has no thread');
  return found;
};
/** `[in the thread of,] text`, oldest first, as they read at last. */
const read = (story: Story): readonly string[] =>
  messages(story).map(({ text, thread_ts }) => {
    const first = messages(story).find(({ ts }) => ts === thread_ts)?.text ?? 'a deleted message';
    return thread_ts ? `${first} > ${text}` : text;
  });
let inCalm: readonly string[] | undefined;
/** What people read in calm weather; the story is told once. */
const expected = async (): Promise<readonly string[]> => {
  if (inCalm) return inCalm;
  const story = await calm();
  await story.stack.runUntil(end);
  inCalm = read(story);
  return inCalm;
};

const counted = ({ stack }: Story, metric: string): number =>
  stack.logs.reduce((sum, { entry }) => sum + Number((entry as Record<string, unknown>)[metric] ?? 0), 0);

const channel = { id: 'C0DRYDOCK', name: 'drydock' };
const token = { name: '/drydock/prod/slack/bot-token', type: 'SecureString', overwrite: true } as const;
const scopes = ['chat:write', 'channels:history', 'groups:history'];

describe('nothing is lost, nothing comes twice, and all is in order', () => {
  it.each<[string, (story: Story) => void, (story: Story) => void]>([
    [
      'when the channel is archived for half a day',
      ({ cloud }) => cloud.slack.addChannel({ ...channel, isArchived: true }),
      ({ cloud }) => cloud.slack.addChannel(channel),
    ],
    [
      'when the app is thrown out of the channel and invited again',
      ({ cloud }) => cloud.slack.addChannel({ ...channel, isMember: false }),
      ({ cloud }) => cloud.slack.addChannel(channel),
    ],
    [
      'when the channel is renamed',
      ({ cloud }) => cloud.slack.addChannel({ ...channel, name: 'drydock-old' }),
      () => {},
    ],
    [
      'when the token is revoked and a new one put in its place',
      ({ cloud }) => cloud.slack.revoke('xoxb-simulated'),
      ({ cloud }) => {
        cloud.slack.addToken('xoxb-new', scopes);
        cloud.ssm.put(home, { ...token, value: 'xoxb-new' });
      },
    ],
    [
      'when Slack asks for patience, for longer than a function runs',
      ({ cloud }) => {
        const later = new Refusal('ratelimited', '', { status: 429, members: { retryAfterSeconds: 900 } });
        cloud.faults.add({ service: 'slack', operation: '*', times: 'always', as: later });
      },
      ({ cloud }) => cloud.faults.clear(),
    ],
    [
      'when Slack asks for a second’s patience at every other call',
      ({ cloud }) => {
        let calls = 0;
        const when = () => calls++ % 2 === 0;
        cloud.faults.add({ service: 'slack', operation: '*', when, times: 'always', as: 'throttled' });
      },
      ({ cloud }) => cloud.faults.clear(),
    ],
    ...(['failsAfterDoingIt', 'serverError', 'timeOut'] as const).map(
      (as): [string, (story: Story) => void, (story: Story) => void] => [
        `when every first call of a message ends so: ${as}`,
        ({ cloud }) => {
          const seen = new Set<string>();
          const when = (input: object) => {
            const call = JSON.stringify({ ...input, token: '' });
            return !seen.has(call) && Boolean(seen.add(call));
          };
          cloud.faults.add({ service: 'slack', operation: '*', when, times: 'always', as });
        },
        ({ cloud }) => cloud.faults.clear(),
      ],
    ),
  ])('%s', async (_case, begin, mend) => {
    const story = await calm();
    begin(story);
    await story.stack.runUntil(day(18, '19:00'));
    mend(story);
    await story.stack.runUntil(end);
    expect(read(story)).toEqual(await expected());
    expect([story.cloud.notSimulated, story.cloud.broken]).toEqual([[], []]);
  });
});

it.each<[string, string, (story: Story) => void]>([
  ['has its name', 'drydock', () => {}],
  [
    'is in the policy',
    'rolling',
    ({ stack }) => stack.redeploy(policyWith(["channel: '#drydock'", "channel: '#rolling'"])),
  ],
])(
  'when the channel is archived and another one %s, what is told next goes there',
  async (_case, name, change) => {
    const story = await calm();
    await story.stack.runUntil(day(18, '08:30'));
    const before = messages(story).length;
    story.cloud.slack.addChannel({ ...channel, name: 'drydock-old', isArchived: true });
    story.cloud.slack.addChannel({ id: 'C0NEW', name });
    change(story);
    await story.stack.runUntil(end);
    const since = messages(story).slice(before);
    expect(since.length).toBeGreaterThan(0);
    expect(new Set(since.map(({ channel }) => channel))).toEqual(new Set(['C0NEW']));
    expect(since.filter(isHead)).toHaveLength(1);
    const [queue] = story.cloud.queues.all().filter(({ name }) => name.endsWith('-slack.fifo'));
    expect(queue?.messages()).toEqual([]);
  },
);

it('a token that Slack refuses is counted, for an alarm that does not go through Slack, and is in no log', async () => {
  const story = await calm();
  expect(counted(story, 'SlackTokenRefused')).toBe(0);
  story.cloud.slack.revoke('xoxb-simulated');
  await story.stack.runUntil(day(18, '09:00'));
  expect(counted(story, 'SlackTokenRefused')).toBeGreaterThan(0);
  expect(JSON.stringify(story.stack.logs)).not.toContain('xoxb-simulated');
});

describe('a thread that somebody deletes', () => {
  it('begins anew with what is to be told next, once, and goes on there', async () => {
    const late = day(23);
    const other = await calm();
    await other.stack.runUntil(late);
    const story = await calm();
    await story.stack.runUntil(day(18, '08:30'));
    const { ts: old } = head(story);
    const repliesTo = (ts: string) => messages(story).filter(({ thread_ts }) => thread_ts === ts).length;
    const before = repliesTo(old);
    story.cloud.slack.delete(head(story));
    await story.stack.runUntil(late);
    expect(messages(story).filter(isHead)).toHaveLength(1);
    expect(repliesTo(old)).toBe(before);
    expect(repliesTo(head(story).ts)).toBeGreaterThan(0);
    const texts = (all: readonly string[]) => all.map((text) => text.split(' > ').at(-1)).toSorted();
    expect(texts(read(story))).toEqual(texts(read(other)));
  });

  it('of which a reply is deleted goes on as if nothing had happened', async () => {
    const story = await calm();
    await story.stack.runUntil(day(18, '08:30'));
    const reply = messages(story).findLast(({ thread_ts }) => thread_ts === head(story).ts);
    if (!reply) throw new Error('there is no reply');
    const at = messages(story).indexOf(reply);
    story.cloud.slack.delete(reply);
    await story.stack.runUntil(end);
    expect(read(story)).toEqual((await expected()).toSpliced(at, 1));
  });
});
