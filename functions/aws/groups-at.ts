/**
 * Makes what Drydock asks of a target about its node groups: the groups, their updates, their instances.
 *
 * EC2's part is loaded when it is first asked: groups with EKS's own images are surveyed without it.
 *
 * Effect: none until something is asked.
 */
import type { Fleet, Instances, Updates } from '../domain/ports.ts';
import { eksClient } from './eks-client.ts';
import { eksFleet } from './eks-fleet.ts';
import { eksUpdates } from './eks-updates.ts';
import { lazilyAll } from './lazily.ts';
import type { ClientConfig } from './reach.ts';

type GroupsAt = { readonly fleet: Fleet; readonly updates: Updates; readonly instances: Instances };

export const groupsAt = (config: ClientConfig): GroupsAt => {
  const eks = eksClient(config);
  const { images, instances, templateVersions } = lazilyAll(
    ['images', 'instances', 'templateVersions'],
    async () => (await import('./ec2-at.ts')).ec2At(config),
  );
  return { fleet: eksFleet(eks, images), updates: eksUpdates(eks, templateVersions), instances };
};
