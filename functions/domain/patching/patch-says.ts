/**
 * Says in sentences what a patch job would do: which nodes, how many at a time, what is left out and why,
 * and what it does not do.
 *
 * Pure.
 */
import type { PatchingPolicy } from '../policy.ts';
import { count, series } from '../sentence.ts';
import { type LeftReason, leftReasons, type PatchNode, sizeKey } from './patch-job.ts';
import type { PatchNow } from './patch-plan.ts';

export type LeftOut = Pick<PatchNode, 'instanceId' | 'cluster' | 'nodeGroup'> & { readonly why: LeftReason };

type Plan = {
  readonly command: PatchNow;
  readonly taken: readonly PatchNode[];
  readonly leftOut: readonly LeftOut[];
  readonly sizes: Readonly<Record<string, number>>;
  readonly rule: PatchingPolicy;
};

const mostNamed = 3;

/** How many nodes of a group may be under way at once. */
export const shareOfGroup = (size: number, { sharePercent }: PatchingPolicy): number =>
  Math.max(1, Math.floor((size * sharePercent) / 100));

const groupSentence = (nodes: readonly PatchNode[], { sizes, rule }: Plan): string => {
  const [first] = nodes;
  if (!first) return '';
  const size = sizes[sizeKey(first)] ?? nodes.length;
  const zones = [...Map.groupBy(nodes, ({ zone }) => zone)].sort(([a], [b]) => (a < b ? -1 : 1));
  const byZone = series(zones.map(([zone, inZone]) => `${inZone.length} in ${zone}`));
  return `${sizeKey(first)}: ${nodes.length} of ${count(size, 'node')}, ${byZone}; ${shareOfGroup(size, rule)} at a time.`;
};

const leftSentence = (why: LeftReason, nodes: readonly LeftOut[]): string => {
  const names = nodes.slice(0, mostNamed).map(({ instanceId }) => instanceId);
  const more = nodes.length > mostNamed ? ` and ${nodes.length - mostNamed} more` : '';
  return `Left out, ${count(nodes.length, 'node')} (${names.join(', ')}${more}): ${leftReasons[why]}`;
};

const rebootSentence = (reboot: boolean, { rebootSoakMinutes }: PatchingPolicy): string =>
  reboot
    ? `Afterwards each node reboots if a patch needs it, one of a cluster at a time, ${rebootSoakMinutes} minutes apart. Its pods are not moved away first: Drydock cannot cordon or drain, and disruption budgets are not heard. To spare the pods, replace the nodes (roll-now).`
    : 'Nothing reboots: a patch that needs a reboot, such as a kernel, is in force only when the node reboots or is replaced.';

export const saysOf = (plan: Plan): readonly string[] => {
  const { command, taken, leftOut, rule } = plan;
  const left = [...Map.groupBy(leftOut, ({ why }) => why)].map(([why, nodes]) => leftSentence(why, nodes));
  if (taken.length === 0) {
    const none = leftOut.length === 0 ? 'No node is known there.' : 'No node is patched.';
    return [none, ...left];
  }
  const groups = [...Map.groupBy(taken, sizeKey)];
  const what = `${count(taken.length, 'node')} of ${count(groups.length, 'node group')} get what their baseline approves, by AWS-RunPatchBaseline, all from one snapshot of the patches.`;
  const pace = `One zone of a cluster at a time, ${rule.atOnce} nodes of a command at once. It stops when more than ${count(rule.failureBudget, 'node')} failed.`;
  return [
    what,
    ...groups.map(([, nodes]) => groupSentence(nodes, plan)),
    pace,
    rebootSentence(command.reboot, rule),
    ...(rule.approval
      ? [`It asks for approval first; silence for ${rule.approval.timeoutHours} hours means no.`]
      : []),
    'The replacement of these groups is booked: until then new nodes come up without the patches.',
    ...left,
    'This is what was last seen; each node is looked at again before its turn.',
  ];
};
