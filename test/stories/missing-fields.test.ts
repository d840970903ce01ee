/** Answers of AWS that lack a field: nothing is rolled, withdrawn or halted for it, and a refusal says what was read. */
import { expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

const readers = ['detect-releases', 'plan-rollouts', 'roll-node-groups', 'audit-nodes', 'track-compliance'];
const who = { by: 'anna', why: 'A story.' };
const patchNow = {
  command: 'patch-now',
  ...who,
  severity: 'any',
  select: [{ clusters: ['*'] }],
  // The story's own job does the work.
  dryRun: true,
};
const commands = [{ command: 'roll-now', ...who, select: [{ clusters: ['*'] }], dryRun: true }, patchNow];

const old = '1.34.7-20260505';
const furnish = (cloud: Cloud) => {
  const image = cloud.shelf.find(home.region, 'AL2023_x86_64_STANDARD', old)?.imageId ?? '';
  for (const environment of ['dev', 'staging', 'prod']) {
    cloud.estate.addCluster({ ...home, name: environment, version: '1.34', tags: { environment } });
    cloud.estate.addNodeGroup({ cluster: environment, name: 'a', desiredSize: 2, releaseVersion: old });
    cloud.estate.addNodeGroup({
      cluster: environment,
      name: 'own',
      desiredSize: 2,
      ownImage: { imageId: image },
    });
  }
};
const open = () => tellStory(furnish, { from: day(16), releasesUntil: day(16) });

const endOf = ({ cloud, runs, updates, told }: Story) => ({
  runs: runs(),
  updates: Object.keys(runs()).map((key) => [key, ...updates(...(key.split('/') as [string, string]))]),
  halted: told('Rollout Halted').length,
  withdrawn: told('AMI Release Withdrawn').length,
  broken: cloud.broken,
});

/** The error with all that caused it, as its log shows it. */
const chain = (error: unknown): readonly Error[] => {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors : [];
  return [error, ...chain(error.cause), ...inner.flatMap(chain)];
};

/** What is wrong when a function runs while each field that it reads is missing in turn. */
const tryFields = async (
  { cloud, stack }: Story,
  name: string,
  event: object = {},
): Promise<readonly string[]> => {
  cloud.withheld.takeSeen();
  await stack.invoke(name, event);
  const wrong: string[] = [];
  for (const field of cloud.withheld.takeSeen()) {
    cloud.withheld.field = field;
    const error = await stack.invoke(name, event).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const slips = chain(error).filter((one) => one instanceof TypeError || one instanceof RangeError);
    wrong.push(
      ...slips.map(({ message }) => `${name}, ${field.operation} without ${field.path}: ${message}`),
    );
  }
  cloud.withheld.field = undefined;
  return wrong;
};

it('each field of each answer', async () => {
  const calm = await open();
  await calm.stack.runUntil(day(24));
  const troubled = await open();
  const wrong: string[] = [];
  for (const moment of [day(16, '04:00'), day(18, '08:10'), day(18, '08:40')]) {
    await troubled.stack.runUntil(moment);
    for (const name of readers) wrong.push(...(await tryFields(troubled, name)));
  }
  await troubled.stack.runUntil(day(24));
  expect(wrong).toEqual([]);
  expect(endOf(troubled)).toEqual(endOf(calm));
  expect(new Set(Object.values(calm.runs())).size).toBe(2);
  // Some hundred runs.
}, 900_000);

it('each field of each answer, while a command is carried out that changes nothing', async () => {
  const story = await open();
  await story.stack.runUntil(day(18, '08:10'));
  const before = endOf(story);
  const wrong: string[] = [];
  for (const command of commands) wrong.push(...(await tryFields(story, 'control', command)));
  expect(wrong).toEqual([]);
  expect(endOf(story)).toEqual(before);
});

/** A cluster whose two nodes lack a patch that needs a reboot. */
const patched = async (): Promise<Story> => {
  const story = await tellStory(
    (cloud) => {
      cloud.estate.addCluster({ ...home, name: 'blue', version: '1.34' });
      cloud.estate.addNodeGroup({ cluster: 'blue', name: 'a', desiredSize: 2, releaseVersion: old });
      cloud.patching.enrol({ cluster: 'blue', scanAt: '03:00' });
      cloud.patching.publish({
        id: 'kernel.x86_64',
        severity: 'Critical',
        reboot: true,
        releasedAt: day(15),
      });
    },
    {
      from: day(16),
      releasesUntil: day(16),
      policy: policyWith(['al2023Repository: locked', 'al2023Repository: latest']),
    },
  );
  await story.stack.runUntil(day(16, '06:00'));
  await story.stack.invoke('control', { ...patchNow, dryRun: false, reboot: true });
  return story;
};

const patchedEnd = ({ cloud, told }: Story) => {
  const { state, nodes } = told('Patching Progressed').at(-1) ?? {};
  return {
    commands: cloud.commands.accepted.map(({ instanceIds }) => instanceIds),
    is: (state as { is?: string } | undefined)?.is,
    nodes,
    broken: cloud.broken,
  };
};

it('each field of each answer, while nodes are patched: none is patched twice', async () => {
  const calm = await patched();
  await calm.stack.runUntil(day(17));
  const troubled = await patched();
  const wrong: string[] = [];
  for (const minutes of [1, 5, 11, 21]) {
    await troubled.stack.runUntil(day(16, `06:${String(minutes).padStart(2, '0')}`));
    wrong.push(...(await tryFields(troubled, 'patch-nodes')));
  }
  await troubled.stack.runUntil(day(17));
  expect(wrong).toEqual([]);
  expect(patchedEnd(troubled)).toEqual(patchedEnd(calm));
  expect(patchedEnd(calm).commands.length).toBeGreaterThan(1);
});
