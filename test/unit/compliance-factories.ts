/**
 * Makes valid values of compliance for the unit tests: nodes, scans, pages.
 *
 * The default node is a day old, of AL2023 v20260625, managed, and was scanned two hours ago with nothing
 * open.
 *
 * Pure.
 */
import type { NodeFacts, PatchCounts, PatchScan } from '../../functions/domain/patching/compliance.ts';
import type { CompliancePage, FoundNode, PageNode } from '../../functions/domain/patching/page.ts';
import type { OpenPatch } from '../../functions/domain/patching/patch.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { monday, nodeGroup, target } from './factories.ts';

export const hoursAgo = (hours: number): string => minutesAfter(monday, -60 * hours);
export const daysAgo = (days: number): string => hoursAgo(24 * days);

export const counts = (other: Partial<PatchCounts> = {}): PatchCounts => ({
  missing: 0,
  failed: 0,
  rejected: 0,
  pendingReboot: 0,
  critical: 0,
  security: 0,
  other: 0,
  ...other,
});

export const scan = (open: Partial<PatchCounts> = {}, other: Partial<PatchScan> = {}): PatchScan => ({
  at: hoursAgo(2),
  baselineId: 'pb-1',
  counts: counts(open),
  ...other,
});

export const facts = (other: Partial<NodeFacts> = {}): NodeFacts => ({
  system: { is: 'packages', family: 'other' },
  launchedAt: daysAgo(30),
  image: { name: undefined, createdAt: undefined },
  agent: { online: true },
  scan: scan(),
  summary: undefined,
  ...other,
});

const imageName = 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260625';

export const foundNode = (instanceId = 'i-1', other: Partial<FoundNode> = {}): FoundNode => ({
  instanceId,
  launcher: { is: 'node group', nodeGroup: 'workers' },
  zone: 'eu-central-1a',
  imageId: 'ami-1',
  imageName,
  imageCreatedAt: '2026-06-25T20:00:00.000Z',
  launchedAt: daysAgo(10),
  ...other,
});

export const pageNode = (instanceId = 'i-1', other: Partial<PageNode> = {}): PageNode => {
  const { launcher: _, ...found } = foundNode(instanceId);
  return { ...found, agent: { online: true, platform: 'Amazon Linux 2023' }, scan: scan(), ...other };
};

export const page = (other: Partial<CompliancePage> = {}): CompliancePage => ({
  target,
  cluster: 'blue',
  launcher: { is: 'node group', nodeGroup: 'workers' },
  revision: 1,
  group: { ...nodeGroup(), labels: {} },
  nodes: [pageNode()],
  likes: [],
  ...other,
});

export const openPatch = (id = 'kernel.x86_64', other: Partial<OpenPatch> = {}): OpenPatch => ({
  id,
  severity: 'critical',
  security: true,
  cves: ['CVE-2026-1111'],
  ...other,
});
