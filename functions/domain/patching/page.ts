/**
 * Keeps what is known of the patches of nodes that belong together: those of a node group, of a node
 * pool, or whatever else launched them in a cluster.
 *
 * Nodes with the same image and the same counts are alike: their patches are read from one of them.
 * Verdicts are not kept: they depend on the time at which somebody asks.
 *
 * Pure.
 */
import type { Launcher } from '../data-plane.ts';
import type { NodeGroup, Tags } from '../node-group.ts';
import type { PatchingPolicy } from '../policy.ts';
import type { Target } from '../target.ts';
import type { Instant } from '../time.ts';
import { type ComplianceVerdict, judgeCompliance, type NodeFacts, type PatchScan } from './compliance.ts';
import type { OpenPatch } from './patch.ts';
import { systemOf } from './system.ts';

/** A node as EC2 has it. */
export type FoundNode = {
  readonly instanceId: string;
  readonly launcher: Launcher;
  /** Availability zone name. */
  readonly zone: string;
  readonly imageId: string;
  readonly imageName: string | undefined;
  readonly imageCreatedAt: Instant | undefined;
  readonly launchedAt: Instant | undefined;
};

/** What Systems Manager says of a node's agent. */
export type Agent = {
  readonly online: boolean;
  /** `Amazon Linux 2023`; `undefined` when it says nothing. */
  readonly platform: string | undefined;
};

export type PageNode = Omit<FoundNode, 'launcher'> & {
  readonly agent?: Agent;
  readonly scan?: PatchScan;
  /** Date of its row in the summary of non-compliant resources; absent without a row. */
  readonly rowAt?: Instant;
  /** Baseline of the scan before the last, where that was another. */
  readonly otherBaseline?: string;
};

/** An open patch, and since when it was seen to be open among these nodes. */
export type SeenPatch = OpenPatch & { readonly since: Instant };

/** Nodes that are alike, by what makes them so, with what is open on one of them. */
export type Likes = {
  readonly key: string;
  readonly readAt: Instant;
  readonly patches: readonly SeenPatch[];
};

export type Place = { readonly target: Target; readonly cluster: string; readonly launcher: Launcher };

export type CompliancePage = Place & {
  readonly revision: number;
  /** The node group that launches them, as last surveyed. */
  readonly group?: NodeGroup & { readonly labels?: Tags | undefined };
  readonly nodes: readonly PageNode[];
  readonly likes: readonly Likes[];
};

/** A cluster with its node groups and every node that runs in it. */
export type ClusterNodes = {
  readonly name: string;
  readonly groups: readonly NonNullable<CompliancePage['group']>[];
  readonly nodes: readonly FoundNode[];
};

/** `workers`, `node pool default`: what people call it within its cluster. */
export const launcherName = (launcher: Launcher): string => {
  switch (launcher.is) {
    case 'node group':
      return launcher.nodeGroup;
    case 'karpenter':
      return `node pool ${launcher.nodePool}`;
    case 'auto scaling group':
      return `Auto Scaling group ${launcher.name}`;
    case 'auto mode':
      return 'EKS Auto Mode';
    case 'unknown':
      return 'nodes of unknown launcher';
  }
};

/** `blue/node group/workers`: unique in a target. */
export const placeKey = ({ cluster, launcher }: Pick<Place, 'cluster' | 'launcher'>): string => {
  const name = 'nodeGroup' in launcher ? launcher.nodeGroup : 'nodePool' in launcher ? launcher.nodePool : '';
  return [cluster, launcher.is, 'name' in launcher ? launcher.name : name].join('/');
};

/** Nodes by what launched them; a group without nodes is a place too, as it can be booked. */
export const placesIn = (
  target: Target,
  { name: cluster, groups, nodes }: ClusterNodes,
): readonly { readonly page: CompliancePage; readonly found: readonly FoundNode[] }[] => {
  const found = Map.groupBy(nodes, ({ launcher }) => placeKey({ cluster, launcher }));
  const ofGroups = groups.map((group) => ({
    launcher: { is: 'node group' as const, nodeGroup: group.nodeGroup },
    group,
  }));
  const grouped = new Set(ofGroups.map(({ launcher }) => placeKey({ cluster, launcher })));
  const others = [...found].flatMap(([key, [first]]) =>
    first && !grouped.has(key) ? [{ launcher: first.launcher }] : [],
  );
  return [...ofGroups, ...others].map((place) => ({
    page: { target, cluster, revision: 0, nodes: [], likes: [], ...place },
    found: found.get(placeKey({ cluster, launcher: place.launcher })) ?? [],
  }));
};

export const factsOfNode = (node: PageNode, { launcher, group }: CompliancePage): NodeFacts => ({
  system: systemOf({ launcher, imageName: node.imageName, group, platform: node.agent?.platform }),
  launchedAt: node.launchedAt,
  image: { name: node.imageName, createdAt: node.imageCreatedAt },
  agent: node.agent,
  scan: node.scan,
  summary: node.rowAt === undefined ? undefined : 'non-compliant',
});

export type JudgedNode = { readonly node: PageNode; readonly verdict: ComplianceVerdict };

export const judgePage = (page: CompliancePage, rule: PatchingPolicy, now: Instant): readonly JudgedNode[] =>
  page.nodes.map((node) => ({ node, verdict: judgeCompliance(factsOfNode(node, page), rule, now) }));

/** What makes nodes alike; `undefined` for a node on which nothing is known to be open. */
export const likenessOf = ({ imageId, scan }: PageNode): string | undefined => {
  const counts = Object.values(scan?.counts ?? {});
  return counts.some((number) => (number ?? 0) > 0)
    ? [imageId, ...counts.map((number) => number ?? '?')].join(' ')
    : undefined;
};

/** What is open on the node, read from it or from one like it; `undefined`: nobody looked. */
export const patchesOf = (node: PageNode, { likes }: CompliancePage): readonly SeenPatch[] | undefined => {
  const key = likenessOf(node);
  return key === undefined ? [] : likes.find((one) => one.key === key)?.patches;
};
