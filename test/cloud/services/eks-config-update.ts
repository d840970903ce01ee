/**
 * Takes or refuses UpdateNodegroupConfig: scaling, labels, taints and the update settings of a group.
 *
 * Knows that it is an update like any other: one at a time, and applied when it ends.
 *
 * Changes the estate: starts an update.
 */
import type {
  UpdateNodegroupConfigCommandInput,
  UpdateNodegroupConfigCommandOutput,
} from '@aws-sdk/client-eks';
import type { NodeGroup } from '../estate/node-group.ts';
import type { Update } from '../estate/update.ts';
import type { Estate } from '../estate.ts';
import { ByPlace, type Caller } from '../service.ts';
import { ClientTokens } from './client-tokens.ts';
import { nodeGroupOf, refuseParameter } from './eks-lookup.ts';
import { toEksUpdate } from './eks-shapes.ts';
import { refuseUnlessReady } from './eks-version-update.ts';

type Input = UpdateNodegroupConfigCommandInput;

export const updateNodegroupConfig = (estate: Estate) => {
  const tokens = new ByPlace(() => new ClientTokens<Update>());
  return (input: Input, caller: Caller): Omit<UpdateNodegroupConfigCommandOutput, '$metadata'> => {
    const group = nodeGroupOf(estate, caller, input);
    const { clientRequestToken } = input;
    const update = tokens.in(caller).once(clientRequestToken, {
      input,
      now: estate.world.clock.now(),
      make: () => {
        refuseUnlessReady(group);
        refuseBothLimits(group, input);
        return estate.startConfigUpdate(group, paramsOf(input), () => apply(group, input));
      },
      refuse: () =>
        refuseParameter(
          group,
          `The client request token ${clientRequestToken} was used with other parameters.`,
        ),
    });
    return { update: toEksUpdate(update) };
  };
};

const refuseBothLimits = (group: NodeGroup, { updateConfig }: Input): void => {
  if (updateConfig?.maxUnavailable === undefined || updateConfig.maxUnavailablePercentage === undefined)
    return;
  throw refuseParameter(group, 'Give maxUnavailable or maxUnavailablePercentage, not both. (simulated)');
};

const paramsOf = ({ scalingConfig, updateConfig, labels, taints }: Input): Update['params'] => [
  ...param('MinSize', scalingConfig?.minSize),
  ...param('MaxSize', scalingConfig?.maxSize),
  ...param('DesiredSize', scalingConfig?.desiredSize),
  ...param('MaxUnavailable', updateConfig?.maxUnavailable),
  ...param('MaxUnavailablePercentage', updateConfig?.maxUnavailablePercentage),
  ...param('UpdateStrategy', updateConfig?.updateStrategy),
  ...param('LabelsToAdd', labels?.addOrUpdateLabels),
  ...param('LabelsToRemove', labels?.removeLabels),
  ...param('TaintsToAdd', taints?.addOrUpdateTaints),
  ...param('TaintsToRemove', taints?.removeTaints),
];

const param = (type: Update['params'][number][0], value: unknown): Update['params'] => {
  if (value === undefined) return [];
  return [[type, typeof value === 'object' ? JSON.stringify(value) : String(value)]];
};

const apply = (group: NodeGroup, { scalingConfig, updateConfig, labels, taints }: Input): void => {
  group.scaling = {
    minSize: scalingConfig?.minSize ?? group.scaling.minSize,
    maxSize: scalingConfig?.maxSize ?? group.scaling.maxSize,
    desiredSize: scalingConfig?.desiredSize ?? group.scaling.desiredSize,
  };
  if (updateConfig) group.updateConfig = updateConfig;
  const removed = new Set(labels?.removeLabels);
  const kept = Object.entries(group.labels).filter(([key]) => !removed.has(key));
  group.labels = { ...Object.fromEntries(kept), ...labels?.addOrUpdateLabels };
  const replaced = new Set(
    [...(taints?.removeTaints ?? []), ...(taints?.addOrUpdateTaints ?? [])].map(({ key }) => key),
  );
  group.taints = [
    ...group.taints.filter(({ key }) => !replaced.has(key)),
    ...(taints?.addOrUpdateTaints ?? []),
  ];
};
