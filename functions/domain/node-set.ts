/**
 * Puts the nodes of a cluster together by who launched them: a managed node group, a Karpenter node pool, EKS
 * Auto Mode, an Auto Scaling group, or nobody known.
 *
 * A node group without nodes is a set too: it says what it would launch. Nodes of a node group that could not be
 * read are in none: without its tags nobody knows whether it is ignored or muted, nor what its image is due to be.
 *
 * Pure.
 */
import type {
  ClusterSurvey,
  DataPlane,
  GroupSurvey,
  Launcher,
  NodeSurvey,
  NodeVolume,
} from './data-plane.ts';
import type { About } from './finding.ts';
import { series } from './sentence.ts';
import type { Target } from './target.ts';

export type NodeSet<Node extends NodeSurvey = NodeSurvey> = {
  readonly target: Target;
  readonly cluster: ClusterSurvey;
  readonly launcher: Launcher;
  /** `undefined` for the nodes of others. */
  readonly group: GroupSurvey | undefined;
  /** As sentences name it: `node group workers of blue`. */
  readonly name: string;
  readonly nodes: readonly Node[];
};

/** A node whose volumes could be read. */
export type ReadNode = NodeSurvey & { readonly volumes: readonly NodeVolume[] };

const nameOf = (launcher: Launcher): string => {
  switch (launcher.is) {
    case 'node group':
      return `node group ${launcher.nodeGroup}`;
    case 'karpenter':
      return `Karpenter node pool ${launcher.nodePool}`;
    case 'auto mode':
      return 'EKS Auto Mode';
    case 'auto scaling group':
      return `Auto Scaling group ${launcher.name}`;
    case 'unknown':
      return 'unknown launcher';
  }
};

export const nodeSetsIn = (target: Target, cluster: ClusterSurvey): readonly NodeSet[] => {
  const nodes = Map.groupBy(cluster.nodes, ({ launcher }) => nameOf(launcher));
  const ofGroups = cluster.groups.map((group) => ({
    launcher: { is: 'node group' as const, nodeGroup: group.nodeGroup },
    group,
  }));
  const others = [...nodes.values()].flatMap(([first]) =>
    first && first.launcher.is !== 'node group' ? [{ launcher: first.launcher, group: undefined }] : [],
  );
  return [...ofGroups, ...others].map(({ launcher, group }) => {
    const name = nameOf(launcher);
    return {
      target,
      cluster,
      launcher,
      group,
      name: `${name} of ${cluster.name}`,
      nodes: nodes.get(name) ?? [],
    };
  });
};

export const nodeSetsOf = ({ target, clusters }: DataPlane): readonly NodeSet[] =>
  clusters.flatMap((cluster) => nodeSetsIn(target, cluster));

export const aboutSet = ({ target, cluster, launcher }: NodeSet, detail?: string): About => {
  const place = { target, cluster: cluster.name };
  if (launcher.is === 'node group')
    return { ...place, nodeGroup: launcher.nodeGroup, ...(detail !== undefined && { detail }) };
  return { ...place, detail: detail === undefined ? nameOf(launcher) : `${nameOf(launcher)} ${detail}` };
};

/** Names of the types that it runs or may launch, each once, in the group's order. */
export const typesOf = ({ group, nodes }: NodeSet): readonly string[] => [
  ...new Set([...(group?.instanceTypes ?? []), ...nodes.map(({ instanceType }) => instanceType)]),
];

export const areVolumesRead = (set: NodeSet): set is NodeSet<ReadNode> =>
  set.nodes.every(({ volumes }) => volumes !== undefined);

/** What rules judge that look at volumes; what they found of the other sets before stands. */
export const setsWithVolumes = (plane: DataPlane): readonly NodeSet<ReadNode>[] =>
  nodeSetsOf(plane).filter(areVolumesRead);

/** Zones that it may launch in, as far as they can be read, and runs in. */
export const zonesOf = ({ group, nodes }: NodeSet, { subnets }: DataPlane): readonly string[] => [
  ...new Set([
    ...(group?.subnetIds ?? []).flatMap((id) => subnets.get(id)?.zone ?? []),
    ...nodes.map(({ zone }) => zone),
  ]),
];

/** What a person does so that the nodes are of these types. */
export const howToGetTypes = ({ launcher }: NodeSet, types: readonly string[]): string => {
  switch (launcher.is) {
    case 'node group':
      return `Create a node group of ${series(types, 'or')} and move the pods there`;
    case 'karpenter':
      return `Let node pool ${launcher.nodePool} choose from ${series(types, 'or')}`;
    case 'auto mode':
      return `Let a node pool of Auto Mode choose from ${series(types, 'or')}`;
    default:
      return `Launch ${series(types, 'or')} instead`;
  }
};
