/**
 * Takes or refuses UpdateNodegroupVersion, and says to which image it takes the node group.
 *
 * Knows EKS's rules: one update at a time, only four health issues may stand, a request without
 * `version` moves the group to the cluster's minor. The image itself is in `eks-version-target.ts`.
 * Texts as quoted by users of EKS (re:Post "eks-managed-node-group-update", karpenter-provider-aws#133;
 * checked 2026-11); the one about a token used twice is ours.
 *
 * Changes the estate: starts an update.
 */
import type {
  NodegroupIssueCode,
  UpdateNodegroupVersionCommandInput,
  UpdateNodegroupVersionCommandOutput,
} from '@aws-sdk/client-eks';
import type { NodeGroup } from '../estate/node-group.ts';
import type { Update } from '../estate/update.ts';
import type { Estate } from '../estate.ts';
import { ByPlace, type Caller, Refusal } from '../service.ts';
import { ClientTokens } from './client-tokens.ts';
import { namesOf, nodeGroupOf, refuseParameter } from './eks-lookup.ts';
import { toEksUpdate } from './eks-shapes.ts';
import { versionTarget } from './eks-version-target.ts';

export const updateNodegroupVersion = (estate: Estate) => {
  const tokens = new ByPlace(() => new ClientTokens<Update>());
  return (
    input: UpdateNodegroupVersionCommandInput,
    caller: Caller,
  ): Omit<UpdateNodegroupVersionCommandOutput, '$metadata'> => {
    const group = nodeGroupOf(estate, caller, input);
    const update = tokens.in(caller).once(input.clientRequestToken, {
      input,
      now: estate.world.clock.now(),
      make: () => startUpdate(estate, group, input),
      refuse: () =>
        refuseParameter(
          group,
          `The client request token ${input.clientRequestToken} was used with other parameters.`,
        ),
    });
    return { update: toEksUpdate(update) };
  };
};

const startUpdate = (estate: Estate, group: NodeGroup, input: UpdateNodegroupVersionCommandInput): Update => {
  refuseUnlessReady(group);
  const to = versionTarget(estate, group, input);
  const released: Update['params'] = [
    ['Version', to.version],
    ['ReleaseVersion', to.releaseVersion],
  ];
  const templated: Update['params'] = [
    ['LaunchTemplateName', group.launchTemplate?.name ?? ''],
    ['LaunchTemplateVersion', String(to.templateVersion)],
  ];
  return estate.startVersionUpdate(group, {
    to,
    params: [...(group.amiType === 'CUSTOM' ? [] : released), ...(input.launchTemplate ? templated : [])],
    force: input.force ?? false,
  });
};

/** Groups with these issues can still be updated, though they are DEGRADED. */
const updatableIssues: readonly NodegroupIssueCode[] = [
  'AsgInstanceLaunchFailures',
  'InstanceLimitExceeded',
  'InsufficientFreeAddresses',
  'ClusterUnreachable',
];

export const refuseUnlessReady = (group: NodeGroup): void => {
  if (group.status !== 'ACTIVE' && group.status !== 'DEGRADED') {
    const message = 'Nodegroup cannot be updated as it is currently not in Active State';
    throw new Refusal('ResourceInUseException', message, { status: 409, members: namesOf(group) });
  }
  if (group.issues.every(({ code }) => updatableIssues.includes(code))) return;
  const message = `Nodegroup health has issues other than ${updatableIssues.join(', ')}`;
  throw new Refusal('InvalidRequestException', message, { status: 400, members: namesOf(group) });
};
