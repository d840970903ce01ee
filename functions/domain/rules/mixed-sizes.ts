/**
 * Finds groups that Cluster Autoscaler may scale and whose instance types differ in size.
 *
 * Cluster Autoscaler takes the first type of a group for all: larger ones waste, on smaller ones pods do not
 * fit. EKS tags the Auto Scaling group of every managed node group for it (user guide "managed-node-groups"),
 * so whether it really runs cannot be told; a group of fixed size is left out. Self-managed groups count
 * when their nodes carry the tag.
 *
 * Pure.
 */
import type { DataPlane, InstanceType } from '../data-plane.ts';
import { aboutSet, type NodeSet, nodeSetsOf, typesOf } from '../node-set.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly apartPercent: number };

const discovery = 'k8s.io/cluster-autoscaler/enabled';

const mayBeScaled = ({ launcher, group, nodes }: NodeSet): boolean => {
  if (group) return group.scaling.min < group.scaling.max;
  return (
    launcher.is === 'auto scaling group' && nodes.some(({ tags }) => (tags[discovery] ?? 'false') !== 'false')
  );
};

const typesApart = (types: readonly InstanceType[]): Readonly<Record<string, number>> => {
  const apart = (of: (type: InstanceType) => number): number => {
    const values = types.map(of);
    return Math.round(100 * (Math.max(...values) / Math.min(...values) - 1));
  };
  return {
    vcpusPercent: apart(({ vcpus }) => vcpus),
    memoryPercent: apart(({ memoryMiB }) => memoryMiB),
    acceleratorCounts: new Set(types.map(({ gpus, accelerators }) => gpus + accelerators)).size,
  };
};

const judgeSet = (plane: DataPlane, set: NodeSet, { apartPercent }: Settings): readonly Found[] => {
  const types = typesOf(set).flatMap((name) => plane.types.get(name) ?? []);
  if (!mayBeScaled(set) || types.length < 2) return [];
  const { vcpusPercent = 0, memoryPercent = 0, acceleratorCounts = 1 } = typesApart(types);
  const apart = Math.max(vcpusPercent, memoryPercent);
  if (apart <= apartPercent && acceleratorCounts === 1) return [];
  const accelerators = acceleratorCounts > 1 ? ', and in GPUs or accelerators' : '';
  return [
    {
      about: aboutSet(set),
      severity: acceleratorCounts > 1 ? 'high' : 'medium',
      sentence: `The instance types of ${set.name} differ by ${vcpusPercent} per cent in vCPUs and ${memoryPercent} per cent in memory${accelerators}; Cluster Autoscaler takes the first one for all.`,
      evidence: {
        types: types.map(({ name, vcpus, memoryMiB }) => `${name} ${vcpus} vCPU ${memoryMiB / 1024} GiB`),
        vcpusPercent,
        memoryPercent,
        acceleratorCounts,
      },
      weight: Math.max(1, apart),
      suggestion: 'Make a group for each size, and list only types of the same vCPUs, memory and GPUs in it.',
    },
  ];
};

export const mixedSizes: Rule<Settings> = {
  name: 'mixed-sizes',
  about: 'The instance types of a group that Cluster Autoscaler may scale differ in size.',
  severity: 'high where GPUs or accelerators differ, medium else',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/cas.html',
  settings: { apartPercent: 20 },
  judge: (plane, settings) => nodeSetsOf(plane).flatMap((set) => judgeSet(plane, set, settings)),
};
