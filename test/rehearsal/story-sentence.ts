/**
 * Says in a sentence what an event of a story is.
 *
 * Pure.
 */
import { moment } from './layout.ts';
import type { StoryEvent } from './story.ts';

export const sentenceOf = (event: StoryEvent): string => {
  const until = 'until' in event && event.until ? `, until ${moment(event.until, event.at)}` : '';
  const often = (times: number | 'always' | undefined) =>
    times === 'always' ? ', always' : times === undefined || times === 1 ? '' : `, ${times} times`;
  switch (event.happens) {
    case 'podsCannotBeEvicted':
      return `Pods of ${event.cluster}/${event.nodeGroup} cannot be evicted${often(event.times)}${until}.`;
    case 'updateFails':
      return `Updates of ${event.cluster}/${event.nodeGroup} fail with ${event.code}${often(event.times)}${until}.`;
    case 'nodesDoNotJoin':
      return `New nodes on ${event.release} do not join their cluster.`;
    case 'throttling': {
      const { service, operation = 'every call', times } = event;
      return `${service} throttles ${operation}${often(times)}${until}.`;
    }
    case 'capacityShortage':
      return `EC2 has no capacity for ${event.instanceType ?? 'new nodes'}${event.zone ? ` in ${event.zone}` : ''}${until}.`;
    case 'groupDegraded':
      return `EKS calls ${event.cluster}/${event.nodeGroup} degraded: ${event.code}.`;
    case 'groupHealed':
      return `${event.cluster}/${event.nodeGroup} is healthy again.`;
    case 'nodeGroupCreated':
      return `Somebody creates ${event.cluster}/${event.nodeGroup.name}.`;
    case 'nodeGroupDeleted':
      return `Somebody deletes ${event.cluster}/${event.nodeGroup}.`;
    case 'clusterUpgraded':
      return `Somebody upgrades the control plane of ${event.cluster} to ${event.version}.`;
    case 'tagsSet': {
      const tags = Object.entries(event.tags).map(([key, value]) =>
        value === null ? `${key} away` : `${key}=${value}`,
      );
      return `Somebody sets tags of ${[event.cluster, event.nodeGroup ?? []].flat().join('/')}: ${tags.join(', ')}.`;
    }
    case 'parameterSet':
      return `Somebody sets ${event.parameter} to ${event.image}.`;
    case 'releaseWithdrawn':
      return `AWS withdraws ${event.release}.`;
  }
};
