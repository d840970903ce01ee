/**
 * Answers EKS's operations on clusters, node groups and updates, as far as Drydock uses them.
 *
 * Reads and changes the estate.
 */
import type { Estate } from '../estate.ts';
import { type Caller, type Operations, Refusal } from '../service.ts';
import { clusterVersions } from './eks-cluster-versions.ts';
import { updateNodegroupConfig } from './eks-config-update.ts';
import { clusterOf, eksPage, nodeGroupOf, updateOf } from './eks-lookup.ts';
import { toEksCluster, toEksUpdate, toNodegroup } from './eks-shapes.ts';
import { updateNodegroupVersion } from './eks-version-update.ts';
import type { Paging } from './page-size.ts';

export const eksService = (estate: Estate, paging: Paging) =>
  ({
    ListClusters(input, caller) {
      const { items, nextToken } = eksPage([...estate.place(caller).clusters.keys()], paging, input);
      return { clusters: [...items], nextToken };
    },

    DescribeCluster({ name }, caller) {
      return { cluster: toEksCluster(clusterOf(estate, caller, name)) };
    },

    ListNodegroups(input, caller) {
      const names = [...clusterOf(estate, caller, input.clusterName).nodeGroups.keys()];
      const { items, nextToken } = eksPage(names, paging, input);
      return { nodegroups: [...items], nextToken };
    },

    DescribeNodegroup(input, caller) {
      return { nodegroup: toNodegroup(nodeGroupOf(estate, caller, input)) };
    },

    UpdateNodegroupVersion: updateNodegroupVersion(estate),
    UpdateNodegroupConfig: updateNodegroupConfig(estate),

    ListUpdates({ name, nodegroupName, nextToken: token, maxResults }, caller) {
      const group = nodegroupName && nodeGroupOf(estate, caller, { clusterName: name, nodegroupName });
      if (!group) clusterOf(estate, caller, name);
      const ids = group ? [...group.updates.keys()].reverse() : [];
      const { items, nextToken } = eksPage(ids, paging, { nextToken: token, maxResults });
      return { updateIds: [...items], nextToken };
    },

    DescribeUpdate({ name, updateId, nodegroupName }, caller) {
      const cluster = clusterOf(estate, caller, name);
      const group =
        nodegroupName && nodeGroupOf(estate, caller, { clusterName: cluster.name, nodegroupName });
      return { update: toEksUpdate(updateOf(group || undefined, updateId)) };
    },

    DescribeClusterVersions(input) {
      const asked = input.clusterVersions;
      const known = clusterVersions(estate.world.clock.now(), input.includeAll ?? asked !== undefined);
      const wanted = known.filter(
        ({ clusterVersion = '', versionStatus, defaultVersion }) =>
          (asked?.includes(clusterVersion) ?? true) &&
          (input.versionStatus ?? versionStatus) === versionStatus &&
          (!input.defaultOnly || defaultVersion),
      );
      const { items, nextToken } = eksPage(wanted, paging, input);
      return { clusterVersions: [...items], nextToken };
    },

    ListTagsForResource({ resourceArn }, caller) {
      return { tags: { ...taggedOf(estate, caller, resourceArn).tags } };
    },

    TagResource({ resourceArn, tags }, caller) {
      const tagged = taggedOf(estate, caller, resourceArn);
      tagged.tags = { ...tagged.tags, ...tags };
      estate.world.changed();
      return {};
    },

    UntagResource({ resourceArn, tagKeys }, caller) {
      const tagged = taggedOf(estate, caller, resourceArn);
      const kept = Object.entries(tagged.tags).filter(([key]) => !tagKeys?.includes(key));
      tagged.tags = Object.fromEntries(kept);
      estate.world.changed();
      return {};
    },
  }) satisfies Operations<typeof import('@aws-sdk/client-eks')>;

const taggedOf = (estate: Estate, caller: Caller, arn: string | undefined) => {
  const clusters = [...estate.place(caller).clusters.values()];
  const tagged = [...clusters, ...clusters.flatMap(({ nodeGroups }) => [...nodeGroups.values()])];
  const found = tagged.find((one) => one.arn === arn);
  if (found) return found;
  throw new Refusal('NotFoundException', `No resource found for ARN: ${arn}.`, { status: 404 });
};
