/**
 * Puts the fleets into a simulated cloud that Drydock is measured with.
 *
 * Effect: changes the estate of the cloud.
 */
import type { AMITypes } from '@aws-sdk/client-eks';
import type { Cloud } from '../cloud/cloud.ts';
import { home } from '../stories/open-story.ts';

export type Shape = {
  readonly clusters: number;
  readonly groupsPerCluster: number;
  readonly nodesPerGroup: number;
};

export const groupsIn = ({ clusters, groupsPerCluster }: Shape): number => clusters * groupsPerCluster;
export const nodesIn = (shape: Shape): number => groupsIn(shape) * shape.nodesPerGroup;

type Looks = {
  readonly releaseVersion?: string;
  readonly zones?: readonly string[];
  /** Of the first clusters; all others are `prod`. */
  readonly environments?: readonly string[];
};

/** A wave each, by the default policy. */
const usualEnvironments: readonly string[] = ['dev', 'staging'];

/** AL2023 on Kubernetes 1.34; with the recommended release in three zones unless told otherwise. */
export const fleetOf =
  ({ clusters, groupsPerCluster, nodesPerGroup }: Shape, looks: Looks = {}) =>
  ({ estate }: Cloud): void => {
    const { environments = usualEnvironments, ...ofGroups } = looks;
    for (let i = 0; i < clusters; i++) {
      const cluster = `c${i}`;
      const environment = environments[i] ?? 'prod';
      estate.addCluster({ ...home, name: cluster, version: '1.34', tags: { environment } });
      for (let j = 0; j < groupsPerCluster; j++)
        estate.addNodeGroup({
          cluster,
          name: `g${j}`,
          desiredSize: nodesPerGroup,
          instanceTypes: ['m7g.2xlarge'],
          ...ofGroups,
        });
    }
  };

/** A node group for each of so many AMI types and minors that AWS publishes. */
export const typesAndMinors =
  (pairs: number) =>
  ({ shelf, estate }: Cloud): void => {
    const published = new Map(
      shelf.all(home.region).map(({ amiType, minor }) => [`${amiType} ${minor}`, { amiType, minor }]),
    );
    const current = [...published.values()]
      .filter(({ amiType, minor }) => !amiType.startsWith('AL2_') && Number(minor.slice(2)) >= 30)
      .slice(0, pairs);
    if (current.length < pairs) throw new Error(`there are no ${pairs} AMI types and minors`);
    for (const minor of new Set(current.map((pair) => pair.minor)))
      estate.addCluster({ ...home, name: `c-${minor}`, version: minor });
    for (const { amiType, minor } of current)
      estate.addNodeGroup({
        cluster: `c-${minor}`,
        name: amiType,
        amiType: amiType as AMITypes,
        desiredSize: 1,
      });
  };
