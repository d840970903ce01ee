/** Rollouts of hundreds of groups with awkward names: every message within Slack's limits, as Slack judges it. */
import { expect, it } from 'vitest';
import { charactersOf, judgeBlocks } from '../cloud/services/slack-blocks.ts';
import { day, home, policyWith, tellStory } from './story.ts';

/** As long and as much like markup as EKS lets names be. */
const clusterName = (index: number) => `c${index}_*`.replace('*', '_').padEnd(100, '_x-');
const groupName = (index: number) => `g${index}_`.padEnd(63, '-_');
/** What AWS and people may write freely. */
const nasty = '<!channel> <@U0ALL> *_~`&amp;```\n>'.repeat(3) + '👩‍👩‍👧‍👦\u202e\u0000'.repeat(20);

it('500 groups, of which a third fail, are told without a refusal and without calling anybody', async () => {
  const policy = policyWith(
    ['days: [mon, tue, wed, thu]', 'days: [mon, tue, wed, thu, fri]'],
    ["from: '08:00'", "from: '00:00'"],
    ["to: '15:00'", "to: '00:00'"],
    ['soakHours: 24', 'soakHours: 1'],
    ['perCluster: 1', 'perCluster: 50'],
    ['perRegion: 20', 'perRegion: 500'],
    ['concurrency: 5', 'concurrency: 500'],
    ['concurrency: 3', 'concurrency: 500'],
    ['failureBudget: 1', 'failureBudget: 500'],
    ['  - name: rest\n', `  - name: ${'r'.repeat(63)}\n    approval: { timeoutHours: 48 }\n`],
    ['  allow: {}', "  allow: { all: ['*'] }"],
  );
  const { stack, cloud, told } = await tellStory(
    ({ estate }) => {
      for (let index = 0; index < 10; index++) {
        const name = clusterName(index);
        const tags = { environment: index === 0 ? 'dev' : index < 4 ? 'staging' : 'prod' };
        estate.addCluster({ ...home, name, version: '1.34', tags });
        for (let number = 0; number < 50; number++) {
          const nodeGroup = groupName(number);
          const at = { cluster: name, name: nodeGroup, desiredSize: 1, releaseVersion: '1.34.7-20260505' };
          estate.addNodeGroup({
            ...at,
            tags: number % 10 === 9 ? { 'drydock:hold': nasty.slice(0, 200) } : {},
          });
          if (index > 0 && number % 3 === 0)
            estate.script({
              cluster: name,
              nodeGroup,
              failure: { code: 'PodEvictionFailure', message: nasty, times: 'always' },
            });
        }
      }
    },
    { policy, record: true, from: day(16) },
  );
  await stack.runUntil(day(19, '12:00'));
  const question = cloud.slack.messages().find(({ text }) => text.includes('asks for approval'));
  if (!question) throw new Error('nobody was asked');
  await cloud.press({
    channel: question.channel,
    ts: question.ts,
    actionId: 'drydock-approve',
    user: 'U0ALICE',
  });
  await stack.runUntil(day(19, '14:00'));
  const { rollout } = told('Approval Requested')[0] ?? {};
  await stack.invoke('control', { command: 'abandon', by: 'anna', why: nasty, rollout });
  await stack.runUntil(day(19, '16:00'));

  const messages = cloud.slack.messages();
  const [last] = told('Rollout Completed');
  expect(last?.waves).toMatchObject([
    { groups: { done: 45 } },
    { groups: { done: 90, failed: 45 } },
    { groups: { done: 180, held: 90 } },
  ]);
  const refused = cloud.calls.filter(({ service, outcome }) => service === 'slack' && outcome !== 'ok');
  expect(refused.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([]);
  expect(messages.length).toBeGreaterThan(10);
  for (const { text, blocks, edits } of messages)
    for (const one of [{ text, blocks }, ...edits]) {
      expect(one.blocks.length).toBeGreaterThan(0);
      expect(judgeBlocks(one.blocks)).toEqual([]);
      expect(charactersOf(one.blocks)).toBeLessThan(13_000);
      expect(one.text.length).toBeLessThan(4_000);
      expect(JSON.stringify(one)).not.toMatch(/<!channel>|<@U0ALL>/);
    }
});
