/**
 * Finds groups of whose patches nobody knows enough: nodes that are unknown, by reason, and scans that
 * overwrite each other.
 *
 * Knows that two scan methods with different baselines write over each other's results (Quick Setup
 * documentation, checked 2026-11-23): what is compliant then depends on who came last.
 *
 * Pure.
 */
import type { Finding } from '../finding.ts';
import { count, series } from '../sentence.ts';
import { unknownReasons } from './compliance.ts';
import { type CompliancePage, type JudgedNode, launcherName, type PageNode } from './page.ts';

type Found = Pick<Finding, 'severity' | 'sentence' | 'evidence' | 'weight' | 'suggestion'>;

const guide = 'https://docs.aws.amazon.com/systems-manager/latest/userguide';

export const unknownPatches = {
  name: 'unknown-patches',
  about: 'Nodes of which nobody knows whether they are patched.',
  link: `${guide}/setup-instance-permissions.html`,
} as const;

export const mixedBaselines = {
  name: 'mixed-baselines',
  about: 'Scans with different baselines that overwrite each other’s results.',
  link: `${guide}/quick-setup-patch-manager.html`,
} as const;

export const findUnknownPatches = (page: CompliancePage, judged: readonly JudgedNode[]): readonly Found[] => {
  const reasons = judged.flatMap(({ verdict }) => (verdict.is === 'unknown' ? [verdict.why] : []));
  if (reasons.length === 0) return [];
  const byReason = Map.groupBy(reasons, (why) => why);
  const words = [...byReason].map(([why, nodes]) => `${nodes.length}: ${unknownReasons[why]}`);
  return [
    {
      severity: 'medium',
      sentence: `Of ${count(reasons.length, 'node')} of ${page.nodes.length} of ${launcherName(page.launcher)} nobody knows whether they are patched. ${words.join(' ')}`,
      evidence: {
        nodes: page.nodes.length,
        unknown: reasons.length,
        ...Object.fromEntries([...byReason].map(([why, nodes]) => [why, nodes.length])),
      },
      weight: reasons.length,
      suggestion:
        'Give the node role the policy AmazonSSMManagedInstanceCore, and have Patch Manager scan the nodes at least daily.',
    },
  ];
};

/** Systems have baselines of their own, so that only nodes of one system are compared. */
const mixedOf = (nodes: readonly PageNode[]): readonly string[] => {
  const baselines = nodes.flatMap(({ scan, otherBaseline }) => [
    ...(scan ? [scan.baselineId] : []),
    ...(otherBaseline ? [otherBaseline] : []),
  ]);
  return [...new Set(baselines)].sort();
};

export const findMixedBaselines = (page: CompliancePage): readonly Found[] => {
  const bySystem = [...Map.groupBy(page.nodes, ({ agent }) => agent?.platform).values()];
  const mixed = bySystem.filter((nodes) => mixedOf(nodes).length > 1);
  const nodes = mixed.flat();
  if (nodes.length === 0) return [];
  const baselines = [...new Set(mixed.flatMap(mixedOf))].sort();
  return [
    {
      severity: 'medium',
      sentence: `${count(nodes.length, 'node')} of ${launcherName(page.launcher)} are scanned with ${count(baselines.length, 'baseline')}, which overwrite each other’s results: ${series(baselines)}.`,
      evidence: { nodes: nodes.length, baselines },
      weight: nodes.length,
      suggestion:
        'Keep one scan method for these nodes, and name its baseline in the policy (patching.baselines).',
    },
  ];
};
