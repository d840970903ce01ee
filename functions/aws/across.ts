/**
 * Puts the adapters of single targets together: what lists asks every target, what is about a group asks its own.
 *
 * A target that cannot be read leaves its failure among the others' groups. What is in none of the policy's
 * targets any more is to Drydock as if it were gone.
 *
 * Effect: that of the adapters it is given.
 */
import type { NodeGroup } from '../domain/node-group.ts';
import type { Fleet, Instances, Survey, Updates } from '../domain/ports.ts';
import { groupKey, isSameTarget, regionKey, type Target } from '../domain/target.ts';
import { during } from './errors.ts';

type At<Port> = (target: Target) => Port;

const isAmong = (targets: readonly Target[], target: Target): boolean =>
  targets.some((one) => isSameTarget(one, target));

/** A group that two targets show, because they are the same place by two names, is one group. */
const merged = (surveys: readonly Survey[]): Survey => {
  const groups = new Map<string, NodeGroup>();
  for (const group of surveys.flatMap((survey) => survey.groups)) groups.set(groupKey(group), group);
  return { groups: [...groups.values()], failures: surveys.flatMap(({ failures }) => failures) };
};

export const fleetAcross = (
  targets: readonly Target[],
  at: At<Fleet>,
): Pick<Fleet, 'all' | 'inClusters' | 'read'> => {
  const ofEach = async (read: (fleet: Fleet) => Promise<Survey>): Promise<Survey> => {
    const surveys = targets.map(async (target): Promise<Survey> => {
      try {
        return await during(`reading ${regionKey(target)}`, () => read(at(target)));
      } catch (failure) {
        return { groups: [], failures: [failure as Error] };
      }
    });
    return merged(await Promise.all(surveys));
  };
  return {
    all: (isMeant) => ofEach((fleet) => fleet.all(isMeant)),
    inClusters: (clusters) => ofEach((fleet) => fleet.inClusters(clusters)),
    read: async (id, look) => (isAmong(targets, id.target) ? at(id.target).read(id, look) : undefined),
  };
};

export const updatesAcross = (targets: readonly Target[], at: At<Updates>): Updates => ({
  start: async (rollout, group, signal) =>
    isAmong(targets, group.target) ? at(group.target).start(rollout, group, signal) : { is: 'gone' },
  read: async (group, updateId) =>
    isAmong(targets, group.target) ? at(group.target).read(group, updateId) : undefined,
});

export const instancesAcross = (targets: readonly Target[], at: At<Instances>): Instances => ({
  of: async (group) => (isAmong(targets, group.target) ? at(group.target).of(group) : []),
});
