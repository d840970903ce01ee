/**
 * Says what a survey of a target's data plane holds: clusters, their managed node groups, every node
 * whoever launched it, and what EC2 knows of types, subnets and offers.
 *
 * `undefined` members could not be read or are not given: unknown, never the harmless case.
 *
 * Pure.
 */
import type { NodeGroup, Tags } from './node-group.ts';
import type { Target } from './target.ts';
import type { Instant } from './time.ts';

export type DataPlane = {
  readonly target: Target;
  readonly clusters: readonly ClusterSurvey[];
  /** Every type in use, and every type of the region that a suggestion could name. */
  readonly types: ReadonlyMap<string, InstanceType>;
  /** Types offered, by availability zone name. */
  readonly offers: ReadonlyMap<string, ReadonlySet<string>>;
  /** By subnet id; only subnets that node groups name. */
  readonly subnets: ReadonlyMap<string, Subnet>;
};

export type ClusterSurvey = {
  readonly name: string;
  readonly minor: string;
  readonly tags: Tags;
  /** EKS Auto Mode runs nodes of its own here. */
  readonly autoMode: boolean;
  /** When standard support of its minor ends. */
  readonly standardSupportEndsAt: Instant | undefined;
  readonly groups: readonly GroupSurvey[];
  readonly nodes: readonly NodeSurvey[];
};

export type GroupSurvey = NodeGroup & {
  /** From the group, else from its launch template; empty when neither names one. */
  readonly instanceTypes: readonly string[];
  readonly capacity: 'on demand' | 'spot' | 'capacity block' | undefined;
  readonly scaling: { readonly min: number; readonly max: number; readonly desired: number };
  readonly subnetIds: readonly string[];
  /** How many nodes an update may take at once; `undefined` where EKS gives neither. */
  readonly maxUnavailable: { readonly nodes: number } | { readonly percent: number } | undefined;
  readonly updateStrategy: 'DEFAULT' | 'MINIMAL' | undefined;
  /** Kubernetes labels that EKS gives its nodes; `undefined`: unknown. */
  readonly labels?: Tags | undefined;
  /** It has a launch template of its owner's; `undefined`: unknown. */
  readonly hasTemplate?: boolean | undefined;
  /** Volumes that its launch template names; `undefined` without a template, or when it could not be read. */
  readonly templateVolumes: readonly TemplateVolume[] | undefined;
  /** User data of its launch template, decoded; `undefined` when it has none or it could not be read. */
  readonly userData: string | undefined;
};

export type TemplateVolume = {
  readonly device: string;
  readonly volumeType: string | undefined;
  readonly sizeGiB: number | undefined;
  readonly iops: number | undefined;
  readonly throughputMiBs: number | undefined;
};

/** Who launched a node, read from its tags. */
export type Launcher =
  | { readonly is: 'node group'; readonly nodeGroup: string }
  | { readonly is: 'karpenter'; readonly nodePool: string }
  | { readonly is: 'auto mode' }
  | { readonly is: 'auto scaling group'; readonly name: string }
  | { readonly is: 'unknown' };

export type NodeSurvey = {
  readonly instanceId: string;
  readonly launcher: Launcher;
  readonly instanceType: string;
  /** Availability zone name. */
  readonly zone: string;
  readonly imageId: string;
  /** Name that EC2 has for the image; `undefined` when it is gone or private. */
  readonly imageName: string | undefined;
  readonly imageCreatedAt: Instant | undefined;
  readonly launchedAt: Instant | undefined;
  readonly spot: boolean;
  /** Network interfaces attached now. */
  readonly interfaces: number;
  /** `undefined` when they could not be read. */
  readonly volumes: readonly NodeVolume[] | undefined;
  readonly tags: Tags;
};

export type NodeVolume = {
  readonly volumeId: string;
  readonly root: boolean;
  /** Attached by the EBS CSI driver for a pod; `undefined` where EC2 does not tell of the volume. */
  readonly csi: boolean | undefined;
  readonly volumeType: string | undefined;
  readonly iops: number | undefined;
  readonly throughputMiBs: number | undefined;
};

export type InstanceType = {
  readonly name: string;
  readonly architectures: readonly string[];
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** Inferentia, Trainium, Gaudi and the like. */
  readonly accelerators: number;
  /** Names of the makers of both, such as `NVIDIA`; two types with different ones are not alike. */
  readonly acceleratorMakers: readonly string[];
  readonly hypervisor: 'nitro' | 'xen' | undefined;
  readonly bareMetal: boolean;
  readonly burstable: boolean;
  readonly currentGeneration: boolean;
  /** EC2's `MaximumEbsAttachments`; `undefined`: unknown, not unlimited. */
  readonly ebsAttachments: number | undefined;
  readonly ebsLimit: 'shared' | 'dedicated' | undefined;
  /** Interfaces of the default network card: what the VPC CNI can attach. */
  readonly interfaces: number | undefined;
  readonly addressesPerInterface: number | undefined;
  /** Disks of its own, which are gone with the instance; `undefined`: unknown. */
  readonly instanceStorage?: boolean | undefined;
  /** EBS bandwidth the type sustains. */
  readonly ebsBaseline: { readonly iops: number; readonly throughputMBs: number } | undefined;
};

export type Subnet = {
  readonly subnetId: string;
  readonly zone: string;
  readonly freeAddresses: number | undefined;
};
