/**
 * Judges a surveyed data plane by every rule that the policy leaves on, with the policy's settings.
 *
 * The list below is the one place that names the rules: the README's table, the policy's check and its
 * defaults are made from it.
 *
 * Pure.
 */
import type { DataPlane } from './data-plane.ts';
import { type Finding, fingerprint, severities } from './finding.ts';
import { findingScope } from './finding-scope.ts';
import { amiFamilyEnd } from './rules/ami-family-end.ts';
import { burstableTypes } from './rules/burstable-types.ts';
import { ebsFull } from './rules/ebs-full.ts';
import { ebsMixed } from './rules/ebs-mixed.ts';
import { ebsSlots } from './rules/ebs-slots.ts';
import { ebsUnknown } from './rules/ebs-unknown.ts';
import { ebsWorstCase } from './rules/ebs-worst-case.ts';
import { groupQuota } from './rules/group-quota.ts';
import { instanceDiversity } from './rules/instance-diversity.ts';
import { minorSupport } from './rules/minor-support.ts';
import { mixedSizes } from './rules/mixed-sizes.ts';
import { nodeSize } from './rules/node-size.ts';
import { notJudged } from './rules/not-judged.ts';
import { oldImages } from './rules/old-images.ts';
import { previousGeneration } from './rules/previous-generation.ts';
import { rootVolume } from './rules/root-volume.ts';
import type { Rule, Scene } from './rules/rule.ts';
import { stateVolume } from './rules/state-volume.ts';
import { subnetAddresses } from './rules/subnet-addresses.ts';
import { syslog } from './rules/syslog.ts';
import { updateSettings } from './rules/update-settings.ts';
import { withdrawnRelease } from './rules/withdrawn-release.ts';
import { zoneBalance } from './rules/zone-balance.ts';

export const rules: readonly Rule[] = [
  withdrawnRelease,
  oldImages,
  amiFamilyEnd,
  minorSupport,
  ebsSlots,
  ebsFull,
  ebsWorstCase,
  ebsMixed,
  ebsUnknown,
  instanceDiversity,
  burstableTypes,
  previousGeneration,
  mixedSizes,
  nodeSize,
  zoneBalance,
  groupQuota,
  subnetAddresses,
  updateSettings,
  stateVolume,
  rootVolume,
  syslog,
  notJudged,
];

const judgeBy = (rule: Rule, plane: DataPlane, scene: Scene): readonly Finding[] => {
  const tuned = scene.policy.findings.rules[rule.name];
  if (tuned?.enabled === false) return [];
  return rule
    .judge(plane, { ...rule.settings, ...tuned?.settings }, scene)
    .map((found) => ({ rule: rule.name, link: rule.link, ...found }));
};

const gravestFirst = (a: Finding, b: Finding): number =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
  (fingerprint(a) < fingerprint(b) ? -1 : 1);

/**
 * Findings of all rules, gravest first; the same survey and scene give the same list. Those that the policy
 * mutes are among them, and say so; those about clusters and groups that it leaves out are not.
 */
export const judgeDataPlane = (plane: DataPlane, scene: Scene): readonly Finding[] => {
  const { isLookedAfter, muteOf } = findingScope(plane, scene);
  return rules
    .flatMap((rule) => judgeBy(rule, plane, scene))
    .filter(isLookedAfter)
    .map((finding) => {
      const muted = muteOf(finding);
      return muted ? { ...finding, muted } : finding;
    })
    .sort(gravestFirst);
};
