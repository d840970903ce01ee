/**
 * Decides which nodes a person's wish to patch means, why each other one is left out, and says what
 * would happen.
 *
 * Knows only what was remembered of the nodes (page.ts): each is looked at again before its turn. A
 * node's severities decide whether it is taken; what is then installed its baseline decides.
 *
 * Pure.
 */
import type { Command } from '../command.ts';
import type { Hold } from '../hold.ts';
import { whyKept } from '../node-group.ts';
import type { PatchingPolicy, Policy } from '../policy.ts';
import { matches } from '../selector.ts';
import { regionKey } from '../target.ts';
import { type Instant, minutesAfter } from '../time.ts';
import {
  type CompliancePage,
  factsOfNode,
  type JudgedNode,
  judgePage,
  type PageNode,
  patchesOf,
} from './page.ts';
import { countBySeverity, hasAtLeast } from './patch.ts';
import type { LeftReason, PatchJob, PatchNode } from './patch-job.ts';
import { type LeftOut, saysOf } from './patch-says.ts';

export type PatchNow = Extract<Command, { readonly command: 'patch-now' }>;

export type PatchScene = {
  readonly pages: readonly CompliancePage[];
  /** Jobs that are not closed. */
  readonly jobs: readonly PatchJob[];
  readonly holds: readonly Hold[];
  readonly policy: Policy;
  readonly now: Instant;
};

export type PatchPlan = {
  /** `false`: there is nothing to patch, as `says` explains. */
  readonly accepted: boolean;
  readonly says: readonly string[];
  /** To be stored; absent when nothing would be patched. */
  readonly job?: PatchJob;
};

/** `undefined` when the page is none of those that the command means. */
const whyGroupLeft = (
  page: CompliancePage,
  { select }: PatchNow,
  { holds, policy, now }: PatchScene,
): LeftReason | 'taken' | undefined => {
  const { target, group, cluster, launcher } = page;
  const named = group ?? { target, cluster, nodeGroup: '', tags: {}, clusterTags: {} };
  if (!select.some((selector) => matches(selector, named))) return undefined;
  if (!group || launcher.is !== 'node group') return 'launchedElsewhere';
  return whyKept(group, policy, holds, now)?.why ?? 'taken';
};

/** Whether nothing newer than its image could be installed on it. */
const isLocked = (node: PageNode, page: CompliancePage, { al2023Repository }: PatchingPolicy): boolean => {
  const { system } = factsOfNode(node, page);
  return system.is === 'packages' && system.family === 'al2023' && al2023Repository === 'locked';
};

const whyNodeLeft = (
  { node, verdict }: JudgedNode,
  page: CompliancePage,
  { severity, reboot }: PatchNow,
  rule: PatchingPolicy,
): LeftReason | undefined => {
  if (verdict.is === 'not applicable') return 'readOnly';
  if (!node.agent) return 'notManaged';
  if (!node.agent.online) return 'agentLost';
  if (verdict.is !== 'non-compliant') {
    if (isLocked(node, page, rule)) return 'lockedRelease';
    if (severity === 'any') return undefined;
    return verdict.is === 'compliant' ? 'nothingOpen' : 'notKnown';
  }
  const { missing = 0, failed = 0, pendingReboot = 0 } = verdict.counts;
  if (severity === 'any') return undefined;
  if (missing + failed + (reboot ? pendingReboot : 0) === 0) return 'nothingOpen';
  const patches = patchesOf(node, page);
  return !patches || hasAtLeast(countBySeverity(patches), severity) ? undefined : 'lessSevere';
};

/** Every node that the command means, with the reason where it is left out. */
const sort = (command: PatchNow, scene: PatchScene) => {
  const busy = new Set(scene.jobs.flatMap(({ nodes }) => nodes.map(({ instanceId }) => instanceId)));
  const taken: PatchNode[] = [];
  const leftOut: LeftOut[] = [];
  for (const page of scene.pages) {
    const group = whyGroupLeft(page, command, scene);
    if (group === undefined) continue;
    const nodeGroup = page.launcher.is === 'node group' ? page.launcher.nodeGroup : '';
    for (const one of judgePage(page, scene.policy.patching, scene.now)) {
      const { instanceId, zone } = one.node;
      const own = group === 'taken' ? whyNodeLeft(one, page, command, scene.policy.patching) : group;
      const why = own ?? (busy.has(instanceId) ? 'inAnotherJob' : undefined);
      if (why) leftOut.push({ instanceId, cluster: page.cluster, nodeGroup, why });
      else taken.push({ instanceId, cluster: page.cluster, nodeGroup, zone, state: { is: 'waiting' } });
    }
  }
  return { taken, leftOut };
};

const sizesOf = (pages: readonly CompliancePage[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    pages.flatMap(({ cluster, launcher, nodes }) =>
      launcher.is === 'node group' ? [[`${cluster}/${launcher.nodeGroup}`, nodes.length]] : [],
    ),
  );

const severalPlaces = (places: readonly string[]): string =>
  `The nodes meant are in ${places.toSorted().join(' and ')}, and a job patches one account and region: name \`accounts\` and \`regions\` in \`select\`.`;

/** `id`: of the new job, unique. The command may be a dry run: what is not stored does not happen. */
export const planPatching = (command: PatchNow, id: string, scene: PatchScene): PatchPlan => {
  const { policy, now } = scene;
  const meant = scene.pages.filter((page) => whyGroupLeft(page, command, scene) !== undefined);
  const places = new Set(meant.map(({ target }) => regionKey(target)));
  if (places.size > 1) return { accepted: false, says: [severalPlaces([...places])] };
  const pages = scene.pages.filter(({ target }) => places.has(regionKey(target)));
  const { taken, leftOut } = sort(command, { ...scene, pages });
  const says = saysOf({ command, taken, leftOut, sizes: sizesOf(pages), rule: policy.patching });
  const [first] = pages;
  if (!first || taken.length === 0) return { accepted: false, says };
  const { by, why, severity, reboot } = command;
  const hours = policy.patching.approval?.timeoutHours;
  const job: PatchJob = {
    id,
    revision: 0,
    target: first.target,
    by,
    why,
    severity,
    reboot,
    openedAt: now,
    state: hours === undefined ? { is: 'patching' } : { is: 'asking', until: minutesAfter(now, hours * 60) },
    nodes: taken,
    sizes: sizesOf(pages),
    batches: [],
    lastBatch: 0,
    sequence: 0,
    outbox: [],
  };
  return { accepted: true, says, job };
};
