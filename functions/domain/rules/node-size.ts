/**
 * Finds clusters of many small nodes, which load the control plane with kubelets and DaemonSets, and clusters of
 * so few large ones that the loss of one takes a large share.
 *
 * Nodes whose type EC2 does not describe are left out of both, and counted in the evidence.
 *
 * Pure.
 */
import type { ClusterSurvey, DataPlane, InstanceType } from '../data-plane.ts';
import { count, percent } from '../sentence.ts';
import type { Found, Rule } from './rule.ts';

type Settings = {
  readonly manyNodes: number;
  readonly smallVcpus: number;
  readonly sharePercent: number;
  readonly largeVcpus: number;
};

/** As many times `manyNodes` is worse; as large a share is a failure that most clusters would feel. */
const tooMany = 5;
const half = 50;

const sum = (types: readonly InstanceType[]): number => types.reduce((total, { vcpus }) => total + vcpus, 0);

const judgeSmall = (
  about: Found['about'],
  types: readonly InstanceType[],
  unknown: number,
  { manyNodes, smallVcpus }: Settings,
): readonly Found[] => {
  const small = types.filter(({ vcpus }) => vcpus <= smallVcpus);
  if (small.length < manyNodes) return [];
  const larger = 4 * smallVcpus;
  const instead = Math.ceil(sum(small) / larger);
  return [
    {
      about: { ...about, detail: 'many small' },
      severity: small.length >= tooMany * manyNodes ? 'medium' : 'low',
      sentence: `Cluster ${about.cluster} has ${count(small.length, 'node')} of ${smallVcpus} vCPUs or fewer; ${instead} of ${larger} vCPUs would carry as much.`,
      evidence: { small: small.length, nodes: types.length + unknown, unknown, vcpus: sum(small), instead },
      weight: small.length,
      suggestion: `Move to types of about ${larger} vCPUs, as far as the pods use them up and no node carries too large a share.`,
    },
  ];
};

const judgeLarge = (
  about: Found['about'],
  types: readonly InstanceType[],
  unknown: number,
  { sharePercent, largeVcpus }: Settings,
): readonly Found[] => {
  const largest = types.reduce<InstanceType | undefined>(
    (most, type) => (type.vcpus > (most?.vcpus ?? 0) ? type : most),
    undefined,
  );
  if (!largest || largest.vcpus < largeVcpus || 100 * largest.vcpus < sharePercent * sum(types)) return [];
  const share = percent(largest.vcpus, sum(types));
  return [
    {
      about: { ...about, detail: 'few large' },
      severity: share >= half ? 'high' : 'medium',
      sentence: `The loss of one node (${largest.name}) takes ${share} per cent of the vCPUs of cluster ${about.cluster}.`,
      evidence: {
        share,
        type: largest.name,
        vcpus: largest.vcpus,
        ofVcpus: sum(types),
        nodes: types.length + unknown,
        unknown,
      },
      weight: share,
      suggestion: `Use smaller types: ${Math.floor(100 / sharePercent) + 1} nodes of one size or more keep each below ${sharePercent} per cent.`,
    },
  ];
};

const judgeCluster = ({ target, types }: DataPlane, { name, nodes }: ClusterSurvey, settings: Settings) => {
  const about = { target, cluster: name };
  const known = nodes.flatMap(({ instanceType }) => types.get(instanceType) ?? []);
  const unknown = nodes.length - known.length;
  return [...judgeSmall(about, known, unknown, settings), ...judgeLarge(about, known, unknown, settings)];
};

export const nodeSize: Rule<Settings> = {
  name: 'node-size',
  about:
    'A cluster has many small nodes where fewer larger ones would do, or so few large ones that one is a large share.',
  severity: `few large: high from ${half} per cent on, medium below; many small: medium from ${tooMany} times as many on, low below`,
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html#_prefer_larger_nodes_to_reduce_api_server_load',
  settings: { manyNodes: 100, smallVcpus: 4, sharePercent: 25, largeVcpus: 16 },
  judge: (plane, settings) => plane.clusters.flatMap((cluster) => judgeCluster(plane, cluster, settings)),
};
