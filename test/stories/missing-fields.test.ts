/** Answers of AWS that lack a field: nothing is rolled, withdrawn or halted for it, and a refusal says what was read. */
import { expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { day, home, type Story, tellStory } from './story.ts';

const readers = ['detect-releases', 'plan-rollouts', 'roll-node-groups', 'audit-nodes', 'track-compliance'];

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
const tryFields = async ({ cloud, stack }: Story, name: string): Promise<readonly string[]> => {
  cloud.withheld.takeSeen();
  await stack.invoke(name, {});
  const wrong: string[] = [];
  for (const field of cloud.withheld.takeSeen()) {
    cloud.withheld.field = field;
    const error = await stack.invoke(name, {}).then(
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
});
