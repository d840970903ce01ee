/**
 * Opens a story: a simulated cloud with a small fleet, the packaged stack in it, and what came out.
 *
 * Three clusters (dev, staging, prod) stand for the default policy's three waves. Days are counted from
 * Monday 2026-06-01; the small fleet's stories begin on the 16th, two days before v20260610 is a week old.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { type Deployment, type DeployOptions, deploy } from '../cloud/deployment.ts';
import { homeAccount } from '../cloud/identities.ts';
import { scratchFolder } from '../cloud/scratch.ts';

export const home = { account: homeAccount, region: 'eu-central-1' };
export const day = (n: number, time = '00:00'): Date =>
  new Date(Date.parse(`2026-06-01T${time}:00Z`) + (n - 1) * 24 * 60 * 60_000);

export type Story = {
  readonly cloud: Cloud;
  readonly stack: Deployment;
  /** `started dev/general`, in the order told. */
  changes(train?: string): readonly string[];
  told(type: string): readonly Record<string, unknown>[];
  /** Release version (or image id) of every node group now, by `cluster/group`. */
  runs(): Record<string, string>;
  updates(cluster: string, nodeGroup: string): readonly string[];
};

/** A policy file: the default one with some words replaced. */
export const policyWith = (...replaced: readonly (readonly [string, string])[]): string => {
  let text = readFileSync(join(import.meta.dirname, '../../infra/policy.yml'), 'utf8');
  for (const [from, to] of replaced) {
    if (!text.includes(from)) throw new Error(`the default policy does not say ${from}`);
    text = text.replaceAll(from, to);
  }
  const file = join(scratchFolder('policy'), 'policy.yml');
  writeFileSync(file, text);
  return file;
};

type Change = { readonly is: string; readonly cluster: string; readonly nodeGroup: string };

/** `fleet` adds clusters and groups; left out, every cluster has one AL2023 group. */
export const openStory = async (
  fleet?: (cloud: Cloud) => void,
  {
    pageSize,
    record,
    olderReleases,
    from = day(fleet ? 1 : 16),
    releasesSince = new Date(0),
    releasesUntil = day(60),
    ...options
  }: DeployOptions & {
    pageSize?: number;
    record?: boolean;
    olderReleases?: 'accepted' | 'refused';
    from?: Date;
    releasesSince?: Date;
    releasesUntil?: Date;
  } = {},
): Promise<Story> => {
  const cloud = await startCloud({
    start: from,
    ...(pageSize && { pageSize }),
    ...(record && { record }),
    ...(olderReleases && { olderReleases }),
  });
  cloud.shelf.scheduleOnto(cloud.clock, [home.region], {
    since: releasesSince,
    from,
    to: releasesUntil,
  });
  if (fleet) fleet(cloud);
  else
    for (const environment of ['dev', 'staging', 'prod']) {
      cloud.estate.addCluster({ ...home, name: environment, version: '1.34', tags: { environment } });
      cloud.estate.addNodeGroup({
        cluster: environment,
        name: 'general',
        desiredSize: 3,
        releaseVersion: '1.34.7-20260505',
      });
    }
  const stack = await deploy(cloud, options);
  const told = (type: string) => stack.news.filter((one) => one.type === type).map(({ detail }) => detail);
  return {
    cloud,
    stack,
    told,
    changes: (train) =>
      stack.news
        .filter(({ detail }) => train === undefined || detail.train === train)
        .flatMap(({ detail }) => (detail.changes as { items: Change[] } | undefined)?.items ?? [])
        .map(({ is, cluster, nodeGroup }) => `${is} ${cluster}/${nodeGroup}`),
    runs: () =>
      Object.fromEntries(
        [...cloud.estate.place(home).clusters.values()].flatMap(({ name, nodeGroups }) =>
          [...nodeGroups.values()].map(({ name: group, image }) => [
            `${name}/${group}`,
            image.releaseVersion ?? image.imageId,
          ]),
        ),
      ),
    updates: (cluster, nodeGroup) =>
      [...cloud.estate.nodeGroup({ cluster, nodeGroup }).updates.values()].map(({ status }) => status),
  };
};
