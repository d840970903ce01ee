/** What a fleet file and a story file may hold, and how mistakes in them are told. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Checked } from './checked.ts';
import { checkFleet, type Fleet } from './fleet.ts';
import { shelfAt } from './rehearse.ts';
import { samplePlan } from './sample.ts';
import { jsonSchemas } from './schemas.ts';
import { checkStory } from './story.ts';

const from = new Date('2026-06-01T00:00:00Z');
const shelf = shelfAt(from);

const problemsOf = (checked: Checked<unknown>): string[] =>
  checked.is === 'good' ? [] : checked.problems.map(({ path, message }) => `${path} ${message}`);

const fleetOf = (...nodeGroups: object[]) => ({ clusters: [{ name: 'blue', version: '1.34', nodeGroups }] });
const good = fleetOf({ name: 'general' }, { name: 'edge', amiType: 'BOTTLEROCKET_ARM_64' }) as Fleet;

it.each([
  ['the recommended release', { name: 'a' }, []],
  ['a release on record', { name: 'a', releaseVersion: '1.34.6-20260415' }, []],
  ['a release behind', { name: 'a', amiType: 'WINDOWS_FULL_2019_x86_64', behind: 3, nodes: 0 }, []],
  ['an older minor', { name: 'a', version: '1.33', tags: { team: 'x' }, maxUnavailable: 3 }, []],
  ['an image of AWS’s', { name: 'a', image: 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260415' }, []],
  ['an image in its template', { name: 'a', imageInTemplate: true, behind: 1, zones: ['a'] }, []],
  ['no name', {}, ['clusters.0.nodeGroups.0.name is missing']],
  ['an unknown key', { name: 'a', size: 3 }, ['clusters.0.nodeGroups.0.size is not known here']],
  ['a wrong kind of value', { name: 1 }, ['clusters.0.nodeGroups.0.name must be a text']],
  ['too few nodes', { name: 'a', nodes: -1 }, ['clusters.0.nodeGroups.0.nodes must be 0 or more']],
  ['half a node', { name: 'a', nodes: 1.5 }, ['clusters.0.nodeGroups.0.nodes must be a whole number']],
  [
    'a release of the future',
    { name: 'a', releaseVersion: '1.34.8-20260610' },
    [
      'clusters.0.nodeGroups.0.releaseVersion 1.34.8-20260610 of AL2023_x86_64_STANDARD for Kubernetes 1.34 is not on record, or not published by then',
    ],
  ],
  [
    'a minor that its AMI type has not',
    { name: 'a', amiType: 'AL2_x86_64' },
    [
      'clusters.0.nodeGroups.0.amiType AWS has published no release of AL2_x86_64 for Kubernetes 1.34 by then',
    ],
  ],
  [
    'a release too far behind',
    { name: 'a', behind: 99 },
    [
      'clusters.0.nodeGroups.0.behind AWS has not published so many releases of AL2023_x86_64_STANDARD for Kubernetes 1.34 by then',
    ],
  ],
  [
    'two ways to say the release',
    { name: 'a', behind: 1, releaseVersion: '1.34.6-20260415' },
    ['clusters.0.nodeGroups.0.behind cannot be given beside releaseVersion'],
  ],
  [
    'two ways to say a release that is not there',
    { name: 'a', behind: 1, releaseVersion: '1.34.0-20200101' },
    [/behind cannot be given/, /releaseVersion 1\.34\.0-20200101 .* is not on record/],
  ],
  [
    'an image beside a release',
    { name: 'a', amiType: 'AL2023_x86_64_STANDARD', behind: 1, image: 'golden' },
    [
      'clusters.0.nodeGroups.0.amiType cannot be given beside image',
      'clusters.0.nodeGroups.0.behind cannot be given beside image',
      'clusters.0.nodeGroups.0.image there is no image golden among `images` or AWS’s',
    ],
  ],
])('a node group with %s', (_case, group, problems) => {
  const found = problemsOf(checkFleet(fleetOf(group), shelf));
  expect(found).toEqual(problems.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))));
});

it('names an AMI type that does not exist', () => {
  const [problem] = problemsOf(checkFleet(fleetOf({ name: 'a', amiType: 'AL2077' }), shelf));
  expect(problem).toMatch(/^clusters\.0\.nodeGroups\.0\.amiType must be one of AL2023_.*; it is "AL2077"$/);
});

it('tells every problem of a fleet at once', () => {
  const fleet = {
    images: [{ name: 'golden' }],
    clusters: [
      {
        name: 'blue',
        version: '1.9',
        nodeGroups: [
          { name: 'a', nodes: 'many' },
          { nodes: 1, zones: ['A'] },
        ],
      },
      { version: '1.34', nodeGroups: {} },
    ],
    more: true,
  };
  expect(problemsOf(checkFleet(fleet, shelf))).toEqual([
    'images.0.createdAt is missing',
    'clusters.0.version must be a Kubernetes minor such as 1.34',
    'clusters.0.nodeGroups.0.nodes must be a number',
    'clusters.0.nodeGroups.1.name is missing',
    'clusters.0.nodeGroups.1.zones.0 must be a letter such as a',
    'clusters.1.name is missing',
    'clusters.1.nodeGroups must be a list',
    'more is not known here',
  ]);
});

it('refuses names that stand twice, and parameters of images that do not exist', () => {
  const group = { name: 'a' };
  const cluster = { name: 'blue', version: '1.34', nodeGroups: [group, group] };
  const fleet = { parameters: { '/golden': 'ami' }, clusters: [cluster, { ...cluster, nodeGroups: [] }] };
  expect(problemsOf(checkFleet(fleet, shelf))).toEqual([
    'clusters.1.name names a second blue',
    'parameters./golden there is no image ami among `images` or AWS’s',
    'clusters.0.nodeGroups.1.name names a second a',
  ]);
});

const general = { cluster: 'blue', nodeGroup: 'general' };
const at = '2026-06-10T09:00:00Z';

it.each([
  ['something at the beginning', { happens: 'groupHealed', ...general }, []],
  [
    'an unknown kind',
    { at, happens: 'flood' },
    [/^events\.0\.happens must be one of podsCannotBeEvicted, .*"flood"$/],
  ],
  ['no kind', { at }, [/^events\.0\.happens is missing$/]],
  [
    'a time that does not exist',
    { at: '2026-13-40T09:00:00Z', happens: 'groupHealed', ...general },
    [/^events\.0\.at /],
  ],
  [
    'an end before its beginning',
    { at, until: at, happens: 'capacityShortage' },
    [/^events\.0\.until must lie after at$/],
  ],
  [
    'a cluster that is not there',
    { at, happens: 'clusterUpgraded', cluster: 'red', version: '1.35' },
    [/^events\.0\.cluster there is no cluster red$/],
  ],
  [
    'a group that is not there',
    { at, happens: 'groupHealed', cluster: 'blue', nodeGroup: 'x' },
    [/^events\.0\.nodeGroup there is no node group blue\/x then$/],
  ],
  [
    'a train that is not on record',
    { at, happens: 'releaseWithdrawn', release: 'al2023 v1' },
    [/^events\.0\.release there is no release train al2023 v1/],
  ],
  [
    'no times but a word',
    { at, happens: 'podsCannotBeEvicted', ...general, times: 'often' },
    [/^events\.0\.times must be a whole number or "always"$/],
  ],
  [
    'two ends',
    { at, happens: 'throttling', service: 'eks', until: '2026-06-11T09:00:00Z', times: 3 },
    [/^events\.0\.times cannot be given beside until$/],
  ],
  [
    'a bad new group',
    { at, happens: 'nodeGroupCreated', cluster: 'blue', nodeGroup: { name: 'n', behind: 99 } },
    [/^events\.0\.nodeGroup\.behind AWS has not/],
  ],
  [
    'a group that is there',
    { at, happens: 'nodeGroupCreated', cluster: 'blue', nodeGroup: { name: 'general' } },
    [/^events\.0\.nodeGroup\.name there is already/],
  ],
])('a story event with %s', (_case, event, problems) => {
  const found = problemsOf(checkStory({ events: [event] }, good, shelf));
  expect(found).toEqual(problems.map((problem) => expect.stringMatching(problem)));
});

it('follows the order of time, not of the file, when groups come and go', () => {
  const created = { happens: 'nodeGroupCreated', cluster: 'blue', nodeGroup: { name: 'new' } };
  const name = { cluster: 'blue', nodeGroup: 'new' };
  const told = (healedAt: string) => ({
    events: [
      { at: healedAt, happens: 'groupHealed', ...name },
      { at: '2026-06-12T00:00:00Z', happens: 'nodeGroupDeleted', ...name },
      { at, ...created },
    ],
  });
  expect(problemsOf(checkStory(told('2026-06-11T00:00:00Z'), good, shelf))).toEqual([]);
  expect(problemsOf(checkStory(told('2026-06-13T00:00:00Z'), good, shelf))).toHaveLength(1);
  expect(problemsOf(checkStory(told('2026-06-09T00:00:00Z'), good, shelf))).toHaveLength(1);
});

it.each(['2026-03-01', '2026-06-01', '2026-10-01'])('the samples are good from %s on', (day) => {
  expect(samplePlan(new Date(day), new Date('2027-01-01')).fleet.clusters).toHaveLength(4);
});

it.each(jsonSchemas)('$file says what is checked', ({ file, text }) => {
  expect(JSON.parse(readFileSync(file, 'utf8')), 'run node test/rehearsal/schemas.ts').toEqual(
    JSON.parse(text),
  );
});
