/**
 * Starts and reads updates of node groups, in the two ways a group can be moved.
 *
 * A group with EKS's image gets its own minor as `version` beside the pinned release: without it
 * EKS would move the group to the cluster's minor and the latest release. A group with an own image
 * gets a new version of its launch template, made from the one in use with another image, and
 * nothing else: EKS refuses `version` and `releaseVersion` for it.
 *
 * Changes EKS: UpdateNodegroupVersion (and EC2, as the caller of an update by launch template needs them:
 * DescribeLaunchTemplateVersions, RunInstances and CreateTags). Changes EC2 through `ec2-template-versions.ts`.
 * Reads EKS: DescribeUpdate.
 */
import { createHash } from 'node:crypto';
import {
  DescribeUpdateCommand,
  type EKSClient,
  UpdateNodegroupVersionCommand,
  type UpdateNodegroupVersionCommandInput,
} from '@aws-sdk/client-eks';
import type { StartAnswer } from '../domain/follow.ts';
import type { Updates } from '../domain/ports.ts';
import { trainName } from '../domain/release.ts';
import type { Rollout, RolloutGroup } from '../domain/rollout.ts';
import { groupKey } from '../domain/target.ts';
import type { TemplateVersions } from './ec2-template-versions.ts';
import { during, isInUse, isNotFound, isRefusal, isThrottledBehindEks } from './errors.ts';

/** The same for the same decision, stored before EKS is asked; at most 64 characters for EKS and for EC2. */
const tokenOf = (rollout: Rollout, group: RolloutGroup): string => {
  const since = group.state.is === 'updating' ? group.state.since : '';
  return createHash('sha256')
    .update(`${rollout.id}/${rollout.openedAt}/${groupKey(group)}/${since}`)
    .digest('hex')
    .slice(0, 32);
};

const toAnswer = (error: unknown): StartAnswer | undefined => {
  if (isInUse(error) || isThrottledBehindEks(error)) return { is: 'busy' };
  if (isNotFound(error)) return { is: 'gone' };
  return isRefusal(error) ? { is: 'refused', message: (error as Error).message } : undefined;
};

export const eksUpdates = (eks: EKSClient, templates: TemplateVersions): Updates => {
  const toInput = async (
    rollout: Rollout,
    group: RolloutGroup,
    signal: AbortSignal,
  ): Promise<UpdateNodegroupVersionCommandInput> => {
    const { cluster, nodeGroup, goal, state } = group;
    const common = {
      clusterName: cluster,
      nodegroupName: nodeGroup,
      clientRequestToken: tokenOf(rollout, group),
      ...(state.is === 'updating' && state.force && { force: true }),
    };
    if (goal.by === 'release version')
      return { ...common, version: goal.minor, releaseVersion: goal.releaseVersion };
    const inUse = state.is === 'updating' ? state.launchTemplate : undefined;
    if (!inUse) throw new Error('the launch template version in use is not known');
    const { launchTemplateId: id, imageId } = goal;
    const wanted = {
      templateId: id,
      source: inUse.version,
      imageId,
      description: `drydock ${trainName(rollout.train)}`,
      token: tokenOf(rollout, group),
    };
    const version = await templates.create(wanted, signal);
    return { ...common, launchTemplate: { id, version } };
  };

  return {
    start: (rollout, group, signal) =>
      during(`starting the update of ${groupKey(group)}`, async () => {
        try {
          const input = await toInput(rollout, group, signal);
          const { update } = await eks.send(new UpdateNodegroupVersionCommand(input), {
            abortSignal: signal,
          });
          if (!update?.id) throw new Error('EKS gave no update id');
          return { is: 'started', updateId: update.id };
        } catch (error) {
          const answer = toAnswer(error);
          if (answer) return answer;
          throw error;
        }
      }),

    async read({ cluster, nodeGroup }, updateId) {
      return during(`reading update ${updateId} of ${cluster}/${nodeGroup}`, async () => {
        try {
          const { update } = await eks.send(
            new DescribeUpdateCommand({ name: cluster, nodegroupName: nodeGroup, updateId }),
          );
          return {
            status: update?.status ?? 'InProgress',
            errors: (update?.errors ?? []).map(({ errorCode, errorMessage, resourceIds }) => ({
              code: errorCode ?? 'Unknown',
              message: errorMessage ?? '',
              resources: resourceIds ?? [],
            })),
          };
        } catch (error) {
          if (isNotFound(error)) return undefined;
          throw error;
        }
      });
    },
  };
};
