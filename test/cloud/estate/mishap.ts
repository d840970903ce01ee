/**
 * Decides which update fails, and how: as scripted for a node group, or because a release is broken.
 *
 * Knows EKS's own texts (eksctl, containers-roadmap#1282, autoscaler#5264; checked 2026-11) and
 * that `force` gets past a disruption budget, though not past every one.
 *
 * Effect: counts down what was scripted.
 */
import type { ErrorCode } from '@aws-sdk/client-eks';
import type { Caller } from '../service.ts';
import type { NodeGroup, NodeImage } from './node-group.ts';
import { isIn, type NodeGroupName } from './place.ts';

export type Failure = {
  readonly code: ErrorCode;
  readonly message?: string;
  readonly resourceIds?: readonly string[];
  /** How many nodes are replaced before it fails; 0 when not given, never all of them. */
  readonly afterNodes?: number;
  /** Fails an eviction even when the update is forced (cloud-platform#3929). */
  readonly evenForced?: boolean;
};

export type Script = NodeGroupName & {
  readonly failure: Failure & {
    /** How many updates in a row; 1 when not given. */
    readonly times?: number | 'always';
  };
};

/** A release version breaks every image of that name, an image id just the one. */
export type BrokenRelease = Partial<Caller> & {
  readonly releaseVersion?: string;
  readonly imageId?: string;
} & Failure;

export class Mishaps {
  #scripts: { readonly script: Script; left: number }[] = [];
  readonly #broken: BrokenRelease[] = [];

  add(script: Script): void {
    const { times = 1 } = script.failure;
    this.#scripts.push({ script, left: times === 'always' ? Number.POSITIVE_INFINITY : times });
  }

  forget({ cluster, nodeGroup }: NodeGroupName): void {
    this.#scripts = this.#scripts.filter(
      ({ script }) => script.cluster !== cluster || script.nodeGroup !== nodeGroup,
    );
  }

  breakRelease(release: BrokenRelease): void {
    this.#broken.push(release);
  }

  /** What goes wrong with an update that starts now; a scripted failure is used up by it. */
  take(group: NodeGroup, to: NodeImage, force: boolean): Failure | undefined {
    const scripted = this.#scripts.find(
      ({ script, left }) => left > 0 && concerns(script, group) && !isForcedPast(script.failure, force),
    );
    if (scripted) {
      scripted.left -= 1;
      return scripted.script.failure;
    }
    return this.#broken.find(
      (release) =>
        isIn(group.cluster, release) &&
        (release.imageId === to.imageId || release.releaseVersion === to.releaseVersion) &&
        !isForcedPast(release, force),
    );
  }
}

const concerns = (script: Script, { cluster, name }: NodeGroup): boolean =>
  script.cluster === cluster.name && script.nodeGroup === name && isIn(cluster, script);

const isForcedPast = ({ code, evenForced = false }: Failure, force: boolean): boolean =>
  code === 'PodEvictionFailure' && force && !evenForced;

export const failureText = ({ code, message }: Failure, group: NodeGroup): string =>
  message ?? texts[code]?.replace('{}', group.name) ?? `${code} in node group ${group.name}`;

const texts: Partial<Record<ErrorCode, string>> = {
  PodEvictionFailure: 'Reached max retries while trying to evict pods from nodes in node group {}',
  NodeCreationFailure: "Couldn't proceed with upgrade process as new nodes are not joining node group {}",
  InsufficientFreeAddresses:
    'Amazon AutoScaling was unable to launch instances because there are not enough free addresses in the subnet associated with your AutoScaling group(s).',
  SubnetNotFound: "We couldn't find one of the subnets associated with the cluster.",
  SecurityGroupNotFound: "We couldn't find one of the security groups associated with the cluster.",
  EniLimitReached: 'You have reached the elastic network interface limit for your account.',
  IpNotAvailable: "A subnet associated with the cluster doesn't have any available IP addresses.",
  AccessDenied: "You don't have permissions to perform the specified operation.",
  OperationNotPermitted:
    "The service role associated with the cluster doesn't have the required access permissions for Amazon EKS.",
  VpcIdNotFound: "We couldn't find the VPC associated with the cluster.",
};
