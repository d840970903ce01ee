/**
 * Finds groups whose nodes lack patches: how many of what severity, the oldest, the CVEs of the worst,
 * and what would help.
 *
 * Pure.
 */
import type { Finding, Severity } from '../finding.ts';
import { count, series } from '../sentence.ts';
import { daysBetween, earliest, type Instant } from '../time.ts';
import { type CompliancePage, type JudgedNode, launcherName, patchesOf, type SeenPatch } from './page.ts';
import { countBySeverity, patchSeverities } from './patch.ts';

const mostCves = 20;

export const missingPatches = {
  name: 'missing-patches',
  about: 'Nodes that lack patches, or have patches that failed, are rejected or wait for a reboot.',
  link: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-states.html',
} as const;

/** Every patch that is open on a node of the page, once. */
const openPatches = (page: CompliancePage): readonly SeenPatch[] => [
  ...new Map(
    page.likes.flatMap(({ patches }) => patches.map((patch) => [patch.id, patch] as const)),
  ).values(),
];

/** What has no severity may be as bad as any: with an advisory behind it it is told as high. */
const severityOf = (patches: readonly SeenPatch[], unread: boolean): Severity => {
  const worst = patchSeverities.find((one) => patches.some(({ severity }) => severity === one));
  if (worst === 'critical' || worst === 'high') return worst;
  const unclear = unread || patches.some(({ severity, security }) => severity === 'unspecified' && security);
  if (unclear) return 'high';
  return worst === 'unspecified' || worst === undefined ? 'medium' : worst;
};

const totals = (judged: readonly JudgedNode[]) => {
  const sum = { missing: 0, failed: 0, rejected: 0, pendingReboot: 0 };
  for (const { verdict } of judged)
    if (verdict.is === 'non-compliant')
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += verdict.counts[key] ?? 0;
  return sum;
};

/** The CVEs of the gravest patches first. */
const cvesOf = (patches: readonly SeenPatch[]): readonly string[] => [
  ...new Set(
    [...patches]
      .sort((a, b) => patchSeverities.indexOf(a.severity) - patchSeverities.indexOf(b.severity))
      .flatMap(({ cves }) => cves),
  ),
];

const sentence = (
  page: CompliancePage,
  bad: number,
  patches: readonly SeenPatch[],
  oldest: number,
): string => {
  const counts = countBySeverity(patches);
  const kinds = patchSeverities.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${one}`);
  const what = kinds.length > 0 ? `lack ${series(kinds)} patches` : 'are not compliant';
  const age = patches.length > 0 ? `, the oldest for ${count(oldest, 'day')}` : '';
  return `${count(bad, 'node')} of ${page.nodes.length} of ${launcherName(page.launcher)} ${what}${age}.`;
};

export const findMissingPatches = (
  page: CompliancePage,
  judged: readonly JudgedNode[],
  remedy: string,
  now: Instant,
): readonly Pick<Finding, 'severity' | 'sentence' | 'evidence' | 'weight' | 'suggestion'>[] => {
  const bad = judged.filter(({ verdict }) => verdict.is === 'non-compliant');
  if (bad.length === 0) return [];
  const patches = openPatches(page);
  const since = earliest(patches.map((patch) => patch.since));
  const oldest = since ? daysBetween(since, now) : 0;
  const cves = cvesOf(patches);
  const sums = totals(bad);
  const unread = bad.some(({ node }) => patchesOf(node, page) === undefined);
  return [
    {
      severity: severityOf(patches, unread),
      sentence: sentence(page, bad.length, patches, oldest),
      evidence: {
        nodes: page.nodes.length,
        nonCompliant: bad.length,
        ...sums,
        ...countBySeverity(patches),
        security: patches.filter((patch) => patch.security).length,
        oldestDays: oldest,
        cves: cves.slice(0, mostCves),
        moreCves: Math.max(0, cves.length - mostCves),
      },
      weight: sums.missing + sums.failed + sums.rejected + sums.pendingReboot,
      suggestion: remedy,
    },
  ];
};
