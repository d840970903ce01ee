/** A fleet as large as Drydock is made for: 100 clusters, 2,000 node groups, 40,000 nodes. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { home, type Story, tellStory } from './story.ts';

const megabyte = 1024 * 1024;
const clusters = Array.from({ length: 100 }, (_, index) => `c${index}`);
const nodeGroups = Array.from({ length: 20 }, (_, index) => `g${index}`);

const addFleet = (cloud: Cloud) => {
  for (const cluster of clusters) {
    cloud.estate.addCluster({ ...home, name: cluster, version: '1.34' });
    for (const [index, name] of nodeGroups.entries())
      cloud.estate.addNodeGroup({
        cluster,
        name,
        desiredSize: 20,
        instanceTypes: [index === 0 ? 'd3.8xlarge' : 'm7g.2xlarge'],
      });
  }
};

type Run = {
  readonly answer: { readonly clusters: number; readonly nodes: number; readonly byRule: object };
  readonly peakBytes: number;
};

/** In a process of its own, so that the memory it takes is the function's alone. */
const runApart = async ({ stack }: Story, name: string, event: object): Promise<Run> => {
  const made = stack.functions.get(name);
  if (!made) throw new Error(`no function ${name}`);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, 'run-apart.ts'), join(import.meta.dirname, '../../.build', name, 'index.js')],
    {
      env: { ...made.environment, DRYDOCK_EVENT: JSON.stringify(event), PATH: process.env.PATH },
      maxBuffer: 64 * megabyte,
    },
  );
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
};

it('is audited whole in the memory of its function, and what all nodes share is read once', async () => {
  const story = await tellStory(addFleet);
  const { answer, peakBytes } = await runApart(story, 'audit-nodes', { dryRun: true });
  expect(answer).toMatchObject({ clusters: 100, nodes: 40_000, byRule: { 'ebs-slots': 100 } });
  const { MemorySize } = story.stack.functions.get('audit-nodes')?.properties ?? {};
  expect(MemorySize).toBe(512);
  expect(peakBytes).toBeLessThan(MemorySize * megabyte);
  expect(story.cloud.callCounts()).toMatchObject({
    'eks:ListClusters': 1,
    'eks:DescribeClusterVersions': 1,
    'eks:DescribeCluster': 100,
    'eks:ListNodegroups': 100,
    'eks:DescribeNodegroup': 2_000,
    'ec2:DescribeInstances': 40,
    'ec2:DescribeVolumes': 200,
    'ec2:DescribeImages': 1,
    // All types there are, a hundred to the page.
    'ec2:DescribeInstanceTypes': 11,
    'ec2:DescribeInstanceTypeOfferings': 3,
  });
}, 300_000);
