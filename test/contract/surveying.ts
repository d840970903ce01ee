/**
 * Opens a simulated cloud with one empty cluster and surveys it as the functions do, over the wire.
 *
 * Effect: listens on 127.0.0.1 until the test is over.
 */
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { expect, onTestFinished } from 'vitest';
import { awsDataPlanes } from '../../functions/aws/data-plane-survey.ts';
import type { DataPlane } from '../../functions/domain/data-plane.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import type { LaunchTemplate } from '../cloud/estate/launch-template.ts';
import type { NodeGroup } from '../cloud/estate/node-group.ts';
import { clientOf } from '../cloud/sdk-clients.ts';

/** Offers d3.8xlarge, and few enough types to be read two a page. */
export const home = { account: '111122223333', region: 'eu-west-3' };
export const start = new Date('2026-07-20T06:00:00Z');

export const openCloud = async (pageSize?: number): Promise<Cloud> => {
  const cloud = await startCloud({ start, ...(pageSize !== undefined && { pageSize }) });
  onTestFinished(async () => {
    expect(cloud.broken).toEqual([]);
    expect(cloud.notSimulated).toEqual([]);
    await cloud.close();
  });
  cloud.shelf.scheduleOnto(cloud.clock, [home.region], { from: start, to: start });
  cloud.estate.addCluster({ ...home, name: 'blue', version: '1.34', tags: { environment: 'dev' } });
  return cloud;
};

/** Surveys every cluster of a region. */
export const surveyor = (cloud: Cloud, region: string = home.region) => {
  const planes = awsDataPlanes(
    clientOf(EKSClient, cloud, { region }),
    clientOf(EC2Client, cloud, { region }),
  );
  return {
    survey: async () => planes.survey(await planes.clusters()),
    share: (...clusters: string[]) => planes.survey(clusters, true),
  };
};

export const planeOf = async (cloud: Cloud): Promise<DataPlane> => {
  const { plane, unread, failures } = await surveyor(cloud).survey();
  expect([[...unread], failures]).toEqual([[], []]);
  if (!plane) throw new Error('there is no plane');
  return plane;
};

export const clusterIn = (plane: DataPlane | undefined, name = 'blue') => {
  const found = plane?.clusters.find((cluster) => cluster.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};

/** Two clusters with every kind of thing that is read by pages. */
export const furnish = (cloud: Cloud) => {
  cloud.estate.addCluster({ ...home, name: 'green', version: '1.33' });
  for (const cluster of ['blue', 'green'])
    for (const name of ['a', 'b', 'c']) {
      const data = { InstanceType: 'm6i.large' as const };
      cloud.estate.addNodeGroup({
        cluster,
        name,
        desiredSize: 3,
        launchTemplate: { name: `${cluster}-${name}`, data },
      });
    }
  const [node] = cloud.estate.nodeGroup({ cluster: 'green', nodeGroup: 'c' }).instances;
  cloud.estate.attachVolumes({ ...home, instanceId: node?.id ?? '', count: 5 });
};

/**
 * Gives the group's launch template a newer version, without making the group use it: the list of latest and default
 * versions is empty of the one in use, which is then asked for by itself.
 */
export const outdateTemplate = ({ launchTemplate }: NodeGroup): LaunchTemplate => {
  const inUse = launchTemplate?.versions.get(1);
  if (!launchTemplate || !inUse) throw new Error('the group has no launch template');
  launchTemplate.versions.set(2, { ...inUse, number: 2, data: {} });
  launchTemplate.latestVersion = 2;
  launchTemplate.defaultVersion = 2;
  return launchTemplate;
};
