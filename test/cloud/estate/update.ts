/**
 * Keeps the updates of a node group, as DescribeUpdate tells them.
 *
 * Effect: changes the node group it is given.
 */
import type { ErrorCode, UpdateParamType, UpdateStatus, UpdateType } from '@aws-sdk/client-eks';
import type { NodeGroup } from './node-group.ts';
import type { World } from './world.ts';

export type UpdateError = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly resourceIds: readonly string[];
};

export type Update = {
  readonly id: string;
  readonly type: UpdateType;
  readonly params: readonly (readonly [UpdateParamType, string])[];
  readonly createdAt: Date;
  status: UpdateStatus;
  errors: readonly UpdateError[];
  endedAt: Date | undefined;
};

export const openUpdate = (
  world: World,
  group: NodeGroup,
  { type, params }: Pick<Update, 'type' | 'params'>,
): Update => {
  const update: Update = {
    id: world.identifiers.uuid(),
    type,
    params,
    createdAt: world.clock.now(),
    status: 'InProgress',
    errors: [],
    endedAt: undefined,
  };
  group.updates.set(update.id, update);
  group.status = 'UPDATING';
  return update;
};

/** The group is what its health says once more, whether the update succeeded or failed. */
export const closeUpdate = (
  world: World,
  group: NodeGroup,
  update: Update,
  errors: readonly UpdateError[] = [],
): void => {
  update.status = errors.length > 0 ? 'Failed' : 'Successful';
  update.errors = errors;
  update.endedAt = world.clock.now();
  group.modifiedAt = world.clock.now();
  group.status = group.issues.length > 0 ? 'DEGRADED' : 'ACTIVE';
};
