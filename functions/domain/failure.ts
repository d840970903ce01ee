/**
 * Says how Drydock reacts to each way an update of a node group can fail.
 *
 * One row for each error code of EKS's `Update` (17, SDK 3.1169, a test compares), and our own
 * codes below them. What follows a code is public experience: issues named in each row's source;
 * EKS documents seven of them. Checked 2026-11-23.
 *
 * Pure.
 */
export type Reaction =
  /** Tried again after a while; failed when that was in vain. */
  | { readonly is: 'retry'; readonly afterMinutes: number; readonly times: number }
  /** The group has failed; the wave's failure budget decides about the rollout. */
  | { readonly is: 'fail' }
  /** The failure points at the release: no other group may get it. */
  | { readonly is: 'halt' };

export type FailureFacts = {
  readonly reaction: Reaction;
  readonly sentence: string;
  readonly remedy: string;
};

const later = { is: 'retry', afterMinutes: 60, times: 3 } as const;
const fail = { is: 'fail' } as const;
const halt = { is: 'halt' } as const;

const addresses = {
  reaction: later,
  sentence: 'A subnet of the group has too few free addresses for the extra nodes.',
  remedy: 'Free addresses or add a subnet.',
};
const misconfigured = (what: string) => ({
  reaction: fail,
  sentence: `${what} of the cluster or group is missing or does not allow what EKS needs.`,
  remedy: 'Repair it; EKS names it in the message.',
});

export const failures = {
  // containers-roadmap#1282: names the nodes, never the pods.
  PodEvictionFailure: {
    reaction: { is: 'retry', afterMinutes: 240, times: 1 },
    sentence: 'Pods could not be evicted within 15 minutes: a disruption budget most likely allows none.',
    remedy: 'Look for budgets with 0 allowed disruptions (kubectl get pdb -A) on the nodes named.',
  },
  // autoscaler#5264: new nodes on the new image do not join.
  NodeCreationFailure: {
    reaction: halt,
    sentence: 'New nodes on this release do not join the cluster.',
    remedy: 'Look at a new node’s console output before anything else gets this release.',
  },
  InsufficientFreeAddresses: addresses,
  IpNotAvailable: addresses,
  EniLimitReached: {
    ...addresses,
    sentence: 'The account has reached its limit of network interfaces.',
    remedy: 'Raise the quota or delete unused interfaces.',
  },
  ClusterUnreachable: {
    reaction: later,
    sentence: 'EKS could not reach the cluster’s API server.',
    remedy: 'Look at the cluster’s health and its security groups.',
  },
  Unknown: {
    reaction: later,
    sentence: 'EKS gives no cause.',
    remedy: 'Look at the group’s Auto Scaling activity; open a case with AWS if it stays.',
  },
  SubnetNotFound: misconfigured('A subnet'),
  SecurityGroupNotFound: misconfigured('A security group'),
  VpcIdNotFound: misconfigured('The VPC'),
  AccessDenied: misconfigured('A permission'),
  OperationNotPermitted: misconfigured('The service role'),
  // The six codes below belong to add-ons by their names; AWS documents none of them for node groups.
  InsufficientNumberOfReplicas: misconfigured('An add-on'),
  ConfigurationConflict: misconfigured('An add-on'),
  AdmissionRequestDenied: misconfigured('An admission webhook'),
  UnsupportedAddonModification: misconfigured('An add-on'),
  K8sResourceNotFound: misconfigured('A Kubernetes resource'),
  /** Ours: NodeCreationFailure while the group's health names a want of machines; containers-roadmap and autoscaler#4811 show the texts. */
  LaunchFailure: {
    reaction: { is: 'retry', afterMinutes: 120, times: 6 },
    sentence: 'EC2 could not launch the extra nodes: no capacity, a quota, or no free addresses.',
    remedy: 'Wait, raise the quota, or add instance types and zones to the group.',
  },
  /** Ours: EKS refused the request itself. */
  Refused: { reaction: fail, sentence: 'EKS refused the update.', remedy: 'EKS’s own words say why.' },
  /** Ours: EKS refused to go back. AWS documents that it cannot; users report that it can. */
  RollBackRefused: {
    reaction: fail,
    sentence: 'EKS refused to take the group back to its earlier release.',
    remedy:
      'Create a node group with the earlier release version beside it and move the pods there, or roll on to the next release.',
  },
  /** Ours: the update was cancelled. */
  Cancelled: {
    reaction: fail,
    sentence: 'The update was cancelled by somebody.',
    remedy: 'Nothing, if that was meant.',
  },
  /** Ours: EKS reports success, but not every node runs the release. */
  MixedImages: {
    reaction: fail,
    sentence: 'EKS reports success, but nodes on another image remain.',
    remedy: 'Look at the nodes named; delete those that stay.',
  },
  /** Ours: the group did not come back ACTIVE and healthy. */
  Unhealthy: {
    reaction: halt,
    sentence: 'After the update the group is not healthy.',
    remedy: 'Look at the health issues EKS names before anything else gets this release.',
  },
} as const satisfies Record<string, FailureFacts>;

export type FailureCode = keyof typeof failures;

/** A code that EKS has invented since is treated like a failure without a cause that nobody retries. */
export const failureFacts = (code: string): FailureFacts =>
  Object.hasOwn(failures, code)
    ? failures[code as FailureCode]
    : { reaction: fail, sentence: `EKS gives the code ${code}.`, remedy: 'EKS’s own words say why.' };
