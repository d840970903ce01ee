/**
 * Turns pages of compliance into findings, each about one group of nodes.
 *
 * Pure.
 */
import type { Finding } from '../finding.ts';
import { scoped } from '../finding-scope.ts';
import { groupKey } from '../target.ts';
import { type Booking, bookingOf, findUnpatchedTemplate, isCovered, unpatchedTemplate } from './booking.ts';
import { findLockedRelease, findOldImages, lockedRelease, oldImage } from './image-patches.ts';
import { findMissingPatches, missingPatches } from './missing-patches.ts';
import { type CompliancePage, judgePage, launcherName } from './page.ts';
import { remedyOf, type Scene } from './remedy.ts';
import { findMixedBaselines, findUnknownPatches, mixedBaselines, unknownPatches } from './unknown-patches.ts';

/** What `track-compliance` looks for; the policy switches and mutes them as the rules of the data plane. */
export const complianceRules = [
  missingPatches,
  unknownPatches,
  mixedBaselines,
  lockedRelease,
  oldImage,
  unpatchedTemplate,
] as const;

type RuleFacts = (typeof complianceRules)[number];
type Found = Pick<Finding, 'severity' | 'sentence' | 'evidence' | 'weight' | 'suggestion'>;

const aboutOf = ({ target, cluster, launcher }: CompliancePage): Finding['about'] => ({
  target,
  cluster,
  ...(launcher.is === 'node group' ? { nodeGroup: launcher.nodeGroup } : { detail: launcherName(launcher) }),
});

const unpatched = (
  { group }: CompliancePage,
  bookings: readonly Booking[],
  scene: Scene,
): readonly Found[] => {
  const booking = group && bookingOf(group, bookings);
  if (!booking || isCovered(group, booking, scene.known, scene.policy)) return [];
  return [findUnpatchedTemplate(booking, group)];
};

/** Bookings that a newer image has made good, or whose group is gone. */
export const settledBookings = <One extends Booking>(
  bookings: readonly One[],
  pages: readonly CompliancePage[],
  { known, policy }: Pick<Scene, 'known' | 'policy'>,
): readonly One[] => {
  const groups = new Map(pages.flatMap(({ group }) => (group ? [[groupKey(group), group] as const] : [])));
  return bookings.filter((booking) => {
    const group = groups.get(groupKey(booking));
    return group === undefined || isCovered(group, booking, known, policy);
  });
};

const findingsOf = (page: CompliancePage, bookings: readonly Booking[], scene: Scene): readonly Finding[] => {
  const judged = judgePage(page, scene.policy.patching, scene.now);
  const remedy = remedyOf(page, scene);
  const about = aboutOf(page);
  const made = ({ name: rule, link }: RuleFacts, found: readonly Found[]): readonly Finding[] =>
    found.map((one) => ({ rule, about, link, ...one }));
  return [
    ...made(missingPatches, findMissingPatches(page, judged, remedy, scene.now)),
    ...made(unknownPatches, findUnknownPatches(page, judged)),
    ...made(mixedBaselines, findMixedBaselines(page)),
    ...made(lockedRelease, findLockedRelease(page, judged, remedy, scene)),
    ...made(oldImage, findOldImages(page, judged, remedy, scene)),
    ...made(unpatchedTemplate, unpatched(page, bookings, scene)),
  ];
};

/** As selectors see the clusters of the pages; a cluster's tags come with its node groups. */
const placesOf = (pages: readonly CompliancePage[]) =>
  [...Map.groupBy(pages, ({ cluster }) => cluster)].map(([name, its]) => {
    const groups = its.flatMap(({ group }) => group ?? []);
    return { name, tags: groups[0]?.clusterTags ?? {}, groups };
  });

/** Findings of the pages, without what the policy switches off or leaves out, and with its mutes. */
export const judgeCompliance = (
  pages: readonly CompliancePage[],
  bookings: readonly Booking[],
  scene: Scene,
): readonly Finding[] => {
  const found = pages
    .flatMap((page) => findingsOf(page, bookings, scene))
    .filter(({ rule }) => scene.policy.findings.rules[rule]?.enabled !== false);
  return scoped(found, placesOf(pages), scene);
};
