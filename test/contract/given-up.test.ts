/** Tries that a start which was given up asks EKS and EC2 for nothing more. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { expect, it } from 'vitest';
import { ec2TemplateVersions } from '../../functions/aws/ec2-template-versions.ts';
import { eksUpdates } from '../../functions/aws/eks-updates.ts';
import { clientOf } from '../cloud/sdk-clients.ts';
import { rollout, rolloutGroup } from '../unit/factories.ts';
import { home, openCloud } from './surveying.ts';

const state = {
  is: 'updating',
  attempt: 1,
  since: '2026-07-20T06:00:00.000Z',
  launchTemplate: { id: 'lt-1', version: '1' },
} as const;
const here = { target: home, cluster: 'blue', nodeGroup: 'a', state } as const;

it.each([
  ['by release version', rolloutGroup(here)],
  [
    'by launch template',
    rolloutGroup({ ...here, goal: { by: 'launch template', launchTemplateId: 'lt-1', imageId: 'ami-2' } }),
  ],
])('%s', async (_case, group) => {
  const cloud = await openCloud();
  const eks = clientOf(EKSClient, cloud, { region: home.region });
  const updates = eksUpdates(eks, ec2TemplateVersions(clientOf(EC2Client, cloud, { region: home.region })));
  const start = updates.start(rollout({ groups: [group] }), group, AbortSignal.abort());
  await expect(start).rejects.toMatchObject({ cause: { name: 'AbortError' } });
  expect(cloud.callCounts()).toEqual({});
});
