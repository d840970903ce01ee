/**
 * Says what Drydock tells of a patch job: how far it is, what became of which node, what it waits for.
 *
 * A node is told as started once its command was taken. Lists are cut like those of all news.
 *
 * Pure.
 */
import { type Listed, listed } from '../news.ts';
import type { GroupId } from '../target.ts';
import type { Instant } from '../time.ts';
import {
  leftReasons,
  type PatchApproval,
  type PatchJob,
  type PatchJobState,
  type PatchNode,
  type PatchStop,
  type PatchWait,
  patchFailures,
  patchStops,
  patchWaits,
  sizeKey,
  type WantedSeverity,
} from './patch-job.ts';

const schema = 1;
/** An event can carry a full list. */
const longestMessage = 300;

export type PatchCounts = Readonly<Record<'waiting' | 'underWay' | 'patched' | 'failed' | 'left', number>>;

export type PatchChange = Pick<PatchNode, 'instanceId' | 'cluster' | 'nodeGroup'> & {
  readonly is: 'started' | 'patched' | 'rebooted' | 'failed' | 'left';
  readonly why?: string;
  readonly sentence?: string;
  /** Systems Manager's own words. */
  readonly message?: string;
};

export type PatchProgress = {
  readonly job: string;
  readonly sequence: number;
  readonly by: string;
  readonly why: string;
  readonly severity: WantedSeverity;
  readonly reboot: boolean;
  readonly openedAt: Instant;
  readonly state: PatchJobState;
  /** Of a job that asked first. */
  readonly approved?: PatchApproval;
  /** Why it stopped, in a sentence. */
  readonly sentence?: string;
  readonly waiting?: { readonly why: PatchWait; readonly sentence: string; readonly until?: Instant };
  readonly nodes: PatchCounts;
  readonly nodeGroups: Listed<GroupId & { readonly nodes: PatchCounts }>;
};

export type PatchingProgressed = {
  readonly type: 'Patching Progressed';
  readonly detail: { readonly schema: number; readonly id: string; readonly at: Instant } & PatchProgress & {
      readonly changes: Listed<PatchChange>;
    };
};

const countOf = (nodes: readonly PatchNode[]): PatchCounts => {
  const counts = { waiting: 0, underWay: 0, patched: 0, failed: 0, left: 0 };
  for (const { state } of nodes)
    if (state.is in counts) counts[state.is as 'waiting']++;
    else counts.underWay++;
  return counts;
};

const stopOf = (
  state: PatchJobState,
): { readonly why?: PatchStop; readonly by?: string; readonly words?: string } =>
  state.is === 'stopping' || state.is === 'closed' ? state : {};

const stopSentence = (state: PatchJobState): string | undefined => {
  const { why, by, words } = stopOf(state);
  return why && [patchStops[why], ...(by ? [`By ${by}.`] : []), ...(words ? [words] : [])].join(' ');
};

const progressOf = (job: PatchJob): PatchProgress => {
  const { id, sequence, by, why, severity, reboot, openedAt, state, approved, waiting, nodes, target } = job;
  const sentence = stopSentence(state);
  const groups = [...Map.groupBy(nodes, sizeKey).values()].flatMap((inGroup) => {
    const [first] = inGroup;
    return first
      ? [{ target, cluster: first.cluster, nodeGroup: first.nodeGroup, nodes: countOf(inGroup) }]
      : [];
  });
  return {
    job: id,
    sequence,
    by,
    why,
    severity,
    reboot,
    openedAt,
    state,
    ...(approved && { approved }),
    ...(sentence && { sentence }),
    ...(waiting && { waiting: { ...waiting, sentence: patchWaits[waiting.why] } }),
    nodes: countOf(nodes),
    nodeGroups: listed(groups),
  };
};

/** Whether Systems Manager has taken the command of the node: until then it may refuse it, or be busy. */
const isSent = ({ batches }: PatchJob, { state }: PatchNode): boolean =>
  'batch' in state &&
  batches.some(({ number, commandId }) => number === state.batch && commandId !== undefined);

type Whose = { readonly job: PatchJob; readonly node: PatchNode };

const changeOf = (before: Whose, after: Whose): PatchChange | undefined => {
  const { state, instanceId, cluster, nodeGroup } = after.node;
  const change = { instanceId, cluster, nodeGroup };
  if (state.is === 'installing')
    return isSent(after.job, after.node) && !isSent(before.job, before.node)
      ? { ...change, is: 'started' }
      : undefined;
  const was = before.node.state.is;
  if (was === state.is) return undefined;
  switch (state.is) {
    case 'installed':
      // One that could not be rebooted yet was told when it was installed.
      return was === 'rebooting' ? undefined : { ...change, is: 'patched' };
    case 'patched':
      if (state.rebooted) return { ...change, is: 'rebooted' };
      return was === 'installed' ? undefined : { ...change, is: 'patched' };
    case 'failed':
      return {
        ...change,
        is: 'failed',
        why: state.why,
        sentence: patchFailures[state.why],
        message: state.message.slice(0, longestMessage),
      };
    case 'left':
      return { ...change, is: 'left', why: state.why, sentence: leftReasons[state.why] };
    default:
      return undefined;
  }
};

const sameWait = ({ waiting: a }: PatchJob, { waiting: b }: PatchJob): boolean =>
  a?.why === b?.why && a?.until === b?.until;

/** Puts into the outbox what has changed between the two; nothing when nobody would want to know. */
export const tellPatching = (before: PatchJob, after: PatchJob, now: Instant): PatchJob => {
  const was = new Map(before.nodes.map((node) => [node.instanceId, node]));
  const changes = after.nodes.flatMap(
    (node) => changeOf({ job: before, node: was.get(node.instanceId) ?? node }, { job: after, node }) ?? [],
  );
  const same = before.state.is === after.state.is && sameWait(before, after) && before.sequence > 0;
  if (changes.length === 0 && same) return after;
  const numbered = { ...after, sequence: after.sequence + 1 };
  const detail = {
    schema,
    id: `${after.id}#${numbered.sequence}`,
    at: now,
    ...progressOf(numbered),
    changes: listed(changes),
  };
  return { ...numbered, outbox: [...after.outbox, { type: 'Patching Progressed', detail }] };
};
