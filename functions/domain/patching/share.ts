/**
 * Measures how patched a cluster is, for trends: the share of nodes that are known to be compliant, and
 * how long critical patches have been open.
 *
 * Nodes to which patches do not apply do not count; unknown ones count as not compliant. A node on which
 * nobody looked at the patches counts as not compliant at any severity.
 *
 * Pure.
 */
import { type Severity, severities } from '../finding.ts';
import type { PatchingPolicy } from '../policy.ts';
import { type Instant, minutesBetween } from '../time.ts';
import { type CompliancePage, type JudgedNode, judgePage, patchesOf } from './page.ts';
import { countBySeverity, hasAtLeast } from './patch.ts';

export type ComplianceShare = {
  readonly cluster: string;
  /** Nodes to which patches apply. */
  readonly nodes: number;
  readonly verdicts: Readonly<Record<JudgedNode['verdict']['is'], number>>;
  /** Per cent of the nodes that lack nothing; that lack nothing as bad as this or worse. */
  readonly compliantPercent: number | undefined;
  readonly bySeverity: Readonly<Record<Severity, number | undefined>>;
  /** Days since which critical patches are open, over the nodes that lack any; 0 when none does. */
  readonly criticalAgeDays: { readonly mean: number; readonly worst: number };
};

const lacksAtLeast = (page: CompliancePage, { node, verdict }: JudgedNode, severity: Severity): boolean => {
  if (verdict.is === 'compliant') return false;
  if (verdict.is !== 'non-compliant') return true;
  const patches = patchesOf(node, page);
  return patches === undefined || hasAtLeast(countBySeverity(patches), severity);
};

/** Days since the oldest critical patch is open on the node; `undefined` when none is. */
const criticalAge = (
  page: CompliancePage,
  { node, verdict }: JudgedNode,
  now: Instant,
): number | undefined => {
  if (verdict.is !== 'non-compliant') return undefined;
  const critical = (patchesOf(node, page) ?? []).filter(({ severity }) => severity === 'critical');
  const since = critical.map((patch) => patch.since).sort()[0];
  return since === undefined ? undefined : minutesBetween(since, now) / (24 * 60);
};

const percent = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : (100 * part) / whole;

export const shareOf = (
  cluster: string,
  pages: readonly CompliancePage[],
  rule: PatchingPolicy,
  now: Instant,
): ComplianceShare => {
  const judged = pages.flatMap((page) => judgePage(page, rule, now).map((one) => ({ page, one })));
  const counted = judged.filter(({ one }) => one.verdict.is !== 'not applicable');
  const verdicts = {
    compliant: 0,
    'non-compliant': 0,
    'not yet scanned': 0,
    unknown: 0,
    'not applicable': 0,
  };
  for (const { one } of judged) verdicts[one.verdict.is]++;
  const without = (severity: Severity) =>
    percent(counted.filter(({ page, one }) => !lacksAtLeast(page, one, severity)).length, counted.length);
  const ages = counted.flatMap(({ page, one }) => criticalAge(page, one, now) ?? []);
  return {
    cluster,
    nodes: counted.length,
    verdicts,
    compliantPercent: percent(verdicts.compliant, counted.length),
    bySeverity: Object.fromEntries(
      severities.map((one) => [one, without(one)]),
    ) as ComplianceShare['bySeverity'],
    criticalAgeDays: {
      mean: ages.length === 0 ? 0 : ages.reduce((sum, age) => sum + age, 0) / ages.length,
      worst: Math.max(0, ...ages),
    },
  };
};
