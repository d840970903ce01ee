/** How many calls a look for releases makes when nothing is new: one for ten parameters, and at most five more. */
import type { AMITypes } from '@aws-sdk/client-eks';
import { expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { day, home, tellStory } from './story.ts';

/** A node group for each of so many AMI types and minors that AWS publishes. */
const fleetOf = (pairs: number) => (cloud: Cloud) => {
  const published = new Map(
    cloud.shelf.all(home.region).map(({ amiType, minor }) => [`${amiType} ${minor}`, { amiType, minor }]),
  );
  const current = [...published.values()]
    .filter(({ amiType, minor }) => !amiType.startsWith('AL2_') && Number(minor.slice(2)) >= 30)
    .slice(0, pairs);
  expect(current.length).toBe(pairs);
  for (const minor of new Set(current.map((pair) => pair.minor)))
    cloud.estate.addCluster({ ...home, name: `c-${minor}`, version: minor });
  for (const { amiType, minor } of current)
    cloud.estate.addNodeGroup({
      cluster: `c-${minor}`,
      name: amiType,
      amiType: amiType as AMITypes,
      desiredSize: 1,
    });
};

it.each([[1], [10], [100]])('%i AMI types and minors', async (pairs) => {
  const { stack, cloud, told } = await tellStory(fleetOf(pairs), {
    record: true,
    everyTick: true,
    from: day(20),
  });
  await stack.runUntil(day(20, '00:15'));
  const keyId = stack.functions.get('detect-releases')?.accessKeyId;
  const sources = told('AMI Release Detected').flatMap(
    ({ releases }) => (releases as { items: unknown[] }).items,
  );
  expect(sources.length).toBe(pairs);
  cloud.forgetCalls();
  await stack.runUntil(day(20, '01:15'));
  const calls = cloud.calls.filter(({ accessKeyId }) => accessKeyId === keyId);
  expect(calls.length / 4).toBeLessThanOrEqual((2 * pairs) / 10 + 5);
  const asked = new Set(calls.map(({ operation }) => operation));
  expect([...asked].sort()).toEqual(['DescribeImages', 'GetItem', 'GetParameters', 'Query']);
});
