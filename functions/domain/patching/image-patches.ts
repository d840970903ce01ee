/**
 * Finds nodes whose patch level is that of an old image: AL2023 locked to the repository of its release,
 * and read-only systems that have nothing but their image.
 *
 * Pure.
 */
import type { Finding } from '../finding.ts';
import { count } from '../sentence.ts';
import { currencyOf } from './currency.ts';
import { type CompliancePage, type JudgedNode, launcherName } from './page.ts';
import type { Scene } from './remedy.ts';
import { readOnlyReasons } from './system.ts';

type Found = Pick<Finding, 'severity' | 'sentence' | 'evidence' | 'weight' | 'suggestion'>;

export const lockedRelease = {
  name: 'locked-release',
  about: 'AL2023 nodes that are compliant only with an old release that their repository is locked to.',
  link: 'https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades-usage.html',
} as const;

export const oldImage = {
  name: 'read-only-behind',
  about: 'Nodes of a read-only system, whose image is their patch level, behind the newest release.',
  link: 'https://docs.aws.amazon.com/eks/latest/userguide/eks-optimized-ami-bottlerocket.html',
} as const;

/** An unknown age is told: nobody can say that it is young. */
export const findLockedRelease = (
  page: CompliancePage,
  judged: readonly JudgedNode[],
  remedy: string,
  { policy }: Pick<Scene, 'policy'>,
): readonly Found[] => {
  const { lockedReleaseDays } = policy.patching;
  const locked = judged.flatMap(({ verdict }) =>
    verdict.is === 'compliant' && verdict.lockedTo ? [verdict.lockedTo] : [],
  );
  const old = locked.filter(({ days }) => days === undefined || days > lockedReleaseDays);
  if (old.length === 0) return [];
  const oldest = Math.max(...old.map(({ days }) => days ?? 0));
  const releases = [...new Set(old.map(({ release }) => release))].sort();
  return [
    {
      severity: 'low',
      sentence: `${count(old.length, 'node')} of ${page.nodes.length} of ${launcherName(page.launcher)} are compliant only with the release that their repository is locked to, up to ${count(oldest, 'day')} old: what came out since is not looked for.`,
      evidence: { nodes: page.nodes.length, locked: old.length, oldestDays: oldest, releases },
      weight: oldest,
      suggestion: remedy,
    },
  ];
};

export const findOldImages = (
  page: CompliancePage,
  judged: readonly JudgedNode[],
  remedy: string,
  scene: Scene,
): readonly Found[] => {
  const readOnly = judged.flatMap(({ node, verdict }) =>
    verdict.is === 'not applicable' ? [{ why: verdict.why, currency: currencyOf(node, page, scene) }] : [],
  );
  const behind = readOnly.flatMap(({ currency }) => (currency.is === 'behind' ? [currency] : []));
  const [first] = behind.sort((a, b) => b.days - a.days);
  if (!first) return [];
  const unknown = readOnly.filter(({ currency }) => currency.is === 'unknown').length;
  const reasons = [...new Set(readOnly.map(({ why }) => readOnlyReasons[why]))];
  return [
    {
      severity: first.days > scene.policy.patching.lockedReleaseDays ? 'medium' : 'low',
      sentence: `${count(behind.length, 'node')} of ${page.nodes.length} of ${launcherName(page.launcher)} are behind ${first.release}, the worst by ${count(first.days, 'day')}. ${reasons.join(' ')}`,
      evidence: { nodes: page.nodes.length, behind: behind.length, unknown, worstDays: first.days },
      weight: first.days,
      suggestion: remedy,
    },
  ];
};
