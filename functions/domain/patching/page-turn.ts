/**
 * Turns a page of compliance: decides what must be asked of Systems Manager, and takes down its answers.
 *
 * What is remembered counts for as long as the scan itself would. A node is asked for one by one only
 * when it is new, was unmanaged or unscanned, when its scan would grow old before the next daily look, or
 * when its row in the summary of non-compliant resources came, went or is another than the one remembered.
 *
 * Pure.
 */
import type { PatchingPolicy } from '../policy.ts';
import { type Instant, minutesAfter } from '../time.ts';
import type { PatchScan } from './compliance.ts';
import {
  type Agent,
  type CompliancePage,
  type FoundNode,
  type Likes,
  likenessOf,
  type PageNode,
  type SeenPatch,
} from './page.ts';
import type { OpenPatch } from './patch.ts';
import { systemOf } from './system.ts';

/** What the cheap lists say: bad rows by instance with their dates, and agents that went silent. */
export type Overview = {
  readonly rows: ReadonlyMap<string, Instant>;
  readonly silent: ReadonlySet<string>;
};

/** What Systems Manager answered for the nodes that were asked for; who is missing it does not know. */
export type Answers = {
  readonly asked: ReadonlySet<string>;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly scans: ReadonlyMap<string, PatchScan>;
};

/** Read-only systems are never asked for: there is nothing that Systems Manager could say of their patches. */
const isReadOnly = (node: FoundNode, page: Pick<CompliancePage, 'group'>): boolean =>
  systemOf({ ...node, group: page.group, platform: undefined }).is === 'read-only';

/** Until the next daily look, and a little more. */
const nextLookMinutes = 26 * 60;

const isNews = (
  node: FoundNode,
  known: PageNode | undefined,
  { rows }: Pick<Overview, 'rows'>,
  rule: PatchingPolicy,
  now: Instant,
): boolean => {
  if (!known?.agent || !known.scan) return true;
  const staleSoon =
    minutesAfter(known.scan.at, rule.scanMaxAgeDays * 24 * 60) < minutesAfter(now, nextLookMinutes);
  return staleSoon || rows.get(node.instanceId) !== known.rowAt;
};

/** Nodes that must be asked for one by one. */
export const nodesToAsk = (
  page: Pick<CompliancePage, 'group' | 'nodes'>,
  found: readonly FoundNode[],
  overview: Pick<Overview, 'rows'>,
  rule: PatchingPolicy,
  now: Instant,
): readonly string[] => {
  const known = new Map(page.nodes.map((node) => [node.instanceId, node]));
  return found
    .filter((node) => !isReadOnly(node, page))
    .filter((node) => isNews(node, known.get(node.instanceId), overview, rule, now))
    .map(({ instanceId }) => instanceId);
};

const turnNode = (
  { launcher: _, ...found }: FoundNode,
  known: PageNode | undefined,
  { rows, silent }: Overview,
  { asked, agents, scans }: Answers,
): PageNode => {
  const { instanceId } = found;
  const isAsked = asked.has(instanceId);
  const remembered = known?.agent && { ...known.agent, online: !silent.has(instanceId) };
  const agent = isAsked ? agents.get(instanceId) : remembered;
  const scan = isAsked ? scans.get(instanceId) : known?.scan;
  const rowAt = rows.get(instanceId);
  const before = known?.scan?.baselineId;
  const otherBaseline = scan === known?.scan || scan?.at === known?.scan?.at ? known?.otherBaseline : before;
  return {
    ...found,
    ...(agent && { agent }),
    ...(scan && { scan }),
    ...(rowAt && { rowAt }),
    ...(otherBaseline && otherBaseline !== scan?.baselineId && { otherBaseline }),
  };
};

/** Nodes that are not among the found ones are gone, and drop out. */
export const turnPage = (
  page: CompliancePage,
  found: readonly FoundNode[],
  overview: Overview,
  answers: Answers,
): CompliancePage => {
  const known = new Map(page.nodes.map((node) => [node.instanceId, node]));
  const nodes = found.map((node) => turnNode(node, known.get(node.instanceId), overview, answers));
  return { ...page, nodes };
};

/** As `turnPage`, for some of the nodes: the others stay as they are remembered. */
export const turnSome = (
  page: CompliancePage,
  found: readonly FoundNode[],
  answers: Answers,
): CompliancePage => {
  const known = new Map(page.nodes.map((node) => [node.instanceId, node]));
  // Their rows were not read: the next look at the summary compares them anew.
  const nothing = { rows: new Map<string, Instant>(), silent: new Set<string>() };
  const turned = new Map(
    found.map((node) => [node.instanceId, turnNode(node, known.get(node.instanceId), nothing, answers)]),
  );
  const others = page.nodes.filter(({ instanceId }) => !turned.has(instanceId));
  return { ...page, nodes: [...others, ...turned.values()] };
};

/** How many kinds of nodes of one page are looked at patch by patch: the worst ones. */
const mostKinds = 5;
const hours = 60;

const weightOf = ({ scan }: PageNode): number =>
  Object.values(scan?.counts ?? {}).reduce((sum: number, number) => sum + (number ?? 0), 0);

/** One node for each kind whose patches are not known, or were read before its scan and a day ago: worst first. */
export const nodesToOpen = (page: CompliancePage, now: Instant): readonly PageNode[] => {
  const kinds = Map.groupBy(page.nodes, likenessOf);
  const due = [...kinds].flatMap(([key, nodes]) => {
    const read = page.likes.find((likes) => likes.key === key);
    const fresh = read && (minutesAfter(read.readAt, 20 * hours) > now || newest(nodes) <= read.readAt);
    return key === undefined || fresh ? [] : nodes.slice(0, 1);
  });
  return due.sort((a, b) => weightOf(b) - weightOf(a)).slice(0, mostKinds);
};

const newest = (nodes: readonly PageNode[]): Instant =>
  nodes
    .map(({ scan }) => scan?.at ?? '')
    .sort()
    .at(-1) ?? '';

/** Takes down the patches that were read, each with the day on which these nodes were first seen to lack it. */
export const withPatches = (
  page: CompliancePage,
  read: ReadonlyMap<string, readonly OpenPatch[]>,
  now: Instant,
): CompliancePage => {
  const since = new Map<string, Instant>();
  for (const patch of page.likes.flatMap(({ patches }) => patches))
    since.set(patch.id, [since.get(patch.id) ?? patch.since, patch.since].sort()[0] ?? now);
  const seen = (patch: OpenPatch): SeenPatch => ({ ...patch, since: since.get(patch.id) ?? now });
  const fresh = page.nodes.flatMap((node): Likes[] => {
    const patches = read.get(node.instanceId);
    const key = likenessOf(node);
    // An empty list, though the counts say that something is open, is no answer.
    return patches && patches.length > 0 && key !== undefined
      ? [{ key, readAt: now, patches: patches.map(seen) }]
      : [];
  });
  const present = new Set(page.nodes.map(likenessOf));
  const kept = page.likes.filter(({ key }) => present.has(key) && fresh.every((one) => one.key !== key));
  return { ...page, likes: [...kept, ...fresh] };
};
