/**
 * Hostile tags and parameter values: what cannot be understood is not rolled, with a reason; the others go
 * on, and nothing that somebody wrote there speaks as Slack's own markup.
 */
import { expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

const old = '1.34.7-20260505';
const texts: readonly string[] = [
  '<!channel> *now* `rm -rf`',
  'x'.repeat(256),
  '\u0000\u0007\u001b[31m\r\n',
  'ñ🐳\u202e\u2028<https://evil.example|click>',
  '__proto__',
  '{"is":"rolling"}',
];

/** Markup of Slack that Drydock itself writes: dates, people, groups and links to AWS's pages. */
const own = /<(!date\^|!subteam\^|@[UW]|https:\/\/(docs\.)?aws\.amazon\.com\/)/g;
/** Wherever a message holds markup that somebody else wrote. */
const injected = ({ cloud }: Story): readonly string[] =>
  [...cloud.slack.messages(), ...cloud.slack.ephemerals].flatMap(
    (message) =>
      JSON.stringify(message)
        .replaceAll(own, '')
        .match(/<.{0,60}/g) ?? [],
  );

/** Nothing threw, nothing is kept for a person to look at, nothing was refused by the simulation itself. */
const quiet = ({ cloud, stack }: Story) => ({
  errors: stack.invocations.flatMap(({ function: name, error }) => (error ? [`${name}: ${error}`] : [])),
  letters: cloud.queues
    .all()
    .filter(({ name }) => name.includes('dead-letters'))
    .flatMap((queue) => queue.messages()),
  broken: cloud.broken,
});
const inPeace = { errors: [], letters: [], broken: [], injected: [] };

const clean = (cloud: Cloud) => {
  cloud.estate.addCluster({ ...home, name: 'clean', version: '1.34', tags: { environment: 'dev' } });
  cloud.estate.addNodeGroup({ cluster: 'clean', name: 'general', releaseVersion: old });
};

const tags = ['hold', 'ignore', 'window', 'wave'] as const;

it('tags of Drydock’s with anything in them hold their group or mean nothing, and no other group', async () => {
  const story = await tellStory(
    (cloud) => {
      clean(cloud);
      for (const [i, text] of texts.entries()) {
        cloud.estate.addCluster({ ...home, name: `c${i}`, version: '1.34', tags: { team: text } });
        for (const tag of tags) {
          const group = { cluster: `c${i}`, name: tag, instanceTypes: ['d3.8xlarge'], releaseVersion: old };
          cloud.estate.addNodeGroup({ ...group, tags: { [`drydock:${tag}`]: text, [text]: text } });
        }
      }
    },
    { from: day(17) },
  );
  const { stack, runs } = story;
  await stack.runUntil(day(22, '07:00'));
  const asked = { command: 'explain', by: 'anna', why: 'A story.' };
  const explain = async (nodeGroup: string) => {
    const answer = await stack.invoke('control', { ...asked, cluster: 'c0', nodeGroup });
    return (answer as { says: string[] }).says.join(' ');
  };
  expect(await explain('hold')).toContain('It carries the tag drydock:hold.');
  expect(await explain('ignore')).toContain('It carries the tag drydock:ignore.');
  expect(await explain('window')).toContain('Its window never opens: look at the policy.');
  const person = { by: '<!channel> *Anna*', why: '<!here> <https://evil.example|click>' };
  const window = { cluster: 'c0', nodeGroup: 'window' };
  await stack.invoke('control', { command: 'hold', ...person, ...window, until: day(30).toISOString() });
  await stack.runUntil(day(22, '15:00'));
  const rolled = Object.entries(runs()).filter(([, release]) => release !== old);
  // A wave that the policy does not name is none: the group goes with the last one.
  expect(rolled.map(([group]) => group).toSorted()).toEqual(
    ['clean/general', ...texts.map((_, i) => `c${i}/wave`)].toSorted(),
  );
  expect({ ...quiet(story), injected: injected(story) }).toEqual(inPeace);
});

it('values of the user’s image parameters that are no image’s hold their groups with a reason, and no other one', async () => {
  const values: readonly string[] = [
    ...texts,
    'x'.repeat(4096),
    '{"image_id":"ami-0aaaaaaaaaaaaaaa1"}',
    'ami-0aaaaaaaaaaaaaaa1\n',
    'ami-0ffffffffffffffff',
    'ami-0aaaaaaaaaaaaaaa0',
  ];
  const parameters = values.map(
    (_, i) => `  - { parameter: /golden/v${i}, select: [{ clusters: [p${i}] }] }`,
  );
  const good = '  - { parameter: /golden/good, select: [{ clusters: [good] }] }';
  const image = (cloud: Cloud, number: number, createdAt: Date) =>
    cloud.estate.addImage({
      ...home,
      imageId: `ami-0aaaaaaaaaaaaaaa${number}`,
      name: `g${number}`,
      createdAt,
    });
  const story = await tellStory(
    (cloud) => {
      clean(cloud);
      for (const number of [0, 1, 2]) image(cloud, number, day(number + 1));
      const runsNow = { imageId: 'ami-0aaaaaaaaaaaaaaa1' };
      for (const name of ['good', ...values.map((_, i) => `p${i}`)]) {
        cloud.estate.addCluster({ ...home, name, version: '1.34' });
        cloud.estate.addNodeGroup({ cluster: name, name: 'own', ownImage: runsNow });
      }
      cloud.ssm.put(home, { name: '/golden/good', value: 'ami-0aaaaaaaaaaaaaaa2', type: 'String' });
      for (const [i, value] of values.entries())
        cloud.ssm.put(home, { name: `/golden/v${i}`, value, type: 'String' });
    },
    {
      from: day(16),
      policy: policyWith(['ownImages: []', ['ownImages:', good, ...parameters].join('\n')]),
    },
  );
  const { stack, runs, told } = story;
  await stack.runUntil(day(24));
  const elsewhere = Object.entries(runs()).filter(([, image]) => image !== 'ami-0aaaaaaaaaaaaaaa1');
  expect(Object.fromEntries(elsewhere)).toEqual({
    'clean/general': expect.not.stringMatching(old),
    'good/own': 'ami-0aaaaaaaaaaaaaaa2',
  });
  expect(told('Rollout Halted')).toEqual([]);
  const held = stack.logs.filter(({ entry }) => entry.message === 'group is held');
  const reasons = new Map(held.map(({ entry }) => [String(entry.group).split('/')[2], entry.why]));
  expect(values.map((_, i) => reasons.get(`p${i}`))).toEqual([
    ...texts.map(() => 'parameterUnreadable'),
    'parameterUnreadable',
    'parameterUnreadable',
    'parameterUnreadable',
    'imageUnseen',
    'runsNewer',
  ]);
  expect({ ...quiet(story), injected: injected(story) }).toEqual(inPeace);
});
