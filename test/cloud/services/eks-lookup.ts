/**
 * Finds the cluster, node group or update that a request names, or refuses as EKS does.
 *
 * Reads the estate.
 */
import type { Cluster } from '../estate/cluster.ts';
import type { NodeGroup } from '../estate/node-group.ts';
import type { Update } from '../estate/update.ts';
import type { Estate } from '../estate.ts';
import type { Page } from '../paging.ts';
import { type Caller, Refusal } from '../service.ts';
import { type Paging, pageOf } from './page-size.ts';

export const clusterOf = (estate: Estate, caller: Caller, name: string | undefined): Cluster => {
  if (!name) throw new Refusal('InvalidParameterException', 'The parameter clusterName is required.');
  const cluster = estate.place(caller).clusters.get(name);
  if (cluster) return cluster;
  throw new Refusal('ResourceNotFoundException', `No cluster found for name: ${name}.`, {
    members: { clusterName: name },
  });
};

type NodegroupRequest = {
  readonly clusterName?: string | undefined;
  readonly nodegroupName?: string | undefined;
};

export const nodeGroupOf = (estate: Estate, caller: Caller, request: NodegroupRequest): NodeGroup => {
  const { clusterName, nodegroupName } = request;
  const cluster = clusterOf(estate, caller, clusterName);
  if (!nodegroupName)
    throw new Refusal('InvalidParameterException', 'The parameter nodegroupName is required.');
  const group = cluster.nodeGroups.get(nodegroupName);
  if (group) return group;
  throw new Refusal('ResourceNotFoundException', `No node group found for name: ${nodegroupName}.`, {
    members: { clusterName, nodegroupName },
  });
};

/** Without a node group only updates of the cluster itself are found, and there are none here. */
export const updateOf = (group: NodeGroup | undefined, id: string | undefined): Update => {
  const update = group?.updates.get(id ?? '');
  if (update) return update;
  throw new Refusal('ResourceNotFoundException', `No update found for ID: ${id}.`);
};

export const refuseParameter = (group: NodeGroup, message: string): Refusal =>
  new Refusal('InvalidParameterException', message, { members: namesOf(group) });

export const namesOf = ({ cluster, name }: NodeGroup): Record<string, unknown> => ({
  clusterName: cluster.name,
  nodegroupName: name,
});

type PageRequest = { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined };

/** EKS lists at most 100 at once. */
export const eksPage = <T>(items: readonly T[], paging: Paging, request: PageRequest): Page<T> => {
  const { nextToken, maxResults } = request;
  if (maxResults !== undefined && (maxResults < 1 || maxResults > 100)) {
    throw new Refusal('InvalidParameterException', 'maxResults must be between 1 and 100.');
  }
  const found = pageOf(items, paging, { asked: maxResults, usual: 100, token: nextToken });
  if (!found) throw new Refusal('InvalidParameterException', 'The nextToken is invalid.');
  return found;
};
