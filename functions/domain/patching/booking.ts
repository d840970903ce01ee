/**
 * Books the replacement of groups whose nodes were patched in place, and says until when new nodes of
 * such a group come up unpatched.
 *
 * A release that was published before the patches were installed may lack them: it would take them away
 * again, so a booked group is not rolled to it. The first one published later ends the booking.
 *
 * Pure.
 */
import type { Finding } from '../finding.ts';
import {
  type GroupVerdict,
  type Known,
  type NodeGroup,
  runningOf,
  runsNow,
  sourceOf,
} from '../node-group.ts';
import type { Policy } from '../policy.ts';
import { madeAt } from '../release.ts';
import { type GroupId, groupKey } from '../target.ts';
import { type Instant, shownAt } from '../time.ts';
import { groupIdOf, groupKeyOf, type PatchJob, type PatchNode } from './patch-job.ts';

export type Booking = GroupId & {
  /** When the last of its nodes was patched in place. */
  readonly patchedAt: Instant;
  /** The job that patched it. */
  readonly job: string;
};

/** As it was read. `revision`: how often it was stored; that of an older one is not deleted. */
export type KeptBooking = Booking & { readonly revision: number };

export const unpatchedTemplate = {
  name: 'unpatched-template',
  about: 'Node groups that were patched in place, whose new nodes would come up without the patches.',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html',
} as const;

export const bookingOf = (group: GroupId, bookings: readonly Booking[]): Booking | undefined =>
  bookings.find((booking) => groupKey(booking) === groupKey(group));

/** Bookings of the groups of which a node was patched between the two. */
export const bookingsOf = (before: PatchJob, after: PatchJob, now: Instant): readonly Booking[] => {
  const isPatched = ({ state }: PatchNode) => state.is === 'installed' || state.is === 'patched';
  const was = new Set(before.nodes.filter(isPatched).map(({ instanceId }) => instanceId));
  const fresh = after.nodes.filter((node) => isPatched(node) && !was.has(node.instanceId));
  const groups = new Map(fresh.map((node) => [groupKeyOf(after, node), groupIdOf(after, node)]));
  return [...groups.values()].map((group) => ({ ...group, patchedAt: now, job: after.id }));
};

/** When the group's image was published or made; `undefined`: unknown. */
const imageSince = (group: NodeGroup, known: Known, policy: Policy): Instant | undefined => {
  if (group.image.is === 'own' && group.image.facts?.createdAt) return group.image.facts.createdAt;
  const source = sourceOf(group, policy);
  const running = typeof source === 'string' ? undefined : runningOf(group, source);
  if (typeof source === 'string' || running?.is !== 'release version') return undefined;
  return known(source)?.releases.find(({ version }) => version?.text === running.version.text)?.publishedAt;
};

/** Whether the group runs an image that came out after it was patched; unknown is not covered. */
export const isCovered = (group: NodeGroup, { patchedAt }: Booking, known: Known, policy: Policy): boolean =>
  (imageSince(group, known, policy) ?? '') > patchedAt;

/** Whether a release may lack what a group was patched with. */
export const lacksPatches = (made: Instant, booking: Booking | undefined): boolean =>
  booking !== undefined && made <= booking.patchedAt;

/** A verdict that would take the patches away again becomes a hold. */
export const keepPatches = (verdict: GroupVerdict, booking: Booking | undefined): GroupVerdict =>
  verdict.is === 'behind' && lacksPatches(madeAt(verdict.target), booking)
    ? {
        is: 'held',
        why: 'patchedSince',
        train: verdict.target.train,
        ...(verdict.source && { source: verdict.source }),
      }
    : verdict;

/** Booked groups first, the rest in the order they were in. */
export const bookedFirst = <One extends { readonly group: GroupId }>(
  all: readonly One[],
  bookings: readonly Booking[],
): readonly One[] => {
  const booked = ({ group }: One): number => (bookingOf(group, bookings) ? 0 : 1);
  return all.toSorted((a, b) => booked(a) - booked(b));
};

export const findUnpatchedTemplate = (
  { patchedAt, job }: Booking,
  group: Pick<NodeGroup, 'nodeGroup' | 'image'>,
): Pick<Finding, 'severity' | 'sentence' | 'evidence' | 'weight' | 'suggestion'> => {
  const runs = runsNow(group);
  return {
    severity: 'high',
    sentence: `${group.nodeGroup} was patched in place ${shownAt(patchedAt)}, and launches new nodes from ${runs}, which is older: they come up without these patches.`,
    evidence: { patchedAt, job, runs },
    weight: 1,
    suggestion:
      'It is first in its wave when a release that came out after the patches is old enough; roll-now takes such a release sooner. Until then patch new nodes in place too.',
  };
};
