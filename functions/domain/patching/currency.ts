/**
 * Judges how fresh a node's image is, where the image is the only patch level there is.
 *
 * Any node is judged as if it were a group of its own that runs this image; whoever launched it.
 *
 * Pure.
 */
import { amiTypeOfImageName } from '../ami-type.ts';
import { judgeGroup, type Known } from '../node-group.ts';
import type { Policy } from '../policy.ts';
import { trainName } from '../release.ts';
import type { Instant } from '../time.ts';
import type { CompliancePage, PageNode } from './page.ts';

export type Currency =
  | { readonly is: 'current' }
  | { readonly is: 'behind'; readonly release: string; readonly days: number }
  | { readonly is: 'unknown' };

type Scene = { readonly known: Known; readonly policy: Policy; readonly now: Instant };

/** `current` also while every newer release is younger than the minimum age. */
export const currencyOf = (
  { imageId, imageName, imageCreatedAt }: PageNode,
  { target, cluster }: Pick<CompliancePage, 'target' | 'cluster'>,
  { known, policy, now }: Scene,
): Currency => {
  const named = imageName === undefined ? undefined : amiTypeOfImageName(imageName);
  if (!named) return { is: 'unknown' };
  const asGroup = {
    target,
    cluster,
    nodeGroup: '',
    minor: named.minor,
    image: {
      is: 'own' as const,
      imageId,
      launchTemplate: { id: '', version: '' },
      facts: { name: imageName, ownedByAws: true, createdAt: imageCreatedAt },
    },
    status: 'ACTIVE',
    healthIssues: [],
    tags: {},
    clusterTags: {},
    desiredSize: 1,
  };
  // What its owner or a person says of the real group says nothing of how fresh the image is.
  const everything = { ...policy, clusters: [{}], ownedElsewhere: [], ownImages: [] };
  const verdict = judgeGroup(asGroup, { known, holds: [], rolledAt: new Map() }, everything, now);
  if (verdict.is === 'behind')
    return { is: 'behind', release: trainName(verdict.target.train), days: verdict.days };
  const current = verdict.is === 'current' || verdict.why === 'tooFresh' || verdict.why === 'runsNewer';
  return { is: current ? 'current' : 'unknown' };
};
