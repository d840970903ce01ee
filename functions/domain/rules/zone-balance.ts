/**
 * Finds clusters and groups whose nodes are spread unevenly over their zones: the loss of the fullest zone then
 * takes more than its share.
 *
 * A group in one zone is often meant so (volumes live in one zone), hence the look at the whole cluster.
 * Karpenter and Auto Mode place nodes for the pods; they count in the cluster only.
 *
 * Pure.
 */
import type { ClusterSurvey, DataPlane, NodeSurvey } from '../data-plane.ts';
import { aboutSet, type NodeSet, nodeSetsIn, zonesOf } from '../node-set.ts';
import { percent } from '../sentence.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly apartPercent: number };

/** One more here than there is how any odd number is spread. */
const unavoidable = 1;

const judgeSpread = (
  about: Found['about'],
  name: string,
  zones: readonly string[],
  nodes: readonly NodeSurvey[],
  { apartPercent }: Settings,
): readonly Found[] => {
  const spread = zones
    .map((zone) => ({ zone, nodes: nodes.filter((node) => node.zone === zone).length }))
    .sort((a, b) => b.nodes - a.nodes || (a.zone < b.zone ? -1 : 1));
  const [most, least] = [spread[0], spread.at(-1)];
  if (!most || !least || zones.length < 2) return [];
  const apart = most.nodes - least.nodes;
  const average = nodes.length / zones.length;
  if (apart <= unavoidable || 100 * apart <= apartPercent * average) return [];
  return [
    {
      about,
      severity: least.nodes === 0 ? 'medium' : 'low',
      sentence: `${most.nodes} of ${nodes.length} nodes of ${name} are in ${most.zone}, ${least.nodes} in ${least.zone}.`,
      evidence: { spread: spread.map(({ zone, nodes }) => `${zone} ${nodes}`), nodes: nodes.length },
      weight: percent(most.nodes, nodes.length),
      suggestion:
        'Look for a zone that was out of capacity or addresses; spread pods by topology.kubernetes.io/zone, and let the group replace nodes of the fullest zone.',
    },
  ];
};

const balances = ({ launcher }: NodeSet): boolean =>
  launcher.is === 'node group' || launcher.is === 'auto scaling group';

const judgeCluster = (plane: DataPlane, cluster: ClusterSurvey, settings: Settings): readonly Found[] => {
  const sets = nodeSetsIn(plane.target, cluster);
  const zones = [...new Set(sets.flatMap((set) => zonesOf(set, plane)))];
  const about = { target: plane.target, cluster: cluster.name };
  return [
    ...(sets.length > 1 ? judgeSpread(about, `cluster ${cluster.name}`, zones, cluster.nodes, settings) : []),
    ...sets
      .filter(balances)
      .flatMap((set) => judgeSpread(aboutSet(set), set.name, zonesOf(set, plane), set.nodes, settings)),
  ];
};

export const zoneBalance: Rule<Settings> = {
  name: 'zone-balance',
  about: 'Nodes of a cluster or group are spread unevenly over its zones.',
  severity: 'medium where a zone has none, low else',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html#_prefer_larger_nodes_to_reduce_api_server_load',
  settings: { apartPercent: 50 },
  judge: (plane, settings) => plane.clusters.flatMap((cluster) => judgeCluster(plane, cluster, settings)),
};
