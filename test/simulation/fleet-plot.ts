/**
 * Makes a plot of a scenario: its clusters and groups, its policy, its person.
 *
 * Days are counted as in the stories: one release is a week old on the 18th, and none comes after it, so
 * that however late a run is it ends with the same release.
 */
import type { Cloud } from '../cloud/cloud.ts';
import { day, home, policyWith, type Story } from '../stories/open-story.ts';
import { anna, approves, commands, inTurn, nobody } from './person.ts';
import type { Plot } from './plot.ts';
import type { Group, Scenario } from './scenario.ts';
import { watch } from './watch.ts';

const old = '1.34.7-20260505';

const tags: Readonly<Record<Group['tag'], Readonly<Record<string, string>>>> = {
  none: {},
  hold: { 'drydock:hold': 'true' },
  ignore: { 'drydock:ignore': 'true' },
  foreign: { terraform: 'true' },
};

const furnish = (cloud: Cloud, { clusters }: Scenario): void => {
  const image = cloud.shelf.find(home.region, 'AL2023_x86_64_STANDARD', old)?.imageId ?? '';
  for (const { environment, groups } of clusters) {
    cloud.estate.addCluster({ ...home, name: environment, version: '1.34', tags: { environment } });
    for (const { name, nodes, ownImage, tag, blockedOnce } of groups) {
      cloud.estate.addNodeGroup({
        cluster: environment,
        name,
        desiredSize: nodes,
        ...(ownImage ? { ownImage: { imageId: image } } : { releaseVersion: old }),
        tags: tags[tag],
      });
      if (blockedOnce)
        cloud.estate.script({
          cluster: environment,
          nodeGroup: name,
          failure: { code: 'PodEvictionFailure', times: 1 },
        });
    }
  }
};

type Replaced = readonly (readonly [string, string])[];

const policyOf = (
  { soakHours, window, concurrency, perCluster, perRegion, person }: Scenario,
  more: Replaced = [],
): string =>
  policyWith(
    ['soakHours: 24', `soakHours: ${soakHours}`],
    ['days: [mon, tue, wed, thu]', 'days: [mon, tue, wed, thu, fri, sat, sun]'],
    ["from: '08:00'", `from: '${window.from}'`],
    ["to: '15:00'", `to: '${window.to}'`],
    ['ownedElsewhere: []', "ownedElsewhere: [{ tags: { terraform: '*' } }]"],
    // The last first: what is put in must not be what is looked for next.
    ['concurrency: 5', `concurrency: ${concurrency[2]}`],
    [
      'concurrency: 3\n    failureBudget: 1\n  - name: rest',
      `concurrency: ${concurrency[1]}\n    failureBudget: 1\n  - name: rest`,
    ],
    ['concurrency: 2\n    failureBudget: 0', `concurrency: ${concurrency[0]}\n    failureBudget: 0`],
    ['perCluster: 1', `perCluster: ${perCluster}`],
    ['perRegion: 20', `perRegion: ${perRegion}`],
    // The first message to a channel that is known by its name alone cannot be looked for.
    ["channel: '#drydock'", 'channel: C0DRYDOCK'],
    ['  allow: {}', `  allow: { all: [${anna}] }`],
    ...(person === 'approves'
      ? [['  - name: rest\n', '  - name: rest\n    approval: { timeoutHours: 96 }\n'] as const]
      : []),
    ...more,
  );

const persons: Readonly<Record<Scenario['person'], Plot['acts']>> = {
  'does nothing': nobody,
  'stops and resumes': inTurn([
    { at: day(18, '08:10'), does: commands({ command: 'stop' }) },
    { at: day(18, '12:10'), does: commands({ command: 'resume' }) },
  ]),
  approves,
};

/** What every group runs, and how each update of it that was ever made ended. */
export const rolled = (story: Story): readonly string[] => {
  const runs = Object.entries(story.runs());
  const updates = runs.flatMap(([name]) => {
    const [cluster = '', group = ''] = name.split('/');
    return story.updates(cluster, group).map((status) => `${name} ${status}`);
  });
  return [...runs.map((pair) => pair.join(' runs ')), ...updates.toSorted()];
};

/** `replaced`: more words of the default policy. */
export const plotOf = (
  scenario: Scenario,
  { name = 'a scenario', replaced = [], ...more }: Partial<Plot> & { replaced?: Replaced } = {},
): Plot => ({
  name,
  from: day(18),
  until: day(scenario.until, '20:00'),
  furnish: (cloud) => furnish(cloud, scenario),
  policy: () => policyOf(scenario, replaced),
  acts: persons[scenario.person],
  watch: (cloud) => watch(cloud, scenario),
  outcome: rolled,
  ...more,
});
